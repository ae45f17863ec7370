"""OAI-PMH asked in few words; every answer is parsed strictly and validated."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.protocols.oai.answers import Answered, read

Ask = Callable[..., Answered]


@pytest.fixture
def oai(client: FlaskClient) -> Ask:
    """Ask by GET; `since` stands for the argument `from`."""

    def ask(verb: str, **arguments: str) -> Answered:
        named: dict[str, Any] = {"verb": verb, **arguments}
        if "since" in named:
            named["from"] = named.pop("since")
        answer = client.get("/oai", query_string=named)
        assert answer.status_code == 200
        return read(answer.data)

    return ask

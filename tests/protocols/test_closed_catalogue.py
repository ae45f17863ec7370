"""Who asks `/oai` and `/sru` of a library that keeps its catalogue to those signed in."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from models import unchanged
from models.database import is_sqlite
from tests.support.people import Person, basic

CLOSED = pytest.mark.settings(CATALOGUE_PUBLIC="false")
EACH = pytest.mark.parametrize("path", ["/oai?verb=Identify", "/sru"])


@pytest.fixture(autouse=True)
def looking(client: FlaskClient) -> Iterator[None]:
    """Have callers known again while nothing was committed, as in workers on SQLite."""
    if not is_sqlite():
        pytest.skip("PostgreSQL is asked each time")
    unchanged.begin()
    yield
    unchanged.end()


@CLOSED
@EACH
def test_who_sends_no_credentials_is_asked_to_sign_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 401
    assert b"<code>authentication-required</code>" in answer.data
    assert "Basic" in answer.headers["WWW-Authenticate"]


@CLOSED
@EACH
def test_wrong_credentials_are_refused(client: FlaskClient, member: Person, path: str) -> None:
    answer = client.get(path, headers=basic(member.email, "not the password"))
    assert answer.status_code == 401
    assert b"<code>bad-credentials</code>" in answer.data


@CLOSED
@EACH
def test_members_are_answered(client: FlaskClient, member: Person, path: str) -> None:
    assert client.get(path, headers=basic(member.email)).status_code == 200

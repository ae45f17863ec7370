"""What happens between the checks of a request and its act."""

from collections.abc import Callable
from typing import Any

import pytest

from api.transaction import transacted
from models.database import transaction

Between = Callable[[Callable[[], Any]], None]


def once_before_acting(monkeypatch: pytest.MonkeyPatch) -> Between:
    """Have something happen once, committed, after the first checks of the next request."""

    def happen(event: Callable[[], Any]) -> None:
        waiting = [event]

        def begun(*given: Any) -> Any:
            while waiting:
                with transaction():
                    waiting.pop()()
            return transacted(*given)

        monkeypatch.setattr("api.resource.transacted", begun)

    return happen

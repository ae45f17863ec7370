"""A book, a copy and a post to ask about; what happens between a check and its act."""

from collections.abc import Callable
from typing import Any

import pytest

from api.transaction import transacted
from models import book as books
from models import copy as copies
from models import post as posts
from models.database import transaction
from tests.support.people import Person

Record = dict[str, Any]
Between = Callable[[Callable[[], Any]], None]


@pytest.fixture
def book(librarian: Person) -> Record:
    """A book in the catalogue."""
    return books.create({"title": "Emma", "isbn": "9780141439587"}, librarian.actor).read()


@pytest.fixture
def copy(book: Record, librarian: Person) -> Record:
    """A copy of that book."""
    return copies.create(book["id"], {"barcode": "31234"}, librarian.actor).to_json()


@pytest.fixture
def post(librarian: Person) -> Record:
    """A published post of the librarian's."""
    values = {"title": "News", "content": "We are open.", "published": True}
    return posts.create(values, librarian.actor).to_json()


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Between:
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

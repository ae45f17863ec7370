"""A book, a copy and a post to ask about."""

from typing import Any

import pytest

from models import book as books
from models import copy as copies
from models import post as posts
from tests.support.people import Person

Record = dict[str, Any]


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

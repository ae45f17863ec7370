"""A library with a machine that has signed in, on each database."""

from collections.abc import Iterator
from typing import Any

import pytest

from models import user
from tests.checker import broken
from tests.protocols.sip2.machines import Machine, key_of
from tests.unit.circulation.library import berlin, member


@pytest.fixture
def library(db: Any) -> Iterator[Any]:
    """An empty library in Berlin; what a test leaves must break no rule."""
    berlin()
    yield db
    assert broken(db) == []


@pytest.fixture
def machine(library: Any) -> Machine:
    """A machine that has signed in."""
    return Machine(key_of())


@pytest.fixture
def card(library: Any) -> str:
    """The card of a member."""
    return card_of(member())


def card_of(user_id: int) -> str:
    """The card of a member by their id."""
    return str(user.find(user_id).card_number)

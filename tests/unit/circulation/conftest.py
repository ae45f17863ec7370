"""A library in a database that is checked for broken rules after every test."""

from collections.abc import Iterator
from typing import Any

import pytest

from models import audit
from tests.checker import broken
from tests.unit.circulation.library import berlin


@pytest.fixture
def library(db: Any) -> Iterator[Any]:
    """An empty library in Berlin, on each database; what a test leaves must break no rule."""
    # Applications made in this process before have left their notices listening.
    audit.subscribe({})
    berlin()
    yield db
    assert broken(db) == []

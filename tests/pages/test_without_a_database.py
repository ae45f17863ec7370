"""Pages while no database answers: a browser is told in words, and when to come back."""

from collections.abc import Iterator

import pytest

from api import settings
from api.app import create_app
from models.database import database
from tests.support import servers
from tests.support.browsing import Browsing

pytestmark = pytest.mark.peer


@pytest.fixture
def lost() -> Iterator[Browsing]:
    """A browser of a library whose database is not there."""
    nowhere = "postgresql://postgres@127.0.0.1:1/nowhere"
    yield Browsing(create_app(settings.read({**servers.QUICK, "DATABASE_URL": nowhere})))
    database.obj.close()
    database.initialize(None)


@pytest.mark.parametrize("path", ["/", "/?q=moon", "/books/1", "/suggestions?q=moon"])
def test_a_page_tells_that_the_library_is_not_available(lost: Browsing, path: str) -> None:
    lost.go(path)
    assert lost.status == 503
    assert "Not available right now" in lost.text
    assert lost.answer.headers["Retry-After"]


def test_a_program_gets_the_problem_document(lost: Browsing) -> None:
    lost.go("/books/1", Accept="*/*")
    assert (lost.status, lost.answer.content_type) == (503, "application/problem+json")


def test_what_needs_no_database_is_there(lost: Browsing) -> None:
    assert lost.go("/sign-in").status == 200

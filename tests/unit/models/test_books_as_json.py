"""Books as the database writes them: the same as what is made of their rows."""

from typing import Any

import orjson
import pytest

from models import book
from models.audit import Actor
from models.search import book_list

pytestmark = pytest.mark.usefixtures("db")
HARD = "\"quoted\" back\\slash \ttab\nline \x01\x1f\x7f \u2028 ä ж 書 \U0001f4da 'single' {}[]"
BOOKS: list[dict[str, Any]] = [
    {"title": HARD, "description": HARD, "subjects": [HARD, "Towns"]},
    {
        "title": "Tides",
        "contributors": [{"name": HARD, "role": "editor"}, {"name": "B", "role": None}],
        "isbn": "9780141439679",
        "published_year": -4000,
        "pages": 12,
    },
    {"title": "Tides again", "alternative_titles": ["Ebb", "Flow"], "language": "eng"},
]
SORTS = [(), ("title",), ("-published_year", "title"), ("relevance",), ("-id",)]
SEARCHES: list[dict[str, Any]] = [{}, {"q": "tides"}, {"language": "eng"}, {"q": "-tides"}]


@pytest.fixture(autouse=True)
def _books(db: Any) -> None:
    for values in BOOKS:
        book.create(values, Actor(None, "test"))


def read(rows: list[Any]) -> Any:
    return orjson.loads(orjson.dumps(rows))


def made(rows: list[Any]) -> Any:
    return read([row.to_json() for row in rows])


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("asked", SEARCHES)
def test_a_page_is_the_same(asked: dict[str, Any], sort: tuple[str, ...]) -> None:
    rows = book_list.LISTING.page(asked, sort, limit=20, offset=0)
    assert rows
    assert read(book_list.AS_JSON.page(asked, sort, limit=20, offset=0)) == made(rows)


@pytest.mark.parametrize("sort", SORTS)
def test_what_follows_a_cursor_is_the_same(sort: tuple[str, ...]) -> None:
    position = None
    for _ in BOOKS:
        rows, following = book_list.LISTING.after({}, sort, position, limit=1)
        assert book_list.AS_JSON.after({}, sort, position, limit=1)[1] == following
        written, _ = book_list.AS_JSON.after({}, sort, position, limit=1)
        assert read(written) == made(rows)
        position = following


def test_members_come_in_the_order_of_the_record() -> None:
    [written] = book_list.AS_JSON.page({}, (), limit=1, offset=0)
    [row] = book_list.LISTING.page({}, (), limit=1, offset=0)
    assert list(read([written])[0]) == list(row.to_json())


def test_a_book_by_itself_is_the_same_text() -> None:
    for row in book_list.LISTING.page({}, (), limit=20, offset=0):
        written = book.written(row.id)
        assert orjson.dumps(written.json) == orjson.dumps(row.to_json())
        assert written.tag == row.tag

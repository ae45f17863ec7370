"""Facets: how often each language, subject, author and year occurs among the books found."""

from collections.abc import Mapping, Sequence
from typing import Any

from peewee import SQL, fn

from models.book import Book
from models.book_search import LISTING, as_filters
from models.database import Compiled, is_postgresql, slot
from models.search_index import BookCount

MOST_VALUES = 50

_ALL = Compiled(
    lambda: (
        BookCount.select(BookCount.value, BookCount.count)
        .where(BookCount.name == slot("name"))
        .order_by(BookCount.count.desc(), BookCount.value)
        .limit(slot("limit"))
    )
)


def _subject() -> tuple[Any, Any]:
    """Each book's subjects as rows of their own, and where they come from."""
    if is_postgresql():
        return SQL("value"), fn.jsonb_array_elements_text(Book.subjects.cast("jsonb")).alias(
            "value"
        )
    return SQL("value"), fn.json_each(Book.subjects).alias("subject")


_VALUES = {
    "language": lambda: (Book.language,),
    "subject": _subject,
    "author": lambda: (Book.author,),
    "published_year": lambda: (Book.published_year,),
}


def facets(asked: Mapping[str, Any], names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """For each facet its most frequent values among the books that the filters of a list leave.

    Gives `{"language": [{"value": "eng", "count": 12}]}`: exact counts, the greatest first, then
    by value; at most 50 values. Of all books they are kept, under filters they are counted.
    """
    filters = as_filters(asked)
    return {
        name: [{"value": value, "count": count} for value, count in _counted(filters, name)]
        for name in names
    }


def _counted(filters: Mapping[str, Any], name: str) -> list[tuple[Any, int]]:
    if filters:
        return LISTING.counts(filters, name, _VALUES[name], limit=MOST_VALUES)
    rows = _ALL.rows(name=name, limit=MOST_VALUES)
    return [(int(row[0]) if name == "published_year" else row[0], row[1]) for row in rows]

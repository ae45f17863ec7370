"""Facets: how often each language, subject, author and year occurs among the books found."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from models.database import Compiled, slot
from models.search.book_list import LISTING, divide, narrowed
from models.search.tables import BookCount

MOST_VALUES = 50
MOST_COUNTED = 3_500
"""Books that are read to count them: some ten milliseconds."""
STEPS = (1, 16, 128, 1024, 8192)
"""Of how many books one may be counted; PostgreSQL has an index for each (migration 0010)."""
_LISTS = ("subject",)

_ALL = Compiled(
    lambda: (
        BookCount.select(BookCount.value, BookCount.count)
        .where(BookCount.name == slot("name"))
        .order_by(BookCount.count.desc(), BookCount.value)
        .limit(slot("limit"))
    )
)
_COLUMNS = {"subject": "subjects"}


class Facets(NamedTuple):
    """Counts by facet: `{"language": [{"value": "eng", "count": 12}]}`.

    The greatest first, then by value; at most 50 values. They are exact if `every` is 1, else
    estimates: one book in `every` was counted.
    """

    values: dict[str, list[dict[str, Any]]]
    every: int


def facets(asked: Mapping[str, Any], names: Sequence[str]) -> Facets:
    """For each facet its most frequent values among the books that the filters of a list leave.

    Of all books they are kept. Under filters a few thousand books are counted, and where the
    filters leave more, a sample of them, always of the same books.
    """
    plain, match = divide(asked)
    if not plain and not match:
        return Facets({name: _kept(name) for name in names}, 1)
    columns = tuple(_COLUMNS.get(name, name) for name in names)
    asked = narrowed(asked)
    every = 1 if "few" in asked and not match else _step(LISTING.total({}))
    rows = LISTING.sample(asked, columns, every)
    finer = _step(len(rows) * every)
    # Without words to look up, a finer sample would read more books than it counts.
    if finer < every and (finer == 1 or (match and not match.only_excludes)):
        every = finer
        rows = LISTING.sample(asked, columns, every)
    parts = zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True)
    return Facets({name: _counted(name, values, every) for name, values in parts}, every)


def _step(books: int) -> int:
    """Of how many books one is to be counted, if there are so many."""
    return next((step for step in STEPS if books <= step * MOST_COUNTED), STEPS[-1])


def _counted(name: str, values: Iterable[Any], every: int) -> list[dict[str, Any]]:
    if name in _LISTS:
        lists = (set(orjson.loads(value)) for value in values if value != "[]")
        counts = Counter(value for each in lists for value in each)
    else:
        counts = Counter(value for value in values if value is not None)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"value": value, "count": count * every} for value, count in ordered[:MOST_VALUES]]


def _kept(name: str) -> list[dict[str, Any]]:
    rows = _ALL.rows(name=name, limit=MOST_VALUES)
    is_number = name == "published_year"
    return [{"value": int(row[0]) if is_number else row[0], "count": row[1]} for row in rows]

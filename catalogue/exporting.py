"""Books with the MARC records they came from, as `formats.write` takes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from models import book_search, marc_record
from models.book import VIEW

BATCH = 200
"""Books read at once. With their records they are what an export holds in memory."""

Source = tuple[dict[str, Any], bytes | None]


def sources(asked: Mapping[str, Any], *, with_records: bool) -> Iterator[Source]:
    """The books that the filters of the catalogue leave, in the order of their ids.

    A book that is there from the beginning to the end comes exactly once, however many others are
    added and deleted meanwhile. MARC records are read only `with_records`.
    """
    position = None
    while True:
        rows, position = book_search.LISTING.after(asked, ["id"], position, limit=BATCH)
        books = [VIEW.read(row) for row in rows]
        records = marc_record.of_books([book["id"] for book in books]) if with_records else {}
        for book in books:
            yield book, records.get(book["id"])
        if position is None:
            return

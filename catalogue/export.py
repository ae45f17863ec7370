"""Books with the MARC records they came from, as `formats.write` takes them."""

from collections.abc import Iterator, Mapping
from typing import Any

from formats import COPY_FIELDS
from models import book as books_of
from models import copy, marc_record, source_key
from models.book_fields import BookRow
from models.search import book_list

BATCH = 200
"""Books read at once. With their records they are what an export holds in memory."""

Source = tuple[dict[str, Any], bytes | None, list[dict[str, Any]]]


def sources(
    asked: Mapping[str, Any],
    *,
    with_records: bool,
    with_copies: bool = False,
    with_origin: bool = False,
    with_deleted: bool = False,
) -> Iterator[Source]:
    """The books that the filters of the catalogue leave, in the order of their ids.

    A book that is there from the beginning to the end comes exactly once, however many others are
    added and deleted meanwhile. MARC records are read only `with_records`, and the
    code of this `library` stands beside the fields then; copies in stock only `with_copies`.
    `with_origin` books have `source_key` and `nonfiling`
    beside their fields. `with_deleted` the titles that are gone follow, with the moment as
    `deleted_at`, and as `merged_into_source_key` what the title is called that one was merged into.
    """
    yield from _present(asked, with_records, with_copies, with_origin)
    if with_deleted:
        yield from _deleted(with_records)


def _present(
    asked: Mapping[str, Any], with_records: bool, with_copies: bool, with_origin: bool
) -> Iterator[Source]:
    position = None
    library = {"library": source_key.code()} if with_records else {}
    while True:
        books, position = book_list.LISTING.after(asked, ["id"], position, limit=BATCH)
        ids = [book.id for book in books]
        records = marc_record.of_books(ids) if with_records else {}
        copies = copy.of_books(ids) if with_copies else {}
        keys = source_key.of_records("books", ids) if with_origin else {}
        for book in books:
            yield (
                {**_said(book, keys), **library},
                records.get(book.id),
                list(map(_written, copies.get(book.id, ()))),
            )
        if position is None:
            return


def _deleted(with_records: bool) -> Iterator[Source]:
    last = 0
    while gone := books_of.deleted_after(last, BATCH):
        last = gone[-1].book.id
        ids = [one.book.id for one in gone]
        records = marc_record.of_books(ids) if with_records else {}
        merged = {one.merged_into for one in gone if one.merged_into is not None}
        keys = source_key.of_records("books", {*ids, *merged})
        for book, deleted_at, merged_into in gone:
            end = {"deleted_at": deleted_at, "merged_into_source_key": keys.get(merged_into or 0)}
            yield {**_said(book, keys), **end}, records.get(book.id), []


def _said(book: BookRow, keys: Mapping[int, str]) -> dict[str, Any]:
    if not keys:
        return book.read()
    return {**book.read(), "source_key": keys[book.id], "nonfiling": book.nonfiling}


def _written(row: copy.CopyRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in COPY_FIELDS}

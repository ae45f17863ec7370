"""The MARC records that books came from, as `formats` freezes them."""

from collections.abc import Iterable, Sequence

from peewee import BlobField, ForeignKeyField

from models.book import Book
from models.database import Table, database, is_postgresql, rows

_KEEP = """
    INSERT INTO marc_record (book_id, record) VALUES ({value}, {value})
    ON CONFLICT (book_id) DO UPDATE SET record = excluded.record
"""


class MarcRecord(Table):
    """The record of one book."""

    book = ForeignKeyField(Book, primary_key=True)
    record = BlobField()


def keep(records: Iterable[tuple[int, bytes]]) -> None:
    """Keep the record of each book id, in place of an older one."""
    statement = _KEEP.format(value="%s" if is_postgresql() else "?")
    database.obj.cursor().executemany(statement, list(records))


def books_after(book_id: int, limit: int) -> list[int]:
    """The ids of the next books that have a record."""
    query = MarcRecord.select(MarcRecord.book).where(MarcRecord.book > book_id)
    return [row[0] for row in rows(query.order_by(MarcRecord.book).limit(limit))]


def of_books(book_ids: Sequence[int]) -> dict[int, bytes]:
    """The records of those of the books that have one, by book id."""
    query = MarcRecord.select(MarcRecord.book, MarcRecord.record).where(
        MarcRecord.book.in_(list(book_ids))
    )
    return {book_id: bytes(record) for book_id, record in rows(query)}

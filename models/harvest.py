"""Books in the order of their last change, the deleted ones among them: what is harvested."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

from peewee import SQL, ForeignKeyField, TextField, Tuple, fn

from models.book import ROWS, Book
from models.copy import Copy
from models.database import Table, rows
from models.search.tables import BookCount


class BookChange(Table):
    """When a book, or what copies it has where, was changed last. Triggers of the database keep it.

    Lending and returning are no changes.
    """

    book = ForeignKeyField(Book, primary_key=True, on_delete="CASCADE")
    changed_at = TextField()


class Header(NamedTuple):
    """A book's place in the harvest; `changed_at` is a stored moment."""

    book_id: int
    changed_at: str
    is_deleted: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which books: changed within two stored moments, both included, and of one set.

    A set is a language or a location of copies. Of a deleted book the copies it had count, of a
    merged one those of the book that it is now.
    """

    changed_from: str | None = None
    changed_until: str | None = None
    language: str | None = None
    location: str | None = None


def page(selection: Selection, after: tuple[str, int] | None, limit: int) -> list[Header]:
    """The books of a selection that follow a place (moment and id), in this order."""
    place = (BookChange.changed_at, BookChange.book)
    conditions = _conditions(selection)
    if after is not None:
        conditions.append(Tuple(*place) > Tuple(*after))
    return _headers(_where(_joined(), conditions).order_by(*place).limit(limit))


def size(selection: Selection) -> int:
    """How many books a selection has."""
    query = BookChange.select(fn.COUNT(SQL("*")))
    if selection.language or selection.location:
        query = query.join(Book)
    count: int = _where(query, _conditions(selection)).scalar()
    return count


def one(book_id: int) -> Header | None:
    """The place of one book, deleted or not, or None when there never was one."""
    return next(iter(_headers(_joined().where(BookChange.book == book_id))), None)


def books(book_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The books among these that are in the catalogue, by id, as they are shown."""
    query = ROWS.select().where(Book.id.in_(list(book_ids)) & Book.deleted_at.is_null())
    return {book.id: book.read() for book in ROWS.all(query)}


def locations_of(headers: Sequence[Header]) -> dict[int, list[str]]:
    """Where the copies of books are, each place once, by book id."""
    ids = [one.book_id for one in headers]
    in_stock = (Copy.status != SQL("'withdrawn'")) | Book.deleted_at.is_null(False)
    query = (
        Book.select(Book.id, Copy.location)
        .join(Copy, on=(Copy.book_id == _owner_of_copies()))
        .where(Book.id.in_(ids) & Copy.location.is_null(False) & in_stock)
        .distinct()
        .order_by(Book.id, Copy.location)
    )
    found: dict[int, list[str]] = {book_id: [] for book_id in ids}
    for book_id, location in rows(query):
        found[book_id].append(location)
    return found


def languages() -> list[str]:
    """The languages of the books in the catalogue, in order."""
    query = BookCount.select(BookCount.value).where(
        (BookCount.name == "language") & (BookCount.count > 0)
    )
    return [row[0] for row in rows(query.order_by(BookCount.value))]


def locations() -> list[str]:
    """The places where copies are, in order."""
    query = Copy.select(Copy.location).where(
        Copy.location.is_null(False) & (Copy.status != SQL("'withdrawn'"))
    )
    return [row[0] for row in rows(query.distinct().order_by(Copy.location))]


def earliest() -> str | None:
    """The stored moment of the earliest change, None of an empty catalogue."""
    moment: str | None = BookChange.select(fn.MIN(BookChange.changed_at)).scalar()
    return moment


def _joined() -> Any:
    return BookChange.select(
        BookChange.book, BookChange.changed_at, Book.deleted_at, Book.language
    ).join(Book)


def _headers(query: Any) -> list[Header]:
    return [
        Header(book_id, changed_at, deleted_at is not None, language)
        for book_id, changed_at, deleted_at, language in rows(query)
    ]


def _conditions(selection: Selection) -> list[Any]:
    found: list[Any] = []
    if selection.changed_from is not None:
        found.append(BookChange.changed_at >= selection.changed_from)
    if selection.changed_until is not None:
        found.append(BookChange.changed_at <= selection.changed_until)
    if selection.language is not None:
        found.append(Book.language == selection.language)
    if selection.location is not None:
        found.append(_stands_at(selection.location))
    return found


def _stands_at(location: str) -> Any:
    in_stock = (Copy.status != SQL("'withdrawn'")) | Book.deleted_at.is_null(False)
    there = (Copy.book_id == _owner_of_copies()) & (Copy.location == location)
    return fn.EXISTS(Copy.select(SQL("1")).where(there & in_stock))


def _owner_of_copies() -> Any:
    return fn.COALESCE(Book.merged_into, Book.id)


def _where(query: Any, conditions: list[Any]) -> Any:
    return query.where(reduce(and_, conditions)) if conditions else query

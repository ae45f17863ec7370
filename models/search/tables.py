"""The search index as queries see it, on SQLite and on PostgreSQL; see migration 0002."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import OP, SQL, BigIntegerField, Expression, Field, IntegerField, NodeList, TextField

from models.database import Table, is_postgresql
from models.search.index import ID_MASK


class _Fts(Table):
    """The index of SQLite, whose row ids are places."""

    place = BigIntegerField(column_name="rowid", primary_key=True)

    class Meta:
        table_name = "book_fts"


class _Text(Table):
    """The index of PostgreSQL."""

    id = BigIntegerField(primary_key=True)
    place = BigIntegerField()
    words = Field()

    class Meta:
        table_name = "book_text"


class BookCount(Table):
    """How many books in the catalogue have a value of a facet."""

    name = TextField()
    value = TextField()
    count = IntegerField()

    class Meta:
        primary_key = False


class BookCrossCount(Table):
    """How many books in the catalogue have a language, a year and a kind of material.

    The count is the sum of the rows. Books without a language have '', those without a year the
    `year_key` of `models.book.Book`.
    """

    language = TextField()
    year_key = IntegerField()
    material_type = TextField()
    count = IntegerField()

    class Meta:
        primary_key = False


@dataclass(frozen=True)
class Index:
    """An index as queries need it: its table, the book's id, and the test of a match."""

    entry: Any
    book_id: Any
    matches: Callable[[Any], Any]


_SQLITE = Index(
    _Fts,
    _Fts.place.bin_and(ID_MASK),
    lambda asked: NodeList((SQL("book_fts MATCH"), asked)),
)
_POSTGRESQL = Index(
    _Text,
    _Text.id,
    lambda asked: NodeList((_Text.words, SQL("@@ CAST("), asked, SQL("AS tsquery)"))),
)


def index() -> Index:
    """The index of the database in use."""
    return _POSTGRESQL if is_postgresql() else _SQLITE


def found(asked: Any, every: int = 1) -> Any:
    """The ids of the books that match, of one book in `every`."""
    here = index()
    query = here.entry.select(here.book_id).where(here.matches(asked))
    return query if every == 1 else query.where(is_nth(here.book_id, every))


def is_nth(book_id: Any, every: int) -> Any:
    """Whether a book is one of those that stand for `every` books, a power of two.

    Literal, so that PostgreSQL finds the partial indexes of these books.
    """
    return Expression(book_id.bin_and(SQL(str(every - 1))), OP.EQ, SQL("0"))


def nth_ids(every: int) -> Any:
    """All ids that could belong to such books, as a table `nth` with the column `id`."""
    ids = f"SELECT {every} UNION ALL SELECT id + {every} FROM nth"  # noqa: S608  a number
    below = "WHERE id < (SELECT MAX(id) FROM book)"
    return SQL(f"(WITH RECURSIVE nth (id) AS ({ids} {below}) SELECT id FROM nth) AS nth")  # noqa: S608

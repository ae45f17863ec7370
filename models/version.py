"""The catalogue's version: a number that triggers raise with every change of a book.

It is the sum of a column: on PostgreSQL each transaction that changes books adds a row, so that no
writer waits for another, and now and then one of them sums the rows up.

It is read before an answer is taken from, or put into, the response cache. Since it changes in the
transaction of the change itself, whoever could see the change sees the new number too, on every
node and whatever made the change.
"""

from typing import Any

from peewee import Cast, IntegerField, fn

from models.database import Compiled, Table, is_sqlite


class CatalogueVersion(Table):
    """What is added to the version; on SQLite its only row is the version."""

    number = IntegerField()


def _number() -> Any:
    number = CatalogueVersion.number
    return CatalogueVersion.select(number if is_sqlite() else Cast(fn.SUM(number), "BIGINT"))


NUMBER = Compiled(_number)
"""The present version, as `of_catalogue` gives it."""


_LEAP = 1 << 32
"""More changes than are made while a backup is put back; a BIGINT has room for 2^31 of them."""


def of_catalogue() -> int:
    """The present version of the catalogue."""
    number: int = NUMBER.scalar()
    return number


def leap_beyond(number: int) -> str:
    """The statement that takes the version of a backup far beyond a number, and beyond its own.

    It is run without values to be bound, and by psql, for which a script of pg_dump has set an
    empty search_path; so the schema stands in it.
    """
    table = "catalogue_version" if is_sqlite() else "public.catalogue_version"
    total = f"(SELECT SUM(number) FROM {table})"  # noqa: S608
    behind = f"CASE WHEN {total} < {number} THEN {number} - {total} ELSE 0 END"
    first = f"(SELECT MIN(id) FROM {table})"  # noqa: S608
    return f"UPDATE {table} SET number = number + {behind} + {_LEAP} WHERE id = {first}"  # noqa: S608

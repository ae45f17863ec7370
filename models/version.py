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


def of_catalogue() -> int:
    """The present version of the catalogue."""
    number: int = NUMBER.scalar()
    return number


def pass_by(number: int) -> None:
    """Let the version be beyond a number that it has had, if it is not yet."""
    behind = number + 1 - of_catalogue()
    if behind > 0 and is_sqlite():
        CatalogueVersion.update(number=CatalogueVersion.number + behind).execute()
    elif behind > 0:
        CatalogueVersion.insert(number=behind).execute()

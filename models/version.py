"""The catalogue's version: a number that triggers raise with every change of a book.

It is read before an answer is taken from, or put into, the response cache. Since it changes in the
transaction of the change itself, whoever could see the change sees the new number too, on every
node and whatever made the change.
"""

from peewee import IntegerField

from models.database import Compiled, Table


class CatalogueVersion(Table):
    """The one row of the version."""

    number = IntegerField()


_NUMBER = Compiled(lambda: CatalogueVersion.select(CatalogueVersion.number))


def of_catalogue() -> int:
    """The present version of the catalogue."""
    number: int = _NUMBER.scalar()
    return number

"""One number that names the present state of policies, calendar and closures together.

Every process keeps the rules in memory and reads this number with what an act decides on, so
that it knows without a query of its own whether they are still in force.
"""

from secrets import randbits

from peewee import IntegerField

from models.database import Compiled, Table


class Rulebook(Table):
    """The one row."""

    version = IntegerField()


_VERSION = Compiled(lambda: Rulebook.select(Rulebook.version))


def version() -> int:
    """The number of the rules as they are now."""
    found: int = _VERSION.scalar()
    return found


def changed() -> None:
    """Give the rules a new number; call it in the transaction that writes them.

    It is random, not the next: a change that is rolled back must not share its number with another
    one, or a process that saw it would keep rules that were never in force.
    """
    Rulebook.update(version=randbits(53)).execute()

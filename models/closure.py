"""Closures: days on which the library is closed beside its weekly ones."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from peewee import IntegerField, TextField

from models import audit, rulebook
from models.audit import Actor
from models.database import Table, for_update
from models.errors import Missing
from models.listing import Listing, Sort
from models.rows import Json, RowReader, Tag


class Closure(Table):
    """One closure, both days included; whoever writes one calls `rulebook.changed` as well."""

    starts_on = TextField()
    ends_on = TextField()
    reason = TextField()
    revision = IntegerField()


class ClosureRow(NamedTuple):
    """A closure as it is stored."""

    id: int
    starts_on: str
    ends_on: str
    reason: str
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the closure."""
        return ("closure", self.id, self.revision)

    def to_json(self) -> Json:
        """The closure as clients see it; the revision is the entity tag's."""
        days = {"starts_on": self.starts_on, "ends_on": self.ends_on}
        return {"id": self.id, **days, "reason": self.reason}


ROWS = RowReader(Closure, ClosureRow)
LISTING = Listing(
    Closure,
    ROWS,
    sorts={"id": Sort(Closure.id), "starts_on": Sort(Closure.starts_on)},
)


def locked(closure_id: int) -> ClosureRow:
    """The closure, locked until the transaction ends. Raises Missing."""
    row = ROWS.first(for_update(ROWS.select().where(Closure.id == closure_id)))
    if row is None:
        raise Missing("There is no such closure.")
    return row


def everything() -> list[ClosureRow]:
    """Every closure, in the order of the days."""
    return ROWS.all(ROWS.select().order_by(Closure.starts_on, Closure.id))


def create(values: Mapping[str, Any], actor: Actor) -> ClosureRow:
    """Add a closure; what it moves is `circulation.closures`'s to do."""
    closure_id: int = Closure.insert({**values, "revision": 1}).execute()
    rulebook.changed()
    audit.record(actor, "closure.create", "closure", closure_id)
    return ClosureRow(id=closure_id, revision=1, **values)


def delete(closure: ClosureRow, actor: Actor) -> None:
    """Remove a closure that is `locked`; what it moved stays where it is (rule 14)."""
    Closure.delete().where(Closure.id == closure.id).execute()
    rulebook.changed()
    days = {"starts_on": [closure.starts_on, None], "ends_on": [closure.ends_on, None]}
    audit.record(actor, "closure.delete", "closure", closure.id, changes=days)

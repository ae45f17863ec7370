"""Closures: days on which the library is closed beside its weekly ones."""

from collections.abc import Mapping
from typing import Any

from peewee import IntegerField, TextField

from models import audit, rulebook
from models.audit import Actor
from models.database import Compiled, Table, for_update, rows, slot
from models.errors import Missing
from models.listing import Listing, Sort
from models.view import View


class Closure(Table):
    """One closure, both days included; whoever writes one calls `rulebook.changed` as well."""

    starts_on = TextField()
    ends_on = TextField()
    reason = TextField()
    revision = IntegerField()


# `revision` is the entity tag's; clients are not shown it.
VIEW = View(Closure, "id starts_on ends_on reason revision")

LISTING = Listing(
    Closure,
    View(Closure, "id starts_on ends_on reason"),
    sorts={"id": Sort(Closure.id), "starts_on": Sort(Closure.starts_on)},
)

_LOCKED = Compiled(
    lambda: for_update(Closure.select(*VIEW.columns).where(Closure.id == slot("id")))
)


def tag(record: Mapping[str, Any]) -> tuple[str, int, int]:
    """What names the present state of the record: noun, id and revision."""
    return ("closure", record["id"], record["revision"])


def shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """A stored closure as clients see it."""
    return {name: value for name, value in record.items() if name != "revision"}


def locked(closure_id: int) -> dict[str, Any]:
    """The closure, held against other writers until the transaction ends. Raises Missing."""
    row = _LOCKED.row(id=closure_id)
    if row is None:
        raise Missing("There is no such closure.")
    return VIEW.read(row)


def everything() -> list[dict[str, Any]]:
    """Every closure, in the order of the days."""
    query = Closure.select(*VIEW.columns).order_by(Closure.starts_on, Closure.id)
    return [VIEW.read(row) for row in rows(query)]


def create(values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Add a closure; what it moves is `circulation.opening`'s to do."""
    closure_id: int = Closure.insert({**values, "revision": 1}).execute()
    rulebook.changed()
    audit.record(actor, "closure.create", "closure", closure_id)
    stored = {**values, "id": closure_id, "revision": 1}
    return {name: stored[name] for name in VIEW.names}


def delete(closure: dict[str, Any], actor: Actor) -> None:
    """Remove a closure that is `locked`; what it moved stays where it is (rule 14)."""
    Closure.delete().where(Closure.id == closure["id"]).execute()
    rulebook.changed()
    days = {name: [closure[name], None] for name in ("starts_on", "ends_on")}
    audit.record(actor, "closure.delete", "closure", closure["id"], changes=days)

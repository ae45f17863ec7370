"""Closures: days on which the library is closed beside its weekly ones."""

from typing import Any

from peewee import IntegerField, TextField

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
    Closure, VIEW, sorts={"id": Sort(Closure.id), "starts_on": Sort(Closure.starts_on)}
)

_LOCKED = Compiled(
    lambda: for_update(Closure.select(*VIEW.columns).where(Closure.id == slot("id")))
)


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

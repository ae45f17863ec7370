"""The library's week and time zone: one row."""

from typing import Any

from peewee import IntegerField, TextField

from models.database import Compiled, Table, for_update
from models.view import View


class Calendar(Table):
    """The one row; whoever writes it calls `rulebook.changed` in the same transaction."""

    timezone = TextField()
    open_weekdays = TextField()
    revision = IntegerField()


# `revision` is the entity tag's; clients are not shown it.
VIEW = View(Calendar, "timezone open_weekdays revision", json={"open_weekdays"})

_ROW = Compiled(lambda: Calendar.select(*VIEW.columns))
_LOCKED = Compiled(lambda: for_update(Calendar.select(*VIEW.columns)))


def find() -> dict[str, Any]:
    """The time zone, the open weekdays (1 is Monday), and the revision."""
    return VIEW.read(_ROW.rows()[0])


def locked() -> dict[str, Any]:
    """The same, held against other writers until the transaction ends."""
    return VIEW.read(_LOCKED.rows()[0])

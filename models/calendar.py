"""The library's week and time zone: one row."""

from collections.abc import Mapping
from typing import Any

import orjson
from peewee import IntegerField, TextField

from models import audit, rulebook
from models.audit import Actor
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


def tag(record: Mapping[str, Any]) -> tuple[str, int, int]:
    """What names the present state of the calendar."""
    return ("calendar", 1, record["revision"])


def shown(record: Mapping[str, Any]) -> dict[str, Any]:
    """The stored calendar as clients see it."""
    return {name: record[name] for name in ("timezone", "open_weekdays")}


def find() -> dict[str, Any]:
    """The time zone, the open weekdays (1 is Monday), and the revision."""
    return VIEW.read(_ROW.rows()[0])


def locked() -> dict[str, Any]:
    """The same, held against other writers until the transaction ends."""
    return VIEW.read(_LOCKED.rows()[0])


def update(calendar: dict[str, Any], values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Write the calendar that is `locked` anew; that it leaves open days was checked before."""
    changes = audit.differences(calendar, {**calendar, **values})
    if changes:
        weekdays = orjson.dumps(values["open_weekdays"]).decode()
        Calendar.update(
            timezone=values["timezone"], open_weekdays=weekdays, revision=Calendar.revision + 1
        ).execute()
        rulebook.changed()
        audit.record(actor, "calendar.update", "calendar", 1, changes=changes)
    return find()

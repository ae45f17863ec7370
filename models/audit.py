"""The audit log: who did what to which record, written in the transaction of the deed (rule 34)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from peewee import Cast, IntegerField, Select, TextField, Value

from models.clock import timestamp
from models.database import Compiled, Table, slot
from models.listing import Listing, Sort, equals
from models.view import View


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which request: `id` is None for nobody and for the system itself."""

    id: int | None
    request_id: str


class Audit(Table):
    """One deed."""

    at = TextField()
    actor_id = IntegerField(null=True)
    action = TextField()
    record_type = TextField()
    record_id = IntegerField(null=True)
    request_id = TextField()
    reason = TextField(null=True)
    changes = TextField(null=True)


VIEW = View(
    Audit,
    "id at actor_id action record_type record_id request_id reason changes",
    json={"changes"},
)

LISTING = Listing(
    Audit,
    VIEW,
    sorts={"id": Sort(Audit.id)},
    default_sort=("-id",),
    filters={
        name: equals(getattr(Audit, name))
        for name in ("request_id", "actor_id", "action", "record_type", "record_id")
    },
)

_INSERT = Compiled(
    lambda: Audit.insert(
        {
            name: slot(name)
            for name in (
                "at",
                "actor_id",
                "action",
                "record_type",
                "record_id",
                "request_id",
                "reason",
                "changes",
            )
        }
    )
)


def record(
    actor: Actor,
    action: str,
    record_type: str,
    record_id: int | None,
    *,
    reason: str | None = None,
    changes: dict[str, Any] | None = None,
) -> None:
    """Write one deed; call it inside the transaction that does it.

    `action` is `noun.verb`. `changes` maps field names to `[before, after]`; personal values are
    left out by the caller, so that erasing a member leaves nothing behind here.
    """
    _INSERT.execute(
        at=timestamp(),
        actor_id=actor.id,
        action=action,
        record_type=record_type,
        record_id=record_id,
        request_id=actor.request_id,
        reason=reason,
        changes=None if changes is None else orjson.dumps(changes).decode(),
    )


def record_each(
    actor: Actor, action: str, record_type: str, ids: Any, *, changes: dict[str, Any]
) -> None:
    """Write the same deed for every record of a query that selects ids, in one statement."""
    picked = ids.alias("picked")
    deed = Select(
        [picked],
        [
            Value(timestamp()),
            Cast(Value(actor.id), "BIGINT"),
            Value(action),
            Value(record_type),
            picked.c.id,
            Value(actor.request_id),
            Value(orjson.dumps(changes).decode()),
        ],
    )
    names = ("at", "actor_id", "action", "record_type", "record_id", "request_id", "changes")
    Audit.insert_from(deed, [getattr(Audit, name) for name in names]).execute()


def record_all(actor: Actor, action: str, record_type: str, record_ids: Iterable[int]) -> None:
    """Write the same deed done to each of many records; call it inside their transaction."""
    deed = {
        "at": timestamp(),
        "actor_id": actor.id,
        "action": action,
        "record_type": record_type,
        "request_id": actor.request_id,
        "reason": None,
        "changes": None,
    }
    _INSERT.insert_many([{**deed, "record_id": record_id} for record_id in record_ids])


def differences(
    before: dict[str, Any], after: dict[str, Any], *, personal: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """What changed, as `{field: [before, after]}`; of personal fields only that they changed."""
    return {
        name: None if name in personal else [before[name], value]
        for name, value in after.items()
        if before[name] != value
    }

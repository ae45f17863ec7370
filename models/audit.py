"""The audit log: who did what to which record, written in the transaction of the deed (rule 34)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from peewee import Cast, IntegerField, Select, TextField, Value, fn

from models.database import Compiled, Table, is_postgresql, rows, run, slot
from models.listing import Listing, Sort, equals
from models.rows import Json, RowReader
from models.timestamps import timestamp


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and in which request: `id` is None for nobody and for the system itself."""

    id: int | None
    request_id: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """One action that was just recorded for one or many records, as a subscriber gets it.

    `switches` are those of the member concerned, as `User.notices` has them, where the act had read
    them; else None.
    """

    actor: Actor
    action: str
    record_ids: Sequence[int]
    at: str
    changes: Mapping[str, Any] | None
    switches: str | None = None

    @property
    def name(self) -> str:
        """What tells this act from every other one."""
        return f"{self.at} {self.actor.request_id}"


Subscriber = Callable[[Recorded], None]
_subscribers: dict[str, Subscriber] = {}
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


def subscribe(subscribers: Mapping[str, Subscriber]) -> None:
    """Have these called, by action, whenever one is recorded; they replace those before.

    A subscriber is called in the transaction of the act, after its audit row is written; an error
    that it raises undoes the act.
    """
    _subscribers.clear()
    _subscribers.update(subscribers)


@contextmanager
def quietly() -> Iterator[None]:
    """Record without telling subscribers: for data that is moved in and is news to nobody."""
    with _telling(is_quiet=True):
        yield


@contextmanager
def aloud() -> Iterator[None]:
    """Tell subscribers within `quietly`, too: of an act of this library that moving in does."""
    with _telling(is_quiet=False):
        yield


@contextmanager
def _telling(*, is_quiet: bool) -> Iterator[None]:
    token = _quiet.set(is_quiet)
    try:
        yield
    finally:
        _quiet.reset(token)


def _tell(
    actor: Actor,
    action: str,
    record_ids: Callable[[], Sequence[int]],
    at: str,
    changes: Mapping[str, Any] | None = None,
    switches: str | None = None,
) -> None:
    subscriber = _subscribers.get(action)
    if subscriber is not None and not _quiet.get():
        subscriber(Recorded(actor, action, record_ids(), at, changes, switches))


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


class AuditRow(NamedTuple):
    """A deed as it is stored; `changes` is JSON text."""

    id: int
    at: str
    actor_id: int | None
    action: str
    record_type: str
    record_id: int | None
    request_id: str
    reason: str | None
    changes: str | None

    def to_json(self) -> Json:
        """The deed as clients see it; the JSON text is passed on unread."""
        changes = None if self.changes is None else orjson.Fragment(self.changes)
        return {**self._asdict(), "changes": changes}


LISTING = Listing(
    Audit,
    RowReader(Audit, AuditRow),
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
_RECORD_ALL = """
    INSERT INTO audit (at, actor_id, action, record_type, request_id, record_id)
    SELECT ?, CAST(? AS BIGINT), ?, ?, ?, listed.value FROM {}
"""
_LISTED_IN_SQLITE = "json_each(?) AS listed"
_LISTED_IN_POSTGRESQL = "unnest(?::bigint[]) AS listed (value)"


def record(
    actor: Actor,
    action: str,
    record_type: str,
    record_id: int | None,
    *,
    reason: str | None = None,
    changes: dict[str, Any] | None = None,
    switches: str | None = None,
) -> None:
    """Write one deed; call it inside the transaction that does it.

    `action` is `noun.verb`. `changes` maps field names to `[before, after]`; personal values are
    left out by the caller, so that erasing a member leaves nothing behind here. `switches` spares
    subscribers a look at the member, see `Recorded`.
    """
    at = timestamp()
    _INSERT.execute(
        at=at,
        actor_id=actor.id,
        action=action,
        record_type=record_type,
        record_id=record_id,
        request_id=actor.request_id,
        reason=reason,
        changes=None if changes is None else orjson.dumps(changes).decode(),
    )
    if record_id is not None:
        _tell(actor, action, lambda: [record_id], at, changes, switches)


def was_by(mark: str, action: str, record_type: str, record_id: int, since: str) -> bool:
    """Whether an action was done to a record since a moment by requests whose ids begin so."""
    begins = fn.SUBSTR(Audit.request_id, 1, len(mark)) == mark
    of_record = (Audit.record_type == record_type) & (Audit.record_id == record_id)
    done = of_record & (Audit.action == action) & (Audit.at >= since) & begins
    return bool(Audit.select().where(done).exists())


def changes_of(
    record_type: str, record_id: int, actions: Sequence[str]
) -> list[tuple[str, dict[str, Any]]]:
    """The changes that these actions have made to a record, the latest first.

    Each with the request that made it.
    """
    of_record = (Audit.record_type == record_type) & (Audit.record_id == record_id)
    query = Audit.select(Audit.request_id, Audit.changes).where(
        of_record & Audit.action.in_(list(actions)) & Audit.changes.is_null(False)
    )
    found = rows(query.order_by(Audit.id.desc()))
    return [(request_id, orjson.loads(changes)) for request_id, changes in found]


def record_each(
    actor: Actor, action: str, record_type: str, ids: Any, *, changes: dict[str, Any]
) -> None:
    """Write the same deed for every record of a query that selects ids, in one statement."""
    at = timestamp()
    picked = ids.alias("picked")
    deed = Select(
        [picked],
        [
            Value(at),
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
    _tell(actor, action, lambda: [row[0] for row in rows(ids)], at, changes)


def record_all(actor: Actor, action: str, record_type: str, record_ids: Iterable[int]) -> None:
    """Write the same deed done to each of many records; call it inside their transaction."""
    ids, at = list(record_ids), timestamp()
    if ids:
        listed = ids if is_postgresql() else orjson.dumps(ids).decode()
        sql = _RECORD_ALL.format(_LISTED_IN_POSTGRESQL if is_postgresql() else _LISTED_IN_SQLITE)
        run(sql, [at, actor.id, action, record_type, actor.request_id, listed])
    _tell(actor, action, lambda: ids, at)


def differences(
    before: Mapping[str, Any], after: Mapping[str, Any], *, personal: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """What changed, as `{field: [before, after]}`; of personal fields only that they changed."""
    return {
        name: None if name in personal else [before[name], value]
        for name, value in after.items()
        if before[name] != value
    }

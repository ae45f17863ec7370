"""The feed of events: what the audit log records, in the order in which it was committed."""

from collections.abc import Collection
from typing import NamedTuple

from models.database import run


class EventRow(NamedTuple):
    """One event; `position` is its place in the feed, `id` that of its audit row."""

    position: int
    id: int
    type: str
    at: str
    record_type: str
    record_id: int | None


_COLUMNS = "e.position, a.id, a.action, a.at, a.record_type, a.record_id"
_JOINED = f"SELECT {_COLUMNS} FROM audit a JOIN"  # noqa: S608  no value is part of it
_OF_ONE_TYPE = """SELECT * FROM (SELECT position, audit_id FROM event
    WHERE action = ? AND position > ? ORDER BY position LIMIT ?) AS of_one_type"""


def after(position: int, types: Collection[str], limit: int) -> list[EventRow]:
    """The next events after a position, of these types or of all.

    Each type is read by its own index, so that rare ones cost no more than frequent ones.
    """
    if types:
        chosen = " UNION ALL ".join(_OF_ONE_TYPE for _ in types)
        values = [value for name in types for value in (name, position, limit)]
        source = f"({chosen}) AS e"
    else:
        source, values = "event e", [position]
    condition = "" if types else "WHERE e.position > ?"
    query = f"{_JOINED} {source} ON a.id = e.audit_id {condition} ORDER BY e.position LIMIT ?"
    return [EventRow(*row) for row in run(query, [*values, limit]).fetchall()]


def find(event_id: int) -> EventRow | None:
    """The event with an id."""
    query = f"{_JOINED} event e ON a.id = e.audit_id WHERE a.id = ?"
    row = run(query, [event_id]).fetchone()
    return None if row is None else EventRow(*row)


def some(event_ids: Collection[int]) -> list[EventRow]:
    """Events by their ids."""
    if not event_ids:
        return []
    places = ", ".join("?" * len(event_ids))
    query = f"{_JOINED} event e ON a.id = e.audit_id WHERE a.id IN ({places})"
    return [EventRow(*row) for row in run(query, list(event_ids)).fetchall()]


def end() -> int:
    """The position of the last event; 0 while there is none."""
    return int(run("SELECT MAX(position) FROM event").fetchone()[0] or 0)


def cursor_key() -> str:
    """The key that signs the feed's cursors; it stays the same, so that they stay valid."""
    return str(run("SELECT cursor_key FROM feed").fetchone()[0])

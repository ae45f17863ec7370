"""What every act shares: its transaction, and writing down how a title has changed.

An act holds its rows first (`models.locks`), gathers facts, decides, and then writes. Inside a
transaction of its caller it needs none of its own, but an error that it raises must undo that one.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from circulation.facts import Hold, HoldStatus, Title
from models import audit, copy, hold
from models.audit import Actor
from models.clock import stamp
from models.database import database, transaction

Check = Callable[[dict[str, Any]], None]
"""The caller's precondition, given the stored row, held, before an act changes it."""

_ENDINGS = {
    HoldStatus.FULFILLED: "hold.fulfill",
    HoldStatus.CANCELLED: "hold.cancel",
    HoldStatus.EXPIRED: "hold.expire",
}


def unchecked(row: dict[str, Any]) -> None:
    """No precondition on the row to be changed."""


@contextmanager
def act() -> Iterator[None]:
    """The transaction of an act: the caller's, or one of its own."""
    if database.in_transaction():
        yield
    else:
        with transaction():
            yield


def write(
    before: Title,
    after: Title,
    ended: Mapping[int, HoldStatus],
    actor: Actor,
    now: datetime,
    *,
    lent: int | None = None,
) -> None:
    """Write how a title has changed: its copies' status, its holds, and the audit rows of these.

    `ended` says how each hold ended that is no longer there, `lent` is the copy that fulfilled one.
    Holds let go of their copies before others take them.
    """
    moment = stamp(now)
    kept = {hold.id: hold for hold in after.holds}
    was = {hold.id: hold for hold in before.holds}
    for one in before.queue():
        if one.id not in kept:
            _end(one, ended[one.id], moment, actor, lent)
    moved = [one for one in after.holds if one.id in was and one != was[one.id]]
    for one in sorted(moved, key=lambda hold: hold.status is HoldStatus.READY):
        _move(one, actor)
    statuses = {one.id: one.status for one in before.copies}
    for each in after.copies:
        if each.status is not statuses[each.id]:
            copy.place(each.id, each.status.value, moment)


def _end(one: Hold, status: HoldStatus, moment: str, actor: Actor, lent: int | None) -> None:
    hold.move(
        id=one.id,
        status=status.value,
        queue=one.place,
        copy_id=lent if status is HoldStatus.FULFILLED else one.copy_id,
        expires_at=stamp(one.expires_at) if one.expires_at else None,
        ended_at=moment,
    )
    audit.record(actor, _ENDINGS[status], "hold", one.id)


def _move(one: Hold, actor: Actor) -> None:
    hold.move(
        id=one.id,
        status=one.status.value,
        queue=one.place,
        copy_id=one.copy_id,
        expires_at=stamp(one.expires_at) if one.expires_at else None,
        ended_at=None,
    )
    ready = one.status is HoldStatus.READY
    audit.record(actor, "hold.ready" if ready else "hold.requeue", "hold", one.id)

"""What every act shares: its transaction, and writing down how a title has changed.

An act locks its rows first (`models.locks`), loads its situation, decides, and then writes. Inside
a transaction of its caller it needs none of its own, but an error that it raises must undo that
one.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from circulation import hold_queue, loading, loan_effects
from circulation.entities import Ending, Hold, Title
from circulation.loading import Situation
from circulation.loan_effects import Stand
from models import audit, copy, hold
from models.audit import Actor
from models.database import database
from models.errors import Missing
from models.timestamps import stamp
from models.vocabulary import AuditAction, HoldStatus

_ENDINGS = {
    HoldStatus.FULFILLED: "hold.fulfill",
    HoldStatus.CANCELLED: "hold.cancel",
    HoldStatus.EXPIRED: "hold.expire",
}


@contextmanager
def transaction() -> Iterator[None]:
    """The transaction of an act: the caller's, or one of its own."""
    if database.in_transaction():
        yield
    else:
        with database.atomic():
            yield


def settled(situation: Situation, actor: Actor) -> Title:
    """End the holds of a locked title that have run out, and give the title as it stands then.

    An act that notes how holds stood writes this first, so that they stood so.
    """
    lapsed = hold_queue.lapse_holds(situation.title, situation.rules, situation.now)
    if lapsed.ended:
        write(situation.title, lapsed.title, lapsed.ended, actor, situation.now)
    return lapsed.title


def settled_title(book_id: int, actor: Actor, now: datetime) -> Title:
    """The title of a locked book, `settled`. Raises Missing."""
    situation = loading.of_title(book_id, now)
    if situation is None:
        raise Missing("There is no such book.")
    return settled(situation, actor)


def write(
    before: Title,
    after: Title,
    ended: Mapping[int, Ending],
    actor: Actor,
    now: datetime,
    *,
    lent: int | None = None,
    scanned: int | None = None,
) -> None:
    """Write how a title has changed: its copies' status, its holds, and the audit rows of these.

    `ended` says how each hold ended that is no longer there, `lent` is the copy that was lent and
    may have fulfilled some, `scanned` the copy that was scanned (rule 45).
    """
    moment = stamp(now)
    kept = {hold.id: hold for hold in after.holds}
    was = {hold.id: hold for hold in before.holds}
    for one in before.queue():
        if one.id not in kept:
            _end(one, ended[one.id], actor, lent)
    moved = [one for one in after.holds if one.id in was and one != was[one.id]]
    if moved:
        _let_stand({one.id: loan_effects.stand(one) for one in moved})
    for one in moved:
        action = "hold.ready" if one.status is HoldStatus.READY else "hold.requeue"
        audit.record(actor, action, "hold", one.id)
    _write_copies(before, after, moment, scanned, lent)
    for one in before.queue():
        if one.id not in kept and one.copy_id not in (None, scanned):
            copy.leave(one.copy_id, one.id)


def _write_copies(
    before: Title, after: Title, moment: str, scanned: int | None, lent: int | None
) -> None:
    statuses = {one.id: one.status for one in before.copies}
    for each in after.copies:
        if each.id == lent:
            copy.lend(each.id, moment)
        elif each.status is not statuses[each.id]:
            copy.place(each.id, each.status, moment, seen=each.id == scanned)
        elif each.id == scanned:
            copy.see([each.id], moment)


def restore(before: Mapping[int, Stand], actor: Actor) -> None:
    """Let holds, by their ids, stand as they did before an act that is undone (rule 41)."""
    _let_stand(before)
    for hold_id in before:
        audit.record(actor, AuditAction.HOLD_RESTORE, "hold", hold_id)


def _let_stand(stands: Mapping[int, Stand]) -> None:
    """Write how active holds stand: each lets go of its copy before another takes it."""
    taking = [hold_id for hold_id, stand in stands.items() if stand.copy_id is not None]
    if len(taking) > 1:
        hold.let_go(taking)
    for hold_id in sorted(stands, key=lambda each: each in taking):
        stand = stands[hold_id]
        hold.move(
            id=hold_id,
            status=stand.status,
            queue=stand.place,
            copy_id=stand.copy_id,
            ready_at=stand.ready_at,
            expires_at=stand.expires_at,
            kept_until=stand.kept_until,
            ended_at=None,
            end_reason=None,
        )


def _end(one: Hold, ending: Ending, actor: Actor, lent: int | None) -> None:
    status = ending.why.status
    hold.move(
        id=one.id,
        status=status,
        queue=one.place,
        copy_id=lent if status is HoldStatus.FULFILLED else one.copy_id,
        ready_at=stamp(one.ready_at) if one.ready_at else None,
        expires_at=stamp(one.expires_at) if one.expires_at else None,
        kept_until=one.kept_until.isoformat() if one.kept_until else None,
        ended_at=stamp(ending.at),
        end_reason=ending.why,
    )
    audit.record(actor, _ENDINGS[status], "hold", one.id)

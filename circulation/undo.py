"""Taking back what was done by mistake: a loan, or a return (rule 41)."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial

from circulation import hold_queue, loading, loan_effects, presentation, refunds
from circulation.calendar import Calendar
from circulation.due_dates import closed_day_shift
from circulation.hold_queue import Lapsed
from circulation.loading import Situation
from circulation.loan_effects import Effects, Stand
from circulation.presentation import LoanState
from circulation.title_changes import restore, transaction, write
from models import audit, copy, hold, loan, locks, notice
from models.audit import Actor
from models.errors import Conflict, Missing
from models.hold import HoldRow
from models.loan import LoanRow
from models.timestamps import moment, stamp
from models.vocabulary import AuditAction, CopyStatus, HoldStatus


def cancel_loan(loan_id: int, reason: str, actor: Actor, now: datetime) -> LoanState:
    """Take back a loan on the day it was made, with what it did to holds; it counts nowhere.

    Raises Missing, Conflict `loan-closed`, `too-late`, `holds-moved` when a hold that the loan
    fulfilled or moved has changed since, or its member has borrowed the title again that it waited
    for, and `forgotten` when its member has been.
    """
    with transaction():
        locks.take(loan_id=loan_id)
        situation = loading.of_loan(loan_id, now)
        if situation is None or situation.loan is None:
            raise Missing("There is no such loan.")
        running = situation.loan
        _require_today(situation, running)
        effects = _effects(loan_id)
        stored = {each.id: hold.find(each.id) for each in effects.holds}
        lapsed = hold_queue.lapse_holds(situation.title, situation.rules, now)
        _require_untouched(lapsed, effects, stored, running.book_id)
        _require_unserved(running, effects)
        places = loan_effects.places(lapsed.title, effects.holds)
        title = loan_effects.restored(lapsed.title, running.copy_id, effects.copies)
        cancelled = loan.cancel(running, stamp(now))
        audit.record(actor, AuditAction.LOAN_CANCEL, "loan", loan_id, reason=reason)
        write(situation.title, title, lapsed.ended, actor, now)
        copy.reckon_use(running.copy_id)
        active = {one.id for one in lapsed.title.holds}
        hold.reorder({hold_id: place for hold_id, place in places.items() if hold_id in active})
        before = {each.id: each.before._replace(place=places[each.id]) for each in effects.holds}
        restore({each: _kept_on(before[each], stored[each], situation) for each in before}, actor)
    return presentation.loan(cancelled, situation.rules, now)


def _require_today(situation: Situation, running: LoanRow) -> None:
    if running.ended_at:
        raise Conflict("This loan has ended.", code="loan-closed")
    made_on = situation.rules.calendar.local_date(moment(running.borrowed_at))
    if made_on != situation.today:
        detail = f"This loan was made on {made_on}; take the copy back instead."
        raise Conflict(detail, code="too-late")


def _effects(loan_id: int) -> Effects:
    stored = loan.effects(loan_id)
    return Effects.of(stored) if stored else loan_effects.NOTHING


def _require_untouched(
    lapsed: Lapsed, effects: Effects, stored: Mapping[int, HoldRow], book_id: int
) -> None:
    """Raise Conflict unless all holds stand as the loan left them, and have their members.

    Those on a title that the copy has left are in a queue that is not locked.
    """
    active = {one.id: (one.status, one.copy_id) for one in lapsed.title.holds}
    for each in effects.holds:
        row = stored[each.id]
        if row.book_id != book_id:
            detail = "A hold that this loan fulfilled or moved is on another title; take it back."
            raise loan_effects.gone_on(detail)
        present = active.get(each.id) or _ended(row, lapsed)
        is_to_be_ready = each.before.status is HoldStatus.READY
        if present != (each.status, each.copy_id) or (is_to_be_ready and row.suspended_until):
            raise loan_effects.gone_on()
        if row.user_id is None:
            detail = "The member of a hold that this loan fulfilled was forgotten; take it back."
            raise Conflict(detail, code="forgotten")


def _require_unserved(running: LoanRow, effects: Effects) -> None:
    """Raise Conflict where a later loan would have fulfilled a hold that this one did (rule 4)."""
    fulfilled = (HoldStatus.FULFILLED, None)
    on_title = any((each.status, each.requested_copy_id) == fulfilled for each in effects.holds)
    if on_title and loan.borrowed_again(running):
        raise loan_effects.gone_on("Its member has borrowed the title again since; take it back.")


def _ended(row: HoldRow, lapsed: Lapsed) -> tuple[HoldStatus, int | None] | None:
    """How a hold ended, None unless an act has ended it and its member has placed no other since.

    One that is on a copy alone may have gone to another title with it.
    """
    own = (row.user_id, row.requested_copy_id)
    again = any((one.user_id, one.requested_copy_id) == own for one in lapsed.title.holds)
    return None if again or row.ended_at is None else (row.status, row.copy_id)


def _kept_on(before: Stand, row: HoldRow, situation: Situation) -> Stand:
    """How a hold stood, its copy kept to the end of a day that is open now (rules 14, 38)."""
    if before.expires_at is None:
        return before
    calendar, end = situation.rules.calendar, moment(before.expires_at)
    shift = closed_day_shift(calendar, end) if end >= situation.now else None
    if shift is not None:
        end = shift.at
    if row.not_needed_after is not None:
        end = min(end, calendar.end_of_day(date.fromisoformat(row.not_needed_after)))
    return before._replace(expires_at=stamp(end))


def reopen_loan(loan_id: int, reason: str, actor: Actor, now: datetime) -> LoanState:
    """Take back a return: the loan runs as before, and what the return charged is not owed.

    A hold that the copy was set aside for waits again in its place. A due day to come that was
    closed meanwhile moves on. Raises Missing, Conflict `loan-open`, `loan-lost`, `forgotten`,
    `copy-on-loan` when the copy has gone out since, `refunded` when money given back by the return
    was paid out, and just Conflict when the copy was withdrawn.
    """
    with transaction():
        copy_id = loan.find(loan_id).copy_id
        ask = partial(loading.of_copy, {"copy_id": copy_id}, now)
        situation = loading.of_locked_copy(ask, loan_id=loan_id, copy_id=copy_id)
        returned = loan.locked(loan_id)
        _require_returned(returned)
        if situation is None or situation.copy is None:
            raise Missing("There is no such copy.")
        _require_in_house(situation, returned)
        fines = refunds.undo_return(returned, reason, actor, now)
        due_at = _due_again(returned, situation.rules.calendar)
        running = loan.reopen(returned, due_at, fines.to_json(), fines.total)
        if due_at != returned.due_at:
            notice.rezone(notice.told_due(loan_id, returned.due_at), due_at)
        changes = {"due_at": [returned.due_at, due_at]} if due_at != returned.due_at else None
        action = AuditAction.LOAN_REOPEN
        audit.record(actor, action, "loan", loan_id, reason=reason, changes=changes)
        running = _on_open_day(running, situation, actor)
        _take_out(situation, copy_id, returned, actor)
    return presentation.loan(running, situation.rules, now)


def _due_again(returned: LoanRow, days: Calendar) -> str:
    """The end of the day that a loan was due on, where the time zone of today has it (rule 11).

    Loans that have ended keep the end of the zone of their time, which may lie in the next day by
    now; the steps name the day. A loan that was brought in without them is due as it was.
    """
    steps = loan.due_steps(returned.id)
    if not steps:
        return returned.due_at
    return stamp(days.end_of_day(date.fromisoformat(steps[-1]["to"])))


def _on_open_day(running: LoanRow, situation: Situation, actor: Actor) -> LoanRow:
    """The loan, due on the next open day where its day to come was closed meanwhile (rule 14).

    The member is told as of a closure.
    """
    calendar, due_at = situation.rules.calendar, moment(running.due_at)
    shift = closed_day_shift(calendar, due_at) if due_at >= situation.now else None
    if shift is None:
        return running
    step = shift.step(calendar.local_date(due_at))
    loan.set_due(running.id, stamp(shift.at), [step.to_json()])
    changes = {"due_at": [running.due_at, stamp(shift.at)]}
    audit.record(actor, AuditAction.LOAN_POSTPONE, "loan", running.id, changes=changes)
    return loan.find(running.id)


def _require_returned(row: LoanRow) -> None:
    if row.cancelled_at:
        raise Conflict("This loan was cancelled; lend the copy again.", code="loan-open")
    if row.returned_at is None:
        raise Conflict("This loan has not been returned.", code="loan-open")
    if row.lost_at:
        detail = "The copy was lost and found again; lend it again instead."
        raise Conflict(detail, code="loan-lost")
    if row.user_id is None:
        raise Conflict("The member of this loan has been forgotten.", code="forgotten")


def _require_in_house(situation: Situation, returned: LoanRow) -> None:
    is_out = situation.copy is not None and situation.copy.status is CopyStatus.ON_LOAN
    if is_out or loan.lent_since(returned):
        raise Conflict("The copy has been lent since.", code="copy-on-loan")
    if situation.copy is not None and situation.copy.status is CopyStatus.WITHDRAWN:
        raise Conflict("The copy has been withdrawn since; put it back into stock first.")


def _take_out(situation: Situation, copy_id: int, returned: LoanRow, actor: Actor) -> None:
    """Write the title with the copy on loan again, and nothing set aside of it."""
    lapsed = hold_queue.lapse_holds(situation.title, situation.rules, situation.now)
    title = lapsed.title
    served = title.hold_on(copy_id)
    if served is not None:
        title = hold_queue.waiting_again(title, served.id)
    title = title.lent(copy_id, returned.id, returned.user_id)
    write(situation.title, title, lapsed.ended, actor, situation.now)

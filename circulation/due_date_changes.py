"""Due dates changed by hand: of one loan, or of all that are due in some days (rule 40)."""

from datetime import date, datetime
from typing import NamedTuple

from circulation import presentation, rulebook
from circulation.calendar import Calendar
from circulation.due_dates import Due, Step, chosen_due, day_left
from circulation.entities import Rules
from circulation.locking import lock_loan
from circulation.presentation import LoanState
from circulation.reasons import reason as reason_of
from circulation.request_checks import check_due_on
from circulation.title_changes import transaction
from models import audit, due_date_batch, loan, locks, user
from models.audit import Actor
from models.due_date_batch import Move
from models.errors import Conflict, Refused
from models.rows import Json
from models.timestamps import moment, stamp
from models.vocabulary import AuditAction, DueStep, ReasonCode

_BY_THE_CALENDAR = {DueStep.CLOSURE_ADDED, DueStep.WEEK_CHANGED}
"""The steps that nobody takes for one loan."""


class Range(NamedTuple):
    """Library-local days, both included, and which loans are meant; None is any."""

    due_from: date
    due_to: date
    category: str | None = None
    loan_type: str | None = None


class Moved(NamedTuple):
    """How many due dates were moved, and the batch that can be reversed; None in a dry run."""

    moved: int
    batch_id: int | None


def change(loan_id: int, due_on: date, reason: str, actor: Actor, now: datetime) -> LoanState:
    """Let a running loan be due on another day, earlier or later, and return it.

    A closed day moves on, and rule 13 holds. The day that it is due on anyway changes nothing.
    Raises Missing, Conflict `loan-closed`, Unacceptable
    for a day in the past or over ten years away, Refused `loan-refused` where rule 13 leaves no
    day, NoOpenDay.
    """
    rules = rulebook.latest()
    today = rules.calendar.local_date(now)
    check_due_on(due_on, today)
    with transaction():
        row = lock_loan(loan_id)
        if row.ended_at:
            raise Conflict("This loan has ended.", code="loan-closed")
        expires_on = None if row.user_id is None else user.find(row.user_id).expires_on
        due = _due(rules, due_on, today, expires_on)
        if stamp(due.at) != row.due_at:
            _write(row.id, row.due_at, due, reason, rules, actor)
    return presentation.loan(loan.find(loan_id), rules, now)


def change_all(
    which: Range, to: date, reason: str, actor: Actor, now: datetime, *, dry_run: bool
) -> Moved:
    """Let all running loans that are due in some days be due on another one.

    No loan is renewed or returned meanwhile. Raises Unacceptable, NoOpenDay.
    """
    with transaction():
        locks.take_opening_days()
        # Not before: a day may be closed while the lock is waited for.
        rules = rulebook.latest()
        today = rules.calendar.local_date(now)
        check_due_on(to, today, "to")
        first, last = rules.calendar.bounds(which.due_from, which.due_to)
        found = due_date_batch.running(stamp(first), stamp(last), which.category, which.loan_type)
        moves = []
        for each in found:
            if not _has_day_left(rules, today, each.expires_on):
                continue
            due = _due(rules, to, today, each.expires_on)
            if stamp(due.at) != each.due_at:
                moves.append((each.id, each.due_at, due))
        if dry_run:
            return Moved(len(moves), None)
        batch_id = due_date_batch.begin(reason)
        noted = []
        for loan_id, before, due in moves:
            steps = _write(loan_id, before, due, reason, rules, actor)
            noted.append((loan_id, before, stamp(due.at), steps))
        due_date_batch.note(batch_id, noted)
    return Moved(len(moves), batch_id)


def reverse(batch_id: int, actor: Actor, reason: str | None = None) -> Moved:
    """Move back the due dates of a batch that nobody has changed since. Raises Missing.

    Those that closed days alone have moved on since are among them (rule 14).
    """
    with transaction():
        locks.take_opening_days()
        rules = rulebook.latest()
        moves = due_date_batch.of_running(batch_id)
        found = [each for each in moves if _is_unchanged(each, rules.calendar)]
        for loan_id, before, _, _, due_at, _ in found:
            day = rules.calendar.local_date(moment(before))
            # A day that was closed meanwhile moves on, as it would have (rule 14).
            due = chosen_due(rules.calendar, day, day, None)
            at = before if due.day == day else stamp(due.at)
            step = _step(rules, due_at, day, "the change of many due dates was reversed")
            loan.set_due(loan_id, at, [step, *(each.to_json() for each in due.steps[1:])])
            _audit(loan_id, due_at, at, reason, actor)
    return Moved(len(found), batch_id)


def _is_unchanged(move: Move, calendar: Calendar) -> bool:
    """Whether a due date is as its batch left it, but for days closed since."""
    if move.steps is None:
        return move.due_at == move.due_after
    left = calendar.end_of_day(date.fromisoformat(move.due_steps[move.steps - 1]["to"]))
    since = {step["step"] for step in move.due_steps[move.steps :]}
    return stamp(left) == move.due_after and since <= _BY_THE_CALENDAR


def _due(rules: Rules, due_on: date, today: date, expires_on: str | None) -> Due:
    last = date.fromisoformat(expires_on) if expires_on else None
    if not _has_day_left(rules, today, expires_on):
        detail = f"The membership ends on {last}, before any open day."
        refusal = reason_of(ReasonCode.MEMBER_EXPIRED, detail, expires_on=expires_on)
        raise Refused("loan-refused", detail, [refusal.to_json()])
    return chosen_due(rules.calendar, due_on, today, last)


def _has_day_left(rules: Rules, today: date, expires_on: str | None) -> bool:
    if expires_on is None:
        return True
    last = date.fromisoformat(expires_on)
    return last >= today and day_left(rules.calendar, today, last)


def _write(loan_id: int, before: str, due: Due, reason: str, rules: Rules, actor: Actor) -> int:
    """Write a due date, and return how many steps explain it then."""
    asked = due.steps[0].to
    steps = [_step(rules, before, asked, reason), *(step.to_json() for step in due.steps[1:])]
    count = loan.set_due(loan_id, stamp(due.at), steps)
    _audit(loan_id, before, stamp(due.at), reason, actor)
    return count


def _step(rules: Rules, due_before: str, to: date, reason: str) -> Json:
    start = rules.calendar.local_date(moment(due_before))
    return Step(DueStep.CHANGED_BY_HAND, 40, start, to, reason).to_json()


def _audit(loan_id: int, before: str, after: str, reason: str | None, actor: Actor) -> None:
    changes = {"due_at": [before, after]}
    action = AuditAction.LOAN_DUE_DATE
    audit.record(actor, action, "loan", loan_id, reason=reason, changes=changes)

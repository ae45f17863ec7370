"""Opening days: changing the week and the closures, and what that moves (rule 14)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from circulation import loan_effects, rulebook
from circulation.calendar import Calendar, Closure, check_openable
from circulation.due_dates import Shift, closed_day_shift, closure_shift
from circulation.loan_effects import Effects
from circulation.title_changes import transaction
from models import calendar, closure, due_date_batch, hold, loan, locks, notice, source_key
from models.audit import Actor
from models.calendar import CalendarRow, PlanRow
from models.closure import ClosureRow
from models.errors import Conflict, Missing, Unacceptable
from models.timestamps import moment, stamp

_END_OF_TIME = "9999-12-31T23:59:59Z"


def set_week(values: Mapping[str, Any], actor: Actor, now: datetime) -> CalendarRow:
    """Write `timezone` and `open_weekdays`, these from `valid_from` on, today unless given.

    Gives the stored calendar. Due dates of running loans and shelf expiries to come that fall on a
    day now closed move to the next open day; with another time zone each local day keeps its end
    (rules 11, 14). Raises Unacceptable for a day in the past, NoOpenDay `calendar-closed`.
    """
    with transaction():
        locks.take_opening_days()
        present, before = calendar.locked(), rulebook.stored().calendar
        today = now.astimezone(ZoneInfo(values["timezone"])).date()
        weekdays = sorted(values["open_weekdays"])
        plan = PlanRow(_valid_from(values.get("valid_from"), present, today), weekdays)
        changed = calendar.update(present, values["timezone"], plan, today.isoformat(), actor)
        days = rulebook.stored().calendar
        _require_open_days(days, now)
        if days.zone != before.zone:
            _keep_days(before, days, actor, now)
        _leave_closed_days(days, date.fromisoformat(plan.valid_from), actor, now)
        return changed


def take_over(timezone: str, plans: Sequence[PlanRow], actor: Actor, now: datetime) -> None:
    """Take over the time zone and the weeks of another library, those of the past too.

    A library that has set a week, or has loans or holds, keeps its own past, by which its fines
    are counted; it takes over the week of today and those to come. Where nothing differs, nobody
    waits. Raises what `set_week` raises.
    """
    if _is_as(calendar.find(), timezone, plans):
        return
    with transaction():
        locks.take_opening_days()
        present = calendar.locked()
        if _is_as(present, timezone, plans):
            return
        if not _has_past(present):
            calendar.take_over(present, timezone, plans, actor)
            _require_open_days(rulebook.stored().calendar, now)
            return
        today = now.astimezone(ZoneInfo(timezone)).date().isoformat()
        week = CalendarRow(timezone, plans, 0).plan_on(today).open_weekdays
        set_week({"timezone": timezone, "open_weekdays": week}, actor, now)
        for plan in plans:
            if plan.valid_from > today:
                set_week({"timezone": timezone, **plan._asdict()}, actor, now)


def _is_as(present: CalendarRow, timezone: str, plans: Sequence[PlanRow]) -> bool:
    return (present.timezone, list(present.plans)) == (timezone, list(plans))


def _has_past(present: CalendarRow) -> bool:
    """Whether a week was set, or something was dated by the days there are."""
    return len(present.plans) > 1 or loan.Loan.select().exists() or hold.Hold.select().exists()


def withdraw_plan(valid_from: date, actor: Actor, now: datetime) -> None:
    """Remove a plan that has not begun; the one before it goes on (rule 14).

    What it moved stays; what falls on a day that is closed without it moves on. Raises Missing,
    Conflict `plan-begun`, NoOpenDay `calendar-closed`.
    """
    with transaction():
        locks.take_opening_days()
        present = calendar.locked()
        if all(plan.valid_from != valid_from.isoformat() for plan in present.plans):
            raise Missing("There is no plan from this day on.")
        if valid_from <= rulebook.stored().calendar.local_date(now):
            raise Conflict("This week has begun; set another one instead.", code="plan-begun")
        calendar.withdraw(present, valid_from.isoformat(), actor)
        days = rulebook.stored().calendar
        _require_open_days(days, now)
        _leave_closed_days(days, valid_from, actor, now)


def _valid_from(given: str | None, present: CalendarRow, today: date) -> str:
    """From when a week shall hold: what the calendar says of the week of today is no wish."""
    first = today.isoformat()
    if given is None or given == present.plan_on(first).valid_from:
        return first
    if given < first:
        raise Unacceptable("#/valid_from", "past", f"This is before today, {first}.")
    return given


def close(values: Mapping[str, Any], actor: Actor, now: datetime) -> ClosureRow:
    """Add a closure (`starts_on`, `ends_on`, `reason`) and give it as it is stored (rule 14).

    Due dates of running loans and shelf expiries to come that fall on it move to the next open day.
    Raises NoOpenDay `calendar-closed`.
    """
    with transaction():
        locks.take_opening_days()
        created = closure.create(values, actor)
        days = rulebook.stored().calendar
        _require_open_days(days, now)
        shift = closure_shift(days, Closure.of(created))
        _postpone_loans(days, shift, actor)
        _postpone_holds(days, shift, actor, now)
        return created


def reopen(closure_id: int, actor: Actor) -> None:
    """Remove a closure; what it moved stays where it is (rule 14).

    Raises Missing.
    """
    with transaction():
        locks.take_opening_days()
        present = closure.locked(closure_id)
        closure.delete(present, actor)
        source_key.forget("closures", closure_id)


def _require_open_days(days: Calendar, now: datetime) -> None:
    check_openable(days, days.local_date(now))


def _leave_closed_days(days: Calendar, first: date, actor: Actor, now: datetime) -> None:
    """Move what falls on a closed day, from a day on, to the next open one (rule 14)."""
    begin = days.bounds(first, first)[0]
    for due_at in loan.due_moments(stamp(begin), _END_OF_TIME):
        shift = closed_day_shift(days, moment(due_at))
        if shift:
            step = shift.step(days.local_date(moment(due_at)))
            loan.postpone(due_at, stamp(shift.at), step.to_json(), actor)
    for expires_at in hold.expiry_moments(stamp(max(begin, now)), _END_OF_TIME):
        shift = closed_day_shift(days, moment(expires_at))
        if shift:
            _keep_on_shelf(days, expires_at, shift, actor)


def _keep_days(before: Calendar, days: Calendar, actor: Actor, now: datetime) -> None:
    """Move the ends of due days and shelf days to where another time zone has them (rule 11).

    What is compared with them, or gives them back, moves along: what was told, batches of due dates
    and what undoing a loan restores. Renewals, the audit log, events and answers that are kept for
    idempotency keys tell what was, and stay; steps and fines name local days, which do not move.
    """
    for due_at, to in _moved_ends(before, days, loan.due_moments("", _END_OF_TIME)):
        loan.rezone(due_at, to, actor)
    moments = hold.expiry_moments(stamp(now), _END_OF_TIME)
    for expires_at, to in _moved_ends(before, days, moments):
        hold.rezone(expires_at, to, actor)
    told = notice.ends_told(stamp(now))
    for end, to in _moved_ends(before, days, told):
        notice.rezone(told[end], to)
    due_date_batch.rezone(dict(_moved_ends(before, days, due_date_batch.moments())))
    _keep_undoing(before, days, now)


def _keep_undoing(before: Calendar, days: Calendar, now: datetime) -> None:
    """Move the shelf days to come that holds get back when a loan is undone, on its day (41)."""
    for loan_id, stored in loan.effects_since(stamp(now - loan_effects.LONGEST_DAY)).items():
        effects = Effects.of(stored)
        to_come = [end for end in loan_effects.shelf_ends(effects) if end >= stamp(now)]
        ends = dict(_moved_ends(before, days, to_come))
        if ends:
            loan.keep_effects(loan_id, loan_effects.rezoned(effects, ends).to_json())


def _moved_ends(before: Calendar, days: Calendar, moments: Iterable[str]) -> list[tuple[str, str]]:
    """Each moment with the end of its day in the new zone, in an order in which none moves twice.

    Zones may lie a whole day apart: what is moved first must not land where something waits.
    """
    pairs = [(at, stamp(days.end_of_day(before.local_date(moment(at))))) for at in moments]
    later = sorted((pair for pair in pairs if pair[1] > pair[0]), reverse=True)
    return [*later, *sorted(pair for pair in pairs if pair[1] < pair[0])]


def _postpone_loans(days: Calendar, shift: Shift, actor: Actor) -> None:
    for due_at in loan.due_moments(stamp(shift.first), stamp(shift.last)):
        step = shift.step(days.local_date(moment(due_at)))
        loan.postpone(due_at, stamp(shift.at), step.to_json(), actor)


def _postpone_holds(days: Calendar, shift: Shift, actor: Actor, now: datetime) -> None:
    """Move the shelf expiries to come; a hold that has expired stays so (rule 22)."""
    for expires_at in hold.expiry_moments(stamp(max(shift.first, now)), stamp(shift.last)):
        _keep_on_shelf(days, expires_at, shift, actor)


def _keep_on_shelf(days: Calendar, expires_at: str, shift: Shift, actor: Actor) -> None:
    """Keep copies longer that would leave the shelf at a moment, while needed (rules 14, 38)."""
    to_day = shift.day.isoformat()
    for needed in hold.needs(expires_at, to_day):
        until = stamp(days.end_of_day(date.fromisoformat(needed)))
        if until > expires_at:
            hold.postpone(expires_at, until, to_day, actor, needed=needed)
    hold.postpone(expires_at, stamp(shift.at), to_day, actor)

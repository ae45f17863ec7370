"""Opening days: changing the week and the closures, and what a new closure moves (rule 14)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from circulation import rulebook
from circulation.act import Check, act
from circulation.calendar import Calendar, Closure, check_openable
from circulation.due import Shift, closure_shift
from models import calendar, closure, hold, loan, locks
from models.audit import Actor
from models.clock import moment, stamp

Row = dict[str, Any]


def set_week(values: Mapping[str, Any], actor: Actor, now: datetime, check: Check) -> Row:
    """Write `timezone` and `open_weekdays` and give the stored calendar; dates stay (rule 14).

    `check` is called with the stored row first. Raises NoOpenDay `calendar-closed`.
    """
    with act():
        locks.take_opening_days()
        present = calendar.locked()
        check(present)
        week = {**values, "open_weekdays": sorted(values["open_weekdays"])}
        changed = calendar.update(present, week, actor)
        _require_open_days(rulebook.stored().calendar, now)
        return changed


def close(values: Mapping[str, Any], actor: Actor, now: datetime) -> Row:
    """Add a closure (`starts_on`, `ends_on`, `reason`) and give it as it is stored (rule 14).

    Due dates of running loans and shelf expiries to come that fall on it move to the next open day.
    Raises NoOpenDay `calendar-closed`.
    """
    with act():
        locks.take_opening_days()
        created = closure.create(values, actor)
        days = rulebook.stored().calendar
        _require_open_days(days, now)
        shift = closure_shift(days, _closure(created))
        _postpone_loans(days, shift, actor)
        _postpone_holds(shift, actor, now)
        return created


def reopen(closure_id: int, actor: Actor, check: Check) -> None:
    """Remove a closure; what it moved stays where it is (rule 14).

    `check` is called with the stored row first. Raises Missing.
    """
    with act():
        locks.take_opening_days()
        present = closure.locked(closure_id)
        check(present)
        closure.delete(present, actor)


def _require_open_days(days: Calendar, now: datetime) -> None:
    check_openable(days, days.local_date(now))


def _closure(row: Row) -> Closure:
    first, last = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
    return Closure(row["id"], first, last, row["reason"])


def _postpone_loans(days: Calendar, shift: Shift, actor: Actor) -> None:
    for due_at in loan.due_moments(stamp(shift.first), stamp(shift.last)):
        step = shift.step(days.local_date(moment(due_at)))
        loan.postpone(due_at, stamp(shift.at), step.as_json(), actor)


def _postpone_holds(shift: Shift, actor: Actor, now: datetime) -> None:
    """Move the shelf expiries to come; a hold that has expired stays so (rule 22)."""
    for expires_at in hold.expiry_moments(stamp(max(shift.first, now)), stamp(shift.last)):
        hold.postpone(expires_at, stamp(shift.at), actor)

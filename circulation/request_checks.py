"""What a caller may ask for at all: the faults that are 400 whatever the state of the library.

Each raises Unacceptable with the place in the body. Call them before any record is read.
"""

from collections.abc import Sequence
from datetime import date, datetime

from circulation.reasons import NEVER_OVERRIDABLE
from models.errors import Unacceptable
from models.vocabulary import ReasonCode

DUE_WITHIN_YEARS = 10

_KNOWN = frozenset(ReasonCode)


def check_override(codes: Sequence[str]) -> frozenset[ReasonCode]:
    """Return the codes an override names; unknown and never overridable ones are faults (rule 10).

    Codes that cannot occur here, or do not refuse, have no effect.
    """
    for index, code in enumerate(codes):
        pointer = f"#/override/codes/{index}"
        if code not in _KNOWN:
            raise Unacceptable(pointer, "unknown-code", f"There is no reason “{code}”.")
        if code in NEVER_OVERRIDABLE:
            detail = f"“{code}” cannot be overridden."
            raise Unacceptable(pointer, "not-overridable", detail)
    return frozenset(ReasonCode(code) for code in codes)


def check_due_on(due_on: date, today: date) -> None:
    """Refuse a due date before today or more than ten years away."""
    _check_within("#/due_on", due_on, today)


def check_hold_dates(
    suspended_until: date | None, not_needed_after: date | None, today: date
) -> None:
    """Refuse dates of a hold that are before today."""
    dates = {"suspended_until": suspended_until, "not_needed_after": not_needed_after}
    for field, day in dates.items():
        if day and day < today:
            raise Unacceptable(f"#/{field}", "past", f"This is before today, {today}.")


def check_pick_up(expires_on: date, today: date) -> None:
    """Refuse a last day on the hold shelf before today or more than ten years away."""
    _check_within("#/expires_on", expires_on, today)


def check_returned_at(returned_at: datetime, borrowed_at: datetime | None, now: datetime) -> None:
    """Refuse a return in the future or before the loan, None if there is no loan (rule 15)."""
    if returned_at > now:
        raise Unacceptable("#/returned_at", "future", "A return cannot lie in the future.")
    if borrowed_at and returned_at < borrowed_at:
        detail = f"The copy was lent at {borrowed_at:%Y-%m-%dT%H:%M:%SZ}, after this."
        raise Unacceptable("#/returned_at", "before-loan", detail)


def _check_within(pointer: str, day: date, today: date) -> None:
    if day < today:
        raise Unacceptable(pointer, "past", f"This is before today, {today}.")
    latest = _years_after(today, DUE_WITHIN_YEARS)
    if day > latest:
        raise Unacceptable(pointer, "too-late", f"This is more than ten years away: {latest}.")


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)

"""What a caller may ask for at all: the faults that are 400 whatever the state of the library.

Each raises Unacceptable with the place in the body. Call them before any record is read.
"""

from collections.abc import Sequence
from datetime import date, datetime

from circulation.reasons import NEVER_OVERRIDABLE
from models.errors import Unacceptable, refuse_all
from models.vocabulary import ReasonCode

DUE_WITHIN_YEARS = 10

_KNOWN = frozenset(ReasonCode)


def check_override(
    codes: Sequence[str], others: Sequence[Unacceptable] = ()
) -> frozenset[ReasonCode]:
    """Return the codes an override names; unknown and never overridable ones are faults (rule 10).

    They are told with `others`, found in the same request.

    Codes that cannot occur here, or do not refuse, have no effect.
    """
    found = []
    for index, code in enumerate(codes):
        pointer = f"#/override/codes/{index}"
        if code not in _KNOWN:
            detail = f"There is no reason “{code}”."
            found.append(Unacceptable(pointer, "unknown-code", detail))
        elif code in NEVER_OVERRIDABLE:
            detail = f"“{code}” cannot be overridden."
            found.append(Unacceptable(pointer, "not-overridable", detail))
    refuse_all([*found, *others])
    return frozenset(ReasonCode(code) for code in codes)


def check_due_on(due_on: date, today: date, field: str = "due_on") -> None:
    """Refuse a due date before today or more than ten years away; `field` is where it stands."""
    refuse_all(_outside(field, due_on, today))


def against_due_on(due_on: date, today: date) -> list[Unacceptable]:
    """What `check_due_on` refuses."""
    return _outside("due_on", due_on, today)


def check_hold_dates(
    suspended_until: date | None,
    not_needed_after: date | None,
    today: date,
    expires_on: date | None = None,
) -> None:
    """Refuse dates of a hold before today, and a last day on the shelf in over ten years."""
    refuse_all(against_hold_dates(suspended_until, not_needed_after, today, expires_on))


def against_hold_dates(
    suspended_until: date | None,
    not_needed_after: date | None,
    today: date,
    expires_on: date | None = None,
) -> list[Unacceptable]:
    """What `check_hold_dates` refuses."""
    dates = {"suspended_until": suspended_until, "not_needed_after": not_needed_after}
    found = [_past(field, today) for field, day in dates.items() if day and day < today]
    if expires_on is not None:
        found += _outside("expires_on", expires_on, today)
    return found


def check_returned_at(returned_at: datetime, borrowed_at: datetime | None, now: datetime) -> None:
    """Refuse a return in the future or before the loan, None if there is no loan (rule 15)."""
    if returned_at > now:
        raise Unacceptable("#/returned_at", "future", "A return cannot lie in the future.")
    if borrowed_at and returned_at < borrowed_at:
        detail = f"The copy was lent at {borrowed_at:%Y-%m-%dT%H:%M:%SZ}, after this."
        raise Unacceptable("#/returned_at", "before-loan", detail)


def _past(field: str, today: date) -> Unacceptable:
    return Unacceptable(f"#/{field}", "past", f"This is before today, {today}.")


def _outside(field: str, day: date, today: date) -> list[Unacceptable]:
    """What speaks against a day: that it is over, or more than ten years away."""
    if day < today:
        return [_past(field, today)]
    latest = _years_after(today, DUE_WITHIN_YEARS)
    if day <= latest:
        return []
    detail = f"This is more than ten years away: {latest}."
    return [Unacceptable(f"#/{field}", "too-late", detail)]


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)

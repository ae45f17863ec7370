"""When a loan is due, how long the hold shelf keeps a copy, and what a closure moves.

Every date comes with the steps that led to it, for the loan's explanation.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from circulation.calendar import Calendar, Closure
from circulation.errors import NoOpenDay
from circulation.policies import Policy
from models.vocabulary import DueStep


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way to a date: what moved it, by which rule, from where to where, and why."""

    step: DueStep
    rule: int
    from_: date
    to: date
    because: str

    def to_json(self) -> dict[str, str | int]:
        """Return the step as the explanation shows it: `{step, rule, from, to, because}`."""
        return {
            "step": self.step.value,
            "rule": self.rule,
            "from": self.from_.isoformat(),
            "to": self.to.isoformat(),
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class Due:
    """A date, the instant it ends at (aware, UTC), and the steps that led to it."""

    day: date
    at: datetime
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Shift:
    """What closed days move: the instants from `first` to `last`, both included, to `at`."""

    first: datetime
    last: datetime
    day: date
    at: datetime
    because: str
    name: DueStep

    def step(self, due_on: date) -> Step:
        """Return the step for a loan or hold that stood at one of the days."""
        return Step(self.name, 14, due_on, self.day, self.because)


def loan_due(calendar: Calendar, policy: Policy, today: date, expires_on: date | None) -> Due:
    """Return when a loan of the policy's `loan_days` made today is due (rules 11 to 13).

    `expires_on` is the member's last day, None for no cap. Raises NoOpenDay when no open day is
    within 365 days, or none is left up to `expires_on`; see `day_left`.
    """
    day = today + timedelta(days=policy.loan_days)
    because = f"policy {policy.id} lends for {_days(policy.loan_days)}"
    start = Step(DueStep.LOAN_DAYS, 11, today, day, because)
    return _ended(calendar, [start, *_adjustments(calendar, day, today, expires_on)])


def chosen_due(calendar: Calendar, due_on: date, today: date, expires_on: date | None) -> Due:
    """Return when a loan is due that shall be due on a day named at the desk (rules 11 to 13).

    Raises NoOpenDay like `loan_due`. That the day is not past and not over ten years away is
    `checks.check_due_on`'s to see.
    """
    start = Step(DueStep.DUE_ON, 11, today, due_on, "this day was asked for")
    return _ended(calendar, [start, *_adjustments(calendar, due_on, today, expires_on)])


def renewal_due(
    calendar: Calendar, policy: Policy, today: date, expires_on: date | None, due_at: datetime
) -> Due:
    """Return when a loan due at `due_at` is due once renewed today: never earlier (rule 16).

    Raises NoOpenDay like `loan_due`.
    """
    days = policy.days_of_a_renewal
    day = today + timedelta(days=days)
    because = f"policy {policy.id} renews for {_days(days)} from the renewal day"
    start = Step(DueStep.RENEWAL_DAYS, 16, today, day, because)
    due = _ended(calendar, [start, *_adjustments(calendar, day, today, expires_on)])
    if due.at >= due_at:
        return due
    before = calendar.local_date(due_at)
    kept = Step(DueStep.NEVER_SHORTER, 16, due.day, before, "a renewal never shortens a loan")
    return Due(before, due_at, (*due.steps, kept))


def shelf_expiry(calendar: Calendar, today: date, shelf_days: int) -> Due:
    """Return how long a copy set aside today is kept: the n-th open day after today (rule 21).

    With no shelf days it is today, or the next open day. Raises NoOpenDay like `loan_due`.
    """
    day = calendar.nth_open_day(today, shelf_days) if shelf_days else calendar.next_open(today)
    because = f"the hold shelf keeps a copy for {_days(shelf_days, 'open day')}"
    return _ended(calendar, [Step(DueStep.SHELF_DAYS, 21, today, day, because)])


def day_left(calendar: Calendar, today: date, expires_on: date) -> bool:
    """Say whether an open day is left from today up to a member's last day (rule 13)."""
    return calendar.open_days_between(today - timedelta(days=1), expires_on) > 0


def closure_shift(calendar: Calendar, closure: Closure) -> Shift:
    """Return which due dates and shelf expiries a new closure moves, and to where (rule 14).

    `calendar` already has the closure. Every day of a closure has the same next open day, so the
    move is one range of instants. Raises NoOpenDay when none follows within 365 days.
    """
    first, last = calendar.bounds(closure.starts_on, closure.ends_on)
    day = calendar.next_open(closure.ends_on)
    name = DueStep.CLOSURE_ADDED
    return Shift(first, last, day, calendar.end_of_day(day), str(closure), name)


def closed_day_shift(calendar: Calendar, at: datetime) -> Shift | None:
    """Return where a due date or shelf expiry moves that falls on a day closed now (rule 14).

    None where the day is open. Raises NoOpenDay when none follows within 365 days.
    """
    day = calendar.local_date(at)
    if calendar.is_open(day):
        return None
    opened = calendar.next_open(day)
    because = calendar.why_closed(day) or ""
    name = DueStep.WEEK_CHANGED
    return Shift(at, at, opened, calendar.end_of_day(opened), because, name)


def _adjustments(calendar: Calendar, day: date, today: date, expires_on: date | None) -> list[Step]:
    """Return the steps from a wanted day to an open one the membership covers (rules 12, 13)."""
    steps: list[Step] = []
    opened = calendar.next_open(day)
    if opened != day:
        why = calendar.why_closed(day) or ""
        steps.append(Step(DueStep.CLOSED_DAY, 12, day, opened, why))
    if expires_on is not None and opened > expires_on:
        steps += _capped(calendar, opened, today, expires_on)
    return steps


def _capped(calendar: Calendar, day: date, today: date, expires_on: date) -> list[Step]:
    because = f"the membership ends on {expires_on}"
    steps = [Step(DueStep.MEMBERSHIP_ENDS, 13, day, expires_on, because)]
    last = calendar.previous_open(expires_on)
    if last < today:
        raise NoOpenDay(today)
    if last != expires_on:
        why = calendar.why_closed(expires_on) or ""
        steps.append(Step(DueStep.CLOSED_LAST_DAY, 13, expires_on, last, why))
    return steps


def _ended(calendar: Calendar, steps: list[Step]) -> Due:
    day = steps[-1].to
    return Due(day, calendar.end_of_day(day), tuple(steps))


def _days(count: int, noun: str = "day") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"

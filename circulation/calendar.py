"""The library's calendar: which days are open, in its own time zone, and when a day ends."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from circulation.errors import NoOpenDay
from circulation.open_days import Eras, OpenDays
from models.closure import ClosureRow

LONGEST_CLOSED = 365
"""Days: the longest run of closed days a library may have (rules 12 and 14)."""

WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_LAST_SECOND = time(23, 59, 59)
_LAST_ORDINAL = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the library is closed, both ends included."""

    id: int
    starts_on: date
    ends_on: date
    reason: str

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError("A closure ends on the day it starts or later.")

    @classmethod
    def of(cls, row: ClosureRow) -> "Closure":
        """Return the stored closure with its days as dates."""
        first, last = date.fromisoformat(row.starts_on), date.fromisoformat(row.ends_on)
        return cls(row.id, first, last, row.reason)

    def __str__(self) -> str:
        if self.starts_on == self.ends_on:
            return f"closed on {self.starts_on}: {self.reason}"
        return f"closed from {self.starts_on} to {self.ends_on}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Week:
    """The open weekdays (1 is Monday, 7 Sunday) from a day on, until another week begins."""

    valid_from: date
    open_weekdays: frozenset[int]


class Calendar:
    """Open weekdays (1 is Monday, 7 Sunday), closures, and a time zone by its IANA name.

    `changes` are the weeks that followed, or will follow, the first one.

    Never changes once made. Closures may come in any order, overlap, and be of any length; a
    question costs a bisection over them.
    """

    def __init__(
        self,
        timezone: str,
        open_weekdays: Iterable[int],
        closures: Iterable[Closure] = (),
        changes: Iterable[Week] = (),
    ) -> None:
        self.zone = ZoneInfo(timezone)
        later = sorted(changes, key=lambda week: week.valid_from)
        self.weeks = (Week(date.min, frozenset(open_weekdays)), *later)
        self.closures = tuple(sorted(closures, key=lambda closure: closure.starts_on))
        self._starts = [closure.starts_on for closure in self.closures]
        self._last_to_end = list(accumulate(self.closures, _later_end))
        closed = [(c.starts_on.toordinal(), c.ends_on.toordinal()) for c in self.closures]
        self._days = Eras(
            [
                (
                    week.valid_from.toordinal(),
                    OpenDays([day in week.open_weekdays for day in range(1, 8)], closed),
                )
                for week in self.weeks
            ]
        )

    def local_date(self, instant: datetime) -> date:
        """Return the library's date at an aware instant; of `now` that is today."""
        return instant.astimezone(self.zone).date()

    def end_of_day(self, day: date) -> datetime:
        """Return the last second of a local day, aware, in UTC: 23:59:59 where there is one.

        Where clocks show it twice it is the second time; where they jump over it, the last second
        before the jump. A day that was skipped altogether ends with the day before it.
        """
        local = datetime.combine(day, _LAST_SECOND, self.zone)
        try:
            last, beyond = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)
        except OverflowError:
            return datetime.max.replace(microsecond=0, tzinfo=UTC)
        # Only where clocks jump over the time is fold=1 the earlier reading, the jump in between.
        while beyond - last > _SECOND:
            middle = (last + (beyond - last) / 2).replace(microsecond=0)
            if self.local_date(middle) > day:
                beyond = middle
            else:
                last = middle
        return last

    def bounds(self, first: date, last: date) -> tuple[datetime, datetime]:
        """Return the first and the last second of a range of local days, aware, in UTC."""
        if first == date.min:
            return datetime.min.replace(tzinfo=UTC), self.end_of_day(last)
        return self.end_of_day(first - _DAY) + _SECOND, self.end_of_day(last)

    def closure_on(self, day: date) -> Closure | None:
        """Return the closure that covers a day, of several the one that ends last."""
        index = bisect_right(self._starts, day) - 1
        if index < 0 or self._last_to_end[index].ends_on < day:
            return None
        return self._last_to_end[index]

    def week_on(self, day: date) -> Week:
        """Return the week that holds on a day."""
        return next(week for week in reversed(self.weeks) if week.valid_from <= day)

    def is_open(self, day: date) -> bool:
        """Say whether the library is open on a day."""
        return self._days.next(day.toordinal()) == day.toordinal()

    def why_closed(self, day: date) -> str | None:
        """Say in words why a day is closed; None of an open day."""
        closure = self.closure_on(day)
        if closure:
            return str(closure)
        if day.isoweekday() in self.week_on(day).open_weekdays:
            return None
        return f"closed on {WEEKDAYS[day.weekday()]}"

    def next_open(self, day: date) -> date:
        """Return `day` if open, else the first open day after it.

        Raises NoOpenDay when none comes within 365 days (rule 12).
        """
        return _within_reach(day, self._days.next(day.toordinal()))

    def previous_open(self, day: date) -> date:
        """Return `day` if open, else the last open day before it.

        Raises NoOpenDay when there was none within 365 days.
        """
        return _within_reach(day, self._days.previous(day.toordinal()))

    def nth_open_day(self, after: date, n: int) -> date:
        """Return the n-th open day after a day, n from 1 (rule 21).

        Raises NoOpenDay when more than 365 closed days in a row lie before it.
        """
        day = after
        for _ in range(n):
            day = self.next_open(day + _DAY)
        return day

    def open_days_between(self, after: date, until: date) -> int:
        """Count the open days after one day, up to and on another; 0 if that is not later."""
        return self._days.count(after.toordinal(), max(after, until).toordinal())

    def closed_too_long(self, from_day: date) -> date | None:
        """Return the first of more than 365 closed days in a row from a day on, None if none."""
        start = self._days.closed_run(longer_than=LONGEST_CLOSED, start=from_day.toordinal())
        return date.fromordinal(start) if start else None


def check_openable(calendar: Calendar, from_day: date) -> None:
    """Refuse a calendar with more than 365 closed days in a row, today or later (rule 14).

    Takes the calendar as the change would leave it, and today. Raises NoOpenDay, which is
    `calendar-closed`.
    """
    day = calendar.closed_too_long(from_day)
    if day:
        raise NoOpenDay(day)


def _within_reach(day: date, found: int) -> date:
    if abs(found - day.toordinal()) > LONGEST_CLOSED or not 1 <= found <= _LAST_ORDINAL:
        raise NoOpenDay(day)
    return date.fromordinal(found)


def _later_end(one: Closure, other: Closure) -> Closure:
    return other if other.ends_on > one.ends_on else one

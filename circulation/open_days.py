"""Which day numbers are open: weekdays and closed ranges, answered by bisection.

Days are proleptic ordinals (`date.toordinal`). The unbroken runs of closed days that hold a closure
are found once, closed weekdays at their edges included, so no question walks day by day.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

FOREVER = 10_000_000
"""A number of days beyond any date: the distance to an open day that never comes."""


class OpenDays:
    """The open days of a week (`week[0]` is Monday) less the closed ranges, ends included."""

    def __init__(self, week: list[bool], closed: Iterable[tuple[int, int]]) -> None:
        self._ahead = [_distance(week, day, 1) for day in range(7)]
        self._behind = [_distance(week, day, -1) for day in range(7)]
        self._opened = list(accumulate(week, initial=0))
        self._runs = self._joined(sorted(closed))
        self._firsts = [first for first, _ in self._runs]
        self._lost = list(accumulate((self._weekdays(*run) for run in self._runs), initial=0))

    def next(self, day: int) -> int:
        """Return `day` if open, else the first open day after it."""
        run = self._run_around(day)
        return run[1] + 1 if run else day + self._ahead[_weekday(day)]

    def previous(self, day: int) -> int:
        """Return `day` if open, else the last open day before it."""
        run = self._run_around(day)
        return run[0] - 1 if run else day - self._behind[_weekday(day)]

    def count(self, after: int, until: int) -> int:
        """Count the open days after one day, up to and on another that is not before it."""
        return self._open_up_to(until) - self._open_up_to(after)

    def run_firsts(self) -> list[int]:
        """Return the first days of the runs of closed days that hold a closure."""
        return self._firsts

    def _joined(self, closed: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Stretch closed ranges over the closed weekdays beside them and join what then touches."""
        runs: list[tuple[int, int]] = []
        for start, end in closed:
            first = start - self._behind[_weekday(start - 1)]
            last = end + self._ahead[_weekday(end + 1)]
            if runs and first <= runs[-1][1] + 1:
                first, last_before = runs.pop()
                last = max(last, last_before)
            runs.append((first, last))
        return runs

    def _run_around(self, day: int) -> tuple[int, int] | None:
        index = bisect_right(self._firsts, day) - 1
        if index >= 0 and day <= self._runs[index][1]:
            return self._runs[index]
        return None

    def _open_up_to(self, day: int) -> int:
        index = bisect_right(self._firsts, day)
        lost = self._lost[index]
        if index and day < self._runs[index - 1][1]:
            lost -= self._weekdays(day + 1, self._runs[index - 1][1])
        return self._weekdays_up_to(day) - lost

    def _weekdays_up_to(self, day: int) -> int:
        """Count the open weekdays since day 1, which is a Monday, closed ranges not considered."""
        weeks, rest = divmod(day, 7)
        return weeks * self._opened[7] + self._opened[rest]

    def _weekdays(self, first: int, last: int) -> int:
        return self._weekdays_up_to(last) - self._weekdays_up_to(first - 1)


class Eras:
    """The open days of several weeks, each from a first day on until the next one's.

    `weeks` are pairs of a first day and the week's `OpenDays`, in order; the first holds for all
    days before the second.
    """

    def __init__(self, weeks: list[tuple[int, OpenDays]]) -> None:
        self._firsts = [first for first, _ in weeks]
        self._days = [days for _, days in weeks]
        self._lasts = [*(first - 1 for first in self._firsts[1:]), FOREVER]

    def next(self, day: int) -> int:
        """Return `day` if open, else the first open day after it."""
        for era in range(self._era(day), len(self._days)):
            found = self._days[era].next(max(day, self._firsts[era]) if era else day)
            if found <= self._lasts[era]:
                return found
        return day + FOREVER

    def previous(self, day: int) -> int:
        """Return `day` if open, else the last open day before it."""
        for era in range(self._era(day), -1, -1):
            found = self._days[era].previous(min(day, self._lasts[era]))
            if era == 0 or found >= self._firsts[era]:
                return found
        return day - FOREVER

    def count(self, after: int, until: int) -> int:
        """Count the open days after one day, up to and on another that is not before it."""
        counted = 0
        for era in range(self._era(after + 1), self._era(until) + 1):
            begin = max(after, self._firsts[era] - 1) if era else after
            end = min(until, self._lasts[era])
            if end > begin:
                counted += self._days[era].count(begin, end)
        return counted

    def closed_run(self, longer_than: int, start: int) -> int | None:
        """Return the first day, `start` or later, of a closed run longer than that many days.

        Days before `start` do not count towards its length.
        """
        candidates = sorted({start, *(day for day in self._run_ends() if day > start)})
        for day in candidates:
            if self.next(day) - day > longer_than:
                return day
        return None

    def _run_ends(self) -> Iterable[int]:
        """The days at which a run of closed days may begin that is longer than a week."""
        for era, days in enumerate(self._days):
            yield from days.run_firsts()
            if era:
                yield self.previous(self._firsts[era] - 1) + 1
                yield self._firsts[era]

    def _era(self, day: int) -> int:
        return max(bisect_right(self._firsts, day) - 1, 0)


def _weekday(day: int) -> int:
    return (day - 1) % 7


def _distance(week: list[bool], weekday: int, step: int) -> int:
    """Count the days from a weekday to the nearest open one in one direction, 0 if it is open."""
    for distance in range(7):
        if week[(weekday + step * distance) % 7]:
            return distance
    return FOREVER

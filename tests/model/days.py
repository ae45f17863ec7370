"""The model's calendar: local days, and which of them the library is open (rules 11 to 14)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass
class Days:
    """A week and closures, each the first and last day closed."""

    zone: str
    weekdays: set[int]
    closures: list[tuple[date, date]] = field(default_factory=list)
    changes: dict[date, set[int]] = field(default_factory=dict)

    def week(self, day: date) -> set[int]:
        """The open weekdays of the week that holds on a day (rule 14)."""
        begun = [first for first in self.changes if first <= day]
        return self.changes[max(begun)] if begun else self.weekdays

    def local(self, moment: datetime) -> date:
        """The library's day at a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def end(self, day: date) -> datetime:
        """The last second of a day."""
        there = datetime.combine(day, time(23, 59, 59), ZoneInfo(self.zone))
        return there.astimezone(UTC)

    def is_open(self, day: date) -> bool:
        """Whether the library is open that day."""
        closed = any(first <= day <= last for first, last in self.closures)
        return day.isoweekday() in self.week(day) and not closed

    def on_or_after(self, day: date) -> date:
        """The first open day from a day on."""
        while not self.is_open(day):
            day += DAY
        return day

    def last_open(self, first: date, last: date) -> date | None:
        """The last open day of a range."""
        while last >= first and not self.is_open(last):
            last -= DAY
        return last if last >= first else None

    def nth_after(self, day: date, number: int) -> date:
        """The last of so many open days after a day; with none, the first open day from it on."""
        for _ in range(number):
            day = self.on_or_after(day + DAY)
        return self.on_or_after(day)

    def count(self, after: date, until: date) -> int:
        """Open days after one day, up to and with another."""
        days = (after + DAY * number for number in range(1, (until - after).days + 1))
        return sum(map(self.is_open, days))

"""Reports: what the library lent, what is late, what it has."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from circulation import rulebook, showing
from circulation.calendar import Calendar
from circulation.facts import CopyStatus
from models import copy, loan, report
from models.clock import moment, stamp

Row = dict[str, Any]

LAST_DAYS = 30
"""Days that a report covers unless others are asked for, today among them."""


@dataclass(frozen=True, slots=True)
class Span:
    """Library-local days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has; none if it ends before it begins."""
        return (self.last - self.first).days + 1


def span(first: date | None, last: date | None, now: datetime) -> Span:
    """The days asked for; up to today, and of 30 days, unless given."""
    last = last or rulebook.latest().calendar.local_date(now)
    return Span(first or last - timedelta(days=min(LAST_DAYS - 1, last.toordinal() - 1)), last)


def circulation(days: Span, interval: str) -> list[Row]:
    """Loans, renewals and returns in each `day`, `week` (ISO 8601) or `month`, empty ones too.

    The first and the last period are cut to the days asked for.
    """
    calendar = rulebook.latest().calendar
    periods = list(_periods(days, interval))
    counts = report.circulation([_bounds(calendar, period) for _, period in periods])
    return [
        {"period": name, "loans": loans, "renewals": renewals, "returns": returns}
        for (name, _), (loans, renewals, returns) in zip(periods, counts, strict=True)
    ]


def popular(days: Span, limit: int) -> list[Row]:
    """The books lent most often, the first of them first: `{book_id, title, loans}`."""
    first, last = _bounds(rulebook.latest().calendar, days)
    found = report.popular(first, last, limit)
    return [{"book_id": id_, "title": title, "loans": loans} for id_, title, loans in found]


def overdue(rows: Sequence[tuple[Any, ...]], now: datetime) -> list[Row]:
    """Rows of `models.report.OVERDUE` as the report shows them."""
    rules = rulebook.latest()
    late = [loan.VIEW.read(row) for row in rows]
    barcodes = copy.barcodes(each["copy_id"] for each in late)
    today = rules.calendar.local_date(now)
    return [
        {
            "loan_id": each["id"],
            "user_id": each["user_id"],
            "book_id": each["book_id"],
            "barcode": barcodes[each["copy_id"]],
            "due_at": each["due_at"],
            "days_overdue": (today - rules.calendar.local_date(moment(each["due_at"]))).days,
            "fine_accrued": showing.fine(each, rules, now).amount,
        }
        for each in late
    ]


def inventory() -> Row:
    """What the library has: `{books, copies, by_status, by_loan_type}`, without the withdrawn."""
    by_status = report.copies_by("status")
    return {
        "books": report.books(),
        "copies": sum(by_status.values()),
        "by_status": {
            status.value: by_status.get(status.value, 0)
            for status in CopyStatus
            if status is not CopyStatus.WITHDRAWN
        },
        "by_loan_type": report.copies_by("loan_type"),
    }


def _periods(days: Span, interval: str) -> Iterator[tuple[str, Span]]:
    each = (days.first + timedelta(days=number) for number in range(days.days))
    for name, group in groupby(each, _NAMES[interval]):
        members = list(group)
        yield name, Span(members[0], members[-1])


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


_NAMES: dict[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": _week,
    "month": lambda day: day.isoformat()[:7],
}


def _bounds(calendar: Calendar, days: Span) -> tuple[str, str]:
    first, last = calendar.bounds(days.first, days.last)
    return stamp(first), stamp(last)

"""Reports: what the library lent, what is late, what it has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from circulation import presentation, rulebook
from circulation.calendar import Calendar
from models import copy, report
from models.loan import LoanRow
from models.takings import takings as stored_takings
from models.timestamps import moment, stamp
from models.vocabulary import CopyStatus

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
    """Loans, renewals, returns and uses in the house in each period, empty ones too.

    A period is a `day`, `week` (ISO 8601) or `month`; the first and the last one are cut to
    the days asked for.
    """
    calendar = rulebook.latest().calendar
    periods = list(_periods(days, interval))
    counts = report.circulation([_bounds(calendar, period) for _, period in periods])
    return [
        {"period": name, "loans": loans, "renewals": renewals, "returns": returns, "in_house": used}
        for (name, _), (loans, renewals, returns, used) in zip(periods, counts, strict=True)
    ]


def circulation_by(days: Span, interval: str, name: str) -> list[Row]:
    """The same counts by `category`, `loan_type`, `location` or `language`, in a column so named.

    A value is null where there is none; where nothing happened there is no row.
    """
    calendar = rulebook.latest().calendar
    periods = list(_periods(days, interval))
    found = report.circulation_by(name, [_bounds(calendar, period) for _, period in periods])
    return [
        {
            "period": periods[number][0],
            name: value,
            "loans": loans,
            "renewals": renewals,
            "returns": returns,
            "in_house": uses,
        }
        for number, value, loans, renewals, returns, uses in found
    ]


def members(now: datetime) -> Row:
    """The members by category, those of the last 30 days, and memberships that ended or will end.

    `{by_category, new, ended, ending}`; those who are switched off do not count.
    """
    calendar = rulebook.latest().calendar
    today = calendar.local_date(now)
    before, after = today - timedelta(days=LAST_DAYS), today + timedelta(days=LAST_DAYS)
    yesterday = today - timedelta(days=1)
    return {
        "by_category": report.members_by_category(),
        "new": report.members_since(stamp(calendar.bounds(before, before)[0])),
        "ended": report.memberships_until(before.isoformat(), yesterday.isoformat()),
        "ending": report.memberships_until(today.isoformat(), after.isoformat()),
    }


def takings(days: Span, interval: str) -> list[Row]:
    """What was paid, voided and refunded in each period by each method, in minor units (rule 42).

    A payment counts as paid on its day and as voided on the day it was voided; a voided payout is
    taken off what was refunded. The till holds paid - voided - refunded.
    """
    calendar = rulebook.latest().calendar
    periods = list(_periods(days, interval))
    found = stored_takings([_bounds(calendar, period) for _, period in periods])
    return [
        {
            "period": periods[number][0],
            "method": method,
            "paid": paid,
            "voided": voided,
            "refunded": refunded,
        }
        for number, method, paid, voided, refunded in found
    ]


DORMANT_YEARS = 2


def dormant_since(asked: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Filters of the dormant copies, with the moment at which the day `not_lent_since` begins."""
    calendar = rulebook.latest().calendar
    day = asked.get("not_lent_since")
    since = (
        date.fromisoformat(day)
        if day
        else calendar.local_date(now) - timedelta(days=365 * DORMANT_YEARS)
    )
    return {**asked, "not_lent_since": stamp(calendar.bounds(since, since)[0])}


def popular(days: Span, limit: int) -> list[Row]:
    """The books lent most often, the first of them first: `{book_id, title, loans}`."""
    first, last = _bounds(rulebook.latest().calendar, days)
    found = report.popular(first, last, limit)
    return [{"book_id": id_, "title": title, "loans": loans} for id_, title, loans in found]


def overdue(late: Sequence[LoanRow], now: datetime) -> list[Row]:
    """Rows of `models.report.OVERDUE` as the report shows them."""
    rules = rulebook.latest()
    barcodes = copy.barcodes(each.copy_id for each in late)
    today = rules.calendar.local_date(now)
    return [
        {
            "loan_id": each.id,
            "user_id": each.user_id,
            "book_id": each.book_id,
            "barcode": barcodes[each.copy_id],
            "due_at": each.due_at,
            "days_overdue": (today - rules.calendar.local_date(moment(each.due_at))).days,
            "fine_accrued": presentation.fine(each, rules, now).amount,
        }
        for each in late
    ]


def inventory() -> Row:
    """What the library has: `{books, copies, by_status, by_loan_type}`, without the withdrawn."""
    by_status = report.copies_by_status()
    return {
        "books": report.books(),
        "copies": sum(by_status.values()),
        "by_status": {
            status.value: by_status.get(status.value, 0)
            for status in CopyStatus
            if status is not CopyStatus.WITHDRAWN
        },
        "by_loan_type": report.copies_by_loan_type(),
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

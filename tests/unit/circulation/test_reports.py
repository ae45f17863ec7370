"""Reports, on each database."""

from datetime import date, timedelta

import pytest

from circulation import reports
from circulation.checkin import take_back
from circulation.closures import set_week
from circulation.lost_items import claim_returned, declare_lost
from circulation.renewals import renew
from circulation.reports import Span
from models import copy, report
from models.timestamps import stamp
from tests.unit.circulation.library import DAY, DESK, NOW, back, berlin, lent, member, title

pytestmark = pytest.mark.usefixtures("library")

HOUR = timedelta(hours=1)


def counted(first: date, last: date, interval: str = "day") -> list[tuple[str, int, int, int]]:
    rows = reports.circulation(Span(first, last), interval)
    return [(row["period"], row["loans"], row["renewals"], row["returns"]) for row in rows]


def test_every_day_is_counted_empty_ones_too() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    renew(loan_id, DESK, NOW + DAY)
    back(barcode, NOW + 3 * DAY)
    lent(barcode, member(), NOW + 3 * DAY)
    assert counted(date(2026, 3, 1), date(2026, 3, 5)) == [
        ("2026-03-01", 0, 0, 0),
        ("2026-03-02", 1, 0, 0),
        ("2026-03-03", 0, 1, 0),
        ("2026-03-04", 0, 0, 0),
        ("2026-03-05", 1, 0, 1),
    ]


def test_a_day_is_the_librarys_own() -> None:
    lent(title()[1][0], member(), NOW + 13 * HOUR + 59 * HOUR / 60)
    lent(title()[1][0], member(), NOW + 14 * HOUR)
    assert counted(date(2026, 3, 2), date(2026, 3, 3)) == [
        ("2026-03-02", 1, 0, 0),
        ("2026-03-03", 1, 0, 0),
    ]


def test_weeks_are_those_of_iso_8601_and_cut_to_the_days_asked_for() -> None:
    lent(title()[1][0], member(), NOW - 2 * DAY)
    lent(title()[1][0], member(), NOW)
    lent(title()[1][0], member(), NOW + 7 * DAY)
    assert counted(date(2026, 3, 1), date(2026, 3, 9), "week") == [
        ("2026-W09", 0, 0, 0),
        ("2026-W10", 1, 0, 0),
        ("2026-W11", 1, 0, 0),
    ]


def test_a_week_belongs_to_the_year_of_its_thursday() -> None:
    assert counted(date(2027, 1, 1), date(2027, 1, 1), "week") == [("2026-W53", 0, 0, 0)]


def test_months() -> None:
    lent(title()[1][0], member(), NOW)
    assert counted(date(2026, 2, 27), date(2026, 4, 1), "month") == [
        ("2026-02", 0, 0, 0),
        ("2026-03", 1, 0, 0),
        ("2026-04", 0, 0, 0),
    ]


def test_a_copy_used_in_the_house_is_counted_on_its_day_and_is_no_loan() -> None:
    _, [barcode] = title()
    take_back(barcode, DESK, NOW, in_house=True)
    take_back(barcode, DESK, NOW + DAY, returned_at=NOW, in_house=True)
    [first, second] = reports.circulation(Span(date(2026, 3, 2), date(2026, 3, 3)), "day")
    assert first == {"period": "2026-03-02", "loans": 0, "renewals": 0, "returns": 0, "in_house": 2}
    assert second["in_house"] == 0


def test_ten_years_of_days_are_one_question() -> None:
    rows = counted(date(2016, 1, 1), date(2026, 1, 7))
    assert (len(rows), rows[0][0], rows[-1][0]) == (3660, "2016-01-01", "2026-01-07")


def test_a_report_covers_the_last_30_days_unless_others_are_asked_for() -> None:
    assert reports.span(None, None, NOW) == Span(date(2026, 2, 1), date(2026, 3, 2))
    first, last = date(2025, 1, 1), date(2025, 1, 31)
    assert reports.span(first, None, NOW) == Span(first, date(2026, 3, 2))
    assert reports.span(None, last, NOW) == Span(date(2025, 1, 2), last)
    assert reports.span(None, date.min, NOW) == Span(date.min, date.min)


def test_the_most_lent_book_comes_first() -> None:
    rare, [single] = title()
    lent(single, member())
    often, [barcode] = title()
    for day in range(3):
        lent(barcode, member(), NOW + day * DAY)
        back(barcode, NOW + day * DAY)
    found = reports.popular(Span(date(2026, 3, 1), date(2026, 3, 31)), 10)
    assert [(row["book_id"], row["loans"]) for row in found] == [(often, 3), (rare, 1)]
    assert found[0]["title"] == "Middlemarch"
    assert len(reports.popular(Span(date(2026, 3, 1), date(2026, 3, 31)), 1)) == 1
    assert reports.popular(Span(date(2026, 3, 6), date(2026, 3, 31)), 10) == []


def test_what_is_overdue_is_listed_with_what_it_has_come_to() -> None:
    book_id, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    now = NOW + 24 * DAY
    [row] = reports.overdue(report.OVERDUE.page({"now": stamp(now)}, (), limit=20, offset=0), now)
    assert row == {
        "loan_id": loan_id,
        "user_id": borrower,
        "book_id": book_id,
        "barcode": barcode,
        "due_at": "2026-03-23T22:59:59Z",
        "days_overdue": 3,
        "fine_accrued": 75,
    }


def test_only_what_is_late_and_in_somebodys_hands_is_overdue() -> None:
    for deed in (back, None):
        _, [barcode] = title()
        loan_id = lent(barcode, member()).row.id
        if deed:
            deed(barcode)
    claim_returned(loan_id, DESK, NOW)
    declare_lost(lent(title()[1][0], member()).row.id, DESK, NOW)
    lent(title()[1][0], member(), NOW + 10 * DAY)
    assert report.OVERDUE.total({"now": stamp(NOW + 24 * DAY)}) == 0


def test_the_inventory_counts_what_is_in_stock() -> None:
    _, [barcode, _] = title(copies=2)
    _, [gone] = title(loan_type="dvd")
    title(loan_type="dvd", status="in_repair")
    lent(barcode, member())
    found = next(row[0] for row in copy.LISTING.page({"barcode": gone}, (), limit=1, offset=0))
    copy.withdraw(copy.locked(found), DESK)
    assert reports.inventory() == {
        "books": 3,
        "copies": 3,
        "by_status": {
            "available": 1,
            "on_loan": 1,
            "on_hold_shelf": 0,
            "in_repair": 1,
            "lost": 0,
        },
        "by_loan_type": {"dvd": 1, "standard": 2},
    }


def test_days_of_another_time_zone_are_counted_by_it() -> None:
    berlin()
    lent(title()[1][0], member(), NOW + 14 * HOUR)
    week = {"timezone": "Pacific/Honolulu", "open_weekdays": [1, 2, 3, 4, 5]}
    set_week(week, DESK, NOW)
    assert counted(date(2026, 3, 2), date(2026, 3, 2)) == [("2026-03-02", 1, 0, 0)]

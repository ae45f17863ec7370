"""What a late return costs (rules 15 and 26); money in cents."""

from datetime import UTC, date, datetime

import pytest

from circulation.calendar import Closure
from circulation.fines import Fine, overdue_fine
from circulation.policies import FineTerms
from tests.unit.circulation.given import calendar, closure

DUE = datetime(2026, 3, 5, 22, 59, 59, tzinfo=UTC)  # a Thursday


def fine(
    until: datetime,
    *closures: Closure,
    rate: int | None = 25,
    grace: int | None = 0,
    cap: int | None = None,
) -> Fine:
    return overdue_fine(calendar(*closures), FineTerms(rate, grace, cap), DUE, until)


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_a_return_on_the_due_day_is_on_time() -> None:
    """Rule 15: to its last second."""
    assert fine(DUE).amount == 0
    assert fine(at(2)).amount == 0


def test_the_day_after_costs_one_day() -> None:
    """From its first second on: 00:00 on Friday in Berlin."""
    assert fine(at(5, 23)).amount == 25


def test_only_open_days_count() -> None:
    """Friday, Saturday, Monday, but not Sunday and not a closed Tuesday."""
    late = fine(at(10), closure(date(2026, 3, 10)))
    assert (late.days_late, late.amount) == (3, 75)


def test_the_days_of_grace_are_free() -> None:
    assert fine(at(9), grace=2).amount == 25
    assert fine(at(7), grace=2).amount == 0


def test_the_cap_limits_the_fine() -> None:
    assert fine(at(9), cap=60).amount == 60
    assert fine(at(9), cap=60).capped
    assert fine(at(9), cap=75).amount == 75
    assert not fine(at(9), cap=75).capped


@pytest.mark.parametrize("rate", [None, 0])
def test_no_rate_makes_no_fine(rate: int | None) -> None:
    assert fine(at(30), rate=rate).amount == 0


def test_no_days_of_grace_given_are_none() -> None:
    assert fine(at(9), grace=None).amount == 75


def test_a_fine_says_how_it_came_about() -> None:
    assert fine(at(9), grace=1, cap=40).to_json() == {
        "amount": 40,
        "due_on": "2026-03-05",
        "until": "2026-03-09",
        "days_late": 3,
        "grace_days": 1,
        "fine_per_day": 25,
        "fine_cap": 40,
        "capped": True,
        "because": "open days late: 3, charged: 2, limited by the cap",
    }


@pytest.mark.parametrize(
    ("late", "because"),
    [
        (fine(at(5)), "not late by an open day"),
        (fine(at(6), rate=0), "the policy of lending charges nothing for a day late"),
        (fine(at(6), grace=1), "open days late: 1, all of them days of grace"),
        (fine(at(6)), "open days late: 1, charged: 1"),
    ],
)
def test_the_reason_of_a_fine_is_a_sentence(late: Fine, because: str) -> None:
    assert late.because == because

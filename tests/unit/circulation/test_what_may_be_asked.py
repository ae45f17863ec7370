"""Faults of a body that no state of the library can mend: 400."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from circulation.reasons import NEVER_OVERRIDABLE
from circulation.request_checks import (
    against_due_on,
    check_due_on,
    check_hold_dates,
    check_override,
    check_returned_at,
)
from models.errors import Unacceptable
from models.vocabulary import ReasonCode
from tests.unit.circulation.given import NOW, TODAY


def faults(check: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Unacceptable) as refused:
        check()
    return [(one.pointer, one.fault) for one in (refused.value, *refused.value.others)]


def fault(check: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(Unacceptable) as refused:
        check()
    return refused.value.pointer, refused.value.fault


def test_an_unknown_code_cannot_be_overridden() -> None:
    """Rule 10."""
    codes = ["loan-limit", "because-i-say-so"]
    assert fault(lambda: check_override(codes)) == ("#/override/codes/1", "unknown-code")


@pytest.mark.parametrize("code", sorted(NEVER_OVERRIDABLE))
def test_what_can_never_be_overridden_cannot_be_named(code: ReasonCode) -> None:
    """Rule 10."""
    assert fault(lambda: check_override([code.value])) == ("#/override/codes/0", "not-overridable")


def test_everything_that_cannot_be_meant_is_told_at_once() -> None:
    past, far = date(2026, 3, 1), date(2100, 1, 1)
    assert faults(lambda: check_hold_dates(past, past, TODAY, far)) == [
        ("#/suspended_until", "past"),
        ("#/not_needed_after", "past"),
        ("#/expires_on", "too-late"),
    ]
    codes = ["no-such", "loan-limit", "copy-on-loan"]
    assert faults(lambda: check_override(codes, against_due_on(past, TODAY))) == [
        ("#/override/codes/0", "unknown-code"),
        ("#/override/codes/2", "not-overridable"),
        ("#/due_on", "past"),
    ]


def test_codes_that_can_be_overridden_are_taken_also_where_they_cannot_occur() -> None:
    """Naming a code that does not refuse has no effect."""
    codes = ["loan-limit", "hold-limit", "loan-limit"]
    assert check_override(codes) == {ReasonCode.LOAN_LIMIT, ReasonCode.HOLD_LIMIT}


def test_a_due_date_may_be_today_but_not_before() -> None:
    check_due_on(TODAY, TODAY)
    assert fault(lambda: check_due_on(date(2026, 3, 1), TODAY)) == ("#/due_on", "past")


def test_a_due_date_may_be_ten_years_away_but_not_more() -> None:
    check_due_on(date(2036, 3, 2), TODAY)
    assert fault(lambda: check_due_on(date(2036, 3, 3), TODAY)) == ("#/due_on", "too-late")


def test_ten_years_from_29_february_end_on_the_28th() -> None:
    check_due_on(date(2038, 2, 28), date(2028, 2, 29))
    late = date(2038, 3, 1)
    assert fault(lambda: check_due_on(late, date(2028, 2, 29))) == ("#/due_on", "too-late")


def test_the_dates_of_a_hold_may_be_today_or_missing_but_not_past() -> None:
    check_hold_dates(TODAY, TODAY, TODAY)
    check_hold_dates(None, None, TODAY)
    past = date(2026, 3, 1)
    suspended = fault(lambda: check_hold_dates(past, None, TODAY))
    not_needed = fault(lambda: check_hold_dates(None, past, TODAY))
    assert suspended == ("#/suspended_until", "past")
    assert not_needed == ("#/not_needed_after", "past")


def test_a_return_lies_between_the_loan_and_now() -> None:
    """Rule 15."""
    lent = datetime(2026, 2, 20, 9, tzinfo=UTC)
    check_returned_at(NOW, lent, NOW)
    check_returned_at(lent, lent, NOW)
    check_returned_at(lent, None, NOW)
    future = NOW.replace(second=1)
    before = datetime(2026, 2, 20, 8, tzinfo=UTC)
    assert fault(lambda: check_returned_at(future, lent, NOW)) == ("#/returned_at", "future")
    assert fault(lambda: check_returned_at(before, lent, NOW)) == ("#/returned_at", "before-loan")

"""When loans are due, and how the date comes about (rules 11 to 14, 16, 21)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.calendar import Calendar, Closure
from circulation.due_dates import (
    Due,
    chosen_due,
    closure_shift,
    loan_due,
    renewal_due,
    shelf_expiry,
)
from circulation.errors import NoOpenDay
from models.vocabulary import DueStep
from tests.unit.circulation.given import STANDARD, TODAY, calendar, closure

CHRISTMAS = closure(date(2026, 12, 24), date(2026, 12, 26), "Christmas")
DAY = timedelta(days=1)


def lent_for(days: int, *closures: Closure, today: date = TODAY, until: date | None = None) -> Due:
    return loan_due(calendar(*closures), STANDARD._replace(loan_days=days), today, until)


def names(due: Due) -> list[DueStep]:
    return [step.step for step in due.steps]


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (21, "21 days")])
def test_the_first_step_names_the_policy_and_its_days(days: int, words: str) -> None:
    """Rule 11."""
    assert lent_for(days).steps[0].because == f"policy 1 lends for {words}"


def test_a_loan_is_due_at_the_end_of_the_day_so_many_days_after_today() -> None:
    """Rule 11: over the night the clocks go forward, 22:59:59 becomes 21:59:59."""
    assert lent_for(21).at == datetime(2026, 3, 23, 22, 59, 59, tzinfo=UTC)
    assert lent_for(28).at == datetime(2026, 3, 30, 21, 59, 59, tzinfo=UTC)


def test_a_day_of_23_hours_counts_as_a_day() -> None:
    """Rule 11."""
    assert lent_for(2, today=date(2026, 3, 28)).day == date(2026, 3, 30)


def test_a_loan_over_29_february_counts_it() -> None:
    """Rule 11."""
    assert lent_for(2, today=date(2028, 2, 28)).day == date(2028, 3, 1)
    assert lent_for(1, today=date(2028, 2, 28)).day == date(2028, 2, 29)


def test_a_due_date_on_a_closed_day_moves_to_the_next_open_day() -> None:
    """Rule 12: Thursday to Saturday are Christmas, then it is Sunday."""
    due = lent_for(3, CHRISTMAS, today=date(2026, 12, 21))
    assert due.day == date(2026, 12, 28)
    assert due.steps[1].to_json() == {
        "step": "closed-day",
        "rule": 12,
        "from": "2026-12-24",
        "to": "2026-12-28",
        "because": "closed from 2026-12-24 to 2026-12-26: Christmas",
    }


def test_no_open_day_within_a_year_is_an_error() -> None:
    """Rule 12."""
    with pytest.raises(NoOpenDay):
        lent_for(21, closure(date(2026, 3, 23), date(2027, 3, 24)))


def test_a_due_date_never_passes_the_end_of_the_membership() -> None:
    """Rule 13."""
    due = lent_for(21, until=date(2026, 3, 10))
    assert due.day == date(2026, 3, 10)
    assert names(due) == [DueStep.LOAN_DAYS, DueStep.MEMBERSHIP_ENDS]


def test_a_membership_that_ends_on_the_due_day_changes_nothing() -> None:
    """Rule 13."""
    assert names(lent_for(21, until=date(2026, 3, 23))) == [DueStep.LOAN_DAYS]


def test_a_closed_last_day_of_the_membership_moves_the_due_date_back() -> None:
    """Rule 13: 8 March is a Sunday."""
    due = lent_for(21, until=date(2026, 3, 8))
    assert due.day == date(2026, 3, 7)
    assert due.steps[-1].because == "closed on Sundays"


def test_moving_to_an_open_day_past_the_membership_moves_back_instead() -> None:
    """Rules 12 and 13: due on Sunday, moved to Monday, but Sunday is the member's last day."""
    due = lent_for(6, until=date(2026, 3, 8))
    assert due.day == date(2026, 3, 7)
    assert [step.rule for step in due.steps] == [11, 12, 13, 13]


def test_no_open_day_left_in_the_membership_is_an_error() -> None:
    """Rule 13: the decision refuses before it comes to this."""
    with pytest.raises(NoOpenDay):
        lent_for(21, closure(date(2026, 3, 2), date(2026, 3, 5)), until=date(2026, 3, 5))


def test_today_may_be_the_last_open_day_of_the_membership() -> None:
    """Rule 13: Saturday 7 March, and the membership ends on Sunday."""
    assert lent_for(21, today=date(2026, 3, 7), until=date(2026, 3, 8)).day == date(2026, 3, 7)


def test_a_day_asked_for_is_moved_and_capped_like_any_other() -> None:
    """Rules 12 and 13."""
    assert chosen_due(calendar(), date(2026, 3, 15), TODAY, None).day == date(2026, 3, 16)
    capped = chosen_due(calendar(), date(2026, 5, 1), TODAY, date(2026, 4, 1))
    assert capped.day == date(2026, 4, 1)
    assert names(capped) == [DueStep.DUE_ON, DueStep.MEMBERSHIP_ENDS]


def renewed(due_at: datetime, today: date = TODAY, until: date | None = None) -> Due:
    return renewal_due(calendar(), STANDARD._replace(renewal_days=14), today, until, due_at)


def test_a_renewal_runs_from_the_renewal_day() -> None:
    """Rule 16: not from the old due date."""
    due = renewed(datetime(2026, 3, 5, 22, 59, 59, tzinfo=UTC))
    assert due.day == date(2026, 3, 16)
    assert names(due) == [DueStep.RENEWAL_DAYS]


def test_a_renewal_never_shortens_the_loan() -> None:
    """Rule 16."""
    before = datetime(2026, 4, 1, 21, 59, 59, tzinfo=UTC)
    due = renewed(before)
    assert due.at == before
    assert due.steps[-1].to_json() == {
        "step": "never-shorter",
        "rule": 16,
        "from": "2026-03-16",
        "to": "2026-04-01",
        "because": "a renewal never shortens a loan",
    }


def test_a_second_renewal_on_one_day_has_no_step_of_its_own() -> None:
    """Rule 16: the date stands as it was worked out."""
    again = renewed(renewed(datetime(2026, 3, 5, 22, 59, 59, tzinfo=UTC)).at)
    assert names(again) == [DueStep.RENEWAL_DAYS]


def test_a_renewal_respects_closed_days_and_the_membership() -> None:
    """Rule 16: 22 March is a Sunday."""
    due_at = datetime(2026, 3, 5, 22, 59, 59, tzinfo=UTC)
    assert renewed(due_at, today=date(2026, 3, 8)).day == date(2026, 3, 23)
    assert renewed(due_at, until=date(2026, 3, 10)).day == date(2026, 3, 10)


def test_the_hold_shelf_keeps_a_copy_for_so_many_open_days() -> None:
    """Rule 21: seven open days after Monday 2 March, Sunday not counted."""
    assert shelf_expiry(calendar(), TODAY, 7).at == datetime(2026, 3, 10, 22, 59, 59, tzinfo=UTC)
    assert shelf_expiry(calendar(closure(date(2026, 3, 4))), TODAY, 7).day == date(2026, 3, 11)


def test_a_hold_shelf_without_days_keeps_a_copy_until_the_next_open_day_ends() -> None:
    """Rule 21."""
    assert shelf_expiry(calendar(), TODAY, 0).day == TODAY
    assert shelf_expiry(calendar(), date(2026, 3, 8), 0).day == date(2026, 3, 9)


def test_a_later_closure_moves_what_falls_on_it_to_the_next_open_day() -> None:
    """Rule 14: Friday and Saturday are closed, Sunday is anyway."""
    added = closure(date(2026, 3, 6), date(2026, 3, 7), "burst pipe")
    shift = closure_shift(calendar(added), added)
    assert shift.first == datetime(2026, 3, 5, 23, tzinfo=UTC)
    assert shift.last == datetime(2026, 3, 7, 22, 59, 59, tzinfo=UTC)
    assert shift.at == datetime(2026, 3, 9, 22, 59, 59, tzinfo=UTC)
    step = shift.step(date(2026, 3, 6))
    assert (step.rule, step.from_, step.to) == (14, date(2026, 3, 6), date(2026, 3, 9))
    assert step.because == "closed from 2026-03-06 to 2026-03-07: burst pipe"


def test_a_later_closure_beside_another_moves_past_both() -> None:
    """Rule 14."""
    added = closure(date(2026, 12, 22), date(2026, 12, 23))
    assert closure_shift(calendar(added, CHRISTMAS), added).day == date(2026, 12, 28)


ZONES = ["Africa/Cairo", "America/Sao_Paulo", "Asia/Tehran", "Australia/Lord_Howe", "Europe/Berlin"]
any_day = st.dates(date(2015, 1, 1), date(2030, 1, 1))
closures = st.lists(
    st.builds(
        lambda start, length: closure(start, start + length * DAY), any_day, st.integers(0, 60)
    ),
    max_size=12,
)
calendars = st.builds(
    Calendar, st.sampled_from(ZONES), st.frozensets(st.integers(1, 7), min_size=1), closures
)


def naive_due(calendar: Calendar, today: date, days: int, last_day: date | None) -> date:
    """Rules 11 to 13, walked day by day."""
    day = today + days * DAY
    while calendar.why_closed(day):
        day += DAY
    if last_day and day > last_day:
        day = last_day
        while calendar.why_closed(day):
            day -= DAY
    return day


@settings(max_examples=150, deadline=None)
@given(calendars, any_day, st.integers(1, 60), st.none() | st.integers(0, 80))
def test_due_dates_agree_with_walking_day_by_day(
    calendar: Calendar, today: date, days: int, member_for: int | None
) -> None:
    last_day = None if member_for is None else today + member_for * DAY
    expected = naive_due(calendar, today, days, last_day)
    policy = STANDARD._replace(loan_days=days)
    if expected < today:
        with pytest.raises(NoOpenDay):
            loan_due(calendar, policy, today, last_day)
        return
    due = loan_due(calendar, policy, today, last_day)
    assert due.day == expected
    assert due.at == calendar.end_of_day(expected)
    assert calendar.local_date(due.at) == expected


@settings(max_examples=100, deadline=None)
@given(calendars, any_day, st.integers(1, 60), st.none() | st.integers(0, 80))
def test_the_steps_lead_from_today_to_the_due_date_without_a_gap(
    calendar: Calendar, today: date, days: int, member_for: int | None
) -> None:
    last_day = None if member_for is None else today + member_for * DAY
    try:
        due = loan_due(calendar, STANDARD._replace(loan_days=days), today, last_day)
    except NoOpenDay:
        return
    assert due.steps[0].from_ == today
    assert due.steps[-1].to == due.day
    assert all(one.to == other.from_ for one, other in zip(due.steps, due.steps[1:], strict=False))
    assert all(step.because for step in due.steps)


@settings(max_examples=100, deadline=None)
@given(calendars, any_day, st.integers(0, 60))
def test_every_day_of_a_closure_moves_to_the_same_day(
    calendar: Calendar, start: date, length: int
) -> None:
    """Rule 14: that is what lets one move serve the whole range."""
    added = closure(start, start + length * DAY)
    after = Calendar(
        calendar.zone.key, calendar.weeks[0].open_weekdays, (*calendar.closures, added)
    )
    moved = {after.next_open(start + n * DAY) for n in range(length + 1)}
    assert moved == {closure_shift(after, added).day}

"""Open and closed days (rules 12 and 14), also against a model that walks day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.calendar import Calendar, Closure, check_openable
from circulation.errors import NoOpenDay
from tests.unit.circulation.given import calendar, closure

DAY = timedelta(days=1)
START = date(2023, 12, 1)

days = st.integers(0, 1500).map(lambda n: START + n * DAY)
lengths = st.one_of(st.integers(0, 10), st.integers(340, 380), st.integers(0, 1200))


@st.composite
def closed_ranges(draw: st.DrawFn) -> Closure:
    starts_on = draw(days)
    return Closure(draw(st.integers(1, 9)), starts_on, starts_on + draw(lengths) * DAY, "closed")


calendars = st.builds(
    Calendar,
    st.just("Europe/Berlin"),
    st.frozensets(st.integers(1, 7)),
    st.lists(closed_ranges(), max_size=8),
)


def naively_open(calendar: Calendar, day: date) -> bool:
    closed = any(c.starts_on <= day <= c.ends_on for c in calendar.closures)
    return day.isoweekday() in calendar.weeks[0].open_weekdays and not closed


def naively_near(calendar: Calendar, day: date, step: timedelta) -> date | None:
    reach = (day + n * step for n in range(366))
    return next((near for near in reach if naively_open(calendar, near)), None)


def found_or_none(calendar: Calendar, name: str, *args: date | int) -> date | None:
    try:
        found: date = getattr(calendar, name)(*args)
    except NoOpenDay:
        return None
    return found


@settings(max_examples=150, deadline=None)
@given(calendars, days)
def test_open_days_agree_with_walking_day_by_day(calendar: Calendar, day: date) -> None:
    assert (calendar.why_closed(day) is None) == naively_open(calendar, day)
    assert found_or_none(calendar, "next_open", day) == naively_near(calendar, day, DAY)
    assert found_or_none(calendar, "previous_open", day) == naively_near(calendar, day, -DAY)


@settings(max_examples=100, deadline=None)
@given(calendars, days, st.integers(-5, 900))
def test_counted_open_days_agree_with_walking(calendar: Calendar, after: date, reach: int) -> None:
    walked = sum(naively_open(calendar, after + n * DAY) for n in range(1, reach + 1))
    assert calendar.open_days_between(after, after + reach * DAY) == walked


@settings(max_examples=60, deadline=None)
@given(calendars, days, st.integers(1, 40))
def test_the_nth_open_day_agrees_with_walking(calendar: Calendar, after: date, n: int) -> None:
    walked: date | None = after
    for _ in range(n):
        walked = walked and naively_near(calendar, walked + DAY, DAY)
    assert found_or_none(calendar, "nth_open_day", after, n) == walked


@settings(max_examples=60, deadline=None)
@given(calendars, days)
def test_a_calendar_is_refused_exactly_when_366_days_in_a_row_are_closed(
    calendar: Calendar, today: date
) -> None:
    """Closures end within 1,500 + 1,200 days of the start, so that is as far as one must walk."""
    longest = run = 0
    for n in range((START - today).days + 2700 + 366):
        run = 0 if naively_open(calendar, today + n * DAY) else run + 1
        longest = max(longest, run)
    if longest > 365:
        with pytest.raises(NoOpenDay):
            check_openable(calendar, today)
    else:
        check_openable(calendar, today)


def test_365_closed_days_in_a_row_are_accepted() -> None:
    """Rule 14: from Sunday 3 January 2027 to Sunday 2 January 2028."""
    closed = calendar(closure(date(2027, 1, 4), date(2028, 1, 2)))
    assert closed.next_open(date(2027, 1, 3)) == date(2028, 1, 3)
    check_openable(closed, date(2026, 3, 2))


def test_366_closed_days_in_a_row_are_refused_however_far_ahead() -> None:
    """Rule 14: 365 days from a Monday on, and the closed Sunday before them."""
    closed = calendar(closure(date(2091, 1, 1), date(2091, 12, 31)))
    with pytest.raises(NoOpenDay) as refused:
        check_openable(closed, date(2026, 3, 2))
    assert refused.value.code == "calendar-closed"


def test_of_a_long_closure_only_the_days_from_today_on_count() -> None:
    """Rule 14: a stretch of more than 365 days beginning today or later is refused."""
    closed = calendar(closure(date(2020, 1, 1), date(2026, 12, 31)))
    check_openable(closed, date(2026, 3, 2))
    with pytest.raises(NoOpenDay) as refused:
        check_openable(closed, date(2025, 3, 2))
    assert refused.value.day == date(2025, 3, 2)


def test_a_week_without_an_open_day_is_refused() -> None:
    """Rule 14."""
    with pytest.raises(NoOpenDay):
        check_openable(Calendar("Europe/Berlin", []), date(2026, 3, 2))


def test_a_closure_of_nine_thousand_years_is_an_error_and_not_a_loop() -> None:
    """Rule 12."""
    closed = calendar(closure(date(999, 1, 1), date(9999, 12, 31)))
    with pytest.raises(NoOpenDay):
        closed.next_open(date(2026, 3, 2))
    with pytest.raises(NoOpenDay):
        closed.next_open(date(9999, 12, 30))
    assert closed.open_days_between(date(1000, 1, 1), date(9999, 12, 31)) == 0
    assert closed.previous_open(date(999, 1, 1)) == date(998, 12, 31)


def test_thousands_of_closures_are_counted_over_a_century() -> None:
    """Every Wednesday of 60 years is a closure of its own."""
    wednesdays = [date(2026, 3, 4) + n * 7 * DAY for n in range(3000)]
    shut = calendar(*(closure(day) for day in wednesdays))
    assert shut.open_days_between(date(2026, 3, 1), date(2026, 3, 1) + 21_000 * DAY) == 5 * 3000
    assert shut.next_open(wednesdays[-1]) == wednesdays[-1] + DAY


def test_a_closed_day_says_why() -> None:
    """The closure that ends last explains a day better than a weekday does."""
    shut = calendar(
        closure(date(2026, 12, 24), date(2026, 12, 27), "Christmas"),
        closure(date(2026, 12, 25), reason="public holiday"),
    )
    assert shut.why_closed(date(2026, 12, 25)) == "closed from 2026-12-24 to 2026-12-27: Christmas"
    assert shut.why_closed(date(2026, 12, 20)) == "closed on Sundays"
    assert shut.why_closed(date(2026, 12, 28)) is None


def test_a_closure_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends on the day it starts"):
        closure(date(2026, 3, 2), date(2026, 3, 1))

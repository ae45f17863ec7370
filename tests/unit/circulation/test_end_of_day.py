"""When a local day ends, in zones whose clocks change in every way there is (rule 11)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.calendar import Calendar

SECOND = timedelta(seconds=1)
ZONES = [
    "Africa/Cairo",
    "America/Havana",
    "America/Nuuk",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Toronto",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Kwajalein",
    "UTC",
]


def in_zone(zone: str) -> Calendar:
    return Calendar(zone, range(1, 8))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ZONES), st.dates(date(1900, 1, 1), date(2060, 12, 31)))
def test_the_end_of_a_day_is_the_last_second_of_it(zone: str, day: date) -> None:
    """After it every later instant has a later date: the two days after are sampled."""
    calendar = in_zone(zone)
    end = calendar.end_of_day(day)
    assert end.tzinfo is UTC
    assert calendar.local_date(end) <= day
    later = (end + SECOND + n * timedelta(minutes=15) for n in range(192))
    assert all(calendar.local_date(instant) > day for instant in later)


@pytest.mark.parametrize(
    ("zone", "day", "end"),
    [
        pytest.param("Europe/Berlin", "2026-03-29", "2026-03-29T21:59:59", id="23 hours"),
        pytest.param("Europe/Berlin", "2026-10-25", "2026-10-25T22:59:59", id="25 hours"),
        pytest.param("America/Sao_Paulo", "2018-02-17", "2018-02-18T02:59:59", id="twice"),
        pytest.param("America/Sao_Paulo", "2018-11-03", "2018-11-04T02:59:59", id="midnight gap"),
        pytest.param("Africa/Cairo", "2026-04-23", "2026-04-23T21:59:59", id="before the gap"),
        pytest.param("Africa/Cairo", "2026-10-29", "2026-10-29T21:59:59", id="twice, today"),
        pytest.param("Asia/Tehran", "2021-09-21", "2021-09-21T20:29:59", id="half-hour zone"),
        pytest.param("America/Nuuk", "2026-03-28", "2026-03-29T00:59:59", id="not shown"),
        pytest.param("America/Nuuk", "2026-10-24", "2026-10-25T01:59:59", id="Nuuk, twice"),
        pytest.param("America/Toronto", "1919-03-30", "1919-03-31T04:29:59", id="ends at 23:29:59"),
        pytest.param("America/St_Johns", "2006-10-28", "2006-10-29T03:29:59", id="back at 00:01"),
        pytest.param("Australia/Lord_Howe", "2026-04-04", "2026-04-04T12:59:59", id="half an hour"),
        pytest.param("Pacific/Apia", "2011-12-29", "2011-12-30T09:59:59", id="before the skip"),
        pytest.param("Pacific/Apia", "2011-12-30", "2011-12-30T09:59:59", id="skipped"),
        pytest.param("Pacific/Apia", "2011-12-31", "2011-12-31T09:59:59", id="after the skip"),
        pytest.param("America/New_York", "9999-12-31", "9999-12-31T23:59:59", id="end of time"),
    ],
)
def test_days_of_every_kind_end_at(zone: str, day: str, end: str) -> None:
    found = in_zone(zone).end_of_day(date.fromisoformat(day))
    assert found == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_the_bounds_of_a_range_are_its_first_and_last_second() -> None:
    """The range holds the night of the change of clocks, and is an hour short."""
    first, last = in_zone("Europe/Berlin").bounds(date(2026, 3, 28), date(2026, 3, 29))
    assert first == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert last == datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)


def test_the_bounds_of_all_time_can_be_asked_for() -> None:
    first, last = in_zone("Asia/Tokyo").bounds(date.min, date.max)
    assert first == datetime.min.replace(tzinfo=UTC)
    assert last == datetime(9999, 12, 31, 14, 59, 59, tzinfo=UTC)


def test_today_is_the_librarys_day_and_not_that_of_utc() -> None:
    now = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert in_zone("Europe/Berlin").local_date(now) == date(2026, 3, 3)
    assert in_zone("America/New_York").local_date(now) == date(2026, 3, 2)

"""Single values: what is read, and the form that is stored."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validators.engine import values
from validators.engine.errors import BadValue
from validators.leaked_passwords import is_common


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2026-11-21T08:30:00Z", "2026-11-21T08:30:00Z"),
        ("2026-11-21t08:30:00z", "2026-11-21T08:30:00Z"),
        ("2026-11-21T08:30:00.999999999Z", "2026-11-21T08:30:00Z"),
        ("2026-11-21T00:30:00+02:00", "2026-11-20T22:30:00Z"),
        ("2026-12-31T23:30:00-00:45", "2027-01-01T00:15:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_timestamp_is_stored_in_utc_and_whole_seconds(given: str, stored: str) -> None:
    assert values.normalise_timestamp(given) == stored


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-11-21",
        "2026-11-21T08:30:00",
        "2026-11-21 08:30:00Z",
        "2026-11-21T08:30Z",
        "2026-11-21T23:59:60Z",
        "2026-02-30T08:30:00Z",
        "2026-11-21T08:30:00+24:00",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2026-11-21T08:30:00Z\n",
        "٢٠٢٦-11-21T08:30:00Z",
    ],
)
def test_a_timestamp_that_cannot_be_stored_is_refused(wrong: str) -> None:
    _refused(values.normalise_timestamp, wrong)


@given(st.datetimes())
def test_any_moment_python_can_write_is_read(moment: datetime) -> None:
    whole = moment.replace(microsecond=0).isoformat()
    assert values.normalise_timestamp(whole + "+00:00") == whole + "Z"


@given(st.dates())
def test_every_day_is_a_date(day: date) -> None:
    assert values.normalise_date(str(day)) == str(day)


@pytest.mark.parametrize(
    "wrong", ["2026-02-29", "2026-13-01", "2026-1-1", "20261121", "2026-W47-6", "", "0000-01-01"]
)
def test_only_a_day_of_the_calendar_is_a_date(wrong: str) -> None:
    _refused(values.normalise_date, wrong)


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org",
        "A.D+a'b@ex-ample.co.uk",
        "josé@exämple.de",
        "admin@localhost",
        "日@例え.jp",
        "max@fußball.de",
        "a" * 242 + "@example.org",
    ],
)
def test_an_email_is_kept_as_typed(address: str) -> None:
    assert values.normalise_email(address) == address


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "ada",
        "@b.org",
        "a@",
        "a@b",
        "a@@b.org",
        "a@b@c.org",
        "a b@c.org",
        " a@b.org",
        "a@b.org\n",
        "a..b@c.org",
        ".a@b.org",
        "a@b..org",
        "a@-b.org",
        "a@b.org.",
        "<a@b.org>",
        "a\u200b@b.org",
        "a@ü" + "ü" * 60 + ".org",
        "a@xn--ü.org",
    ],
)
def test_what_mail_cannot_reach_is_no_email(wrong: str) -> None:
    _refused(values.normalise_email, wrong)


@pytest.mark.parametrize(
    "address", ["https://example.org", "http://a.b:80/c?d=e#f", "http://[::1]/"]
)
def test_web_addresses_are_kept(address: str) -> None:
    assert values.normalise_url(address) == address


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "example.org",
        "//example.org",
        "ftp://a.b",
        "javascript:alert(1)",
        "http://",
        "http:///a",
        "http://a b",
        "http://[::1",
        "http://a:x/",
        "http://a:99999/",
        'http://a/"><script>',
    ],
)
def test_other_schemes_and_broken_addresses_are_refused(wrong: str) -> None:
    _refused(values.normalise_url, wrong)


def test_text_is_stored_composed() -> None:
    assert values.normalise_text("Cafe\u0301") == "Caf\u00e9"


@pytest.mark.parametrize("wrong", ["a\0b", "é\0", "\ud800", "a\udfff"])
def test_text_no_database_can_hold_is_refused(wrong: str) -> None:
    _refused(values.normalise_text, wrong)


@pytest.mark.parametrize("marks", ["\u0300\u0316", "\u0f73", "\u0316\u0f81"])
@pytest.mark.parametrize("before", ["a", "\u2014" * 200])
def test_text_that_takes_minutes_to_sort_is_refused(marks: str, before: str) -> None:
    _refused(values.normalise_text, before + marks * 50_000)


def test_a_long_line_of_symbols_is_text() -> None:
    assert values.normalise_text("\u2014" * 10_000 + "e\u0301") == "\u2014" * 10_000 + "\u00e9"


@given(st.text(st.characters(codec=None)))
def test_free_text_is_always_usable(typed: str) -> None:
    clean = values.normalise_free_text(typed)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert "\0" not in clean
    assert len(clean) <= values.LONGEST_FREE_TEXT


def test_a_long_free_text_is_cut_between_words() -> None:
    words = "moonstone " * 200
    assert values.normalise_free_text(f"xx{words}") == f"xx{words[:-11]}"
    assert values.normalise_free_text(f"x{words}moon") == f"x{words[:-1]}"


def test_a_long_free_text_without_spaces_is_cut_where_it_must_be() -> None:
    assert values.normalise_free_text("\u6771 " + "\u4eac" * 3000) == "\u6771 " + "\u4eac" * 1998


def test_a_leaked_password_is_known_in_any_case() -> None:
    assert is_common("Password1")
    assert not is_common("correct horse battery")


def _refused(read: Callable[[str], str], wrong: str) -> None:
    with pytest.raises(BadValue) as caught:
        read(wrong)
    assert caught.value.code == "format"

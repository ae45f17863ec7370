"""Dates as people and spreadsheets write them."""

import pytest

from formats.dates import YMD, date_in, orders_of


@pytest.mark.parametrize(
    "written",
    [
        "Apr 03, 2004",
        "April 3rd, 2004",
        "Saturday, April 3, 2004",
        "Sat 03 Apr 2004 10:30",
        "3. April 2004",
        "3 avril 2004",
        "sam. 3 avr. 2004",
        "3 de abril de 2004",
        "3-abr-2004",
        "3 aprile 2004",
        "03-Apr-04",
        "2004-Apr-03",
        "3 kwietnia 2004",
    ],
)
def test_a_month_may_have_its_name_in_the_languages_of_headers(written: str) -> None:
    assert date_in(written, YMD) == "2004-04-03"


@pytest.mark.parametrize(
    "written", ["1er février 2004", "1 fevrier 2004", "1\N{DEGREE SIGN} Febbraio 2004"]
)
def test_a_month_by_its_name_needs_no_accents_and_the_first_may_be_an_ordinal(written: str) -> None:
    assert date_in(written, YMD) == "2004-02-01"


@pytest.mark.parametrize(
    "written",
    ["Apr 2004", "3 Brumaire 2004", "31 February 2004", "before 3 April 2004", "3 copies 04"],
)
def test_what_has_no_day_or_no_month_is_no_date(written: str) -> None:
    assert date_in(written, YMD) is None


def test_a_year_of_two_digits_after_the_name_of_a_month_is_not_one_to_come() -> None:
    assert date_in("3-Aug-65", YMD, is_past=True) == "1965-08-03"


@pytest.mark.parametrize("written", ["200412", "2004121", "20041"])
def test_a_month_without_its_day_is_not_taken_for_a_day(written: str) -> None:
    assert date_in(written, YMD) is None


def test_dates_with_names_of_months_leave_the_order_of_the_others_to_them() -> None:
    assert orders_of(["03-Apr-04", "31/12/2004"]) == ("dmy",)

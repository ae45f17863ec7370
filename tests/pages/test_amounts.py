"""Amounts of money: pages show all of them, and what a page shows can be typed at the desk."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulation.money import DECIMALS
from models.vocabulary import Language
from notices.languages import money
from pages.desk import amounts
from tests.support.desks import Desk
from validators.engine.fields import MOST_MONEY

CURRENCIES = sorted(DECIMALS)
AMOUNTS = st.integers(0, MOST_MONEY)


@given(AMOUNTS, st.sampled_from(CURRENCIES), st.sampled_from(Language))
def test_an_amount_is_shown_to_its_last_digit(
    amount: int, currency: str, language: Language
) -> None:
    digits = re.sub(r"\D", "", money(amount, currency, language))
    assert int(digits) == amount


@given(AMOUNTS, st.sampled_from(CURRENCIES), st.sampled_from(Language))
def test_an_amount_can_be_typed_as_a_page_shows_it(
    amount: int, currency: str, language: Language
) -> None:
    assert amounts.read(money(amount, currency, language), currency) == amount


@pytest.mark.parametrize("language", Language)
def test_the_example_of_an_amount_can_be_typed(language: Language) -> None:
    read = {one: amounts.read(money(1250, one, language), one) for one in CURRENCIES}
    assert read == dict.fromkeys(CURRENCIES, 1250)


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("12", "EUR", 1200),
        ("€ 12,5", "EUR", 1250),
        ("1.234,56 €", "EUR", 123456),
        ("1'234.56 CHF", "CHF", 123456),
        ("1,234", "EUR", None),
        ("1,234,567", "EUR", None),
        ("1.234.56", "EUR", None),
        ("1,23,456.00", "EUR", None),
        ("1,234", "KWD", 1234),
        ("1,250", "JPY", 1250),
        ("12.50", "JPY", None),
        ("12 dollars", "USD", None),
        ("Cg.12.50", "XCG", 1250),
        ("EUR.50", "EUR", None),
        (".50", "EUR", None),
        ("12%", "EUR", None),
        ("(12)", "EUR", None),
        ("9" * 5000, "EUR", None),
    ],
)
def test_an_amount_is_read_by_the_decimals_of_its_currency(
    text: str, currency: str, amount: int | None
) -> None:
    assert amounts.read(text, currency) == amount


@pytest.mark.settings(CURRENCY="JPY")
def test_the_example_that_the_desk_gives_is_taken(desk: Desk) -> None:
    desk.member("C-1")
    desk.scan("C-1").click("/desk/fees", amount="much", note="Chair", kind="damage")
    example = desk.outcome.rpartition("Write it as ")[2].removesuffix(".")
    desk.click("/desk/fees", amount=example, note="Chair", kind="damage")
    assert "¥1,250" in desk.outcome

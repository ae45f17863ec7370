"""Amounts as the desk reads them."""

import pytest

from circulation.money import in_words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (1250, "EUR", "12.50 EUR"),
        (5, "EUR", "0.05 EUR"),
        (0, "EUR", "0.00 EUR"),
        (-250, "USD", "-2.50 USD"),
        (1250, "JPY", "1250 JPY"),
        (1250, "KWD", "1.250 KWD"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(
    amount: int, currency: str, words: str
) -> None:
    assert in_words(amount, currency) == words

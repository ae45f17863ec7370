"""Dates and amounts as each language writes them."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency

from circulation.money import DECIMALS
from models.vocabulary import Language

LOCALES = {
    Language.ENGLISH: "en",
    Language.GERMAN: "de",
    Language.FRENCH: "fr",
    Language.SPANISH: "es",
}


def day(value: date, language: Language) -> str:
    """A date in words: `7. März 2026`. Raises TypeError for anything else."""
    if not isinstance(value, date):
        raise TypeError("this is not a date")
    return format_date(value, "long", locale=LOCALES[language])


def money(amount: int, currency: str, language: Language) -> str:
    """Minor units of a currency for people: 1250 of EUR is `12,50 €` in German.

    Raises TypeError for what is no amount.
    """
    if not isinstance(amount, int):
        raise TypeError("this is not an amount")
    value = Decimal(amount).scaleb(-DECIMALS[currency])
    return format_currency(value, currency, locale=LOCALES[language])

"""Dates and amounts as each language writes them."""

from copy import copy
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, cast

from babel import Locale, localedata
from babel.core import get_global
from babel.dates import format_date
from babel.numbers import NumberPattern

from circulation.money import DECIMALS
from models.vocabulary import Language

LOCALES = {
    Language.ENGLISH: "en",
    Language.GERMAN: "de",
    Language.FRENCH: "fr",
    Language.SPANISH: "es",
}
_UNREAD = (
    *("unit_patterns", "unit_display_names", "compound_unit_patterns", "date_fields"),
    *("currency_names", "currency_names_plural", "time_zones", "meta_zones", "territories"),
    *("interval_formats", "datetime_skeletons", "compact_decimal_formats", "scripts"),
)


def load() -> None:
    """Read what Babel knows of the languages, once for all processes that come from this one.

    Of each language 0.8 MiB of 1.0 are of things that nobody asks here: units, zones, countries.
    """
    for locale in ("root", *LOCALES.values()):
        known = localedata.load(locale)
        for name in _UNREAD:
            known[name] = {}
    for countries in (get_global("territory_languages"), get_global("territory_currencies")):
        cast("dict[str, Any]", countries).clear()


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
    decimals = DECIMALS[currency]
    value = Decimal(amount).scaleb(-decimals)
    locale = Locale.parse(LOCALES[language])
    words: str = _pattern(locale, decimals).apply(value, locale, currency, currency_digits=False)
    return words


@cache
def _pattern(locale: Locale, decimals: int) -> NumberPattern:
    """How a language writes money with so many decimals.

    Babel knows those of CLDR, which leaves out what is not in coins any more: of 12.50 dinars
    nothing behind the point.
    """
    pattern: NumberPattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    return pattern

"""Amounts of money as people type them: `12.50`, `12,50`, `12`, or as pages show them."""

import re
from functools import cache

from babel.numbers import get_currency_symbol

from circulation.money import DECIMALS
from notices.languages import LOCALES

_AMOUNT = re.compile(r"(\D*)(\d|\d.*\d)(\D*)", re.DOTALL)
_PLAIN = re.compile(r"(?P<whole>\d{1,13})(?:[.,](?P<fraction>\d{1,3}))?")
_GROUPED = re.compile(
    r"(?P<whole>\d{1,3}(?:(?P<mark>[.,'\u2019\s])\d{3})(?:(?P=mark)\d{3}){0,3})"
    r"(?:(?!(?P=mark))[.,](?P<fraction>\d{1,3}))?"
)
_SIGN = re.compile(r"[^\W\d_]{0,3}|[€$£]")


def read(text: str, currency: str) -> int | None:
    """Minor units of a currency (ISO 4217); None of what is no amount of it.

    Thousands may be grouped where every decimal is there. More decimals than the currency has are
    none: `1,234` of euros may mean more than a thousand.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None or not all(_is_sign(found[side], currency) for side in (1, 3)):
        return None
    decimals = DECIMALS[currency]
    plain = _PLAIN.fullmatch(found[2])
    if plain is not None and len(plain["fraction"] or "") <= decimals:
        return _minor_units(plain, decimals)
    grouped = _GROUPED.fullmatch(found[2])
    if grouped is not None and len(grouped["fraction"] or "") == decimals:
        return _minor_units(grouped, decimals)
    return None


def _is_sign(text: str, currency: str) -> bool:
    """Whether a text beside an amount can be its currency: as pages write it, or in short."""
    sign = "".join(text.split())
    return sign in _signs(currency) or _SIGN.fullmatch(sign) is not None


@cache
def _signs(currency: str) -> frozenset[str]:
    """The currency as the languages of the pages write it, without blanks: `FCFA`, `$US`, `Cg.`."""
    known = (get_currency_symbol(currency, locale) for locale in LOCALES.values())
    return frozenset("".join(sign.split()) for sign in known)


def _minor_units(number: re.Match[str], decimals: int) -> int:
    whole = re.sub(r"\D", "", number["whole"])
    return int(whole + (number["fraction"] or "").ljust(decimals, "0"))

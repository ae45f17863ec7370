"""Prices as people and other systems write them."""

import re
from decimal import Decimal

_WHOLE = re.compile(r"[0-9]{1,12}")
# A price is not below nothing, `-12.50` and `(12.50)` are none; spreadsheets write 12.50 as 12.5.
_DECIMAL = re.compile(r"[^0-9(\-\u2212]{0,6}([0-9][0-9.,' ]{0,14})[.,]([0-9]{1,3})[^0-9]{0,6}")
# With the sign of a currency nobody writes cents.
_SIGN = r"(?:[A-Z]{0,2}[$\u00a3\u00a5\u20a0-\u20bf]|[A-Z]{3}|Fr\.|kr\.?|z\u0142|K\u010d|Ft)"
_SIGNED = re.compile(rf"{_SIGN}\s?(?P<behind>[0-9]{{1,10}})|(?P<before>[0-9]{{1,10}})\s?{_SIGN}")
# Instead of cents: `12,-`, `12.--`; `12.50.-` has its cents.
_NO_CENTS = re.compile(
    r"(?<=[0-9])(?<![.,][0-9])(?<![.,][0-9]{2})([.,])[-\u2012-\u2015\u2212]{1,2}(?![-0-9])"
)


def price_in(text: str, decimals: int = 2) -> int | None:
    """Minor units: `1250` is taken as such, `12.5`, `€ 12`, `€ 12,50` or `1,012.50 EUR` are major.

    A currency with other `decimals` may have so many as well: `1.250` with three. None if it is
    not a price, or has more than the currency.
    """
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    if signed := _SIGNED.fullmatch(text):
        return int((signed["behind"] or signed["before"]) + "0" * decimals)
    match = _DECIMAL.fullmatch(with_cents(text))
    if match is None or len(match[2]) not in (1, 2, decimals):
        return None
    said, beyond = match[2][:decimals], match[2][decimals:]
    if beyond.strip("0"):
        return None
    return int(re.sub(r"[^0-9]", "", match[1]) + said.ljust(decimals, "0"))


def is_whole(text: str) -> bool:
    """Whether an amount is a whole number alone, which is one of minor units."""
    return bool(_WHOLE.fullmatch(text.strip()))


def with_cents(text: str) -> str:
    """An amount with `00` where dashes stand instead: `12,-`."""
    return _NO_CENTS.sub(r"\g<1>00", text)


def price_written(price: int, decimals: int) -> str:
    """Minor units as a decimal number of major ones: 1250 is `12.50` with two decimals."""
    return str(Decimal(price).scaleb(-decimals))

"""Amounts of money as people type them: `12.50`, `12,50`, `12`, in major units."""

import re
from decimal import Decimal

from circulation.money import DECIMALS

_AMOUNT = re.compile(
    r"\s*(?:[^\W\d_]{1,3}|[€$£])?\s*(\d{1,9})(?:[.,](\d{1,3}))?\s*(?:[^\W\d_]{1,3}|[€$£])?\s*"
)


def read(text: str, currency: str) -> int | None:
    """Minor units of a currency (ISO 4217); None of what is no amount of it.

    More decimals than the currency has are none: `1,234` may mean more than a thousand.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    whole, fraction = found[1], found[2] or ""
    decimals = DECIMALS[currency]
    if len(fraction) > decimals:
        return None
    return int(Decimal(f"{whole}.{fraction or 0}").scaleb(decimals))

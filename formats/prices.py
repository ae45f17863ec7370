"""Prices as people and other systems write them."""

import re

_WHOLE = re.compile(r"[0-9]{1,12}")
_DECIMAL = re.compile(r"[^0-9]{0,6}([0-9][0-9.,' ]{0,14})[.,]([0-9]{2})[^0-9]{0,6}")


def price_in(text: str) -> int | None:
    """Minor units: `1250` is taken as such, `12.50`, `€ 12,50` or `1,012.50 EUR` as two decimals.

    None if it is not a price.
    """
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    if match := _DECIMAL.fullmatch(text):
        return int(re.sub(r"[^0-9]", "", match[1]) + match[2])
    return None

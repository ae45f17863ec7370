"""Dates as people and other systems write them."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from models import timestamps

DMY, MDY, YMD = "dmy", "mdy", "ymd"
ORDERS = (DMY, MDY, YMD)

_ISO = re.compile(r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})(?:[T ].*)?")
_LOCAL = re.compile(r"([0-9]{1,2})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{4}|[0-9]{2})(?:[T, ].*)?")
_NO_DATE = re.compile(r"(?:0000|0101)-[0-9]{2}-[0-9]{2}.*|\\N|0")
# A year of two digits is not further ahead than this.
_PIVOT = 70


def is_none(text: str) -> bool:
    r"""Whether it stands for no date: empty, `0000-00-00`, `\N`."""
    text = text.strip()
    return not text or (text[0] in "0\\" and bool(_NO_DATE.fullmatch(text)))


def date_in(text: str, order: str, *, is_past: bool = False) -> str | None:
    """The ISO date in a text, whose local form has day, month and year in this order.

    None if it is no date of the calendar. The time of a moment is left out. A year of two digits
    is of the century before where the day would still be ahead and `is_past`.
    """
    text = text.strip()
    if match := _ISO.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    match = _LOCAL.fullmatch(text)
    if not match or order == YMD:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    is_short = len(match[3]) == 2
    if is_short:
        year += 2000 if year < _PIVOT else 1900
    day, month = (first, second) if order == DMY else (second, first)
    found = _date(year, month, day)
    if found and is_short and is_past and found > _tomorrow():
        return _date(year - 100, month, day)
    return found


def _tomorrow() -> str:
    """Somewhere on earth it is that day already, or still the one before it."""
    return (timestamps.now() + timedelta(days=1)).date().isoformat()


def orders_of(texts: Iterable[str]) -> tuple[str, ...]:
    """In which orders all these texts can be dates: one where the column tells, `ymd` for ISO.

    Several where it does not tell; none where no order fits all that look like dates.
    """
    possible = {DMY, MDY}
    has_local = False
    for text in texts:
        if _LOCAL.fullmatch(text.strip()):
            has_local = True
            possible -= {order for order in (DMY, MDY) if date_in(text, order) is None}
    if not has_local:
        return (YMD,)
    return tuple(order for order in (DMY, MDY) if order in possible)


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None

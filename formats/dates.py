"""Dates as people and other systems write them."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from formats.locale_names import is_weekday, month_named
from models import timestamps

DMY, MDY, YMD = "dmy", "mdy", "ymd"
ORDERS = (DMY, MDY, YMD)
ORDER_WORDS = {DMY: "day, month, year", MDY: "month, day, year", YMD: "year, month, day"}

_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[T ].*)?")
_LOCAL = re.compile(r"([0-9]{1,2})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{4}|[0-9]{2})(?:[T, ].*)?")
_WORD = r"[^\W\d_]+"
_DAY = r"(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th|er|[\u00ba\u00b0])?"
_TIME = r"(?:[T, ].*)?"
_LATER = r"(?P<year>[0-9]{4}|'?[0-9]{2})"
# `3. April 2004`, `1er avril 2004`, `3 de abril de 2004`, `03-Apr-04`; `April 3rd, 2004`;
# `2004-Apr-03`; some with the day of the week before them.
_NAMED = tuple(
    re.compile(rf"(?:(?P<weekday>{_WORD})\.?,? +)?{form}{_TIME}")
    for form in (
        rf"{_DAY}[-/. ]*(?:(?:de|of) )?(?P<month>{_WORD})[-/., ]*(?:del? )?{_LATER}",
        rf"(?P<month>{_WORD})[-/. ]*(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[-/, ]+{_LATER}",
        rf"(?P<year>[0-9]{{4}})[-/. ]+(?P<month>{_WORD})[-/. ]+(?P<day>[0-9]{{1,2}})",
    )
)
_NO_DATE = re.compile(r"(?:0000|0101)-[0-9]{2}-[0-9]{2}.*|\\N|0")
# A year of two digits is not further ahead than this.
_PIVOT = 70


def is_none(text: str) -> bool:
    r"""Whether it stands for no date: empty, `0000-00-00`, `\N`."""
    text = text.strip()
    return not text or (text[0] in "0\\" and bool(_NO_DATE.fullmatch(text)))


def date_in(text: str, order: str, *, is_past: bool = False) -> str | None:
    """The ISO date in a text, whose local form has day, month and year in this order.

    The month may be a name. None if it is no date of the calendar. The time of a moment is left
    out. A year of two digits is of the century before where the day would still be ahead and
    `is_past`.
    """
    text = text.strip()
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    match = _LOCAL.fullmatch(text)
    if match is None:
        return _named(text, is_past=is_past)
    if order == YMD:
        return None
    first, second = int(match[1]), int(match[2])
    day, month = (first, second) if order == DMY else (second, first)
    return _in_century(match[3], month, day, is_past=is_past)


def _named(text: str, *, is_past: bool) -> str | None:
    """The date in a text with the month by its name, which needs no order."""
    for form in _NAMED:
        match = form.fullmatch(text)
        month = month_named(match["month"]) if match else None
        if match and month and (match["weekday"] is None or is_weekday(match["weekday"])):
            year = match["year"].lstrip("'")
            return _in_century(year, month, int(match["day"]), is_past=is_past)
    return None


def _in_century(year: str, month: int, day: int, *, is_past: bool) -> str | None:
    """The date in a year of four digits or of two."""
    if len(year) > 2:
        return _date(int(year), month, day)
    near = int(year) + (2000 if int(year) < _PIVOT else 1900)
    found = _date(near, month, day)
    if found and is_past and found > _tomorrow():
        return _date(near - 100, month, day)
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

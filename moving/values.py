"""Single values of moved records: how each is read, whatever system wrote it.

Every reader takes the text of a cell, or the value in a line of NDJSON, and raises BadValue.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import orjson

from circulation.calendar import Calendar
from formats.csv import cells
from formats.csv.words import NO, YES, is_so
from formats.dates import YMD, date_in, is_none
from formats.languages import language_named
from formats.prices import with_cents
from formats.text import nfc
from models.timestamps import stamp
from validators.engine.errors import BadValue
from validators.engine.values import normalise_email, normalise_text

_OWN_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_MOMENT = re.compile(
    r"(?P<day>.*?[0-9])(?:[T ,]+(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9]{2})"
    r"(?:[:.](?P<second>[0-9]{2})(?:[.,][0-9]+)?)?\s*(?P<half>[AaPp][Mm])?"
    r"\s*(?P<zone>Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_IN_HOUR = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]))(:[0-5][0-9]:[0-5][0-9])"
)
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_DECIMAL = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]+|[0-9]{1,3}(?P<parts>[.,' \u00a0\u202f])[0-9]{3}"
    r"(?:(?P=parts)[0-9]{3})*)(?!(?P=parts))[.,](?P<decimals>[0-9]+)"
)
_CURRENCY = re.compile(r"[^0-9+\-.,' \u00a0\u202f]{1,6}")
_CENTS = re.compile(r"(?<![^\W\d_])(?:[Cc]ts?|[Cc]ents?|c|p|\u00a2)\.?\Z")
# As spreadsheets write less than nothing: `(12.50)`, or with a sign that is no hyphen.
_IN_BRACKETS = re.compile(r"([^0-9()]*)\(([^()]+)\)([^0-9()]*)")
_MINUS = re.compile("[\u2010-\u2013\u2212]")
_COUNT = re.compile(r"([0-9]{1,12})(?:[.,]0+)?")
_YES = YES | {"1", "j", "o", "s", "wahr", "vrai", "verdadero", "vero", "active"}
_NO = NO | {"0", "inactive"}
MOST_MONEY = 10**12
_HAS = {0: "Money has no decimals", 2: "Money has two decimals", 3: "Money has three decimals"}
_REMEMBERED = 50_000
_DIGITS = 12


@dataclass(slots=True)
class How:
    """How the values of a file are read.

    `orders` are the orders of day, month and year by field, `is_major` whether whole amounts of
    money are major units, which have so many `decimals`, `mends` whether a spreadsheet may have
    changed texts.
    """

    calendar: Calendar
    decimals: int
    orders: Mapping[str, str] = field(default_factory=dict)
    is_major: bool = False
    mends: bool = False
    _moments: dict[tuple[str, str, bool], str] = field(default_factory=dict)
    _hours: dict[str, str | None] = field(default_factory=dict)

    def order(self, name: str) -> str:
        """The order of day, month and year in a field."""
        return self.orders.get(name, YMD)

    def moment(self, name: str, text: str, *, ends_day: bool) -> str:
        """The moment in UTC, as it is stored; a day alone is its beginning, or its end."""
        if len(text) == 20 and _OWN_STAMP.fullmatch(text):
            return _existing(text)
        if match := _IN_HOUR.fullmatch(text):
            hour = self._hour(match[1])
            if hour is not None:
                return f"{hour}{match[2]}Z"
        key = (self.order(name), text, ends_day)
        if key not in self._moments:
            if len(self._moments) >= _REMEMBERED:
                self._moments.clear()
            self._moments[key] = self._read_moment(key[0], text, ends_day)
        return self._moments[key]

    def _hour(self, text: str) -> str | None:
        """An hour of the library in UTC, as `2026-01-05T09`; None if minutes differ there.

        Moments are many, and few of them alike; of the hours that they are in some thousands are.
        """
        if text not in self._hours:
            if len(self._hours) >= _REMEMBERED:
                self._hours.clear()
            self._hours[text] = self._read_hour(text)
        return self._hours[text]

    def _read_hour(self, text: str) -> str | None:
        try:
            begin = datetime.fromisoformat(f"{text}:00:00").replace(tzinfo=self.calendar.zone)
            first, last = stamp(begin), stamp(begin.replace(minute=59, second=59))
        except (ValueError, OverflowError):
            return None
        is_whole = first.endswith(":00:00Z") and last == f"{first[:13]}:59:59Z"
        return first[:13] if is_whole else None

    def _read_moment(self, order: str, text: str, ends_day: bool) -> str:
        match = _MOMENT.fullmatch(text)
        day = date_in(match["day"] if match else text, order)
        if match is None or day is None:
            raise BadValue("format", f"This is not a date: {text[:40]}")
        at = date.fromisoformat(day)
        try:
            if match["hour"] is None:
                if ends_day:
                    return stamp(self.calendar.end_of_day(at))
                return stamp(datetime.combine(at, time(), self.calendar.zone))
            return stamp(datetime.combine(at, _time(match), self._zone(match["zone"])))
        except (ValueError, OverflowError):
            raise BadValue("format", f"This is not a date and time: {text[:40]}") from None

    def _zone(self, written: str | None) -> Any:
        if written is None:
            return self.calendar.zone
        if written in "Zz":
            return UTC
        return datetime.strptime(written if len(written) > 3 else f"{written}00", "%z").tzinfo


Read = Callable[[Any, How, str], Any]


def _time(match: re.Match[str]) -> time:
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    return time(hour, int(match["minute"]), int(match["second"] or 0))


def _existing(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise BadValue("format", f"This is not a date and time: {text}") from None
    return text


def text_of(value: Any) -> str:
    """The value as text, without space around it. Raises BadValue for lists and objects."""
    if isinstance(value, str):
        return normalise_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValue("type", "This must be a text.")
    return str(value)


def text(longest: int) -> Read:
    """A text of so many characters at most."""

    def read(value: Any, how: How, name: str) -> str:
        said = text_of(value)
        if len(said) > longest:
            raise BadValue("too-long", f"At most {longest:,} characters are allowed.")
        return said

    return read


def label(value: Any, how: How, name: str) -> str:
    """A card number or barcode, where a spreadsheet may have had it as it was before that."""
    said = text_of(value)
    if how.mends or not isinstance(value, str):
        mended = mended_label(said)
        if mended is None:
            raise BadValue("destroyed", f"A spreadsheet has destroyed this number: {said[:40]}")
        said = mended
    if len(said) > 64:
        raise BadValue("too-long", "At most 64 characters are allowed.")
    return said


def mended_label(said: str) -> str | None:
    """A label as it was before a spreadsheet had it; None if the spreadsheet destroyed it."""
    if said.isdecimal() or (said.isalnum() and said.isascii() and said[0].isalpha()):
        return said
    return cells.barcode(said)


key = text(200)


def day(value: Any, how: How, name: str) -> str | None:
    """A date as `YYYY-MM-DD`."""
    return _day(value, how.order(name), is_past=False)


def past_day(value: Any, how: How, name: str) -> str | None:
    """A date as `YYYY-MM-DD` that is not ahead, such as the day of a birth."""
    return _day(value, how.order(name), is_past=True)


def _day(value: Any, order: str, *, is_past: bool) -> str | None:
    said = text_of(value)
    if is_none(said):
        return None
    found = date_in(said, order, is_past=is_past)
    if found is None:
        raise BadValue("format", f"This is not a date: {said[:40]}")
    return found


def moment(value: Any, how: How, name: str) -> str | None:
    """A moment in UTC; without a zone it is the library's, a day alone begins then."""
    said = text_of(value)
    return None if is_none(said) else how.moment(name, said, ends_day=False)


def end_of_day(value: Any, how: How, name: str) -> str | None:
    """A moment in UTC; a day alone ends then."""
    said = text_of(value)
    return None if is_none(said) else how.moment(name, said, ends_day=True)


def money(value: Any, how: How, name: str) -> int:
    """Minor units of an amount, which may be negative."""
    said = nfc(str(value)) if isinstance(value, float) else text_of(value)
    signed = _MINUS.sub("-", with_cents(said))
    if match := _IN_BRACKETS.fullmatch(signed):
        signed = f"{match[1]}-{match[2].strip()}{match[3]}"
    bare, signs = _CURRENCY.subn("", signed, count=2)
    bare = bare.strip()
    if _WHOLE.fullmatch(bare):
        # Nobody writes cents with the sign of the currency, but for their own: `50 ct`.
        is_major = (how.is_major or signs > 0) and not is_cents(said)
        amount = int(bare) * (10**how.decimals if is_major else 1)
    elif match := _DECIMAL.fullmatch(bare):
        amount = _decimal(match, said, how.decimals)
    else:
        raise BadValue("format", f"This is not an amount of money: {said[:40]}")
    if abs(amount) > MOST_MONEY:
        raise BadValue("too-large", f"At most {MOST_MONEY:,} minor units are allowed.")
    return amount


def is_cents(text: str) -> bool:
    """Whether an amount is one of the hundredths of a currency: `50 ct`, `50p`."""
    return bool(_CENTS.search(text.strip()))


def _decimal(match: re.Match[str], said: str, most: int) -> int:
    """Minor units of an amount with decimals, of which its currency has so many."""
    decimals = match["decimals"]
    # Three may as well be a thousand, unless the currency has them; six are how databases write
    # money.
    if len(decimals) > most and len(decimals) != 3:
        decimals = decimals[:most] + decimals[most:].rstrip("0")
    if len(decimals) > most:
        raise BadValue("decimals", f"{_HAS[most]}, this has {len(match['decimals'])}: {said[:40]}")
    minor = int(re.sub("[^0-9]", "", match["whole"]) + decimals.ljust(most, "0"))
    return -minor if match["sign"] == "-" else minor


def number(value: Any, how: How, name: str) -> int:
    """A number from 0."""
    if isinstance(value, str) and len(value) <= _DIGITS and value.isascii() and value.isdecimal():
        return int(value)
    match = _COUNT.fullmatch(text_of(value))
    if match is None:
        raise BadValue("format", f"This is not a number: {str(value)[:40]}")
    return int(match[1])


def place(value: Any, how: How, name: str) -> int:
    """A whole number, which may be negative."""
    said = text_of(value)
    if not _WHOLE.fullmatch(said):
        raise BadValue("format", f"This is not a number: {said[:40]}")
    return int(said)


def flag(value: Any, how: How, name: str) -> bool:
    """Whether it is so."""
    if isinstance(value, bool):
        return value
    said = text_of(value).casefold()
    if said in _YES or said in _NO:
        return said in _YES
    raise BadValue("format", f"This is neither yes nor no: {said[:40]}")


def so(value: Any, how: How, name: str) -> bool:
    """Whether a copy is so, by any value but zero and words for no, as items of Koha have it."""
    return value if isinstance(value, bool) else is_so(text_of(value))


def language(value: Any, how: How, name: str) -> str:
    """An ISO 639-2/B code."""
    found = language_named(text_of(value))
    if found is None:
        raise BadValue("format", f"This is not a language: {str(value)[:40]}")
    return found


def email(value: Any, how: How, name: str) -> str:
    """An address for mail."""
    said = normalise_email(text_of(value))
    if len(said) > 254:
        raise BadValue("too-long", "At most 254 characters are allowed.")
    return said


def choice(words: Mapping[str, str]) -> Read:
    """One of a few words, each by what systems call it."""

    def read(value: Any, how: How, name: str) -> str:
        said = text_of(value)
        found = words.get(said) or words.get(said.casefold().replace(" ", "_"))
        if found is None:
            known = ", ".join(dict.fromkeys(words.values()))
            raise BadValue("not-allowed", f"{said[:40]!r} is not one of {known}.")
        return found

    return read


def structure(kind: type) -> Read:
    """A list or an object, in CSV as JSON."""

    def read(value: Any, how: How, name: str) -> Any:
        if isinstance(value, str):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                raise BadValue("type", "This must be JSON.") from None
        if not isinstance(value, kind):
            raise BadValue("type", "This is not of the type that exports give.")
        return value

    return read

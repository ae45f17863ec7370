"""Single values as text: how each is read, and the one form in which it is stored."""

import re
import unicodedata
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from validators.engine.domains import ascii_domain
from validators.engine.errors import BadValue

# A whole title in quotes, and as much again.
LONGEST_FREE_TEXT = 2000

_LAST_WORD = re.compile(r"(?<=\s)\S{1,100}\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_EMAIL = re.compile(
    r"""(?P<name>[^\s@<>()\[\],;:\\"]+)@"""
    r"""(?P<domain>[^\s@<>()\[\],;:\\"/_!#$%&'*+=?^`{|}~]+)"""
)
_HEAP = 101
_SYMBOLS = re.compile(r"[^\w\s!-/:-@\[-`{-~]{101,}")  # marks are among them
_DOUBLE_MARKS = "\u0f73\u0f75\u0f81"  # no marks by their class, but made of two
_UNSAFE_IN_URLS = re.compile(r"[\s\x00-\x1f\x7f<>\"\\^`{|}]")


def normalise_text(text: str) -> str:
    """The text in NFC. Raises BadValue for NUL, lone surrogates, too many combining marks.

    Sorting the combining marks on one letter takes time that grows with the square of their
    number, minutes for a long text of nothing else; no script heaps up a hundred.
    """
    if text.isascii():
        if "\0" in text:
            raise BadValue("format", "Text may not contain NUL characters.")
        return text
    if "\0" in text or not _is_encodable(text):
        raise BadValue("format", "Text may not contain NUL characters or lone surrogates.")
    if any(_heaps_marks(run) for run in _SYMBOLS.findall(text)):
        raise BadValue(
            "format", "Text may not have more than 100 combining marks on one character."
        )
    return unicodedata.normalize("NFC", text)


def normalise_free_text(text: str) -> str:
    """What somebody typed into a search box, made harmless; never a fault."""
    clean = _shortened(text).replace("\0", " ").encode("utf-8", "ignore").decode("utf-8")
    return _shortened(unicodedata.normalize("NFC", clean)).strip()


def normalise_label(text: str) -> str:
    """A barcode or card number: as printed, without the space around it."""
    return normalise_text(text).strip()


def normalise_date(text: str) -> str:
    """A day that exists, as `YYYY-MM-DD`. Raises BadValue."""
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise BadValue("format", "A date must be a day of the calendar, written YYYY-MM-DD.")


def normalise_timestamp(text: str) -> str:
    """An RFC 3339 timestamp as `YYYY-MM-DDTHH:MM:SSZ`, parts of a second cut off. Raises BadValue.

    A leap second, and a time before year 1 or after year 9999 in UTC, cannot be stored.
    """
    try:
        if _TIMESTAMP.fullmatch(text):
            moment = datetime.fromisoformat(_without_fraction(text.upper())).astimezone(UTC)
            return moment.replace(tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError):
        pass
    raise BadValue(
        "format", "A timestamp must be written as in RFC 3339, such as 2026-11-21T08:30:00Z."
    )


def normalise_email(text: str) -> str:
    """An email address, kept as typed (in NFC), international domains allowed. Raises BadValue."""
    address = normalise_text(text)
    parts = _EMAIL.fullmatch(address)
    if parts and address.isprintable() and _is_name(parts["name"]) and _is_domain(parts["domain"]):
        return address
    raise BadValue("format", "An email address must be written like name@example.org.")


def normalise_url(text: str) -> str:
    """An absolute http or https address. Raises BadValue."""
    address = normalise_text(text)
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if usable and not _UNSAFE_IN_URLS.search(address):
        return address
    raise BadValue("format", "A URL must begin with http:// or https://.")


def _shortened(text: str) -> str:
    """The text, or its beginning without the word in which it would end.

    What goes on for over 100 characters without a space is not taken for a word.
    """
    if len(text) <= LONGEST_FREE_TEXT:
        return text
    start = text[:LONGEST_FREE_TEXT]
    return start if text[LONGEST_FREE_TEXT].isspace() else _LAST_WORD.sub("", start)


def _heaps_marks(symbols: str) -> bool:
    """Whether more marks follow each other than any script needs."""
    kinds = "".join("m" if unicodedata.combining(c) or c in _DOUBLE_MARKS else "-" for c in symbols)
    return "m" * _HEAP in kinds


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _without_fraction(timestamp: str) -> str:
    return re.sub(r"\.[0-9]+", "", timestamp)


def _is_name(name: str) -> bool:
    return all(name.split("."))


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    well_formed = all(label and label[0] != "-" and label[-1] != "-" for label in labels)
    return well_formed and (len(labels) > 1 or domain.lower() == "localhost") and _has_ascii(domain)


def _has_ascii(domain: str) -> bool:
    try:
        ascii_domain(domain)
    except ValueError:
        return False
    return True

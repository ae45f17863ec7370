"""The rules of our own by name: the stored form of a text, and checks against a list."""

from collections.abc import Callable, Mapping
from functools import cache
from zoneinfo import available_timezones

from validators.engine import values
from validators.engine.errors import BadValue
from validators.isbn import normalise_isbn
from validators.issn import normalise_issn
from validators.language import normalise_language
from validators.leaked_passwords import is_common
from validators.pins import pin_fault

STORED_FORMS: Mapping[str, Callable[[str], str]] = {
    "text": values.normalise_text,
    "free": values.normalise_free_text,
    "opaque": str,
    "label": values.normalise_label,
    "date": values.normalise_date,
    "timestamp": values.normalise_timestamp,
    "email": values.normalise_email,
    "url": values.normalise_url,
    "isbn": normalise_isbn,
    "issn": normalise_issn,
    "language": normalise_language,
}
"""What `coerce` may name: each takes a text and returns its stored form, or raises BadValue."""


def require_uncommon(password: str) -> None:
    """Raise BadValue for one of the well-known leaked passwords."""
    if is_common(password):
        raise BadValue(
            "common-password", "This password is on the list of the most often used ones."
        )


def require_timezone(name: str) -> None:
    """Raise BadValue for what is no name of the IANA time zone database."""
    if name not in _timezones():
        raise BadValue("not-allowed", "The IANA time zone database has no zone of this name.")


def require_strong_pin(pin: str) -> None:
    """Raise BadValue for a PIN that is too easy to guess."""
    fault = pin_fault(pin)
    if fault is not None:
        raise BadValue("weak-pin", fault)


CHECKS: Mapping[str, Callable[[str], None]] = {
    "uncommon": require_uncommon,
    "pin": require_strong_pin,
    "timezone": require_timezone,
}
"""What `check_with` may name: each takes a text in its stored form, and raises BadValue."""


@cache
def _timezones() -> frozenset[str]:
    """Every zone, without `localtime` (the machine's own) and `Factory` (a placeholder)."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}

"""Sets: one for each language and each place of copies; what a name has to say is encoded.

A setSpec consists of letters, digits and a few signs (section 2.6). Other bytes of the UTF-8 text
are written as an underscore and two hexadecimal digits.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from models import harvest
from models.harvest import Header, Selection
from protocols.oai.errors import OaiError

LANGUAGE, LOCATION = "language", "location"
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!~*'()")
_ESCAPE = re.compile(r"_([0-9A-F]{2})")


class Set(NamedTuple):
    """A set as ListSets tells of it."""

    spec: str
    name: str


def every() -> Iterator[Set]:
    """All sets, in an order that stays."""
    for code in harvest.languages():
        yield Set(_spec(LANGUAGE, code), f"Language: {code}")
    for place in harvest.locations():
        yield Set(_spec(LOCATION, place), f"Location: {place}")


def of_header(header: Header, places: list[str]) -> list[str]:
    """The specs of the sets that a book is in."""
    language = [] if header.language is None else [_spec(LANGUAGE, header.language)]
    return [*language, *(_spec(LOCATION, place) for place in places)]


def selection(spec: str | None, start: str | None, end: str | None) -> Selection:
    """The books of a set that changed within a period. Raises OaiError."""
    if spec is None:
        return Selection(start, end)
    kind, _, encoded = spec.partition(":")
    name = _decoded(encoded)
    if kind == LANGUAGE and name:
        return Selection(start, end, language=name)
    if kind == LOCATION and name:
        return Selection(start, end, location=name)
    raise OaiError("noRecordsMatch", "There is no such set.")


def _spec(kind: str, name: str) -> str:
    shown = "".join(chr(byte) if byte in _PLAIN else f"_{byte:02X}" for byte in name.encode())
    return f"{kind}:{shown}"


def _decoded(encoded: str) -> str:
    raw = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), encoded).encode("latin-1")
    return raw.decode("utf-8", "ignore").replace("\0", "")

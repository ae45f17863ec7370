"""Frames of SIP2, read leniently and written strictly.

A frame is one message without its terminator. Machines in the field leave out fields, repeat them,
and send 18 blanks for a date; what a request lacks is empty.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from protocols.sip2.messages import ANSWERS, PATTERNS, REQUESTS, WIDTHS
from protocols.sip2.texts import field_value

TERMINATOR = b"\r"

_TRAILER = re.compile(
    rb"(?:AY(?P<sequence>[0-9])(?P<ended>\|)?)?AZ(?P<checksum>[0-9A-Fa-f]{4})\|?\Z"
)
_SEQUENCE = re.compile(rb"AY(?P<sequence>[0-9])\|?\Z")
# What stands before a field: the delimiter of another one, or fixed fields alone.
_BEFORE_FIELD = re.compile(rb"\|\Z|\A[^|]*[0-9 ]\Z")
_LEADING = re.compile(rb"\A[^0-9A-Za-z]+")
_TRAILING = b" \t\n\0"
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_FIXED = {
    code: "".join(f"(?P<{name}>{PATTERNS[name]})?" for name in layout.fixed)
    for code, layout in REQUESTS.items()
}
# Identified fields follow the fixed ones, or nothing does; of a message in which neither is so, the
# fixed fields at its beginning count.
_LAYOUTS = {
    code: (re.compile(rf"{fixed}(?=[A-Z][A-Z0-9]|\||\Z)"), re.compile(fixed))
    for code, fixed in _FIXED.items()
}


class WrongChecksum(ValueError):
    """The frame was damaged on its way."""


class UnknownMessage(ValueError):
    """The frame is no request of SIP2."""


class Trailer(NamedTuple):
    """The end of a frame: its sequence number, None without one, and whether it has a checksum."""

    sequence: str | None = None
    has_checksum: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it was read: `fixed` by name, `fields` by their two letters, in order."""

    code: str
    fixed: dict[str, str] = field(default_factory=dict)
    fields: dict[str, list[str]] = field(default_factory=dict)

    # Python would ask __getitem__ for 0, 1, 2 …, which it answers for ever.
    __iter__ = None

    def __getitem__(self, name: str) -> str:
        """The first value of an identified field that is not empty, else an empty text."""
        return next((value for value in self.fields.get(name, ()) if value), "")


def stripped(frame: bytes) -> bytes:
    """A frame without what terminals and repeated terminators put around it; may be empty."""
    return _LEADING.sub(b"", frame).rstrip(_TRAILING)


def trailer(frame: bytes) -> Trailer:
    """The sequence number and checksum of a stripped frame. Raises WrongChecksum."""
    found = _end_of(frame)
    if found is None:
        return Trailer()
    if found.re is _TRAILER and not _is_right(frame, found):
        raise WrongChecksum
    sequence = found["sequence"]
    return Trailer(sequence.decode() if sequence else None, has_checksum=True)


def read(frame: bytes, encoding: str) -> Request:
    """The request in a stripped frame, whatever its trailer, without control characters.

    Raises UnknownMessage.
    """
    found = _end_of(frame)
    decoded = frame[: found.start() if found else len(frame)].decode(encoding, "replace")
    text = _CONTROLS.sub("", decoded)
    code, rest = text[:2], text[2:]
    if code not in _LAYOUTS:
        raise UnknownMessage
    before_fields, at_start = _LAYOUTS[code]
    fixed = before_fields.match(rest) or at_start.match(rest)
    if fixed is None:
        raise UnknownMessage
    fields: dict[str, list[str]] = {}
    for part in rest[fixed.end() :].split("|"):
        fields.setdefault(part[:2], []).append(part[2:].strip(" "))
    return Request(code, fixed.groupdict(default=""), fields)


def write(code: str, values: dict[str, Any], end: Trailer, encoding: str) -> bytes:
    """The frame of an answer with its terminator.

    `values` has fixed fields by name and identified ones by their letters, a list for a repeated
    one, None for one left out. Raises ValueError for a fixed field of the wrong width and KeyError
    for a name that the message does not have: both are mistakes of ours.
    """
    layout = ANSWERS[code]
    unknown = values.keys() - {*layout.fixed, *layout.required, *layout.optional}
    if unknown:
        raise KeyError(f"{code} has no {', '.join(sorted(unknown))}")
    frame = code.encode() + b"".join(_fixed(name, values) for name in layout.fixed)
    for name in (*layout.required, *layout.optional):
        given = values.get(name, "" if name in layout.required else None)
        for value in given if isinstance(given, list) else [given]:
            if value is not None:
                frame += name.encode() + field_value(value, encoding) + b"|"
    return frame + _trailer(frame, end) + TERMINATOR


def _end_of(frame: bytes) -> re.Match[bytes] | None:
    """Sequence number and checksum, if they are there: a barcode may well be AZ0001 or 7AY1."""
    found = _TRAILER.search(frame)
    if found is not None and found["ended"] and not _BEFORE_FIELD.search(frame[: found.start()]):
        # Who ends a sequence number like a field ends the field before it, too: a value ends so.
        found = _TRAILER.search(frame, found.start("checksum") - len("AZ"))
    if found is not None and (found["sequence"] or _is_right(frame, found)):
        return found
    found = found or _SEQUENCE.search(frame)
    is_field = found is not None and _BEFORE_FIELD.search(frame[: found.start()])
    return found if is_field else None


def _is_right(frame: bytes, found: re.Match[bytes]) -> bool:
    total = sum(frame[: found.start("checksum")]) + int(found["checksum"], 16)
    return total & 0xFFFF == 0


def _fixed(name: str, values: dict[str, Any]) -> bytes:
    width, refusal = WIDTHS[name]
    value = str(values.get(name, refusal))
    if len(value) != width or not value.isascii():
        raise ValueError(f"{name} has {width} characters, not {value!r}")
    return value.encode()


def _trailer(frame: bytes, end: Trailer) -> bytes:
    if not end.has_checksum:
        return b""
    sequence = b"" if end.sequence is None else b"AY" + end.sequence.encode()
    total = sum(frame) + sum(sequence) + sum(b"AZ")
    return b"%sAZ%04X" % (sequence, -total & 0xFFFF)

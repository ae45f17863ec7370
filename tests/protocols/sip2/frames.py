"""Frames as a machine writes them, and answers read by a strict second reader."""

from dataclasses import dataclass
from typing import Any

from pysip2.codec import decode_message

from protocols.sip2.messages import ANSWERS, WIDTHS

DATE = "20261128    183000"
BLANK_DATE = " " * 18


def checksum(frame: bytes) -> bytes:
    """The checksum of what ends in `AZ`."""
    return b"%04X" % (-sum(frame) & 0xFFFF)


def frame(text: str, sequence: int | None = 0, encoding: str = "utf-8") -> bytes:
    """A message with its sequence number and checksum; without them for None."""
    body = text.encode(encoding)
    if sequence is None:
        return body
    numbered = body + b"AY%dAZ" % sequence
    return numbered + checksum(numbered)


@dataclass(frozen=True)
class Told:
    """An answer: its code, its fixed fields by name, its identified fields by their letters."""

    code: str
    fixed: dict[str, str]
    fields: dict[str, list[str]]
    raw: bytes

    # Python would ask __getitem__ for 0, 1, 2 …, which it answers for ever.
    __iter__ = None

    def __contains__(self, name: str) -> bool:
        """Whether there is such a field."""
        return name in self.fixed or name in self.fields

    def __getitem__(self, name: str) -> str:
        """A fixed field, or the one identified field; an empty text when it is not there."""
        if name in self.fixed:
            return self.fixed[name]
        values = self.fields.get(name, [""])
        assert len(values) == 1, (name, values)
        return values[0]

    @property
    def messages(self) -> list[str]:
        """The screen messages."""
        return self.fields.get("AF", [])


def read(answer: bytes, encoding: str = "utf-8", *, has_checksum: bool = True) -> Told:
    """The answer, once the strict reader has taken it and its checksum is right."""
    decode_message(answer, encoding=encoding)
    assert answer.endswith(b"\r")
    assert answer.count(b"\r") == 1
    body = answer[:-1]
    if has_checksum:
        assert body[-4:] == checksum(body[:-4]), body
        body = body[: body.rindex(b"AY") if b"AY" in body[-9:] else body.rindex(b"AZ")]
    else:
        assert b"AZ" not in body[-6:]
    text = body.decode(encoding)
    code, rest = text[:2], text[2:]
    fixed: dict[str, Any] = {}
    for name in ANSWERS[code].fixed:
        width = WIDTHS[name][0]
        fixed[name], rest = rest[:width], rest[width:]
    assert rest == "" or rest.endswith("|"), text
    fields: dict[str, list[str]] = {}
    for part in rest.split("|")[:-1]:
        assert len(part.encode(encoding)) <= 257
        fields.setdefault(part[:2], []).append(part[2:])
    return Told(code, fixed, fields, answer)

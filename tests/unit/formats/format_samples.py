"""Small records and streams for the tests of the formats."""

import io
from typing import Any

import pymarc

import formats
from formats import Fault, Options, Record

LEADER = "00000nam a2200000 i 4500"


def marc(*fields: str, leader: str = LEADER, encoding: str = "utf-8") -> bytes:
    """A record in ISO 2709 from fields such as `245 10$aTitle :$bsubtitle.` or `001 x`."""
    directory, contents = b"", b""
    for field in fields:
        data = field[4:].replace("$", "\x1f").encode(encoding) + b"\x1e"
        directory += f"{field[:3]}{len(data):04}{len(contents):05}".encode()
        contents += data
    base = 24 + len(directory) + 1
    length = base + len(contents) + 1
    start = f"{length:05}{leader[5:12]}{base:05}{leader[17:]}".encode()
    return start + directory + b"\x1e" + contents + b"\x1d"


def marcxml(*fields: str) -> bytes:
    """The same record as an element of MARCXML."""
    lines = [f"<record><leader>{LEADER}</leader>"]
    for field in fields:
        tag, text = field[:3], field[4:]
        if "$" not in text:
            lines.append(f'<controlfield tag="{tag}">{text}</controlfield>')
            continue
        parts = "".join(
            f'<subfield code="{part[0]}">{part[1:]}</subfield>' for part in text[3:].split("$")
        )
        lines.append(
            f'<datafield tag="{tag}" ind1="{text[0]}" ind2="{text[1]}">{parts}</datafield>'
        )
    return "\n".join([*lines, "</record>"]).encode()


def collection(*records: bytes) -> bytes:
    """A MARCXML document."""
    return (
        b'<collection xmlns="http://www.loc.gov/MARC21/slim">'
        + b"".join(records)
        + b"</collection>"
    )


def items(kind: str, data: bytes, **options: Any) -> list[Record | Fault]:
    """Everything that is read from a file."""
    return list(formats.read(io.BytesIO(data), kind, Options(**options)))


def record(kind: str, data: bytes, **options: Any) -> Record:
    """The only record in a file."""
    [item] = items(kind, data, **options)
    assert isinstance(item, Record)
    return item


def summary(found: list[Record | Fault]) -> list[str]:
    """The title of each record, the code of each fault."""
    return [item.book["title"] if isinstance(item, Record) else item.code for item in found]


class Endless(io.BytesIO):
    """A stream that begins with some bytes and repeats others until so many were read."""

    def __init__(self, start: bytes, repeated: bytes, size: int) -> None:
        super().__init__()
        self._start = start
        self._repeated = repeated * (1 + (1 << 16) // len(repeated))
        self._left = size

    def read(self, size: int | None = -1, /) -> bytes:
        """Some of it."""
        if self._start:
            start, self._start = self._start, b""
            return start
        wanted = min(size or 0, self._left)
        self._left -= wanted
        return self._repeated[:wanted]


def read_as_xml(data: bytes) -> list[pymarc.Record]:
    """The records of a MARCXML document, as Pymarc reads them."""
    found: list[pymarc.Record] = pymarc.parse_xml_to_array(io.BytesIO(data))  # type: ignore[no-untyped-call]
    return found

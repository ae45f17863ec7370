"""MARCXML: records from and to XML, whatever the size of the file."""

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from formats.encoding_names import WIDE, codec_name
from formats.marc.exchange import NOT_IN_UTF_8
from formats.marc.fields import Field, MarcRecord
from formats.marc.items import Items
from formats.marc.streams import read_record
from formats.marc.xml_parser import NAMESPACE, Found, Parser
from formats.record import LONGEST_RECORD, Item, Reader, Unreadable
from formats.text import printable

HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'.encode()
FOOT = b"</collection>\n"

_RECORD = re.compile(rb"<(?:[A-Za-z_][A-Za-z0-9_.-]{0,40}:)?record[\s>]")
_LONGEST_TAG = 64
# What needs no look at each character: most texts.
_PLAIN = re.compile(r"[\w .,:;/()\[\]'\"!?=+*#@%-]*")
_UTF_16 = {
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}


class _Lost(NamedTuple):
    """What could not be read, and its bytes."""

    error: Unreadable
    raw: bytes


class MarcXmlReader(Reader):
    """Reads MARCXML, with or without namespace.

    After an error it goes on with the next record; a document type declaration ends it. `raw` is
    in the encoding of the file, UTF-16 as UTF-8.
    """

    header, footer = HEAD, FOOT

    def __iter__(self) -> Iterator[Item]:
        """Each record element, and each stretch that is not XML."""
        chunks, self._encoding = _in_bytes(self._chunks, self._options.encoding)
        self._items = Items(self._options)
        self._parser: Parser | None = Parser(b"", self._encoding)
        self._error: Unreadable | None = None
        self._lost = b""
        number = 0
        for chunk in chunks:
            for outcome in self._advance(chunk):
                number += 1
                yield self._item(number, outcome)
                if isinstance(outcome, _Lost) and outcome.error.code == "doctype":
                    return
        self.unused = self._items.unused

    def _advance(self, chunk: bytes) -> Iterator[Found | _Lost]:
        """Parse one more chunk; where that fails, begin again with the next record."""
        data = chunk
        while True:
            if self._parser is None:
                self._lost, data = _next_record(self._lost, data)
                if self._error and (data or not chunk):
                    yield _Lost(self._error, self._lost)
                if not data:
                    return
                self._parser = Parser(self.header, self._encoding)
            failure = self._parser.feed(data, is_last=not chunk)
            if self._parser.head and self.header is HEAD:
                self.header, self.footer = self._parser.head, self._parser.foot
            self.encoding = self._parser.encoding.lower()
            yield from self._parser.take()
            if failure is None:
                return
            data = self._give_up(self._parser, failure)

    def _give_up(self, parser: Parser, failure: Unreadable) -> bytes:
        """What is left to search for a record that can be read."""
        # Once the structure around the records is lost, only errors in them count.
        self._error = None if parser.is_mended and not parser.is_inside else failure
        self._parser = None
        parser.close()
        self._lost = parser.window[:1]
        return parser.window[1:]

    def _item(self, number: int, outcome: Found | _Lost) -> Item:
        if isinstance(outcome, _Lost):
            return outcome.error.fault(number, outcome.raw)
        if outcome.marc is None:
            error = Unreadable("no-fields", "The record has no fields.")
            return error.fault(number, outcome.raw)
        return read_record(number, outcome.marc, outcome.raw, outcome.notes, self._items)


def _in_bytes(chunks: Iterator[bytes], asked: str | None) -> tuple[Iterator[bytes], str | None]:
    """The file in an encoding in which ASCII is ASCII, and its name if it was changed or asked for.

    An empty chunk is the end of a file that is not empty.
    """
    first = next(chunks, b"")
    if not first:
        return iter(()), None
    utf_16 = _UTF_16.get(first[:2])
    encoding = utf_16 or asked
    if encoding is None or (utf_16 is None and codec_name(encoding) in WIDE):
        return chain([first], chunks, [b""]), None
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    decoded = (decoder.decode(chunk).encode() for chunk in chain([first], chunks))
    return chain(filter(None, decoded), [b""]), "UTF-8"


def _next_record(lost: bytes, data: bytes) -> tuple[bytes, bytes]:
    """What lies before the next record (kept up to a limit), and what begins with it."""
    passed = lost + data
    match = _RECORD.search(passed, max(1, len(lost) - _LONGEST_TAG))
    if match:
        return passed[: match.start()], passed[match.start() :]
    if len(passed) > LONGEST_RECORD + _LONGEST_TAG:
        passed = passed[:LONGEST_RECORD] + passed[-_LONGEST_TAG:]
    return passed, b""


def encode(record: MarcRecord) -> bytes:
    """The record as an element, which belongs between HEAD and FOOT."""
    lines = ["<record>", f"  <leader>{_text(record.leader)}</leader>"]
    for field in record.fields:
        if field.tag != NOT_IN_UTF_8:
            lines += _control_field(field) if field.is_control else _data_field(field)
    return "\n".join([*lines, "</record>\n"]).encode()


def _control_field(field: Field) -> list[str]:
    return [f'  <controlfield tag="{field.tag}">{_text(field.text)}</controlfield>']


def _data_field(field: Field) -> list[str]:
    indicators = f"ind1={_attribute(field.text[0])} ind2={_attribute(field.text[1])}"
    subfields = (
        f"    <subfield code={_attribute(code)}>{_text(value)}</subfield>"
        for code, value in field.subfields
    )
    return [
        f'  <datafield tag="{field.tag}" {indicators}>',
        *subfields,
        "  </datafield>",
    ]


@lru_cache(maxsize=1024)
def _attribute(text: str) -> str:
    """An indicator or a code, in quotes: there are few."""
    return quoteattr(text)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    return escape(printable(text), {"\r": "&#13;"})

"""MARCXML as it streams in: one expat parser, from its start to the end or the first error."""

from pyexpat import ErrorString, ExpatError, ParserCreate
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from formats.marc.fields import DELIMITER, Field, MarcRecord, field_of
from formats.record import LONGEST_RECORD, Note, Unreadable

NAMESPACE = "http://www.loc.gov/MARC21/slim"
# MARCXML's, and those of MarcXchange (ISO 25577), in which libraries send UNIMARC.
_NAMESPACES = (NAMESPACE, "info:lc/xmlns/marcxchange-v1", "info:lc/xmlns/marcxchange-v2")

_SCHEMAS = '"http://www.w3.org/2001/XMLSchema-instance"'
_DEEPEST = 32
_MALFORMED = "malformed-xml"


class Found(NamedTuple):
    """A record element: what is in it (None if nothing is), and its bytes."""

    marc: MarcRecord | None
    raw: bytes
    notes: list[Note]


class Parser:
    """Collects the records in what it is fed.

    `head` is the start of the document, if it is fed from the middle. `window` is what was fed
    since the open record began or the last one ended. Neither document types nor entities are
    accepted, and memory is bounded by LONGEST_RECORD.
    """

    def __init__(self, head: bytes, encoding: str | None) -> None:
        self._expat = ParserCreate(encoding, " ")
        self._expat.buffer_text = True
        self._expat.namespace_prefixes = True
        self._expat.XmlDeclHandler = self._declared
        self._expat.StartDoctypeDeclHandler = self._refuse
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self.is_mended = bool(head)
        self._override = encoding
        self.encoding = encoding or "UTF-8"
        self._depth = 0
        self._begin: int | None = None  # of the open record, in bytes
        self._passed = 0  # the end of the last record
        self._offset = 0  # of the window
        self.window = b""
        self.found: list[Found] = []
        self.head = b""
        self.foot = b""
        self._reset()
        if head:
            self.feed(head, is_last=False)

    @property
    def is_inside(self) -> bool:
        """Whether a record has begun and not ended."""
        return self._begin is not None

    def feed(self, data: bytes, *, is_last: bool) -> Unreadable | None:
        """Go on with more of the file. The error after which this parser is of no use."""
        self.window += data
        error = self._parse(data, is_last=is_last)
        passed = self._passed if error else self._expat.CurrentByteIndex
        self._forget(passed if self._begin is None else self._begin)
        if error is None and len(self.window) > LONGEST_RECORD:
            return Unreadable("too-long", f"A record has at most {LONGEST_RECORD:,} bytes.")
        return error

    def close(self) -> None:
        """Free the memory now: expat and its handlers refer to each other."""
        del self._expat

    def take(self) -> list[Found]:
        """The records found since the last time."""
        found, self.found = self.found, []
        return found

    def _parse(self, data: bytes, *, is_last: bool) -> Unreadable | None:
        try:
            self._expat.Parse(data, is_last)
        except Unreadable as error:
            return error
        except ExpatError as error:
            code = "truncated" if is_last and self._depth else _MALFORMED
            return Unreadable(code, f"This is not well-formed XML: {ErrorString(error.code)}.")
        except (ValueError, LookupError):
            return Unreadable(_MALFORMED, "The XML is in an unknown encoding.")
        return None

    def _forget(self, until: int) -> None:
        until = max(until, self._offset)
        self.window = self.window[until - self._offset :]
        self._offset = until

    def _reset(self) -> None:
        self._begin = None
        self._leader = ""
        self._fields: list[Field] = []
        self._notes: list[Note] = []
        self._tag = ""
        self._parts: list[str] = []
        self._text: list[str] | None = None

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        self.encoding = self._override or encoding or self.encoding

    def _refuse(self, *declaration: object) -> None:
        raise Unreadable("doctype", "Document types and entities are not accepted.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable(_MALFORMED, f"Elements are more than {_DEEPEST} deep.")
        local = _local(name)
        if local == "record":
            self._open(name)
        elif self._begin is None:
            return
        elif local == "subfield":
            self._parts.append(DELIMITER + (attributes.get("code") or "a")[0])
            self._text = []
        elif local == "datafield":
            first, second = attributes.get("ind1") or " ", attributes.get("ind2") or " "
            self._tag, self._parts = attributes.get("tag", ""), [first[0], second[0]]
        elif local in ("leader", "controlfield"):
            self._tag, self._text = attributes.get("tag", ""), []

    def _open(self, name: str) -> None:
        if self._fields or self._leader:
            raise Unreadable(_MALFORMED, "A record begins before the last one has ended.")
        # One in which nothing has been yet is the wrapper of OAI-PMH, written without a namespace.
        is_wrapped = self._begin is not None
        self._reset()
        self._begin = self._expat.CurrentByteIndex
        if is_wrapped or not self.head:
            self.head, self.foot = _frame(name, self.encoding)

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._begin is None:
            return
        local = _local(name)
        text, self._text = "".join(self._text or ()), None
        if local == "subfield":
            self._parts.append(text)
        elif local == "datafield":
            self._add("".join(self._parts))
        elif local == "controlfield":
            self._add(text)
        elif local == "leader":
            self._leader = text.strip() if len(text) > 24 else text
        elif local == "record":
            self._close(self._begin)

    def _add(self, text: str) -> None:
        field = field_of(self._tag, text, self._notes)
        if field is not None:
            self._fields.append(field)

    def _close(self, begin: int) -> None:
        end = self.window.find(b">", self._expat.CurrentByteIndex - self._offset) + 1
        raw = self.window[begin - self._offset : end]
        record = MarcRecord(self._leader, self._fields) if self._fields else None
        self.found.append(Found(record, raw, self._notes))
        self._passed = self._offset + end
        self._reset()


def _local(name: str) -> str:
    """The name of an element of MARCXML, in its namespace or in none; empty for others."""
    uri, _, local = name.partition(" ")
    if not local:
        return uri
    return local.partition(" ")[0] if uri.rstrip("/") in _NAMESPACES else ""


def _frame(name: str, encoding: str) -> tuple[bytes, bytes]:
    """Start and end of a document for records whose element has this name.

    It is expat's: the namespace, the name itself, and the prefix.
    """
    uri, _, rest = name.partition(" ")
    prefix = rest.partition(" ")[2]
    tag = f"{prefix}:collection" if prefix else "collection"
    binding = f" xmlns:{prefix}={quoteattr(uri)}" if prefix else f" xmlns={quoteattr(uri)}"
    bound = binding if rest else ""
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    head = f"{declaration}\n<{tag}{bound} xmlns:xsi={_SCHEMAS}>\n"
    return head.encode(encoding, "replace"), f"\n</{tag}>\n".encode(encoding, "replace")

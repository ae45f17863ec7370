"""MARC 21 in its exchange format (ISO 2709): records from and to bytes."""

import re
from collections.abc import Callable, Iterator

from pymarc import Field, Record, Subfield

from formats import marc8
from formats.fields import TERMINATOR, field_of, record_of, text_of
from formats.records import Note, Unreadable
from formats.sequences import LONGEST_FIELD, divided
from formats.streams import Piece, pieces

LONGEST = 99_999

_END = b"\x1d"
_LEADER = 24
_ENTRY = 12
_PADDING = b" \t\r\n\0\x1a\xef\xbb\xbf"
# The end of an 008 that names a language written in Cyrillic letters.
_IN_CYRILLIC = re.compile(rb"(?:rus|ukr|bel|bul|mac|srp)[ -~]{0,2}\x1e")
_SHORTENED = "Left out of this record, because too long for MARC 21 (ISO 2709): "
# The fields without which the rest says little.
_KEPT = ("001", "003", "005", "008", "245")


def frames(chunks: Iterator[bytes]) -> Iterator[Piece]:
    """The records of a file, each up to its terminator, without padding between them."""
    for piece in pieces(chunks, _END):
        data = piece.data.lstrip(_PADDING)
        if data:
            yield Piece(data, piece.length - len(piece.data) + len(data))


def decode(frame: Piece) -> tuple[Record, list[Note]]:
    """A record from its bytes, as much as can be read of it, and notes on what was wrong.

    Lengths and offsets in the record are believed only where the separators agree with them.
    Raises Unreadable: `too-long`, `truncated`, `leader`, `directory`, `no-fields`, `encoding`.
    """
    raw = _checked(frame)
    notes: list[Note] = []
    decoder = _Decoder(raw, notes)
    fields = [
        field
        for tag, data in _entries(raw, notes)
        if (field := field_of(tag, decoder.text(tag, data), notes)) is not None
    ]
    if not fields:
        raise Unreadable("no-fields", "The record has a leader but no fields.")
    return record_of(raw[:_LEADER].decode("ascii", "replace"), fields), notes


def encode(record: Record) -> bytes:
    """The record in UTF-8, a summary (520) that is too long for one field as a sequence of several.

    What else does not fit into 99,999 bytes, or 9,999 for a field, is left out, the longest fields
    first, and a note (500) in the record says so.
    """
    fields = _fitting([(field.tag, _bytes(field)) for field in divided(record.fields)])
    directory, start = [], 0
    for tag, data in fields:
        directory.append(f"{tag}{len(data):04}{start:05}")
        start += len(data)
    base = _LEADER + _ENTRY * len(fields) + 1
    leader = str(record.leader)
    head = f"{base + start + 1:05}{leader[5:12]}{base:05}{leader[17:]}{''.join(directory)}"
    return b"".join([head.encode(), b"\x1e", *(data for _, data in fields), _END])


def _checked(frame: Piece) -> bytes:
    if frame.length > LONGEST:
        raise Unreadable("too-long", f"A MARC record has at most {LONGEST:,} bytes.")
    if not frame.data.endswith(_END):
        raise Unreadable("truncated", "The file ends in the middle of this record.")
    if len(frame.data) <= _LEADER:
        raise Unreadable("leader", "A MARC record begins with a leader of 24 characters.")
    return frame.data


def _entries(raw: bytes, notes: list[Note]) -> list[tuple[str, bytes]]:
    """The tags and contents of the fields, in the order of the directory."""
    base = raw.find(b"\x1e", _LEADER) + 1
    if not base:
        raise Unreadable("directory", "The directory of the fields has no end.")
    if raw[:5] != b"%05d" % len(raw):
        notes.append(Note(None, "length", "The record has another length than its leader says."))
    if raw[12:17] != b"%05d" % base:
        notes.append(Note(None, "length", "The fields begin elsewhere than the leader says."))
    directory = raw[_LEADER : base - 1]
    if len(directory) % _ENTRY:
        raise Unreadable("directory", "The directory is not made of entries of 12 characters.")
    contents = raw[base:-1].split(b"\x1e")
    if contents[-1] == b"":
        contents.pop()
    return _paired(directory.decode("ascii", "replace"), contents, notes)


def _paired(directory: str, contents: list[bytes], notes: list[Note]) -> list[tuple[str, bytes]]:
    """Each entry with the field that begins where it points, or failing that in their order."""
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY)]
    by_start, start = {}, 0
    for content in contents:
        by_start[f"{start:05}"] = content
        start += len(content) + 1
    # Each field is taken once: many entries that share a large one must not multiply it.
    found = [(entry[:3], by_start.pop(entry[7:], None)) for entry in entries]
    pairs = [(tag, content) for tag, content in found if content is not None]
    if len(pairs) < len(entries):
        if len(entries) != len(contents):
            raise Unreadable("directory", "The directory does not fit the fields.")
        notes.append(Note(None, "directory", "Offsets are wrong; the fields were read in order."))
        return [(entry[:3], content) for entry, content in zip(entries, contents, strict=True)]
    if by_start:
        notes.append(Note(None, "directory", "Fields that the directory does not name were lost."))
    return pairs


class _Decoder:
    """Text from the bytes of one record's fields, in the encoding found to be theirs."""

    def __init__(self, raw: bytes, notes: list[Note]) -> None:
        self._notes = notes
        self._decode = self._decoding(raw)

    def text(self, tag: str, data: bytes) -> str:
        """One field's text, subfield delimiters included."""
        if data.isascii() and b"\x1b" not in data:
            return data.decode("ascii")
        text = self._decode(data)
        if marc8.REPLACEMENT in text:
            self._notes.append(Note(tag, "encoding", "Some characters could not be read."))
        return text

    def _decoding(self, raw: bytes) -> Callable[[bytes], str]:
        if raw[9:10] == b"a":
            return _from_utf8
        if not raw.isascii() and b"\x1b" not in raw and _is_utf8(raw):
            # A diacritic of MARC-8 comes before its letter, which never reads as UTF-8.
            self._notes.append(Note(None, "encoding", "The leader says MARC-8, the text is UTF-8."))
            return _from_utf8
        if marc8.may_be(raw):
            return marc8.decode
        if _IN_CYRILLIC.search(raw):
            self._notes.append(Note(None, "encoding", "The text was read as Windows-1251."))
            return _from_windows_1251
        raise Unreadable("encoding", "The text is neither MARC-8 nor UTF-8.")


def _from_utf8(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _from_windows_1251(data: bytes) -> str:
    return data.decode("cp1251", "replace")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _bytes(field: Field) -> bytes:
    return text_of(field).encode("utf-8") + TERMINATOR.encode()


def _fitting(fields: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    size = sum(len(data) + _ENTRY for _, data in fields) + _LEADER + 2
    if size <= LONGEST and all(len(data) <= LONGEST_FIELD for _, data in fields):
        return fields
    return _shortened(fields, size)


def _shortened(fields: list[tuple[str, bytes]], size: int) -> list[tuple[str, bytes]]:
    room = LONGEST - LONGEST_FIELD - _ENTRY  # for the note
    longest_first = sorted(range(len(fields)), key=lambda at: -len(fields[at][1]))
    lost: list[int] = []
    for at in longest_first:
        tag, data = fields[at]
        if len(data) > LONGEST_FIELD or (size > room and tag not in _KEPT):
            lost.append(at)
            size -= len(data) + _ENTRY
    tags = ", ".join(sorted({fields[at][0] for at in lost}))
    note = Field("500", subfields=[Subfield("a", f"{_SHORTENED}{tags}.")])
    kept = [field for at, field in enumerate(fields) if at not in set(lost)]
    return [*kept, ("500", _bytes(note))]

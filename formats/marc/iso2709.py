"""MARC records in their exchange format (ISO 2709), read."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from formats.chunks import Piece, pieces
from formats.marc.decoders import Decoder
from formats.marc.fields import DELIMITER, TERMINATOR, Field, MarcRecord, field_of
from formats.record import LONGEST_RECORD, Note, Unreadable

LONGEST = 99_999
"""What the format allows. Longer records are written nevertheless, by Koha among others."""

_END = b"\x1d"
_LEADER = 24
_ENTRY = 12
_PADDING = b" \t\r\n\0\x1a\xef\xbb\xbf"
# Whatever in the text of a record somebody has to look at more closely: control characters, what
# is no character (U+FFFE and U+FFFF among others), a subfield without a code.
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x1E), 0x7F])
_NO_CHARACTERS = b"\xef\xbf"
_NO_CODE = re.compile("\x1f(?![!-~])")


class Decoded(NamedTuple):
    """A record, what was wrong with it, and the encoding of its text."""

    record: MarcRecord
    notes: list[Note]
    encoding: str


def frames(chunks: Iterator[bytes]) -> Iterator[Piece]:
    """The records of a file, each up to its terminator, without padding between them."""
    for piece in pieces(chunks, _END):
        data = piece.data.lstrip(_PADDING)
        if data:
            yield Piece(data, piece.length - len(piece.data) + len(data))


def decode(frame: Piece, encoding: str | None = None, page: str | None = None) -> Decoded:
    """A record from its bytes, as much as can be read of it.

    Lengths and offsets in the record are believed only where the separators agree with them, and
    its own statement of the encoding only if no other one is given. Other records of its file may
    be in a code `page`.
    Raises Unreadable: `too-long`, `truncated`, `leader`, `directory`, `no-fields`, `encoding`.
    """
    raw = _checked(frame)
    notes: list[Note] = []
    entries = _entries(raw, notes)
    decoder = Decoder(raw, encoding, notes, page)
    fields = _plain_fields(raw, entries) if decoder.name == "utf-8" else None
    if fields is None:
        read = (field_of(tag, decoder.text(tag, data), notes) for tag, data in entries)
        fields = [field for field in read if field is not None]
    if not fields:
        raise Unreadable("no-fields", "The record has a leader but no fields.")
    leader = raw[:_LEADER].decode("ascii", "replace")
    return Decoded(MarcRecord(leader, fields), notes, decoder.name)


def _plain_fields(raw: bytes, entries: Sequence[tuple[str, bytes]]) -> list[Field] | None:
    """The fields of a record in which nothing has to be mended; of others None."""
    contents = TERMINATOR.encode().join([data for _, data in entries])
    # Many times as fast as a pattern.
    if len(contents.translate(None, _CONTROLS)) < len(contents) or _NO_CHARACTERS in contents:
        return None
    try:
        text = contents.decode("utf-8")
    except UnicodeDecodeError:
        return None
    tags = [tag for tag, _ in entries]
    if _NO_CODE.search(text) or not "".join(tags).isdecimal():
        return None
    fields = list(map(Field, tags, text.split(TERMINATOR)))
    for field in fields:
        said = field.text
        if field.tag < "010":
            if not said or DELIMITER in said:
                return None
        elif said[2:3] != DELIMITER or not said[:2].isascii():
            return None
    return fields


def _checked(frame: Piece) -> bytes:
    if frame.is_too_long:
        raise Unreadable("too-long", f"A record has at most {LONGEST_RECORD:,} bytes.")
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
    directory = raw[_LEADER : base - 1].decode("ascii", "replace")
    contents = raw[base:-1].split(b"\x1e")
    if contents[-1] == b"":
        contents.pop()
    if wide := _in_wide_entries(directory, contents):
        return wide
    if len(directory) % _ENTRY:
        raise Unreadable("directory", "The directory is not made of entries of 12 characters.")
    return _in_order(directory, contents) or _paired(directory, contents, notes)


def _in_order(directory: str, contents: list[bytes]) -> list[tuple[str, bytes]] | None:
    """Each entry with its field, if the fields come in the order of the entries, as they should."""
    if len(directory) != _ENTRY * len(contents) or not directory.isdecimal():
        return None
    # Each begins where the one before ends, with one byte between them.
    ends = accumulate([len(content) + 1 for content in contents], initial=0)
    starts = [int(directory[at : at + 5]) for at in range(7, len(directory), _ENTRY)]
    if starts != list(ends)[:-1]:
        return None
    tags = [directory[at : at + 3] for at in range(0, len(directory), _ENTRY)]
    return list(zip(tags, contents, strict=True))


def _in_wide_entries(directory: str, contents: list[bytes]) -> list[tuple[str, bytes]] | None:
    """Each entry with its field, where lengths and offsets take more digits than the format has."""
    if len(directory) <= _ENTRY * len(contents):
        return None
    pairs, at, start = [], 0, 0
    for content in contents:
        size = len(content) + 1
        place = f"{size:04}{start:05}"
        if not directory.startswith(place, at + 3):
            return None
        pairs.append((directory[at : at + 3], content))
        at += 3 + len(place)
        start += size
    return pairs if at == len(directory) else None


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

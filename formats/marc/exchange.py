"""MARC records in their exchange format (ISO 2709), written: in UTF-8, within its limits."""

from formats.marc.fields import TERMINATOR, Field, MarcRecord
from formats.marc.iso2709 import LONGEST
from formats.marc.sequences import LONGEST_FIELD, divided

_END = b"\x1d"
_LEADER = 24
_ENTRY = 12
_SHORTENED = "Left out of this record, because too long for MARC 21 (ISO 2709): "
# The fields without which the rest says little.
_KEPT = ("001", "003", "005", "008", "100", "200", "245")
# Character sets of MARC-8 (066) mean nothing in UTF-8.
NOT_IN_UTF_8 = "066"

_Entry = tuple[str, bytes]


def encode(record: MarcRecord) -> bytes:
    """The record in UTF-8, a summary (520) that is too long for one field as a sequence of several.

    What else does not fit into 99,999 bytes, or 9,999 for a field, is left out, the longest fields
    first and no more than must be, and a note in the record says so.
    """
    wanted = [field for field in record.fields if field.tag != NOT_IN_UTF_8]
    fields = _fitting(
        [(field.tag, _bytes(field)) for field in divided(wanted)],
        "300" if record.is_unimarc else "500",
    )
    directory, start = [], 0
    for tag, data in fields:
        directory.append(f"{tag}{len(data):04}{start:05}")
        start += len(data)
    base = _LEADER + _ENTRY * len(fields) + 1
    leader = record.leader
    head = f"{base + start + 1:05}{leader[5:12]}{base:05}{leader[17:]}{''.join(directory)}"
    return b"".join([head.encode(), b"\x1e", *(data for _, data in fields), _END])


def _bytes(field: Field) -> bytes:
    return f"{field.text}{TERMINATOR}".encode()


def _fitting(fields: list[_Entry], note_tag: str) -> list[_Entry]:
    sizes = [len(data) + _ENTRY for _, data in fields]
    size = sum(sizes) + _LEADER + 2
    if size <= LONGEST and all(len(data) <= LONGEST_FIELD for _, data in fields):
        return fields
    lost = {at for at, (_, data) in enumerate(fields) if len(data) > LONGEST_FIELD}
    size -= sum(sizes[at] for at in lost)
    # The longest go first, of those the last.
    others = (at for at in range(len(fields)) if at not in lost and fields[at][0] not in _KEPT)
    expendable = sorted(others, key=lambda at: (sizes[at], at))
    dropped: list[int] = []
    tags = {fields[at][0] for at in lost}
    while expendable and size + _note_size(tags) > LONGEST:
        at = expendable.pop()
        dropped.append(at)
        tags.add(fields[at][0])
        size -= sizes[at]
    for at in reversed(dropped):
        if size + sizes[at] + _note_size(tags) <= LONGEST:
            dropped.remove(at)
            size += sizes[at]
    return _with_note(fields, lost | set(dropped), note_tag)


def _with_note(fields: list[_Entry], lost: set[int], note_tag: str) -> list[_Entry]:
    kept = [field for at, field in enumerate(fields) if at not in lost]
    note = _note({fields[at][0] for at in lost}, note_tag)
    return [*kept, (note_tag, _bytes(note))]


def _note(tags: set[str], note_tag: str) -> Field:
    return Field.of(note_tag, "  ", [("a", f"{_SHORTENED}{', '.join(sorted(tags))}.")])


def _note_size(tags: set[str]) -> int:
    return len(_bytes(_note(tags, "500"))) + _ENTRY

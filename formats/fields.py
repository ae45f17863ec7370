"""MARC fields as text, and whole records in the form the database keeps."""

import re
import unicodedata
from collections.abc import Iterator

from pymarc import Field, Indicators, Record, Subfield
from pymarc.leader import Leader

from formats.records import Note
from formats.text import printable

DELIMITER = "\x1f"
TERMINATOR = "\x1e"

_LEADER = 24
_TAG = re.compile(r"[0-9A-Za-z]{3}")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1e\x7f\ud800-\udfff\ufffe\uffff]")
_UNSAFE_IN_LEADER = re.compile(r"[^ -~]")


def record_of(leader: str, fields: list[Field]) -> Record:
    """A record with a leader that says what is true of all we write: UTF-8, usual lengths."""
    text = _UNSAFE_IN_LEADER.sub(" ", leader[:_LEADER]).ljust(_LEADER)
    record = Record()
    record.leader = Leader(f"00000{text[5:9]}a2200000{text[17:20]}4500")
    record.fields = [*fields]
    return record


def field_of(tag: str, text: str, notes: list[Note]) -> Field | None:
    """A field from its text with subfield delimiters; None if nothing is in it."""
    if not _TAG.fullmatch(tag):
        notes.append(Note(None, "tag", f"A field with the tag {tag!a} was left out."))
        return None
    if _UNSAFE.search(text):
        notes.append(Note(tag, "control-characters", "Control characters were left out."))
        text = _UNSAFE.sub("", text)
    if tag < "010" and tag.isdigit():
        return Field(tag, data=text.replace(DELIMITER, " ")) if text else None
    indicators, *parts = text.split(DELIMITER)
    if len(indicators) != 2 or not indicators.isascii():
        notes.append(Note(tag, "indicators", "A field does not have two indicators."))
        parts = parts or ["a" + indicators[2:]]
        indicators = "".join(char if char.isascii() else " " for char in indicators[:2]).ljust(2)
    subfields = [
        Subfield(part[0], part[1:]) if "!" <= part[0] <= "~" else _mended(tag, part, notes)
        for part in parts
        if part
    ]
    return Field(tag, Indicators(*indicators), subfields) if subfields else None


def text_of(field: Field) -> str:
    """A field's text with indicators and delimiters; `field_of` makes the same field of it."""
    if field.control_field:
        return printable(field.data or "")
    parts = (f"{code}{printable(value)}" for code, value in field.subfields)
    return "".join([field.indicator1, field.indicator2, DELIMITER, DELIMITER.join(parts)])


def freeze(record: Record) -> bytes:
    """The whole record, in UTF-8, without the lengths and limits of the exchange format.

    The leader, then each field as its tag, its text and a field terminator.
    """
    fields = (f"{field.tag}{text_of(field)}{TERMINATOR}" for field in record.fields)
    return f"{record.leader}{''.join(fields)}".encode()


def thaw(original: bytes) -> Record:
    """The record that `freeze` made these bytes of."""
    text = original.decode()
    return record_of(text[:_LEADER], list(_thawed(text[_LEADER:])))


def _thawed(text: str) -> Iterator[Field]:
    for entry in text.split(TERMINATOR)[:-1]:
        field = field_of(entry[:3], entry[3:], [])
        if field is not None:
            yield field


def _mended(tag: str, part: str, notes: list[Note]) -> Subfield:
    """A subfield whose code is damaged: the first character that can be one, without its marks."""
    notes.append(Note(tag, "subfield-code", "The code of a subfield was damaged."))
    for at, char in enumerate(part):
        plain = unicodedata.normalize("NFKD", char)[0]
        if "!" <= plain <= "~":
            return Subfield(plain, part[at + 1 :])
    return Subfield("a", part)

"""MARC records: fields as text, taken apart only when asked, and the form the database keeps.

Pymarc's own classes take each field apart as it is read, which costs more than all else that
reading needs (`docs/decisions/0006-formats.md`); its tables of MARC-8 are used.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from formats.record import Note
from formats.text import printable

DELIMITER = "\x1f"
TERMINATOR = "\x1e"

_LEADER = 24
_TAG = re.compile(r"[0-9A-Za-z]{3}")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1e\x7f\ud800-\udfff\ufffe\uffff]")
_UNSAFE_IN_LEADER = re.compile(r"[^ -~]")
# How the leader of a UNIMARC record ends; MARC 21 has 4500 there.
_UNIMARC_END = "450 "


class Subfield(NamedTuple):
    """A code and what is said under it."""

    code: str
    value: str


class Field:
    """A tag, and control data or two indicators and subfields.

    `text` is the control data, or the indicators and each subfield after a DELIMITER.
    """

    __slots__ = ("_pairs", "tag", "text")

    def __init__(self, tag: str, text: str) -> None:
        self.tag = tag
        self.text = text
        self._pairs: list[tuple[str, str]] | None = None

    @classmethod
    def of(cls, tag: str, indicators: str, subfields: Iterable[tuple[str, str]]) -> "Field":
        """A field with these subfields."""
        field = cls(tag, indicators)
        field.subfields = [Subfield(code, value) for code, value in subfields]
        return field

    @property
    def is_control(self) -> bool:
        """Whether it has neither indicators nor subfields."""
        return _is_control(self.tag, self.text)

    @property
    def indicators(self) -> str:
        """The two indicators."""
        return self.text[:2]

    @indicators.setter
    def indicators(self, indicators: str) -> None:
        self.text = indicators + self.text[2:]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Codes and values, to read only."""
        if self._pairs is None:
            parts = self.text[2:].split(DELIMITER)[1:]
            self._pairs = [(part[0], part[1:]) for part in parts if part]
        return self._pairs

    @property
    def subfields(self) -> list[Subfield]:
        """The subfields; assign a list to change them."""
        return [Subfield(code, value) for code, value in self.pairs]

    @subfields.setter
    def subfields(self, subfields: list[Subfield]) -> None:
        parts = "".join(f"{DELIMITER}{code}{printable(value)}" for code, value in subfields)
        self.text = self.text[:2] + parts
        self._pairs = None

    def get(self, code: str) -> str:
        """The first value with this code, stripped; empty if there is none."""
        for other, value in self.pairs:
            if other == code:
                return value.strip()
        return ""

    def values(self, codes: str) -> Iterator[str]:
        """The values with one of these codes that are not blank, stripped."""
        for code, value in self.pairs:
            if code in codes and (text := value.strip()):
                yield text

    def has(self, code: str) -> bool:
        """Whether it has a subfield with this code."""
        return any(other == code for other, _ in self.pairs)


class MarcRecord:
    """A leader of 24 characters and the fields in their order."""

    __slots__ = ("fields", "leader")

    def __init__(self, leader: str, fields: list[Field]) -> None:
        """Keep of the leader what is true of all that is kept and written: UTF-8, usual lengths."""
        text = _UNSAFE_IN_LEADER.sub(" ", leader[:_LEADER]).ljust(_LEADER)
        is_unimarc = _is_unimarc(text, fields)
        scheme, end = (" ", _UNIMARC_END) if is_unimarc else ("a", "4500")
        self.leader = f"00000{text[5:9]}{scheme}2200000{text[17:20]}{end}"
        self.fields = fields

    @property
    def is_unimarc(self) -> bool:
        """Whether its fields mean what UNIMARC says, and not MARC 21."""
        return self.leader.endswith(_UNIMARC_END)

    def get(self, tag: str) -> Field | None:
        """The first field with a tag."""
        return next((field for field in self.fields if field.tag == tag), None)

    def all(self, *tags: str) -> list[Field]:
        """The fields with one of these tags."""
        return [field for field in self.fields if field.tag in tags]


def _is_unimarc(leader: str, fields: list[Field]) -> bool:
    """By the end of the leader where the fields agree, else by a title in 200 and none in 245."""
    tags = {field.tag for field in fields}
    if "245" in tags:
        return False
    return "200" in tags or (leader.endswith(_UNIMARC_END) and not tags.isdisjoint(_IN_UNIMARC))


# Fields of UNIMARC that MARC 21 has not, or has for something that no book lacks the title for.
_IN_UNIMARC = frozenset({"101", "102", "105", "106", "200", "205", "210", "215", "801"})


def field_of(tag: str, text: str, notes: list[Note]) -> Field | None:
    """A field from text of unknown origin, and notes on what was mended; None if it is empty."""
    if not _TAG.fullmatch(tag):
        notes.append(Note(None, "tag", f"A field with the tag {tag!a} was left out."))
        return None
    if _UNSAFE.search(text):
        notes.append(Note(tag, "control-characters", "Control characters were left out."))
        text = _UNSAFE.sub("", text)
    if _is_control(tag, text):
        says = text if tag.isdigit() else text.strip()
        return Field(tag, text.replace(DELIMITER, " ")) if says else None
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
    return Field.of(tag, indicators, subfields) if subfields else None


def _is_control(tag: str, text: str) -> bool:
    """Whether a field is control data; some systems have it in tags of letters too: `FMT BK`."""
    return tag < "010" if tag.isdigit() else DELIMITER not in text


def freeze(record: MarcRecord) -> bytes:
    """The whole record, in UTF-8, without the lengths and limits of the exchange format.

    The leader, then each field as its tag, its text and a field terminator.
    """
    fields = [f"{field.tag}{field.text}{TERMINATOR}" for field in record.fields]
    return f"{record.leader}{''.join(fields)}".encode()


def thaw(original: bytes) -> MarcRecord:
    """The record that `freeze` made these bytes of."""
    text = original.decode()
    entries = text[_LEADER:].split(TERMINATOR)[:-1]
    return MarcRecord(text[:_LEADER], [Field(entry[:3], entry[3:]) for entry in entries])


def _mended(tag: str, part: str, notes: list[Note]) -> Subfield:
    """A subfield whose code is damaged: the first character that can be one, without its marks."""
    notes.append(Note(tag, "subfield-code", "The code of a subfield was damaged."))
    for at, char in enumerate(part):
        plain = unicodedata.normalize("NFKD", char)[0]
        if "!" <= plain <= "~":
            return Subfield(plain, part[at + 1 :])
    return Subfield("a", part)

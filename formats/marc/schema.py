"""What the schema of MARCXML (MARC21slim.xsd, 1.1) takes of a record, for programs that demand it.

Records are kept and exported as they came, whatever the schema says of them.
"""

import re

from formats.marc.fields import Field, MarcRecord, freeze
from formats.record import Note

NOT_TAKEN = "not-in-marcxml"
"""The code of notes on what other programs are given differently, or not at all."""

_OF_LEADER = "[0-9A-Za-z ]"
_KIND = "[0-9A-Za-z]"
_TEXT_MATERIAL = "a"
_CONTROL = "00[1-9]"
_TAG = "(?:0(?:[1-9A-Z][0-9A-Z]|[1-9a-z][0-9a-z])|[1-9A-Z][0-9A-Z]{2}|[1-9a-z][0-9a-z]{2})"
_INDICATOR = "[0-9a-z ]"
_CODE = "[!-?A-Z\\[-{}~]"
_TAKEN = re.compile(
    f"0{{5}}{_OF_LEADER}{_KIND}{_OF_LEADER}{{3}}2{{2}}0{{5}}{_OF_LEADER}{{3}}4500"
    f"(?:{_CONTROL}[^\x1e]*+\x1e)*+"
    f"(?:{_TAG}{_INDICATOR}{{2}}(?:\x1f{_CODE}[^\x1e\x1f]*+)++\x1e)*+".encode()
)
_CONTROL_TAG = re.compile(_CONTROL)
_DATA_TAG = re.compile(_TAG)


def conforming(record: MarcRecord, notes: list[Note]) -> MarcRecord:
    """The MARC 21 record as the schema takes it, and a note on each thing that it does not take.

    Control fields come first. A leader that does not say of what kind the record is says language
    material; other wrong characters of it, and wrong indicators, become blanks. Fields and
    subfields whose tags and codes the schema does not know are left out.
    """
    if _TAKEN.fullmatch(freeze(record)):
        return record
    control = [field for field in record.fields if _CONTROL_TAG.fullmatch(field.tag)]
    others = [field for field in record.fields if not _CONTROL_TAG.fullmatch(field.tag)]
    data = [_data_field(field, notes) for field in others]
    taken = MarcRecord(_leader(record.leader, notes), [])
    taken.fields = control + [field for field in data if field is not None]
    return taken


def _leader(leader: str, notes: list[Note]) -> str:
    kind = leader[6] if re.fullmatch(_KIND, leader[6]) else _TEXT_MATERIAL
    taken = re.sub(_OF_LEADER.replace("[", "[^"), " ", f"{leader[:6]}{kind}{leader[7:]}")
    if taken != leader:
        _note(notes, "leader", f"Other programs are given the leader {taken!r}.")
    return taken


def _data_field(field: Field, notes: list[Note]) -> Field | None:
    """The field as far as the schema takes it; None when it does not take the tag, or any code."""
    pairs = [(code, value) for code, value in field.pairs if re.fullmatch(_CODE, code)]
    if not pairs or not _DATA_TAG.fullmatch(field.tag):
        _note(notes, field.tag, "Other programs are not given this field.")
        return None
    if len(pairs) < len(field.pairs):
        lost = {code for code, _ in field.pairs} - {code for code, _ in pairs}
        _note(notes, field.tag, f"Other programs are not given the subfields {_listed(lost)}.")
    indicators = re.sub(_INDICATOR.replace("[", "[^"), " ", field.indicators)
    if indicators != field.indicators:
        _note(notes, field.tag, f"Other programs are given the indicators {indicators!r}.")
    return Field.of(field.tag, indicators, pairs)


def _listed(codes: set[str]) -> str:
    return ", ".join(sorted(codes))


def _note(notes: list[Note], field: str, detail: str) -> None:
    note = Note(field, NOT_TAKEN, detail)
    if note not in notes:
        notes.append(note)

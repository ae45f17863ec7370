"""Fields in the original script (880), and the subfields 6 that link them with others."""

import re

from formats.marc.fields import Field, MarcRecord, Subfield
from formats.marc.layout import insert, put, remove

_TAG = "880"
_LINK = re.compile(r"([0-9]{3})-([0-9]{2})(.*)")
_UNLINKED = "00"
_MOST = 99


def write(record: MarcRecord, tag: str, code: str, text: str | None, instead_of: str = "") -> None:
    """Say something in the original script of a field, or (None) nothing more.

    It is said `instead_of` what stands in these subfields as well.
    """
    found = [other for other in record.all(_TAG) if other.get("6")[:3] == tag]
    if text is None:
        remove(record, found)
    elif found:
        subfields = found[0].subfields
        found[0].subfields = [one for one in subfields if one.code not in instead_of]
        put(found[0], code, text)
    else:
        field = record.get(tag)
        number = f"{_free(record):02}" if field else _UNLINKED
        if field:
            link = Subfield("6", f"{_TAG}-{number}")
            rest = [subfield for subfield in field.subfields if subfield.code != "6"]
            field.subfields = [link, *rest]
        indicators = field.indicators if field else "  "
        insert(record, Field.of(_TAG, indicators, [("6", f"{tag}-{number}"), (code, text)]))


def mend(record: MarcRecord) -> None:
    """Take away links whose other end is gone."""
    numbers = {(field.tag, _number(field)) for field in record.fields if not field.is_control}
    for field in record.all(_TAG):
        match = _LINK.match(field.get("6"))
        if match and match[2] != _UNLINKED and (match[1], match[2]) not in numbers:
            put(field, "6", f"{match[1]}-{_UNLINKED}{match[3]}")
    linked = {
        (match[1], match[2]) for field in record.all(_TAG) if (match := _LINK.match(field.get("6")))
    }
    for field in record.fields:
        if field.is_control or field.tag == _TAG:
            continue
        number = _number(field)
        if number is not None and (field.tag, number) not in linked:
            field.subfields = [subfield for subfield in field.subfields if subfield.code != "6"]


def _number(field: Field) -> str | None:
    """The number by which a field refers to one in the original script."""
    match = _LINK.match(field.get("6"))
    return match[2] if match and match[1] == _TAG else None


def _free(record: MarcRecord) -> int:
    """A number that no link has yet."""
    values = (field.get("6") for field in record.fields if not field.is_control)
    used = {int(match[2]) for value in values if (match := _LINK.match(value))}
    return next((number for number in range(1, _MOST) if number not in used), _MOST)

"""MARC in JSON, as libraries' programs exchange it: leader, and fields in their order.

`{"leader": "…", "fields": [{"001": "…"}, {"245": {"ind1": "1", "ind2": "0",
"subfields": [{"a": "…"}]}}]}`; see https://github.com/marc4j/marc4j/wiki/MARC-in-JSON-Description.
"""

from collections.abc import Iterator
from typing import Any

from formats.marc.fields import DELIMITER, Field, MarcRecord, field_of, freeze, thaw

_LEADER = 24


def to_json(original: bytes) -> dict[str, Any]:
    """A kept record (`Record.original`) as an object."""
    record = thaw(original)
    return {"leader": record.leader, "fields": [_written(field) for field in record.fields]}


def _written(field: Field) -> dict[str, Any]:
    if field.is_control:
        return {field.tag: field.text}
    indicators = field.indicators.ljust(2)
    subfields = [{code: value} for code, value in field.pairs]
    said = {"ind1": indicators[0], "ind2": indicators[1], "subfields": subfields}
    return {field.tag: said}


def from_json(said: Any) -> bytes | None:
    """The record of an object as it is kept; None if it is none."""
    try:
        leader, listed = said["leader"], said["fields"]
        fields = [field for one in listed for field in _read(one)]
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        return None
    if not isinstance(leader, str) or len(leader) != _LEADER or not leader.isascii() or not fields:
        return None
    return freeze(MarcRecord(leader, fields))


def _read(one: dict[str, Any]) -> Iterator[Field]:
    for tag, data in one.items():
        if isinstance(data, str):
            text = data
        else:
            pairs = (pair for each in data["subfields"] for pair in each.items())
            subfields = "".join(f"{DELIMITER}{code[0]}{value}" for code, value in pairs)
            text = f"{data['ind1']}{data['ind2']}{subfields}"
        field = field_of(str(tag), text, [])
        if field is not None:
            yield field

"""Putting fields and subfields into MARC records where they belong."""

from collections.abc import Callable, Iterable
from typing import Any

from pymarc import Field, Indicators, Record, Subfield

from formats.mapping import group_of

_NO_FIXED = f"{'':6}nuuuu{'':4}xx {'|' * 14} ||{'':3} d"


def new_field(tag: str, indicators: str, **subfields: str) -> Field:
    """A field with these subfields, in this order."""
    parts = [Subfield(code.removeprefix("_"), value) for code, value in subfields.items()]
    return Field(tag, Indicators(*indicators), parts)


def insert(record: Record, field: Field) -> None:
    """Add a field before the first one with a higher tag."""
    record.fields.insert(_place(record.fields, field.tag), field)


def remove(record: Record, unwanted: Iterable[Field]) -> None:
    """Take fields out of a record."""
    gone = {id(field) for field in unwanted}
    record.fields = [field for field in record.fields if id(field) not in gone]


def put(field: Field, code: str, text: str) -> None:
    """Set the first subfield with this code, or add one where the order of codes has it."""
    codes = [subfield.code for subfield in field.subfields]
    if code in codes:
        field.subfields[codes.index(code)] = Subfield(code, text)
    elif code == "a":
        field.subfields.insert(0, Subfield(code, text))
    else:
        at = codes.index("c") if code == "b" and "c" in codes else len(codes)
        field.subfields.insert(at, Subfield(code, text))


def put_first(record: Record, tag: str, indicators: str, code: str, text: str) -> Field:
    """`put` into the first field that has the subfield, the first at all, or a new one."""
    fields = record.get_fields(tag)
    field = next((field for field in fields if field.get(code, "").strip()), None)
    if field is None:
        field = fields[0] if fields else new_field(tag, indicators)
    if not fields:
        insert(record, field)
    put(field, code, text)
    return field


def drop(record: Record, fields: Iterable[Field], codes: str) -> None:
    """Take subfields out of fields, and out of the record those fields that are empty then."""
    emptied = []
    for field in fields:
        field.subfields = [subfield for subfield in field.subfields if subfield.code not in codes]
        if not field.subfields:
            emptied.append(field)
    remove(record, emptied)


def set_control(record: Record, tag: str, data: str) -> None:
    """Set a control field, which then comes once."""
    remove(record, record.get_fields(tag))
    insert(record, Field(tag, data=data))


def fixed(record: Record) -> str:
    """The 40 characters of the 008, or of one that says nothing."""
    field = record.get("008")
    return (field.data or "" if field else _NO_FIXED).ljust(40)


def set_fixed(record: Record, start: int, text: str) -> None:
    """Overwrite some positions of the 008."""
    data = fixed(record)
    set_control(record, "008", data[:start] + text + data[start + len(text) :])


def rearrange(
    record: Record,
    group: str,
    said: Callable[[Field], list[Any]],
    make: Callable[[Any], Field],
    wanted: list[Any],
) -> None:
    """Make the fields of a group say what is wanted, in that order.

    A field whose items are all wanted stays as it is; `said` gives the items of a field.
    """
    pool = [(field, said(field)) for field in record.fields if group_of(field.tag) == group]
    chosen: list[Field] = []
    rest = wanted
    while rest:
        fits = (at for at, (_, items) in enumerate(pool) if items and _begin(rest, items))
        at = next(fits, None)
        field, items = (make(rest[0]), rest[:1]) if at is None else pool.pop(at)
        chosen.append(field)
        rest = rest[len(items) :]
    # The same heading from another thesaurus, say.
    chosen += [field for field, items in pool if all(item in wanted for item in items)]
    _replace(record, group, chosen)


def _replace(record: Record, group: str, chosen: list[Field]) -> None:
    places = (at for at, field in enumerate(record.fields) if group_of(field.tag) == group)
    place = next(places, None)
    others = [field for field in record.fields if group_of(field.tag) != group]
    if place is None:
        place = _place(others, chosen[0].tag) if chosen else 0
    record.fields = [*others[:place], *chosen, *others[place:]]


def _begin(wanted: list[Any], items: list[Any]) -> bool:
    return wanted[: len(items)] == items


def _place(fields: list[Any], tag: str) -> int:
    return next((at for at, field in enumerate(fields) if field.tag > tag), len(fields))

"""Putting fields and subfields into MARC records where they belong."""

from collections.abc import Callable, Container, Iterable
from typing import Any

from formats.marc.fields import Field, MarcRecord, Subfield
from formats.text import printable

_NO_FIXED = f"{'':6}nuuuu{'':4}xx {'|' * 14} ||{'':3} d"


def new_field(tag: str, indicators: str, **subfields: str) -> Field:
    """A field with these subfields, in this order."""
    return Field.of(
        tag, indicators, ((code.removeprefix("_"), value) for code, value in subfields.items())
    )


def insert(record: MarcRecord, field: Field) -> None:
    """Add a field before the first one with a higher tag."""
    record.fields.insert(_place(record.fields, field.tag), field)


def remove(record: MarcRecord, unwanted: Iterable[Field]) -> None:
    """Take fields out of a record."""
    gone = {id(field) for field in unwanted}
    record.fields = [field for field in record.fields if id(field) not in gone]


def put(field: Field, code: str, text: str, before: str = "") -> None:
    """Set the first subfield with this code, or add one, `before` the first with one of codes."""
    subfields = list(field.subfields)
    codes = [subfield.code for subfield in subfields]
    if code in codes:
        subfields[codes.index(code)] = Subfield(code, text)
    else:
        at = next((at for at, other in enumerate(codes) if other in before), len(codes))
        subfields.insert(0 if code == "a" else at, Subfield(code, text))
    field.subfields = subfields


def put_first(record: MarcRecord, tag: str, indicators: str, code: str, text: str) -> Field:
    """`put` into the first field that has the subfield, the first at all, or a new one."""
    fields = record.all(tag)
    field = next((field for field in fields if field.get(code)), None)
    if field is None:
        field = fields[0] if fields else new_field(tag, indicators)
    put(field, code, text)
    if not fields:
        insert(record, field)
    return field


def said_once(field: Field, code: str) -> None:
    """Leave each value of the subfields with a code in the field once, where it comes first."""
    values: set[str] = set()
    kept = []
    for one in field.subfields:
        if one.code != code or one.value not in values:
            kept.append(one)
        if one.code == code:
            values.add(one.value)
    field.subfields = kept


def drop(record: MarcRecord, fields: Iterable[Field], codes: str) -> None:
    """Take subfields out of fields, and out of the record those fields that are empty then.

    Links to other fields and such (6, 8) are nothing by themselves.
    """
    emptied = []
    for field in fields:
        field.subfields = [subfield for subfield in field.subfields if subfield.code not in codes]
        if all(subfield.code in "68" for subfield in field.subfields):
            emptied.append(field)
    remove(record, emptied)


def set_control(record: MarcRecord, tag: str, data: str) -> None:
    """Set a control field, which then comes once."""
    present = record.all(tag)
    if present:
        remove(record, present)
    insert(record, Field(tag, printable(data)))


def fixed(record: MarcRecord) -> str:
    """The 40 characters of the 008, or of one that says nothing."""
    field = record.get("008")
    return (field.text if field else _NO_FIXED).ljust(40)


def set_fixed(record: MarcRecord, start: int, text: str) -> None:
    """Overwrite some positions of the 008."""
    data = fixed(record)
    set_control(record, "008", data[:start] + text + data[start + len(text) :])


def rearrange(
    record: MarcRecord,
    tags: Container[str],
    said: Callable[[Field], list[Any]],
    make: Callable[[Any], Field],
    wanted: list[Any],
) -> None:
    """Make the fields with these tags say what is wanted, in that order.

    A field whose items are all wanted stays as it is, and where it is unless the order of what is
    said changes; `said` gives the items of a field, in which the order of fields is that of the
    record. Of a field with several $a that are items those stay that are wanted.
    """
    for field in record.fields:
        if field.tag in tags:
            _leave_out_unwanted(field, said, wanted)
    pool = [(field, said(field)) for field in record.fields if field.tag in tags]
    chosen: list[Field] = []
    rest = wanted
    while rest:
        done = wanted[: len(wanted) - len(rest)]
        fits = (at for at, (_, items) in enumerate(pool) if items and _begin(rest, items, done))
        at = next(fits, None)
        field, items = (make(rest[0]), rest[:1]) if at is None else pool.pop(at)
        chosen.append(field)
        rest = rest[sum(item not in done for item in items) :]
    # The same heading from another thesaurus, say.
    again = [field for field, items in pool if all(item in wanted for item in items)]
    stays = set(map(id, again))
    remove(record, (field for field, _ in pool if id(field) not in stays))
    _put_in_order(record, chosen, again)


def _leave_out_unwanted(
    field: Field, said: Callable[[Field], list[Any]], wanted: list[Any]
) -> None:
    """Take those $a out of several, each with what follows it, that say nothing wanted."""
    if sum(code == "a" for code, _ in field.pairs) < 2:
        return
    items = said(field)
    if not items or all(item in wanted for item in items):
        return
    kept: list[Subfield] = []
    is_kept = True
    for one in field.subfields:
        if one.code == "a":
            items = said(Field.of(field.tag, field.indicators, [one]))
            is_kept = not items or any(item in wanted for item in items)
        if is_kept:
            kept.append(one)
    if any(one.code == "a" for one in kept):
        field.subfields = kept


def _begin(wanted: list[Any], items: list[Any], done: list[Any]) -> bool:
    """Whether the items go on with what is wanted, but for what is `done` already."""
    if items[0] != wanted[0]:
        items = [item for item in items if item not in done]
    return bool(items) and wanted[: len(items)] == items


def _put_in_order(record: MarcRecord, chosen: list[Field], again: list[Field]) -> None:
    """Bring the chosen fields, of which some are new, into their order.

    Those that say `again` what others do come behind them all where fields have to be moved.
    """
    places = {id(field): at for at, field in enumerate(record.fields)}
    present = [field for field in chosen if id(field) in places]
    at = [places[id(field)] for field in present]
    if at != sorted(at):
        for place, field in zip(sorted(at), present, strict=True):
            record.fields[place] = field
        remove(record, again)
        for field in again:
            del places[id(field)]
        chosen = chosen + again
    last: Field | None = None
    for field in chosen:
        if id(field) not in places:
            _insert_new(record, field, last, present)
        last = field


def _insert_new(record: MarcRecord, field: Field, last: Field | None, present: list[Field]) -> None:
    """Add a field behind the last one of its list, else before those that are there."""
    beside = last or next(iter(present), None)
    if beside is None:
        insert(record, field)
        return
    at = next(place for place, one in enumerate(record.fields) if one is beside)
    record.fields.insert(at if last is None else at + 1, field)


def _place(fields: list[Field], tag: str) -> int:
    return next((at for at, field in enumerate(fields) if field.tag > tag), len(fields))

"""Values of records that are too long or faulty: left out, and what remains is read again."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from formats.record import Note
from models.book_fields import FIELDS
from validators.engine.bodies import Body
from validators.engine.errors import Fault, Invalid

MOST_TOLD = 20
# Where a whole record is at fault, and not a value of it.
_OF_THE_RECORD = ("required", "blank", "unknown-field", "read-only")
_NEEDED = ("title", "barcode")
_MOST_ROUNDS = 4


class Wrong(NamedTuple):
    """One thing that is wrong with a record; `field` is a path such as `copies/0/barcode`."""

    field: str | None
    code: str
    detail: str


class Mended(NamedTuple):
    """The values that are right, notes on those that were left out, faults that nothing mends."""

    values: dict[str, Any]
    notes: list[Note]
    faults: list[Wrong]


def mended(body: Body, given: Mapping[str, Any], path: str = "") -> Mended:
    """What can be read of an object; `path` is where the object is in its record.

    A title that is too long is cut. Of a list the faulty values are left out.
    """
    notes: list[Note] = []
    remaining = dict(given)
    for _ in range(_MOST_ROUNDS):
        try:
            return Mended(body(remaining), notes, [])
        except Invalid as invalid:
            errors = invalid.errors
        if any(map(_is_fatal, errors)):
            return Mended({}, notes, [_told(error, path) for error in errors[:MOST_TOLD]])
        # From the end of lists, so that the places of those before stay.
        for error in reversed(errors):
            remaining = _without(remaining, error)
        notes += [_note(error, path) for error in errors[:MOST_TOLD]]
    return Mended({}, notes, [_told(error, path) for error in errors[:MOST_TOLD]])


def _is_fatal(error: Fault) -> bool:
    name, *inside = _parts(error)
    if inside:
        return False
    if name in _NEEDED:
        return not (name == "title" and error.code == "too-long")
    return error.code in _OF_THE_RECORD


def _without(values: dict[str, Any], error: Fault) -> dict[str, Any]:
    """The values without the faulty one."""
    name, *inside = _parts(error)
    value = values.get(name)
    if name == "title":
        return {**values, name: value[: FIELDS[name].longest] if isinstance(value, str) else value}
    if inside and isinstance(value, list) and inside[0].isdigit():
        place = int(inside[0])
        return {**values, name: [*value[:place], *value[place + 1 :]]}
    if error.code == "too-many" and isinstance(value, list):
        return {**values, name: value[: FIELDS[name].most]}
    return {key: kept for key, kept in values.items() if key != name}


def _parts(error: Fault) -> list[str]:
    return [unquote(part) for part in (error.pointer or "#/").removeprefix("#/").split("/")]


def _told(error: Fault, path: str) -> Wrong:
    return Wrong(path + "/".join(_parts(error)), error.code, error.detail)


def _note(error: Fault, path: str) -> Note:
    field, code, detail = _told(error, path)
    done = "The end is left out" if _parts(error) == ["title"] else "Left out"
    return Note(field, code, f"{done}: {detail}")

"""Forms of records: fields once, from which inputs are drawn and JSON bodies are read."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from api.calling import Found
from pages.desk import amounts, outcomes, wording
from pages.desk.rendering import plain
from pages.frame.choices import offered
from pages.frame.drawn import as_sent, mark
from pages.frame.visit import Visit, compared

_FLAG = "yes"
_NUMBER = re.compile(r"-?[0-9]{1,18}")


class Kind(StrEnum):
    """How a field is drawn and read."""

    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    EMAIL = "email"
    EXACT = "exact"
    FLAG = "flag"
    CHOICE = "choice"
    LINES = "lines"
    PEOPLE = "people"


_OF_MANY_LINES = frozenset({Kind.LONG, Kind.LINES, Kind.PEOPLE})


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record by its name in the API; empty is null, or left out of a new record.

    `choices` are codes of the kind `words` (see `pages.desk.wording`).
    """

    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    choices: tuple[str, ...] = ()
    words: str = ""
    default: Any = None


@dataclass(frozen=True, slots=True)
class Input:
    """A field as it is drawn: its label, the text in it, what is wrong with it.

    `was` is the mark of the text that the record itself has there.
    """

    field: Field
    label: str
    text: str
    fault: str
    choices: list[tuple[str, str]]
    was: str


@dataclass(slots=True)
class Tried:
    """What came of a form: the answer, or the `faults` by field (`""` for the whole).

    `typed` are the texts that its fields keep when it is drawn again, `record` what it was to
    change, as it was read for that.
    """

    answer: Any = None
    faults: dict[str, str] = field(default_factory=dict)
    status: int = 200
    typed: dict[str, str] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)


def inputs(
    visit: Visit, fields: Iterable[Field], record: Mapping[str, Any], tried: Tried | None = None
) -> list[Input]:
    """The fields with the values of a record, or with what was typed into them."""
    tried = tried or Tried()
    return [_input(visit, one, _text(visit, one, record), tried) for one in fields]


def _input(visit: Visit, one: Field, text: str, tried: Tried) -> Input:
    return Input(
        one,
        label(visit, one.name),
        tried.typed.get(one.name, text),
        tried.faults.get(one.name, ""),
        _choices(visit, one, text),
        mark(_as_sent(one, text)),
    )


def _choices(visit: Visit, one: Field, present: str) -> list[tuple[str, str]]:
    """The codes of a choice with their words."""
    if one.kind is not Kind.CHOICE:
        return []
    codes = offered(one.choices, present)
    return [(code, wording.word(visit, one.words, code).unescape()) for code in codes]


def tried(visit: Visit, fields: Iterable[Field], do: Callable[[dict[str, Any]], Any]) -> Tried:
    """Read a form and do something with its body; what is refused comes back as faults."""
    fields = list(fields)
    found = Tried(typed={one.name: _typed(visit, one) for one in fields})
    body = _read(visit, fields, found)
    new = {name: value for name, value in body.items() if value is not None}
    return found if found.faults else _done(visit, fields, found, lambda: do(new))


def changed(
    visit: Visit,
    find: Callable[[], Found],
    fields_of: Callable[[dict[str, Any]], Iterable[Field]],
    do: Callable[..., Any],
    *,
    is_whole: bool = False,
) -> Tried:
    """Send the fields of a record that differ from what its form was drawn with.

    What others have changed meanwhile stays. Where it is the same field, nothing is sent: the form
    tells what stands there now, and counts as drawn with it. `is_whole` is for records that are
    only replaced as a whole: all fields are sent but those that are null. Raises Stale where others
    are faster time after time.
    """

    def once() -> Tried:
        found = find()
        fields = list(fields_of(found.record))
        return _changed(visit, fields, found, do, is_whole=is_whole)

    return compared(once)


def _changed(
    visit: Visit, fields: list[Field], found: Found, do: Callable[..., Any], *, is_whole: bool
) -> Tried:
    record = found.record
    tried = Tried(record=record)
    for one in fields:
        _compare(visit, one, _as_sent(one, _text(visit, one, record)), tried)
    if tried.faults:
        tried.faults[""], tried.status = str(visit.say("desk.changed_meanwhile")), 412
        return tried
    body = _read(visit, [one for one in fields if one.name in tried.typed], tried)
    differs = {name: value for name, value in body.items() if record.get(name) != value}
    if is_whole:
        whole = {one.name: record[one.name] for one in fields} | differs
        differs = {name: value for name, value in whole.items() if value is not None}
    if tried.faults:
        return tried
    return _done(visit, fields, tried, lambda: do(body=differs, if_match=found.etag))


def _compare(visit: Visit, one: Field, present: str, found: Tried) -> None:
    """Note what was typed into a field, and the fault where others have changed it as well."""
    text, was = _typed(visit, one), visit.form.get(f"was_{one.name}", "")
    if text == present or mark(text) == was or not _is_in_form(visit, one):
        return
    found.typed[one.name] = text
    if mark(present) != was:
        theirs = _shown(visit, one, present)
        found.faults[one.name] = visit.say("desk_fault.changed", theirs=theirs).unescape()


def _read(visit: Visit, fields: Iterable[Field], found: Tried) -> dict[str, Any]:
    """The JSON values of what was typed; what only a reader of text can refuse is noted."""
    body: dict[str, Any] = {}
    for one in fields:
        text = found.typed[one.name]
        value = body[one.name] = _value(visit, one, text)
        if value is None and text:
            found.faults[one.name], found.status = str(visit.say("desk_fault.type")), 400
    return body


def _done(visit: Visit, fields: list[Field], found: Tried, do: Callable[[], Any]) -> Tried:
    found.answer, refusal = outcomes.attempted(visit, do)
    if refusal is None:
        return found
    names = {one.name for one in fields}
    faults = found.faults
    for name, text in refusal.values["places"]:
        place = name if name in names else ""
        faults[place] = " ".join(filter(None, [faults.get(place), text]))
    if not faults:
        faults[""] = refusal.values["detail"] or " ".join(refusal.values["reasons"])
    found.status = refusal.status
    return found


def _typed(visit: Visit, one: Field) -> str:
    text = visit.form.get(one.name, "")
    return text if one.kind is Kind.EXACT else _as_sent(one, text)


def _is_in_form(visit: Visit, one: Field) -> bool:
    """Whether the form that was sent has a field; a box that is not ticked is not sent."""
    return one.name in visit.form or (one.kind is Kind.FLAG and f"was_{one.name}" in visit.form)


def _as_sent(one: Field, text: str) -> str:
    return as_sent(text, of_many_lines=one.kind in _OF_MANY_LINES)


def _shown(visit: Visit, one: Field, text: str) -> str:
    """The text of a field as people read it."""
    if one.kind is Kind.CHOICE and text:
        return wording.word(visit, one.words, text).unescape()
    return text or outcomes.NONE


def _value(visit: Visit, one: Field, text: str) -> Any:
    """The JSON value of a text; None where it is empty or cannot be read."""
    match one.kind:
        case Kind.FLAG:
            return text == _FLAG
        case Kind.NUMBER:
            return int(text) if _NUMBER.fullmatch(text) else None
        case Kind.MONEY:
            return amounts.read(text, visit.settings.currency)
        case Kind.LINES:
            return _lines(text)
        case Kind.PEOPLE:
            return [_person(line) for line in _lines(text)]
        case _:
            return text or one.default


def _text(visit: Visit, one: Field, record: Mapping[str, Any]) -> str:
    value = record.get(one.name, one.default)
    match one.kind:
        case Kind.FLAG:
            return _FLAG if value else ""
        case Kind.MONEY:
            return plain(visit, value)
        case Kind.LINES:
            return "\n".join(_line(item) for item in value or ())
        case Kind.PEOPLE:
            return "\n".join(_line(_person_line(person)) for person in value or ())
        case _:
            return "" if value is None else str(value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _line(item: str) -> str:
    return " ".join(item.splitlines())


def _person_line(person: Mapping[str, str | None]) -> str:
    """A line such as `Christie, Agatha; translator`, a semicolon of the name itself doubled."""
    name = (person["name"] or "").replace(";", ";;")
    return "; ".join(filter(None, [name, person["role"]]))


def _person(line: str) -> dict[str, str | None]:
    """The person of such a line: the name ends at the first semicolon that is not doubled."""
    name, _, role = line.replace(";;", "\0").partition(";")
    role = role.replace("\0", ";;").strip()
    return {"name": name.replace("\0", ";").strip(), "role": role or None}


def label(visit: Visit, name: str) -> str:
    """The label of a field."""
    return str(visit.say(f"desk_field.{name}"))

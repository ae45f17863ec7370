"""Forms of records: fields once, from which inputs are drawn and JSON bodies are read."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pages.desk import amounts, outcomes, wording
from pages.desk.rendering import plain
from pages.frame.visit import Visit

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
    FLAG = "flag"
    CHOICE = "choice"
    LINES = "lines"
    PEOPLE = "people"


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
    """A field as it is drawn: its label, the text in it, what is wrong with it."""

    field: Field
    label: str
    text: str
    fault: str
    choices: list[tuple[str, str]]


@dataclass(slots=True)
class Tried:
    """What came of a form: the answer, or the `faults` by field (`""` for the whole)."""

    answer: Any = None
    faults: dict[str, str] = field(default_factory=dict)
    status: int = 200


def inputs(
    visit: Visit, fields: Iterable[Field], record: Mapping[str, Any], tried: Tried | None = None
) -> list[Input]:
    """The fields with the values of a record or, after a fault, with what was typed."""
    faults = tried.faults if tried else {}
    typed = visit.form if tried and faults else None
    return [
        Input(
            one,
            label(visit, one.name),
            typed.get(one.name, "") if typed is not None else _text(visit, one, record),
            faults.get(one.name, ""),
            [(code, str(wording.word(visit, one.words, code))) for code in one.choices],
        )
        for one in fields
    ]


def read(visit: Visit, fields: Iterable[Field], *, is_new: bool) -> tuple[dict[str, Any], Tried]:
    """The JSON body that a form stands for, and the faults that only a reader of text can find."""
    body: dict[str, Any] = {}
    found = Tried()
    for one in fields:
        text = visit.form.get(one.name, "").strip()
        value = _value(visit, one, text)
        if value is None and text:
            found.faults[one.name] = str(visit.say("desk_fault.type"))
        elif value is not None or not is_new:
            body[one.name] = value
    if found.faults:
        found.status = 400
    return body, found


def tried(visit: Visit, fields: Iterable[Field], do: Callable[[dict[str, Any]], Any]) -> Tried:
    """Read a form and do something with its body; what is refused comes back as faults."""
    fields = list(fields)
    body, found = read(visit, fields, is_new=True)
    return found if found.faults else _done(visit, fields, lambda: do(body))


def changed(
    visit: Visit, fields: Iterable[Field], record: Mapping[str, Any], do: Callable[..., Any]
) -> Tried:
    """Send what a form changes in a record; one that has changed since is told, and kept."""
    fields = list(fields)
    body, found = read(visit, fields, is_new=False)
    if found.faults:
        return found
    if visit.form.get("revision", "") != str(record.get("revision", "")):
        return Tried(faults={"": str(visit.say("problem.412.advice"))}, status=412)
    differs = {name: value for name, value in body.items() if record.get(name) != value}
    return _done(visit, fields, lambda: do(differs))


def _done(visit: Visit, fields: list[Field], do: Callable[[], Any]) -> Tried:
    answer, refusal = outcomes.attempted(visit, do)
    if refusal is None:
        return Tried(answer=answer)
    names = {one.name for one in fields}
    faults: dict[str, str] = {}
    for name, text in refusal.values["places"]:
        place = name if name in names else ""
        faults[place] = " ".join(filter(None, [faults.get(place), text]))
    if not faults:
        faults[""] = refusal.values["detail"] or " ".join(refusal.values["reasons"])
    return Tried(faults=faults, status=refusal.status)


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
            return "\n".join(value or ())
        case Kind.PEOPLE:
            return "\n".join("; ".join(filter(None, one.values())) for one in value or ())
        case _:
            return "" if value is None else str(value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _person(line: str) -> dict[str, str | None]:
    """A line such as `Christie, Agatha; translator`."""
    name, _, role = line.rpartition(";") if ";" in line else (line, "", "")
    return {"name": name.strip(), "role": role.strip() or None}


def label(visit: Visit, name: str) -> str:
    """The label of a field."""
    return str(visit.say(f"desk_field.{name}"))

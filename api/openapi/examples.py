"""Examples of bodies and answers, made from the fields' own examples."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from validators.engine.bodies import Schema, settable_fields
from validators.engine.jsonschema import Purpose
from validators.engine.validator import Fields, Rules

_NEXT_YEAR = datetime.now(UTC).year + 1
_FORMS = {
    # Days that clients send are still to come; one written down here would pass some day.
    "date": f"{_NEXT_YEAR}-06-30",
    "timestamp": "2026-11-21T08:30:00Z",
    "email": "ada@example.org",
    "url": "https://example.org/cover.jpg",
    "isbn": "9780141439679",
    "language": "eng",
}
_COUNTED = {"page": 1, "limit": 20, "total": 1, "pages": 1}


def example(schema: Schema, purpose: Purpose) -> dict[str, Any]:
    """An object as the schema has it: an answer in full, a body with what is worth giving."""
    if purpose == "answer":
        return _answer(schema.fields)
    fields = settable_fields(schema, purpose)
    alternatives = {name for group in schema.either for name in group[1:]}
    alternatives |= {n for group in schema.together if alternatives & set(group) for n in group}
    chosen = {name: r for name, r in fields.items() if name not in alternatives}
    telling = {name: r for name, r in chosen.items() if _is_telling(r)}
    telling |= {group[0]: fields[group[0]] for group in schema.either}
    for group in schema.together:
        if telling.keys() & set(group):
            telling |= {name: fields[name] for name in group}
    if purpose == "patch" and not telling:
        telling = dict(list(chosen.items())[:1])
    return {name: _value(rules) for name, rules in telling.items()}


def _is_telling(rules: Rules) -> bool:
    return bool(rules.get("required")) or "example" in rules.get("meta", {})


def _answer(fields: Fields) -> dict[str, Any]:
    if "total" in fields:
        return dict(_COUNTED)
    hidden = {"optional", "writeOnly"}
    shown = {name: r for name, r in fields.items() if not hidden & set(r.get("meta", {}))}
    return {name: _value(rules, answers=True) for name, rules in shown.items()}


def _value(rules: Rules, *, answers: bool = False) -> Any:
    meta: Mapping[str, Any] = rules.get("meta", {})
    if "example" in meta:
        return meta["example"]
    if "allowed" in rules:
        return rules["allowed"][0]
    if answers and rules.get("nullable"):
        return None
    kind = rules["type"] if isinstance(rules["type"], str) else rules["type"][0]
    return _OF_TYPE[kind](rules, answers)


def _text(rules: Rules, answers: bool) -> str:
    known = rules.get("default") or _FORMS.get(rules.get("coerce", ""))
    return str(known or "text")


def _integer(rules: Rules, answers: bool) -> int:
    return max(1, int(rules.get("min", 1)))


def _list(rules: Rules, answers: bool) -> list[Any]:
    return [_value(rules["schema"], answers=answers)]


def _object(rules: Rules, answers: bool) -> dict[str, Any]:
    fields = rules.get("schema", {})
    if answers:
        return _answer(fields)
    return {name: _value(inner) for name, inner in fields.items() if inner.get("required")}


_OF_TYPE = {
    "string": _text,
    "integer": _integer,
    "boolean": lambda rules, answers: bool(rules.get("default", False)),
    "list": _list,
    "dict": _object,
}

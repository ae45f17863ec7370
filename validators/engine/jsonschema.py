"""Cerberus schemas as JSON Schema 2020-12, for the OpenAPI 3.1 document.

What JSON Schema cannot say is left to the description: check digits, codes on a list, leaked
passwords, dates in order, lengths after normalisation.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from validators.engine.bodies import Mode, Schema, settable_fields
from validators.engine.queries import Query, parameters
from validators.engine.validator import VISIBLE, Fields, Rules

Json = dict[str, Any]
Purpose = Literal["answer"] | Mode

_TYPES = {
    "string": "string",
    "integer": "integer",
    "boolean": "boolean",
    "list": "array",
    "dict": "object",
}
_SENT: dict[str, Json] = {
    "date": {"format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "timestamp": {"format": "date-time"},
    "email": {"format": "idn-email", "pattern": r"^[^\s@]+@[^\s@]+$"},
    "url": {"format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"},
    "isbn": {"format": "isbn"},
    "issn": {"format": "issn"},
    "language": {"pattern": r"^\s*[A-Za-z]{2,3}\s*$"},
    "label": {},
    "free": {},
    "opaque": {},
}
_ANSWERED: dict[str, Json] = {
    **_SENT,
    "isbn": {"pattern": "^97[89][0-9]{10}$"},
    "issn": {"pattern": "^[0-9]{4}-[0-9]{3}[0-9X]$"},
    "language": {"pattern": "^[a-z]{3}$"},
}
_CHECKED: dict[str, Json] = {
    "uncommon": {"format": "password"},
    "pin": {"pattern": "^[0-9]+$"},
    "timezone": {},
}
_WORDS: dict[str | tuple[str, str], str] = {
    "allowed": "enum",
    "allow_unknown": "additionalProperties",
    "unique": "uniqueItems",
    "min": "minimum",
    "max": "maximum",
    ("minlength", "string"): "minLength",
    ("maxlength", "string"): "maxLength",
    ("minlength", "list"): "minItems",
    ("maxlength", "list"): "maxItems",
}
# From the first character on, for clients that only look there.
_NOT_BLANK = rf"^[\s\S]*{VISIBLE.pattern}"
_SAID_ELSEWHERE = {"type", "nullable", "required", "meta"}


class UnknownRule(ValueError):
    """A Cerberus rule that has no counterpart here."""


def json_schema(
    schema: Schema, purpose: Purpose, components: dict[str, Json] | None = None
) -> Json:
    """The JSON Schema of a noun's answers, or of its bodies in a POST, PUT or PATCH.

    With `components`, the named objects inside it are put there and referred to.
    Raises UnknownRule, and ValueError for two objects of one name.
    """
    writer = _Writer(purpose, components)
    if purpose == "answer":
        return writer.object(schema.fields)
    written = writer.object(settable_fields(schema, purpose))
    if purpose != "create":
        written["properties"] |= _sent_back(schema, components)
    return written | _all_of(_between(schema))


def _between(schema: Schema) -> list[Json]:
    """What holds between the fields: exactly one of some, at most one or all of others."""
    either = [{"oneOf": _each(group)} for group in schema.either]
    at_most_one = [{"oneOf": [*_each(group), _none(group)]} for group in schema.at_most_one]
    together = [{"oneOf": [_required(*group), _none(group)]} for group in schema.together]
    return either + at_most_one + together


def _each(group: Iterable[str]) -> list[Json]:
    return [_required(name) for name in group]


def _none(group: Iterable[str]) -> Json:
    return {"not": {"anyOf": _each(group)}}


def _required(*names: str) -> Json:
    """These fields are given; linters want a field that is required to be named beside."""
    return {"properties": {name: {} for name in names}, "required": list(names)}


def _all_of(conditions: Sequence[Json]) -> Json:
    """All these conditions.

    Said with `if`, which generators of clients pass over: `allOf` and `oneOf` beside `properties`
    would become classes without a name for them.
    """
    if not conditions:
        return {}
    return {"if": conditions[0], "then": _all_of(conditions[1:]), "else": {"not": {}}}


def query_parameters(query: Query) -> list[Json]:
    """The OpenAPI parameter objects of a query string."""
    return [_parameter(name, rules) for name, rules in parameters(query).items()]


def described(rules: Rules) -> str:
    """What is said of a field or parameter that is sent, and what it is when left out.

    That is not said with `default`: generated clients send it whether they are asked to or not, or
    take a field that has one for required.
    """
    told = rules.get("meta", {}).get("description", "")
    default = rules.get("default")
    if default in (None, [], {}):
        return str(told)
    return f"{told} `{json.dumps(default)}` unless given.".strip()


def _parameter(name: str, rules: Rules) -> Json:
    meta = rules.get("meta", {})
    parameter = {"name": name, "in": "query", "required": bool(rules.get("required"))}
    told = described(rules)
    parameter |= {"description": told} if told else {}
    parameter |= {"example": meta["example"]} if "example" in meta else {}
    if rules["type"] == "list":
        parameter |= {"style": "form", "explode": False}
    return parameter | {"schema": _parameter_schema(rules)}


def _parameter_schema(rules: Rules) -> Json:
    """What the text may be; it is never null, and left out where that is the default."""
    if rules["type"] == "dict":
        return {"type": "string", "pattern": _pairs_pattern(rules["keysrules"]["allowed"])}
    dropped = ["meta", "nullable", "default"]
    # A list without any text is read as a list of one empty text.
    least = {"minlength": 1} if rules["type"] == "list" else {}
    kept = {rule: value for rule, value in rules.items() if rule not in dropped}
    return _Writer("create").value(least | kept)


def _pairs_pattern(names: Iterable[str]) -> str:
    """Pairs of one of the names and a value that is not blank, with commas between."""
    visible = VISIBLE.pattern.replace("[^", "[^,")
    pair = f" *(?:{'|'.join(names)}) *:[^,]*{visible}[^,]*"
    return f"^{pair}(?:,{pair})*$"


def _sent_back(schema: Schema, components: dict[str, Json] | None) -> dict[str, Json]:
    """The server's own fields, which may be sent back as they were read."""
    return _Writer("answer", components).properties(schema.only(*schema.marked("readOnly")))


class _Writer:
    """Writes one JSON Schema."""

    def __init__(self, purpose: Purpose, components: dict[str, Json] | None = None) -> None:
        self.purpose = purpose
        self.components = components

    def object(self, fields: Fields, *, partial: bool = False) -> Json:
        """An object with these fields and no others."""
        shown = {name: rules for name, rules in fields.items() if self._shows(rules)}
        needed = [] if partial else [name for name, rules in shown.items() if self._needs(rules)]
        return {
            "type": "object",
            "properties": self.properties(shown),
            "additionalProperties": False,
            **({"required": needed} if needed else {}),
        }

    def properties(self, fields: Fields) -> dict[str, Json]:
        """What each of the fields may hold."""
        return {name: self.value(rules) for name, rules in fields.items()}

    def value(self, rules: Rules) -> Json:
        """What one field may hold."""
        component = self._component(rules)
        noted = self._notes(rules)
        if component is None or self.components is None:
            return self._nullable(self._inline(rules), rules) | noted
        written = self._inline(rules)
        if self.components.setdefault(component, written) != written:
            raise ValueError(f"two objects are called {component}")
        reference = {"$ref": f"#/components/schemas/{component}"}
        if rules.get("nullable"):
            return {"anyOf": [reference, {"type": "null"}]} | noted
        return reference | noted

    def _component(self, rules: Rules) -> str | None:
        """The name of an object: in a body another than in an answer, as its fields differ."""
        name: str | None = rules.get("meta", {}).get("component")
        return name if name is None or self.purpose == "answer" else f"{name}Body"

    def _inline(self, rules: Rules) -> Json:
        written = self._typed(rules)
        for rule, constraint in rules.items():
            if rule not in _SAID_ELSEWHERE:
                written |= self._rule(rule, constraint, rules)
        return written

    def _typed(self, rules: Rules) -> Json:
        kind = rules["type"]
        if kind == "dict" and "schema" in rules:
            return self.object(rules["schema"], partial="partial" in rules.get("meta", {}))
        if isinstance(kind, list):
            return {"type": [_TYPES[one] for one in kind]}
        return {"type": _TYPES[kind]}

    def _rule(self, rule: str, constraint: Any, rules: Rules) -> Json:
        if rule == "schema":
            return {} if rules["type"] == "dict" else {"items": self.value(constraint)}
        if rule == "coerce":
            return self._form(constraint)
        if rule == "blank":
            return {} if self.purpose == "answer" or _has_form(rules) else {"pattern": _NOT_BLANK}
        if rule == "default":
            return {}
        if rule == "check_with" and constraint in _CHECKED:
            return _CHECKED[constraint]
        word = _WORDS.get(rule) or _WORDS.get((rule, rules["type"]))
        if word is None:
            raise UnknownRule(f"{rule}: {constraint}")
        return {word: constraint}

    def _form(self, name: str) -> Json:
        forms = _ANSWERED if self.purpose == "answer" else _SENT
        if name not in forms:
            raise UnknownRule(f"coerce: {name}")
        return forms[name]

    def _nullable(self, written: Json, rules: Rules) -> Json:
        if not rules.get("nullable"):
            return written
        if "enum" in written:
            return {"anyOf": [written, {"type": "null"}]}
        return {**written, "type": [written["type"], "null"]}

    def _notes(self, rules: Rules) -> Json:
        meta = rules.get("meta", {})
        notes = {key: meta[key] for key in ("readOnly", "writeOnly") if key in meta}
        told = meta.get("description", "") if self.purpose == "answer" else described(rules)
        notes |= {"description": told} if told else {}
        return notes | ({"examples": [meta["example"]]} if "example" in meta else {})

    def _shows(self, rules: Rules) -> bool:
        return self.purpose != "answer" or "writeOnly" not in rules.get("meta", {})

    def _needs(self, rules: Rules) -> bool:
        """All is in an answer but what is only there sometimes, or only for staff."""
        if self.purpose == "answer":
            return not rules.get("meta", {}).keys() & {"optional", "staff_only"}
        return bool(rules.get("required"))


def _has_form(rules: Rules) -> bool:
    """Whether a form of its own says already that the text is not blank."""
    return bool(_SENT.get(rules.get("coerce", "label")))

"""The Cerberus validator of this project: strict types, stored forms, two rules of our own.

A rule set here is ordinary Cerberus data with these rules of our own:

- `blank: False`: a text needs at least one character that shows something;
- `unique: True`: no item of a list comes twice, compared without case;
- `coerce` and `check_with` name a function of `validators.engine.forms`; `text` is implied for
  strings, and integers take a float without fraction, as JSON has one kind of number.

The quick reader decides first (`validators.engine.quick`); this one explains what it doubts.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import cerberus

from validators.engine.errors import BadValue
from validators.engine.forms import CHECKS, STORED_FORMS

Rules = dict[str, Any]
Fields = Mapping[str, Rules]

# No space of ECMAScript's or Python's, so that JSON Schema's `pattern` agrees with us, and none of
# the characters that show nothing: controls, signs of no width and of direction, fillers and
# selectors (Unicode's Default_Ignorable_Code_Point up to U+FFFF), and Braille's empty cell. Among
# others they may stand: Persian and the scripts of India join and part letters with them.
VISIBLE = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8]"
)


class Validator(cerberus.Validator):
    """Cerberus for which `true` is no integer, with the rules `blank` and `unique`."""

    types_mapping: ClassVar = {
        **cerberus.Validator.types_mapping,
        "integer": cerberus.TypeDefinition("integer", (int,), (bool,)),
    }

    def _validate_blank(self, blank: bool, field: str, value: object) -> None:
        """{'type': 'boolean'}"""
        if not blank and isinstance(value, str) and not VISIBLE.search(value):
            self._error(field, "blank: This may not be blank.")

    def _validate_unique(self, unique: bool, field: str, value: object) -> None:
        """{'type': 'boolean'}"""
        if unique and isinstance(value, list) and is_repeated(value):
            self._error(field, "repeated: No item of this list may be given twice.")


def is_repeated(items: list[Any]) -> bool:
    """Whether two of the items are the same but for case and surrounding space."""
    return len({str(item).strip().casefold() for item in items}) < len(items)


def for_cerberus(fields: Fields) -> dict[str, Rules]:
    """A copy of the fields as Cerberus takes them: forms and checks as functions, no defaults.

    Raises cerberus.SchemaError for a type, a rule, a form or a check that nobody knows.
    """
    return {name: _rules_for_cerberus(rules) for name, rules in fields.items()}


def _rules_for_cerberus(rules: Rules) -> Rules:
    _named(Validator.types_mapping, rules["type"])
    for rule in rules:
        _named(Validator.rules, rule)
    full = {rule: value for rule, value in rules.items() if rule != "default"}
    if rules["type"] == "string":
        full["coerce"] = _coercion(_named(STORED_FORMS, rules.get("coerce", "text")))
    if rules["type"] == "integer":
        full["coerce"] = whole
    if "check_with" in rules:
        full["check_with"] = _check(_named(CHECKS, rules["check_with"]))
    if rules["type"] == "list" and "schema" in rules:
        full["schema"] = _rules_for_cerberus(rules["schema"])
    if rules["type"] == "dict" and "schema" in rules:
        full["schema"] = for_cerberus(rules["schema"])
    return full


def _named(known: Mapping[str, Any], name: str) -> Any:
    if name not in known:
        raise cerberus.SchemaError(f"there is no type, rule, form or check of the name {name}")
    return known[name]


def whole(value: object) -> object:
    """A float without fraction as the integer it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _coercion(form: Callable[[str], str]) -> Callable[[object], object]:
    return lambda value: form(value) if isinstance(value, str) else value


def _check(check: Callable[[str], None]) -> Callable[[str, object, Callable[..., None]], None]:
    def check_with(field: str, value: object, error: Callable[..., None]) -> None:
        try:
            if isinstance(value, str):
                check(value)
        except BadValue as bad:
            error(field, str(bad))

    return check_with

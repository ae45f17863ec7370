"""The quick reader: a field's rules as one small function, which takes what is right.

Whatever a function is not sure of raises Doubt, and Cerberus explains what is wrong with it
(`validators.engine.explain`); a test proves that both give the same verdict. Cerberus alone takes
80 times as long for a book (docs/decisions/0008-reading-input.md).
"""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from validators.engine.errors import BadValue
from validators.engine.forms import CHECKS, STORED_FORMS
from validators.engine.validator import VISIBLE, Fields, Rules, is_repeated, whole
from validators.engine.values import normalise_text

Read = Callable[[Any], Any]

_DECLARED = {"type", "meta", "required", "default", "nullable"}
_KNOWN = {
    "string": _DECLARED | {"coerce", "minlength", "maxlength", "blank", "allowed", "check_with"},
    "integer": _DECLARED | {"min", "max"},
    "boolean": _DECLARED,
    "list": _DECLARED | {"minlength", "maxlength", "schema", "unique"},
    "dict": _DECLARED | {"schema", "allow_unknown", "keysrules"},
}


class Doubt(Exception):
    """The value is not certainly right."""


DOUBTS = (Doubt, BadValue)
"""What a reader raises for a value it does not take."""


def reader(rules: Rules) -> Read:
    """The function from a value to its stored form for these rules; it raises one of `DOUBTS`.

    Raises ValueError for a rule that has no quick form.
    """
    kind = rules["type"]
    strange = rules.keys() - _KNOWN.get(kind, frozenset())
    if strange:
        raise ValueError(f"the quick reader has no rule {', '.join(sorted(strange))} for {kind}")
    read = _READERS[kind](rules)
    # Texts see to it themselves.
    return _or_none(read) if rules.get("nullable") and kind != "string" else read


def default_of(rules: Rules) -> Any:
    """The default, which no two records share."""
    default = rules["default"]
    return default.copy() if isinstance(default, (list, dict)) else default


def _string(rules: Rules) -> Read:
    stored_form = STORED_FORMS[rules.get("coerce", "text")]
    least, most = rules.get("minlength", 0), rules.get("maxlength", inf)
    blank = rules.get("blank", True)
    allowed = rules.get("allowed")
    check = CHECKS[rules["check_with"]] if "check_with" in rules else None

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise Doubt
        text = stored_form(value)
        if not least <= len(text) <= most or not (blank or VISIBLE.search(text)):
            raise Doubt
        if allowed is not None and text not in allowed:
            raise Doubt
        if check is not None:
            check(text)
        return text

    either: Read = _or_none(read) if rules.get("nullable") else read
    is_plain = stored_form is normalise_text and not {"allowed", "check_with"} & rules.keys()
    return _quick_text(either, least, most, blank=blank) if is_plain else either


def _quick_text(read: Read, least: float, most: float, *, blank: bool) -> Read:
    """Take text in ASCII, as most is, as it is: two calls less for each text of an import."""

    def read_plain(value: Any) -> Any:
        if type(value) is not str or not value.isascii() or "\0" in value:
            return read(value)
        is_right = least <= len(value) <= most and (blank or VISIBLE.search(value))
        return value if is_right else read(value)

    return read_plain


def _integer(rules: Rules) -> Read:
    least, most = rules.get("min", -inf), rules.get("max", inf)

    def read(value: Any) -> int:
        number = whole(value) if type(value) is float else value
        if type(number) is not int or not least <= number <= most:
            raise Doubt
        return number

    return read


def _boolean(_rules: Rules) -> Read:
    def read(value: Any) -> bool:
        if type(value) is not bool:
            raise Doubt
        return value

    return read


def _list(rules: Rules) -> Read:
    item = reader(rules["schema"])
    least, most = rules.get("minlength", 0), rules.get("maxlength", inf)
    unique = rules.get("unique", False)

    def read(value: Any) -> list[Any]:
        if type(value) is not list or not least <= len(value) <= most:
            raise Doubt
        items = [item(each) for each in value]
        if unique and is_repeated(items):
            raise Doubt
        return items

    return read


def _dict(rules: Rules) -> Read:
    if "schema" in rules:
        return _object(rules["schema"])
    key = reader(rules["keysrules"]) if "keysrules" in rules else None

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Doubt
        return value if key is None else {key(name): value[name] for name in value}

    return read


def _object(fields: Fields) -> Read:
    readers = {name: reader(rules) for name, rules in fields.items()}
    required = [name for name, rules in fields.items() if rules.get("required")]
    defaults = {name: rules for name, rules in fields.items() if "default" in rules}

    def read(given: Any) -> dict[str, Any]:
        if type(given) is not dict or not readers.keys() >= given.keys():
            raise Doubt
        if not all(name in given for name in required):
            raise Doubt
        found = {name: readers[name](value) for name, value in given.items()}
        for name in defaults.keys() - given.keys():
            found[name] = default_of(defaults[name])
        return found

    return read


def _or_none(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


_READERS: Mapping[str, Callable[[Rules], Read]] = {
    "string": _string,
    "integer": _integer,
    "boolean": _boolean,
    "list": _list,
    "dict": _dict,
}

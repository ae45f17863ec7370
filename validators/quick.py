"""A short cut through a noun's schema for bulk: what is plainly right is read without Cerberus.

Each field's rules become one small function. Whatever any of them is not sure about goes to the
Cerberus reader, which alone decides what is wrong and says so; a test holds the two together.
"""

import copy
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from typing import Any

from validators import values
from validators.base import VISIBLE, Fields, Rules, with_stored_forms
from validators.bodies import Schema, compile_body, settable_fields
from validators.errors import BadValue
from validators.isbn import normalise_isbn
from validators.language import normalise_language

Read = Callable[[Any], Any]

_STORED_FORMS: Mapping[str, Callable[[str], str]] = {
    "text": values.normalise_text,
    "label": values.normalise_label,
    "date": values.normalise_date,
    "url": values.normalise_url,
    "isbn": normalise_isbn,
    "language": normalise_language,
}
_DECLARED = {"type", "meta", "required", "default", "nullable", "coerce"}
_KNOWN = {
    "string": _DECLARED | {"maxlength", "blank", "allowed"},
    "integer": _DECLARED | {"min", "max"},
    "list": _DECLARED | {"maxlength", "schema"},
    "dict": _DECLARED | {"schema"},
}


class _Doubt(Exception):
    """Not plainly right."""


class QuickBody:
    """Reads bodies of POST like `compile_body(schema, "create")`, many times faster.

    Raises ValueError for a schema with rules that have no short cut.
    """

    def __init__(self, schema: Schema) -> None:
        if schema.either or schema.in_order:
            raise ValueError(f"{schema.name} has rules between fields")
        self._thorough = compile_body(schema, "create")
        self._plainly = _object(with_stored_forms(settable_fields(schema, "create")))

    def __call__(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every field to store, in its stored form. Raises Invalid."""
        try:
            read: dict[str, Any] = self._plainly(given)
        except (_Doubt, BadValue):
            return self._thorough(given)
        return read


def _field(rules: Rules) -> Read:
    kind = rules["type"]
    strange = rules.keys() - _KNOWN.get(kind, frozenset())
    if strange:
        raise ValueError(f"no short cut for {kind} with {', '.join(sorted(strange))}")
    read = _READERS[kind](rules)
    return _or_none(read) if rules.get("nullable") else read


def _object(fields: Fields) -> Read:
    readers = {name: _field(rules) for name, rules in fields.items()}
    required = [name for name, rules in fields.items() if rules.get("required")]
    defaults = {name: rules["default"] for name, rules in fields.items() if "default" in rules}
    lists = {name for name, value in defaults.items() if isinstance(value, list)}

    def read(given: Any) -> dict[str, Any]:
        if type(given) is not dict or not all(name in given for name in required):
            raise _Doubt
        found = {}
        for name, value in given.items():
            if name not in readers:
                raise _Doubt
            found[name] = readers[name](value)
        for name in defaults.keys() - given.keys():
            found[name] = copy.copy(defaults[name]) if name in lists else defaults[name]
        return found

    return read


def _string(rules: Rules) -> Read:
    stored_form = _STORED_FORMS[rules["coerce"]]
    longest = rules.get("maxlength", inf)
    blank = rules.get("blank", True)
    allowed = rules.get("allowed")

    def read(value: Any) -> str:
        if type(value) is not str:
            raise _Doubt
        text = stored_form(value)
        if len(text) > longest or not (blank or VISIBLE.search(text)):
            raise _Doubt
        if allowed is not None and text not in allowed:
            raise _Doubt
        return text

    return read


def _integer(rules: Rules) -> Read:
    least, most = rules.get("min", -inf), rules.get("max", inf)

    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise _Doubt
        return value

    return read


def _list(rules: Rules) -> Read:
    item = _field(rules["schema"])
    longest = rules.get("maxlength", inf)

    def read(value: Any) -> list[Any]:
        if type(value) is not list or len(value) > longest:
            raise _Doubt
        return [item(each) for each in value]

    return read


def _or_none(read: Read) -> Read:
    return partial(_unless_none, read)


def _unless_none(read: Read, value: Any) -> Any:
    return None if value is None else read(value)


_READERS: Mapping[str, Callable[[Rules], Read]] = {
    "string": _string,
    "integer": _integer,
    "list": _list,
    "dict": lambda rules: _object(rules["schema"]),
}

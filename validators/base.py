"""The Cerberus validator of this project: strict types, stored forms, plain faults.

A rule set here is ordinary Cerberus data with these rules of our own:

- `blank: False`: a text needs at least one character that is not space;
- `unique: True`: no item of a list comes twice, compared without case;
- `coerce`: `text` (implied for strings), `whole` (implied for integers), `label`, `date`,
  `timestamp`, `email`, `url`, `isbn`, `language`, `free` turn a value into its stored form,
  `opaque` leaves a text as it is.

Faults that only we know are worded `code: detail`; `validators.faults` takes them apart.
"""

import copy
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

import cerberus
from cerberus.schema import (
    DefinitionSchema,
    UnvalidatedSchema,
)

from validators import values
from validators.isbn import normalise_isbn
from validators.language import normalise_language
from validators.passwords import is_common

Rules = dict[str, Any]
Fields = Mapping[str, Rules]

# What ECMAScript and Python take for space, so that JSON Schema's `pattern` agrees with us.
VISIBLE = re.compile(r"[^\s\x1c-\x1f\x85\ufeff]")


class Validator(cerberus.Validator):
    """Cerberus with `true` no integer, whole floats integers (as JSON has one kind of number)."""

    types_mapping: ClassVar = {
        **cerberus.Validator.types_mapping,
        "integer": cerberus.TypeDefinition("integer", (int,), (bool,)),
    }

    def _error(self, *args: Any) -> None:
        """Collect errors; Cerberus would sort all of them again for each one added."""
        if len(args) == 1:
            self._errors.extend(args[0])
        else:
            super()._error(*args)

    def _normalize_default(self, mapping: Rules, schema: Fields, field: str) -> None:
        """{'nullable': True}"""
        if field not in mapping:
            mapping[field] = copy.copy(schema[field]["default"])

    def _validate_blank(self, blank: bool, field: str, value: object) -> None:
        """{'type': 'boolean'}"""
        if not blank and isinstance(value, str) and not VISIBLE.search(value):
            self._error(field, "blank: This may not be blank.")

    def _validate_unique(self, unique: bool, field: str, value: object) -> None:
        """{'type': 'boolean'}"""
        seen: set[str] = set()
        for item in value if unique and isinstance(value, list) else ():
            key = str(item).casefold()
            if key in seen:
                self._error(field, "repeated: No item of this list may come twice.")
                return
            seen.add(key)

    def _check_with_uncommon(self, field: str, value: object) -> None:
        if isinstance(value, str) and is_common(value):
            self._error(
                field, "common-password: This password is among the first anybody would try."
            )

    def _check_with_timezone(self, field: str, value: object) -> None:
        if isinstance(value, str) and value not in _timezones():
            self._error(field, "not-allowed: The IANA time zone database has no zone of this name.")

    def _normalize_coerce_text(self, value: object) -> object:
        return _if_text(values.normalise_text, value)

    def _normalize_coerce_free(self, value: object) -> object:
        return _if_text(values.normalise_free_text, value)

    def _normalize_coerce_opaque(self, value: object) -> object:
        return value

    def _normalize_coerce_label(self, value: object) -> object:
        return _if_text(values.normalise_label, value)

    def _normalize_coerce_date(self, value: object) -> object:
        return _if_text(values.normalise_date, value)

    def _normalize_coerce_timestamp(self, value: object) -> object:
        return _if_text(values.normalise_timestamp, value)

    def _normalize_coerce_email(self, value: object) -> object:
        return _if_text(values.normalise_email, value)

    def _normalize_coerce_url(self, value: object) -> object:
        return _if_text(values.normalise_url, value)

    def _normalize_coerce_isbn(self, value: object) -> object:
        return _if_text(normalise_isbn, value)

    def _normalize_coerce_language(self, value: object) -> object:
        return _if_text(normalise_language, value)

    def _normalize_coerce_whole(self, value: object) -> object:
        return int(value) if isinstance(value, float) and value.is_integer() else value


@cache
def _timezones() -> frozenset[str]:
    """Every zone but two names that are none: one means what the machine does, one nothing."""
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _if_text(read: Callable[[str], str], value: object) -> object:
    return read(value) if isinstance(value, str) else value


class FrozenRules:
    """A schema checked once, at start, then used by any number of threads.

    Cerberus by itself checks a schema again each time it normalises, and walks through every
    field of it; here a call meets only the fields given and those that must be.
    Raises cerberus.SchemaError for a rule or type nobody knows.
    """

    def __init__(self, fields: Fields) -> None:
        self.full: dict[str, Rules] = DefinitionSchema(
            Validator(), with_stored_forms(fields)
        ).schema
        self._given = {name: _without_default(rules) for name, rules in self.full.items()}
        self._required = [name for name, rules in self.full.items() if rules.get("required")]
        self._defaults = {
            name: rules["default"] for name, rules in self.full.items() if "default" in rules
        }

    def check(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
        """The values in their stored form, without defaults, and Cerberus's errors."""
        names = [*self._required, *(name for name in values if name in self._given)]
        validator = Validator(UnvalidatedSchema({name: self._given[name] for name in names}))
        validator.validate(values)
        return dict(validator.document), validator._errors

    def with_defaults(self, values: dict[str, Any]) -> dict[str, Any]:
        """The values, and the default of each field left out."""
        left_out = (name for name in self._defaults if name not in values)
        return values | {name: copy.copy(self._defaults[name]) for name in left_out}


def with_stored_forms(fields: Fields) -> dict[str, Rules]:
    """A copy of the fields in which every text and number is coerced to its stored form."""
    return {name: _with_stored_form(rules) for name, rules in fields.items()}


def _with_stored_form(rules: Rules) -> Rules:
    implied = {"string": "text", "integer": "whole"}.get(rules["type"])
    full = {"coerce": implied, **rules} if implied else dict(rules)
    if rules["type"] == "list" and "schema" in rules:
        full["schema"] = _with_stored_form(rules["schema"])
    if rules["type"] == "dict" and "schema" in rules:
        full["schema"] = with_stored_forms(rules["schema"])
    return full


def _without_default(rules: Rules) -> Rules:
    return {rule: value for rule, value in rules.items() if rule != "default"}

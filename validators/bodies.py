"""Bodies: a noun's schema, compiled once for POST, PUT or PATCH, then called for each request."""

import copy
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from validators.base import Fields, FrozenRules, Rules
from validators.errors import Invalid
from validators.faults import Found, body_faults, found

MOST_UNKNOWN = 1000
"""How many unknown fields are told; a body of nothing else would cost seconds."""

Mode = Literal["create", "replace", "patch"]


@dataclass(frozen=True)
class Schema:
    """A noun's fields as Cerberus rules, and what holds between them.

    `either`: of each group of fields exactly one is given. `in_order`: (from, to) pairs of dates
    of which the second is not before the first.

    In a field's `meta`: `readOnly` (the server's own), `writeOnly` (never in an answer), `role`
    (the least role that may set it), `staff_only` (members do not see it), `settable` (those of
    the `allowed` values that a client may set; a PATCH may send another one back where it is the
    present value, which only the record can tell), `description`, `example`.
    """

    name: str
    fields: Fields
    either: tuple[tuple[str, ...], ...] = ()
    in_order: tuple[tuple[str, str], ...] = ()

    def only(self, *names: str) -> dict[str, Rules]:
        """These of the fields, to build another schema from."""
        return {name: self.fields[name] for name in names}

    def marked(self, mark: str) -> dict[str, Any]:
        """The fields whose `meta` has the mark, with its value."""
        metas = ((name, rules.get("meta", {})) for name, rules in self.fields.items())
        return {name: meta[mark] for name, meta in metas if mark in meta}


class Body:
    """Reads one kind of body. Keeps nothing between calls, so threads may share it."""

    def __init__(self, schema: Schema, mode: Mode) -> None:
        self.schema = schema
        self.mode = mode
        self.fields = settable_fields(schema, mode)
        self.roles: dict[str, str] = schema.marked("role")
        self._read_only = frozenset(schema.marked("readOnly"))
        self._order = {name: place for place, name in enumerate(schema.fields)}
        self._rules = FrozenRules(self.fields)

    def __call__(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The fields to store, in their stored form: in a PATCH those given, else every one.

        Raises Invalid.
        """
        known = {k: self._prepared(k, v) for k, v in given.items() if self._takes(k)}
        unknown = islice((k for k in given if k not in self._order), MOST_UNKNOWN)
        document, errors = self._rules.check(known | {k: given[k] for k in unknown})
        faults = [self._read_only_told(one) for one in found(errors)]
        faults += _faults_between(self.schema, document, {path[0] for path, *_ in faults})
        if faults:
            raise Invalid(body_faults(faults, self._order))
        return self._rules.with_defaults(document)

    def _takes(self, name: str) -> bool:
        """PUT and PATCH leave out the server's own fields; in a POST they are faults."""
        return name in self._order and (self.mode == "create" or name not in self._read_only)

    def _prepared(self, name: str, value: Any) -> Any:
        """In a PATCH null removes, which leaves the default; of an endless list the rest is cut."""
        rules = self.schema.fields.get(name, {})
        if value is None and self.mode == "patch" and not rules.get("nullable"):
            return copy.copy(rules.get("default"))
        if isinstance(value, list) and "maxlength" in rules:
            return value[: rules["maxlength"] + 1]
        return value

    def _read_only_told(self, one: Found) -> Found:
        path, code, _ = one
        if code == "unknown-field" and len(path) == 1 and path[0] in self._read_only:
            return path, "read-only", "The server sets this field; leave it out."
        return one


def compile_body(schema: Schema, mode: Mode) -> Body:
    """The reader of a noun's bodies. Raises cerberus.SchemaError for unknown rules."""
    return Body(schema, mode)


def settable_fields(schema: Schema, mode: Mode) -> dict[str, Rules]:
    """The rules of what a client may send: no server's own fields; in a PATCH all are optional."""
    read_only = schema.marked("readOnly")
    return {
        name: _settable(rules, mode)
        for name, rules in schema.fields.items()
        if name not in read_only
    }


def _settable(rules: Rules, mode: Mode) -> Rules:
    dropped = {"default", "required"} if mode == "patch" else set()
    kept = {rule: value for rule, value in rules.items() if rule not in dropped}
    if mode == "patch" and "default" in rules:
        kept["nullable"] = True
    if mode != "patch" and "settable" in rules.get("meta", {}):
        kept["allowed"] = rules["meta"]["settable"]
    return kept


def _faults_between(
    schema: Schema, document: Mapping[str, Any], wrong: Collection[str | int]
) -> list[Found]:
    """What is wrong between fields; those that are `wrong` by themselves are not compared."""
    faults: list[Found] = []
    for group in schema.either:
        faults += _either_faults(group, [name for name in group if name in document])
    for first, last in schema.in_order:
        if first in wrong or last in wrong:
            continue
        if document.get(first) and document.get(last) and document[last] < document[first]:
            faults.append(((last,), "too-small", f"This may not be before {first}."))
    return faults


def _either_faults(group: tuple[str, ...], given: list[str]) -> list[Found]:
    if not given:
        return [((group[0],), "required", f"Give {' or '.join(group)}.")]
    return [((name,), "not-allowed", f"Give {given[0]} or {name}, not both.") for name in given[1:]]

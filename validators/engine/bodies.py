"""Bodies: a noun's schema, compiled once for POST, PUT or PATCH, then called for each request."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from validators.engine.errors import Fault, Invalid
from validators.engine.explain import MOST_UNKNOWN
from validators.engine.faults import Found, body_faults, pointer, unknown_field
from validators.engine.quick import default_of
from validators.engine.reader import FieldReader
from validators.engine.validator import Fields, Rules

IGNORED = frozenset({"id", "created_at", "updated_at", "revision"})
"""The server's own fields that may be sent back with any value."""
_SET_BY_SERVER = "The server sets this field; leave it out."

Mode = Literal["create", "replace", "patch"]


@dataclass(frozen=True)
class Schema:
    """A noun's fields as Cerberus rules, and what holds between them.

    `either`: of each group of fields exactly one is given. `at_most_one`: of each of these at most
    one. `together`: of each of these all or none. `in_order`: (from, to) pairs of dates of which
    the second is not before the first.

    In a field's `meta`: `readOnly` (the server's own), `writeOnly` (never in an answer), `role`
    (the least role that may set it), `staff_only` (members do not see it), `settable` (those of
    the `allowed` values that a client may set; a PATCH may send another one back where it is the
    present value, which only the record can tell), `always` (required in a PATCH too),
    `description`, `example`, `when_wrong` (added to what is said of a number that is none, too
    small or too large).
    """

    name: str
    fields: Fields
    either: tuple[tuple[str, ...], ...] = ()
    at_most_one: tuple[tuple[str, ...], ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    in_order: tuple[tuple[str, str], ...] = ()

    def only(self, *names: str) -> dict[str, Rules]:
        """These of the fields, to build another schema from."""
        return {name: self.fields[name] for name in names}

    def marked(self, mark: str) -> dict[str, Any]:
        """The fields whose `meta` has the mark, with its value."""
        metas = ((name, rules.get("meta", {})) for name, rules in self.fields.items())
        return {name: meta[mark] for name, meta in metas if mark in meta}


Judge = Callable[[Mapping[str, Any], Mapping[str, Any]], list[Found]]
"""Finds what the rules of fields cannot say, to be told together with what they say.

It is called with the fields that are right, as stored, and with all that are known.
"""


class Body:
    """Reads one kind of body. Keeps nothing between calls, so threads may share it."""

    def __init__(self, schema: Schema, mode: Mode, judge: Judge | None = None) -> None:
        self.schema = schema
        self.mode = mode
        self._judge = judge
        self.fields = settable_fields(schema, mode)
        self.roles: dict[str, str] = schema.marked("role")
        self.staff_only = frozenset(schema.marked("staff_only"))
        self._read_only = frozenset(schema.marked("readOnly"))
        self._compared = [n for n in schema.fields if n in self._read_only and n not in IGNORED]
        self._reader = FieldReader(self.fields)
        self._cleared = _replaced_null(schema) if mode == "patch" else {}
        self._has_faults_between = bool(
            schema.either or schema.at_most_one or schema.together or schema.in_order
        )

    def __call__(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The fields to store, in their stored form: in a PATCH those given, else every one.

        Raises Invalid.
        """
        known, strange = self._sorted_out(given)
        stored, wrong = self._reader.read(known)
        wrong += strange
        if self._has_faults_between:
            wrong += _faults_between(self.schema, known.keys(), stored)
        if self._judge is not None:
            wrong += self._judge(stored, known | stored)
        if wrong:
            order = {name: place for place, name in enumerate(self.schema.fields)}
            raise Invalid(body_faults(wrong, order))
        return stored if self.mode == "patch" else self._reader.with_defaults(stored)

    def sent_back(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The server's own fields in a PUT or PATCH, which must have their present values.

        Those that every change renews (`IGNORED`) may have any.
        """
        return {name: given[name] for name in self._compared if name in given}

    def _sorted_out(self, given: Mapping[str, Any]) -> tuple[dict[str, Any], list[Found]]:
        """The fields to read, and what is wrong with the names of the others."""
        known, strange = dict(given), []
        if not self.fields.keys() >= given.keys():
            known = {name: value for name, value in given.items() if name in self.fields}
            strange = self._strange([name for name in given if name not in known])
        for name, rules in self._cleared.items():
            if name in known and known[name] is None:
                known[name] = default_of(rules)
        return known, strange

    def _strange(self, names: list[str]) -> list[Found]:
        """PUT and PATCH leave out the server's own fields; in a POST they are faults."""
        unknown = [name for name in names if name not in self._read_only]
        known = list(self.fields)
        faults: list[Found] = [
            ((name,), *unknown_field(name, known)) for name in unknown[:MOST_UNKNOWN]
        ]
        if self.mode == "create":
            read_only = self._read_only.intersection(names)
            faults += [((name,), "read-only", _SET_BY_SERVER) for name in read_only]
        return faults


def read_only_faults(sent_back: Mapping[str, Any], present: Mapping[str, Any]) -> list[Fault]:
    """The faults of the server's own fields that do not have the present value."""
    return [
        Fault("read-only", _SET_BY_SERVER, pointer=pointer((name,)))
        for name, value in sent_back.items()
        if name not in present or value != present[name]
    ]


def compile_body(schema: Schema, mode: Mode, judge: Judge | None = None) -> Body:
    """The reader of a noun's bodies. Raises cerberus.SchemaError for unknown rules."""
    return Body(schema, mode, judge)


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
    if rules.get("meta", {}).get("always"):
        dropped -= {"required"}
    kept = {rule: value for rule, value in rules.items() if rule not in dropped}
    if mode == "patch" and "default" in rules:
        kept["nullable"] = True
    if mode != "patch" and "settable" in rules.get("meta", {}):
        kept["allowed"] = rules["meta"]["settable"]
    return kept


def cleared_by_null(schema: Schema) -> dict[str, Rules]:
    """The fields that null in a PATCH sets back to their default (RFC 7396: null removes)."""
    return {
        name: rules
        for name, rules in schema.fields.items()
        if "default" in rules and not rules.get("nullable")
    }


def _replaced_null(schema: Schema) -> dict[str, Rules]:
    """Those of them that are read as their default.

    An object in a PATCH is merged with the present one, so that null, which empties it, is not {}.
    """
    cleared = cleared_by_null(schema)
    return {name: rules for name, rules in cleared.items() if rules.get("type") != "dict"}


def _faults_between(
    schema: Schema, given: Collection[str], stored: Mapping[str, Any]
) -> list[Found]:
    """What is wrong between the fields `given`; `stored` are those right by themselves."""
    faults: list[Found] = [
        ((group[0],), "required", f"Give {' or '.join(group)}.")
        for group in schema.either
        if not any(name in given for name in group)
    ]
    for group in schema.either + schema.at_most_one:
        sent = [name for name in group if name in given]
        detail = "Give {} or {}, not both."
        faults += [((one,), "not-allowed", detail.format(sent[0], one)) for one in sent[1:]]
    for group in schema.together:
        faults += _incomplete(group, [name for name in group if name in given])
    for first, last in schema.in_order:
        if stored.get(first) and stored.get(last) and stored[last] < stored[first]:
            faults.append(((last,), "too-small", f"This may not be before {first}."))
    return faults


def _incomplete(group: tuple[str, ...], given: list[str]) -> list[Found]:
    missing = [name for name in group if name not in given] if given else []
    return [((name,), "required", f"Give {' and '.join(group)}.") for name in missing]

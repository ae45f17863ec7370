"""From Cerberus's errors to faults with a place, a code and a sentence for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from cerberus import errors as cerberus_errors
from cerberus.errors import (
    COERCION_FAILED,
    CUSTOM,
    UNKNOWN_FIELD,
    BaseErrorHandler,
    ValidationError,
)

from validators.engine.errors import Fault
from validators.engine.nearest import hint, nearest

_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "list": "a list",
    "dict": "an object",
}
_WRONG_NUMBER = {"type", "too-small", "too-large"}
_IN_FRAGMENT = "!$&'()*+,;=:@?~"  # RFC 3986 section 3.5, without the slash that separates

Path = tuple[str | int, ...]
Found = tuple[Path, str, str]


def pointer(path: Iterable[str | int]) -> str:
    """An RFC 6901 pointer in its URI fragment form, such as `#/contributors/0/name`."""
    return "#" + "".join("/" + _token(str(step)) for step in path)


class FoundHandler(BaseErrorHandler):
    """Makes a validator's `errors` a list of (path, code, detail) under these rules of a field."""

    def __init__(self, rules: Mapping[str, Any]) -> None:
        self._rules = rules

    def __call__(self, errors: Iterable[ValidationError]) -> list[Found]:
        """Each error once; of a value that cannot be read at all, only that."""
        flat = list(_leaves(errors))
        unread = {e.document_path for e in flat if e.code == COERCION_FAILED.code}
        return [
            (error.document_path, *self._described(error))
            for error in flat
            if error.document_path not in unread or error.code == COERCION_FAILED.code
        ]

    def _described(self, error: ValidationError) -> tuple[str, str]:
        """The code and the sentence for one error."""
        if error.code in (CUSTOM.code, COERCION_FAILED.code):
            code, _, detail = error.info[0].partition(": ")
            return code, detail
        if error.code == UNKNOWN_FIELD.code:
            *around, name = error.document_path
            return unknown_field(str(name), _fields_at(around, self._rules))
        code, detail = _DESCRIPTIONS[error.code](error.constraint, error.value)
        told = self._rules.get("meta", {}).get("when_wrong") if code in _WRONG_NUMBER else None
        return code, f"{detail} {told}" if told else detail


def unknown_field(name: str, known: Sequence[str]) -> tuple[str, str]:
    """The code and the sentence for a field that none of the known ones is."""
    return "unknown-field", f"There is no such field. {hint(name, known, 'fields')}"


def _fields_at(path: Iterable[str | int], rules: Mapping[str, Any]) -> list[str]:
    """The fields of the object at a path that begins with the name of the field of these rules."""
    for step in list(path)[1:]:
        rules = rules["schema"] if isinstance(step, int) else rules["schema"][step]
    return list(rules["schema"])


def body_faults(all_found: Iterable[Found], order: Mapping[str, int]) -> list[Fault]:
    """The faults of a body, in the order its schema has the fields in, unknown ones last."""
    in_order = sorted(all_found, key=lambda one: (order.get(str(one[0][0]), len(order)), one[0]))
    return [Fault(code, detail, pointer=pointer(path)) for path, code, detail in in_order]


def query_faults(all_found: Iterable[Found]) -> list[Fault]:
    """The faults of a query string, by parameter."""
    return [Fault(code, detail, parameter=str(path[0])) for path, code, detail in all_found]


def _token(step: str) -> str:
    escaped = step.replace("~", "~0").replace("/", "~1")
    return quote(escaped, safe=_IN_FRAGMENT, errors="replace")


def _leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        if error.is_group_error:
            yield from _leaves(error.child_errors)
        else:
            yield error


def _wrong_type(kind: str, value: object) -> tuple[str, str]:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    quoted = ": put the number in double quotes" if kind == "string" and is_number else ""
    return "type", f"This must be {_KINDS[kind]}{quoted}."


def _too_long(limit: int, value: object) -> tuple[str, str]:
    if isinstance(value, str):
        return "too-long", f"This may have at most {limit:,} characters."
    return "too-many", f"This list may have at most {limit:,} items."


def _too_short(limit: int, value: object) -> tuple[str, str]:
    if isinstance(value, str):
        return "too-short", f"This must have at least {limit:,} characters."
    return "too-few", f"This list must have at least {limit:,} items."


def _not_allowed(choices: Iterable[object], value: object) -> tuple[str, str]:
    known = [str(choice) for choice in choices]
    close = nearest(str(value), known)
    guess = f" Did you mean {close}?" if close else ""
    return "not-allowed", f"This must be one of: {', '.join(known)}.{guess}"


_DESCRIPTIONS: dict[int, Callable[[Any, object], tuple[str, str]]] = {
    cerberus_errors.REQUIRED_FIELD.code: lambda *_: ("required", "This is required."),
    cerberus_errors.NOT_NULLABLE.code: lambda *_: ("required", "This may not be null."),
    cerberus_errors.BAD_TYPE.code: _wrong_type,
    cerberus_errors.MAX_LENGTH.code: _too_long,
    cerberus_errors.MIN_LENGTH.code: _too_short,
    cerberus_errors.MIN_VALUE.code: lambda least, _: (
        "too-small",
        f"This must be at least {least}.",
    ),
    cerberus_errors.MAX_VALUE.code: lambda most, _: ("too-large", f"This may be at most {most}."),
    cerberus_errors.UNALLOWED_VALUE.code: _not_allowed,
    cerberus_errors.UNALLOWED_VALUES.code: _not_allowed,
}

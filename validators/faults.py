"""From Cerberus's errors to faults with a place, a code and a sentence for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from cerberus import errors as cerberus_errors
from cerberus.errors import ValidationError

from validators.errors import Fault

_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "list": "a list",
    "dict": "an object",
}
_IN_FRAGMENT = "!$&'()*+,;=:@?~"  # RFC 3986 section 3.5, without the slash that separates

Path = tuple[str | int, ...]
Found = tuple[Path, str, str]


def pointer(path: Iterable[str | int]) -> str:
    """An RFC 6901 pointer in its URI fragment form, such as `#/contributors/0/name`."""
    return "#" + "".join("/" + _token(str(step)) for step in path)


def found(errors: Iterable[ValidationError]) -> list[Found]:
    """(path, code, detail) of each error; of a value that cannot be read at all, only that."""
    flat = list(_leaves(errors))
    unread = {e.document_path for e in flat if e.code == cerberus_errors.COERCION_FAILED.code}
    return [
        (error.document_path, *_described(error))
        for error in flat
        if error.document_path not in unread or error.code == cerberus_errors.COERCION_FAILED.code
    ]


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


def _described(error: ValidationError) -> tuple[str, str]:
    """The code and the sentence for one error."""
    if error.code in (cerberus_errors.CUSTOM.code, cerberus_errors.COERCION_FAILED.code):
        code, _, detail = error.info[0].partition(": ")
        return code, detail
    describe = _DESCRIPTIONS[error.code]
    return describe(error.constraint, error.value)


def _too_long(limit: int, value: object) -> tuple[str, str]:
    if isinstance(value, str):
        return "too-long", f"This may have at most {limit:,} characters."
    return "too-many", f"At most {limit:,} of these are allowed."


def _too_short(limit: int, value: object) -> tuple[str, str]:
    if isinstance(value, str):
        return "too-short", f"This needs at least {limit:,} characters."
    return "too-few", f"At least {limit:,} of these are needed."


def _not_allowed(choices: Iterable[object], _value: object) -> tuple[str, str]:
    return "not-allowed", f"Choose from: {', '.join(str(choice) for choice in choices)}."


_DESCRIPTIONS: dict[int, Callable[[Any, object], tuple[str, str]]] = {
    cerberus_errors.REQUIRED_FIELD.code: lambda *_: ("required", "This is required."),
    cerberus_errors.NOT_NULLABLE.code: lambda *_: ("required", "This may not be null."),
    cerberus_errors.UNKNOWN_FIELD.code: lambda *_: ("unknown-field", "There is no such field."),
    cerberus_errors.BAD_TYPE.code: lambda kind, _: ("type", f"This must be {_KINDS[kind]}."),
    cerberus_errors.MAX_LENGTH.code: _too_long,
    cerberus_errors.MIN_LENGTH.code: _too_short,
    cerberus_errors.MIN_VALUE.code: lambda least, _: ("too-small", f"At least {least} is needed."),
    cerberus_errors.MAX_VALUE.code: lambda most, _: ("too-large", f"At most {most} is allowed."),
    cerberus_errors.UNALLOWED_VALUE.code: _not_allowed,
    cerberus_errors.UNALLOWED_VALUES.code: _not_allowed,
}

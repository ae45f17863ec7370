"""Which problems an operation can answer with: its own, and those of the checks before it."""

from collections.abc import Iterable, Iterator

from api.auth.permission import Permission
from api.operation import Operation
from api.problem_codes import PROBLEMS

_EVERYWHERE = (
    "invalid",
    "bad-request",
    "authentication-required",
    "bad-credentials",
    "bad-token",
    "not-acceptable",
    "rate-limited",
    "internal",
    "unavailable",
)
_OF_BODIES = ("malformed-body", "body-too-large", "unsupported-media-type")
_OF_POSTS = ("bad-idempotency-key", "idempotency-in-progress", "idempotency-key-reused")
_OF_CONDITIONS = ("bad-entity-tag", "stale", "precondition-required")


def problems(
    method: str,
    operation: Operation,
    rule: Permission,
    *,
    has_path_parameters: bool,
    conditional: bool,
) -> dict[int, set[str]]:
    """The problem codes of an operation by their status."""
    codes = {*_EVERYWHERE, *operation.problems, *_of_rule(rule)}
    codes.update(_when(has_path_parameters, ["not-found"]))
    codes.update(_when(operation.paged, ["bad-cursor"]))
    codes.update(_when(operation.body is not None or bool(operation.takes), _OF_BODIES))
    codes.update(_when(method == "post", _OF_POSTS))
    codes.update(_when(conditional, _OF_CONDITIONS))
    by_status: dict[int, set[str]] = {}
    for code in codes:
        by_status.setdefault(PROBLEMS[code].status, set()).add(code)
    return by_status


def _of_rule(rule: Permission) -> Iterator[str]:
    if rule.least in ("librarian", "admin") or rule.may is not None:
        yield "forbidden"
    if rule.scope is not None:
        yield "insufficient-scope"


def _when(holds: bool, codes: Iterable[str]) -> Iterable[str]:
    return codes if holds else ()

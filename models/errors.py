"""What can go wrong in the domain; `api.problems` gives each its HTTP status."""

from collections.abc import Sequence
from typing import Any


class DomainError(Exception):
    """Something the caller asked for cannot be done.

    `code` is the problem code of the answer, `detail` a sentence for people, `extra` further
    members of the problem document. With `keeps_changes` what was written before the error
    is committed (a reused refresh token ends its sign-in although the answer is a refusal).
    """

    code = "error"
    keeps_changes = False

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra
        if code is not None:
            self.code = code


class Missing(DomainError):
    """No such record, or none this caller may know of."""

    code = "not-found"


class Forbidden(DomainError):
    """The caller may know of the record, but may not do this to it."""

    code = "forbidden"


class Stale(DomainError):
    """The record moved on since the caller read it."""

    code = "stale"


class Conflict(DomainError):
    """The record's state, or another record, does not allow it; `code` says which rule."""

    code = "conflict"


class Taken(Conflict):
    """Something that must be unique belongs to another record already."""

    code = "taken"


class Refused(Conflict):
    """A circulation rule refuses; `reasons` lists every reason at once (rule 9).

    Each reason is `{"code", "detail", "overridable", "params"}`.
    """

    code = "refused"

    def __init__(self, code: str, detail: str, reasons: list[dict[str, Any]]) -> None:
        super().__init__(detail, code=code, reasons=reasons)


class Unacceptable(DomainError):
    """A well-formed value that cannot be meant: a due date in the past, a step twice in one body.

    `pointer` (RFC 6901, with a leading `#`) names the place in the body; `others` were found with
    it.
    """

    code = "invalid"
    others: Sequence["Unacceptable"] = ()

    def __init__(self, pointer: str, fault: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer
        self.fault = fault

    def below(self, at: str) -> "Unacceptable":
        """This with the others, placed in the whole of a body; `at` is where the part is."""
        for one in (self, *self.others):
            one.pointer = at + one.pointer.removeprefix("#")
        return self


def refuse_all(found: Sequence[Unacceptable]) -> None:
    """Raise the first of these with the others, if there is any."""
    if found:
        found[0].others = found[1:]
        raise found[0]

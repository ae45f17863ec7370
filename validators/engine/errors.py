"""What is wrong with input: one value (BadValue), or a whole body or query string (Invalid)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


class BadValue(ValueError):
    """A text that cannot be read as what it should be; `code` is the fault's code."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: a `pointer` (RFC 6901, as `#/isbn`) into the body, or a query `parameter`."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def below(self, at: str) -> "Fault":
        """Return the fault of a part of a body, placed in the whole; `at` is where the part is."""
        return replace(self, pointer=at + (self.pointer or "#").removeprefix("#"))

    def as_dict(self) -> dict[str, str]:
        """As a member of the `errors` of a problem document."""
        if self.parameter is not None:
            return {"parameter": self.parameter, "code": self.code, "detail": self.detail}
        return {"pointer": self.pointer or "#", "code": self.code, "detail": self.detail}


class Invalid(ValueError):
    """A body or a query string with faults: `errors`, every one of them, none twice."""

    def __init__(self, errors: Sequence[Fault]) -> None:
        super().__init__(f"{len(errors)} faults")
        self.errors = list(dict.fromkeys(errors))

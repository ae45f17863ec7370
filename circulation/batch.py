"""Many changes of one kind of record at once: each with its own outcome, or all or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from models.database import transaction
from models.errors import DomainError, Stale, Unacceptable
from validators.engine.bodies import read_only_faults
from validators.engine.errors import Invalid

Op = Literal["create", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """One record to create, update or delete.

    `record_id` is set unless it is to be created; with a `revision` the record must be at it.
    `sent_back` are the server's own fields, which must have their present values; `pointer` is the
    place of the record in the body.
    """

    op: Op
    record_id: int = 0
    revision: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    sent_back: dict[str, Any] = field(default_factory=dict)
    pointer: str = "#"

    def require_present(self, shown: Mapping[str, Any]) -> None:
        """Raise Invalid for a field of the server's own that is not as the record has it."""
        faults = read_only_faults(self.sent_back, shown)
        if faults:
            raise Invalid([each.below(self.pointer) for each in faults])

    def require_revision(self, revision: int) -> None:
        """Raise Stale if the record, locked, is at another revision than the one named."""
        if self.revision not in (None, revision):
            raise Stale("The record has changed since you read it.")


class Done(NamedTuple):
    """A change that was made, and the record it made or changed."""

    op: Op
    record_id: int


class Undone(DomainError):
    """A change that was good in itself and was undone because another was not."""

    code = "not-done"


class _AllUndone(Exception):
    """Takes a transaction back."""


Make = Callable[[Change], int]
"""Makes one change and returns the record's id; raises a DomainError or Invalid."""


def change_all(
    changes: Sequence[Change | Exception], make: Make, *, atomic: bool
) -> list[Done | Exception]:
    """Make the changes in their order, and return what became of each.

    What is an error already stays one. With `atomic`, one error undoes all the others. Call it in
    a transaction, with the records locked in the order of all acts.
    """
    outcomes: list[Done | Exception] = []
    try:
        with transaction():
            outcomes += [_tried(each, make) for each in changes]
            if atomic and any(isinstance(each, Exception) for each in outcomes):
                raise _AllUndone
    except _AllUndone:
        undone = Undone("Another operation of the batch failed, so this one was undone.")
        return [each if isinstance(each, Exception) else undone for each in outcomes]
    return outcomes


def _tried(change: Change | Exception, make: Make) -> Done | Exception:
    if isinstance(change, Exception):
        return change
    try:
        with transaction():
            return Done(change.op, make(change))
    except Unacceptable as error:
        return error.below(change.pointer)
    except (DomainError, Invalid) as error:
        return error

"""Changing many books at once: each change with its own outcome, or all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

from circulation import stock
from models import book, locks
from models.audit import Actor
from models.database import transaction
from models.errors import DomainError, Stale
from validators.errors import Invalid

Op = Literal["create", "update", "delete"]


@dataclass(frozen=True, slots=True)
class Change:
    """One book to create, update or delete.

    `book_id` is set unless it is to be created; with a `revision` the book must be at it.
    """

    op: Op
    book_id: int = 0
    revision: int | None = None
    values: dict[str, Any] = field(default_factory=dict)


class Done(NamedTuple):
    """A change that was made, and the book it made or changed."""

    op: Op
    book_id: int


class Undone(DomainError):
    """A change that was good in itself and was undone because another was not."""

    code = "not-done"


class _AllUndone(Exception):
    """Takes a transaction back."""


def change_all(
    changes: Sequence[Change | Exception], actor: Actor, now: datetime, *, atomic: bool
) -> list[Done | Exception]:
    """Make the changes in their order, and give what became of each.

    What is an error already stays one. With `atomic`, one error undoes all the others. Call it in
    a transaction.
    """
    # Held in the order of their ids, as all acts hold titles, before the changes take them in any.
    locks.take_titles(each.book_id for each in changes if isinstance(each, Change) and each.book_id)
    outcomes: list[Done | Exception] = []
    try:
        with transaction():
            outcomes += [_tried(each, actor, now) for each in changes]
            if atomic and any(isinstance(each, Exception) for each in outcomes):
                raise _AllUndone
    except _AllUndone:
        undone = Undone("Another operation of the batch failed, so this one was undone.")
        return [each if isinstance(each, Exception) else undone for each in outcomes]
    return outcomes


def _tried(change: Change | Exception, actor: Actor, now: datetime) -> Done | Exception:
    if isinstance(change, Exception):
        return change
    try:
        with transaction():
            return Done(change.op, _made(change, actor, now))
    except (DomainError, Invalid) as error:
        return error


def _made(change: Change, actor: Actor, now: datetime) -> int:
    if change.op == "create":
        created: int = book.create(change.values, actor)["id"]
        return created
    if change.op == "delete":
        stock.delete_book(change.book_id, actor, now, lambda stored: _require(change, stored))
    else:
        stored = book.locked(change.book_id)
        _require(change, stored)
        book.update(stored, change.values, actor)
    return change.book_id


def _require(change: Change, stored: dict[str, Any]) -> None:
    if change.revision not in (None, stored["revision"]):
        raise Stale("The record has changed since you read it.")

"""Changing many books at once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from circulation import inventory, presentation, supply
from circulation.batch import Change, Done, change_all
from models import book, copy, locks
from models.audit import Actor


def change_books(
    changes: Sequence[Change | Exception], actor: Actor, now: datetime, *, atomic: bool
) -> list[Done | Exception]:
    """Make the changes in their order, and return what became of each; see `change_all`."""

    def make(change: Change) -> int:
        return _made(change, actor, now)

    # Locked in the order of their ids, as all acts lock titles, before any of them changes.
    wanted = (each for each in changes if isinstance(each, Change))
    locks.take_titles(each.record_id for each in wanted if each.record_id)
    return change_all(changes, make, atomic=atomic)


def _made(change: Change, actor: Actor, now: datetime) -> int:
    if change.op == "create":
        return book.create(change.values, actor).id
    stored = book.locked(change.record_id)
    change.require_revision(stored.revision)
    if change.op == "delete":
        inventory.delete_book(change.record_id, actor, now)
    else:
        change.require_present(_embedded(stored.id, change.sent_back, now))
        book.update(stored, change.values, actor)
    return change.record_id


def _embedded(book_id: int, names: Collection[str], now: datetime) -> dict[str, Any]:
    """What staff read of these fields of a book that are not the client's."""
    shown: dict[str, Any] = {}
    if "availability" in names:
        shown["availability"] = supply.availability([book_id], now)[book_id].to_json()
    if "copies" in names:
        shown["copies"] = presentation.copies(copy.of_books([book_id])[book_id])
    return shown

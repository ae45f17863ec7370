"""Moving a copy to the title that it is one of, with its history and the holds on it alone."""

from dataclasses import replace
from datetime import datetime

from circulation import hold_queue, joined_queues, rulebook
from circulation.entities import Ending, Title
from circulation.locking import lock_copy
from circulation.title_changes import settled_title, write
from models import book, book_merge, copy, hold, loan, locks
from models.audit import Actor
from models.copy import CopyRow
from models.errors import Conflict, Missing, Unacceptable
from models.vocabulary import CopyStatus, HoldEnd, HoldStatus


def move(copy_id: int, target: int, actor: Actor, now: datetime) -> CopyRow:
    """Give a copy to another book, with its loans and the holds on it alone (rule 46).

    These holds take the place in the new queue that they would have by the time they were placed.
    Those on the title it leaves end when no other copy of it could be lent (`title_gone`).
    Call it in a transaction that holds the copy. Raises Unacceptable for no book in the catalogue,
    Conflict `copy-on-loan` and `copy-held`.
    """
    # Both titles in one statement, in the order of all acts.
    locks.take(book_id=target, copy_id=copy_id)
    _require_book(target)
    stored = lock_copy(copy_id)
    source = settled_title(stored.book_id, actor, now)
    _require_in_place(source.copy(copy_id).status)
    moved = [one.id for one in source.queue() if one.requested_copy_id == copy_id]
    line = _line(settled_title(target, actor, now), moved)
    # Read anew: a hold that had run out has let go of it meanwhile.
    after = copy.update(copy.locked(copy_id), {"book_id": target}, actor)
    loan.move(copy_id, target, actor)
    book_merge.move_past_holds(stored.book_id, target, actor, requested_copy_id=copy_id)
    if moved:
        books = dict.fromkeys(moved, stored.book_id)
        lined = [(one, books.get(one, target)) for one in line]
        joined_queues.line_up(lined, [target], target, actor, now)
    _end_without_copy(source.without_holds(frozenset(moved)), copy_id, actor, now)
    return after


def _end_without_copy(source: Title, copy_id: int, actor: Actor, now: datetime) -> None:
    """End the holds on a title that wait for nothing now that a copy has left it (rule 46)."""
    left = replace(source, copies=tuple(one for one in source.copies if one.id != copy_id))
    gone = hold_queue.left_without_copy(source, left, rulebook.latest())
    ended = dict.fromkeys(gone, Ending(HoldEnd.TITLE_GONE, now))
    if ended:
        write(source, source.without_holds(gone), ended, actor, now)


def _require_book(book_id: int) -> None:
    try:
        book.find(book_id)
    except Missing as missing:
        raise Unacceptable("#/book_id", "not-found", "There is no such book.") from missing


def _require_in_place(status: CopyStatus) -> None:
    if status is CopyStatus.ON_LOAN:
        raise Conflict("This copy is on loan; take it back first.", code="copy-on-loan")
    if status is CopyStatus.ON_HOLD_SHELF:
        raise Conflict("This copy is set aside for a hold; cancel it first.", code="copy-held")


def _line(title: Title, moved: list[int]) -> list[int]:
    """The holds of a title in the order of its queue, those that come placed by their time."""
    queue = title.queue()
    line = [one.id for one in queue]
    waiting = {one.id for one in queue if one.status is HoldStatus.WAITING}
    order = hold.in_order_placed([*line, *moved])
    for each in (one for one in order if one in moved):
        later = set(order[order.index(each) :]) & waiting
        place = next((number for number, one in enumerate(line) if one in later), len(line))
        line.insert(place, each)
    return line

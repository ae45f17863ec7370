"""What belongs to books that become one, moved from one book to the other.

Each function writes the audit rows of what it moves. The titles are locked by the caller.
"""

from collections.abc import Sequence
from typing import Any

from peewee import fn

from models import audit, book
from models.audit import Actor
from models.book import Book
from models.book_fields import BookRow
from models.copy import Copy
from models.hold import Hold
from models.loan import Loan
from models.order import Order
from models.search import index
from models.timestamps import timestamp


def move_copies(source: int, target: int, actor: Actor) -> None:
    """Give the copies of a book to another one, withdrawn ones too, whose loans go with them."""
    changed = {"updated_at": timestamp(), "revision": Copy.revision + 1}
    _move(Copy, source, target, ("copy.update", "copy"), changed, actor)


def move_loans(source: int, target: int, actor: Actor) -> None:
    """Give the loans of a book, past and running, to another one."""
    _move(Loan, source, target, ("loan.move", "loan"), {"revision": Loan.revision + 1}, actor)


def move_orders(source: int, target: int, actor: Actor) -> None:
    """Have the copies that were ordered for a book come to another one."""
    changed = {"updated_at": timestamp(), "revision": Order.revision + 1}
    _move(Order, source, target, ("order.update", "order"), changed, actor)


def move_past_holds(
    source: int, target: int, actor: Actor, *, requested_copy_id: int | None = None
) -> None:
    """Give the holds on a book that have ended to another one, or only those on one copy."""
    which = Hold.ended_at.is_null(False)
    if requested_copy_id is not None:
        which &= Hold.requested_copy_id == requested_copy_id
    changed = {"revision": Hold.revision + 1}
    _move(Hold, source, target, ("hold.update", "hold"), changed, actor, which)


def line_up(holds: Sequence[tuple[int, int]], target: int, actor: Actor) -> None:
    """Put active holds, given as id and book id, in one queue of the target, in this order."""
    books = {book_id for _, book_id in holds} | {target}
    last = Hold.select(fn.MAX(Hold.queue)).where(Hold.book.in_(books)).scalar() or 0
    for place, (hold_id, book_id) in enumerate(holds, last + 1):
        moved = {"book": target, "queue": place, "revision": Hold.revision + 1}
        Hold.update(moved).where(Hold.id == hold_id).execute()
        if book_id != target:
            changes = {"book_id": [book_id, target]}
            audit.record(actor, "hold.update", "hold", hold_id, changes=changes)


def retire(books: Sequence[BookRow], target: int, actor: Actor) -> None:
    """Take books out of the catalogue that are another one from now on, and say which."""
    ids = [one.id for one in books]
    moment = timestamp()
    Book.update(
        deleted_at=moment, updated_at=moment, merged_into=target, revision=Book.revision + 1
    ).where(Book.id.in_(ids)).execute()
    # Those that had become one of these before.
    Book.update(merged_into=target).where(Book.merged_into.in_(ids)).execute()
    index.remove(ids)
    for book_id in ids:
        changes = {"merged_into": [None, target]}
        audit.record(actor, "book.merge", "book", book_id, changes=changes)


def absorb(kept: BookRow, others: Sequence[BookRow], actor: Actor) -> BookRow:
    """Give a book the ISBNs of others that were retired, and have it found by its copies.

    Raises Taken `isbn-taken` when a third book has the ISBN that would become its first.
    """
    isbns = [isbn for one in (kept, *others) for isbn in one.read()["isbns"]]
    after = book.update(kept, {"isbns": list(dict.fromkeys(isbns))}, actor)
    index.refresh([kept.id])
    return after


def _move(
    model: Any,
    source: int,
    target: int,
    deed: tuple[str, str],
    changed: dict[str, Any],
    actor: Actor,
    which: Any = None,
) -> None:
    """Move the records of a book, or `which` of them; `deed` is the action and the type."""
    action, record_type = deed
    of_source = model.book == source
    if which is not None:
        of_source &= which
    changes = {"book_id": [source, target]}
    ids = model.select(model.id).where(of_source)
    audit.record_each(actor, action, record_type, ids, changes=changes)
    model.update({**changed, "book": target}).where(of_source).execute()

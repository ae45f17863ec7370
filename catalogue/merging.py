"""Several books that are one: made one, with everything that belongs to them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from catalogue import copy_items
from circulation import hold_queue, joined_queues, loading
from circulation.entities import Ending, Hold, Title
from circulation.title_changes import settled_title, transaction, write
from models import audit, book, book_merge, copy, hold, locks
from models.audit import Actor
from models.book_fields import BookRow
from models.errors import Missing, Refused, Unacceptable
from models.vocabulary import HoldEnd, HoldStatus

Titles = Mapping[int, Title]
"""Titles by the ids of their books."""


def merge_books(book_id: int, others: Sequence[int], actor: Actor, now: datetime) -> BookRow:
    """Make books one, and give it: what the others have moves to it, and they are gone.

    That is their copies with all loans, past and running, their holds, orders and ISBNs. The holds
    queue up by the moment they were placed. Of several holds of one member a ready one stays, else
    the first; none stays of a member who has the book on loan. Fields of the book that is kept do
    not change, but for further ISBNs.

    Raises Missing, Unacceptable for an id of no book, Refused `merge-refused` with the reasons
    `self`, `merged` and `same-member-has-both`, Taken `isbn-taken` when a third book has the ISBN
    that would be its first.
    """
    with transaction():
        _lock({book_id, *others})
        kept = book.locked(book_id)
        merged, reasons = _found(kept, list(dict.fromkeys(others)))
        ids = [book_id, *(one.id for one in merged)]
        titles = {each: settled_title(each, actor, now) for each in sorted(ids)}
        reasons += _borrowed_twice(titles)
        if reasons:
            raise Refused("merge-refused", reasons[0]["detail"], reasons)
        freed = _line_up(titles, book_id, actor, now)
        barcodes = {one.id: _barcodes(one.id) for one in merged}
        for one in merged:
            _move(one.id, book_id, actor)
        book_merge.retire(merged, book_id, actor)
        after = book_merge.absorb(kept, merged, actor)
        came = [copy_items.move(each, book_id, some, actor) for each, some in barcodes.items()]
        after = book.find(book_id) if any(came) else after
        _pass_on(book_id, freed, actor, now)
        return after


def _barcodes(book_id: int) -> list[str]:
    return [one.barcode for one in copy.of_books([book_id])[book_id]]


def _lock(book_ids: set[int]) -> None:
    """Hold the titles in the order of their ids, as every act does."""
    for each in sorted(book_ids):
        locks.take(book_id=each)


def _found(kept: BookRow, others: Sequence[int]) -> tuple[list[BookRow], list[dict[str, Any]]]:
    """The other books, and why some of them cannot be merged."""
    found, reasons = [], []
    for place, other in enumerate(others):
        if other == kept.id:
            reasons.append(_reason("self", "A book cannot be merged into itself.", book_id=other))
            continue
        try:
            found.append(book.locked(other))
        except Missing as missing:
            if missing.code != "merged":
                raise Unacceptable(
                    f"#/from/{place}", "not-found", "There is no such book."
                ) from missing
            into = missing.extra["into"]
            detail = f"Book {other} was merged into book {into} already."
            reasons.append(_reason("merged", detail, book_id=other, into=into))
    return found, reasons


def _reason(code: str, detail: str, **params: Any) -> dict[str, Any]:
    return {"code": code, "detail": detail, "overridable": False, "params": params}


def _borrowers(titles: Titles) -> dict[int, set[int]]:
    """The books that each member has on loan."""
    found: dict[int, set[int]] = defaultdict(set)
    for book_id, title in titles.items():
        for one in title.copies:
            if one.borrower_id is not None:
                found[one.borrower_id].add(book_id)
    return found


def _borrowed_twice(titles: Titles) -> list[dict[str, Any]]:
    """The members who would have two loans of one book."""
    detail = "A member has copies of several of these books on loan."
    return [
        _reason("same-member-has-both", detail, user_id=user_id, book_ids=sorted(books))
        for user_id, books in sorted(_borrowers(titles).items())
        if len(books) > 1
    ]


def _line_up(titles: Titles, target: int, actor: Actor, now: datetime) -> list[int]:
    """Make one queue of all, end what is in it twice, and give the copies that this set free."""
    order = hold.in_order_placed(one.id for title in titles.values() for one in title.holds)
    place_of = {hold_id: place for place, hold_id in enumerate(order)}
    dropped = _dropped(titles, place_of)
    freed: list[int] = []
    lined: list[tuple[int, int]] = []
    for book_id, title in titles.items():
        end = Ending(HoldEnd.CANCELLED_BY_STAFF, now)
        ended = {one.id: end for one in title.holds if one.id in dropped}
        kept = title.without_holds(frozenset(ended))
        # No news to their members, who keep the other hold, or have the book.
        with audit.quietly():
            write(title, kept, ended, actor, now)
        freed += [one.copy_id for one in title.holds if one.id in ended and one.copy_id]
        lined += [(one.id, book_id) for one in kept.holds]
    lined.sort(key=lambda one: place_of[one[0]])
    joined_queues.line_up(lined, titles, target, actor, now)
    return freed


def _dropped(titles: Titles, place_of: Mapping[int, int]) -> set[int]:
    """The holds that their members need no more; those on one copy stand for themselves (46)."""
    borrowers = _borrowers(titles)
    dropped: set[int] = set()
    of_member: dict[tuple[int, int | None], list[Hold]] = defaultdict(list)
    for book_id, title in titles.items():
        for one in title.holds:
            on_title = one.requested_copy_id is None
            if on_title and borrowers.get(one.user_id, set()) - {book_id}:
                dropped.add(one.id)
            else:
                of_member[one.user_id, one.requested_copy_id].append(one)
    for holds in of_member.values():
        holds.sort(key=lambda one: (one.status is not HoldStatus.READY, place_of[one.id]))
        dropped.update(one.id for one in holds[1:])
    return dropped


def _move(source: int, target: int, actor: Actor) -> None:
    book_merge.move_copies(source, target, actor)
    book_merge.move_loans(source, target, actor)
    book_merge.move_orders(source, target, actor)
    book_merge.move_past_holds(source, target, actor)


def _pass_on(book_id: int, copy_ids: Sequence[int], actor: Actor, now: datetime) -> None:
    """Give copies that were set aside for holds that ended to the next ones, or to the shelf."""
    if not copy_ids:
        return
    situation = loading.of_title(book_id, now)
    if situation is None:
        raise Missing("There is no such book.")
    title = situation.title
    for copy_id in copy_ids:
        title = hold_queue.hand_over(title, copy_id, situation.rules, situation.now)
    write(situation.title, title, {}, actor, now)

"""Copies and holds of several titles at once, as decisions take them: for lists and reports."""

from collections.abc import Collection
from functools import partial
from typing import Any, NamedTuple

from peewee import JOIN, SQL, fn

from models import hold
from models.circulation_reads import TitleCopy, TitleHold, hold_columns
from models.copy import Copy
from models.database import Compiled, slot
from models.hold import Hold
from models.json_lists import bound, numbers
from models.loan import Loan
from models.user import User


class StoredTitle(NamedTuple):
    """A title: its copies in stock, its active holds, and when its copies on loan are due."""

    copies: list[TitleCopy]
    holds: list[TitleHold]
    due: list[str]


def of_books(book_ids: Collection[int]) -> dict[int, StoredTitle]:
    """The titles of some books, by their ids, in two statements."""
    found = {book_id: StoredTitle([], [], []) for book_id in book_ids}
    if not found:
        return found
    ids = bound(found)
    for book_id, due_at, *columns in _COPIES.rows(ids=ids):
        found[book_id].copies.append(TitleCopy._make(columns))
        if due_at is not None:
            found[book_id].due.append(due_at)
    for book_id, *columns in _HOLDS.rows(ids=ids):
        found[book_id].holds.append(TitleHold._make(columns))
    return found


def _copies() -> Any:
    columns = (Copy.book_id, Loan.due_at, Copy.id, Copy.loan_type, Copy.status)
    return (
        Copy.select(*columns, Loan.id, Loan.user_id)
        .join(Loan, JOIN.LEFT_OUTER, on=((Loan.copy_id == Copy.id) & Loan.ended_at.is_null()))
        .where(Copy.book_id.in_(numbers(slot("ids"))) & (Copy.status != SQL("'withdrawn'")))
        .order_by(Copy.id)
    )


def _holds() -> Any:
    return (
        Hold.select(Hold.book_id, *hold_columns(Hold, User))
        .join(User, JOIN.LEFT_OUTER, on=(User.id == Hold.user_id))
        .where(Hold.book_id.in_(numbers(slot("ids"))) & hold.is_active())
    )


_COPIES = Compiled(_copies)
_HOLDS = Compiled(_holds)
_PLACES = Compiled(
    lambda: Copy.select(Copy.id, Copy.location, Copy.shelfmark).where(
        Copy.id.in_(numbers(slot("ids")))
    )
)


def places(copy_ids: Collection[int]) -> dict[int, tuple[str, str, int]]:
    """Where each of some copies stands, as it sorts: location, shelfmark and id."""
    found = _PLACES.rows(ids=bound(copy_ids))
    return {
        copy_id: (location or "", shelfmark or "", copy_id)
        for copy_id, location, shelfmark in found
    }


def _waited_for(*, scarce: bool) -> Any:
    free = (Copy.book_id == Hold.book_id) & (Copy.status == SQL("'available'"))
    waits = (Hold.status == SQL("'waiting'")) & hold.is_active()
    query = Hold.select(Hold.book_id).where(waits & fn.EXISTS(Copy.select(Copy.id).where(free)))
    query = query.group_by(Hold.book_id)
    if scarce:
        query = query.having(fn.COUNT(Hold.id) >= Copy.select(fn.COUNT(Copy.id)).where(free))
    return query


_WAITED_FOR = {flag: Compiled(partial(_waited_for, scarce=flag)) for flag in (False, True)}
_SHELVED = Compiled(
    lambda: (
        Hold.select(Hold.book_id)
        .where(hold.is_active() & Hold.copy_id.is_null(False))
        .where((Hold.expires_at < slot("now")) | (Hold.not_needed_after < slot("today")))
        .distinct()
    )
)


def with_free_copies(now: str, today: str, *, scarce: bool = False) -> set[int]:
    """The books with a hold and a copy that stands free.

    Those with a hold that waits while a copy is on the shelf, of these with `scarce` only the ones
    with as many holds as free copies or more; and those with a copy on the hold shelf whose hold
    has run out.
    """
    shelved = _SHELVED.rows(now=now, today=today)
    return {row[0] for row in (*_WAITED_FOR[scarce].rows(), *shelved)}

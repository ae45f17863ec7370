"""What the desk must know to decide: a copy, a member and a title's copies and holds, read at once.

Each question is one statement whatever the library's history. Copies and holds of the title come
as JSON arrays in the row, in the order of the fields of `TitleCopy` and `TitleHold`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from peewee import JOIN, SQL, Case, Cast, fn

from models import copy, fee, hold, loan
from models.book import Book
from models.copy import Copy, CopyRow
from models.database import Compiled, is_postgresql, slot
from models.fee import Fee
from models.hold import Hold
from models.loan import Loan, LoanRow
from models.rulebook import Rulebook
from models.user import User
from models.vocabulary import CopyStatus, HoldStatus


class MemberRow(NamedTuple):
    """A member and how they stand, as the driver has it: SQLite 0 and 1 for a boolean."""

    id: int
    category: str
    is_active: bool
    blocked: bool
    block_reason: str | None
    expires_on: str | None
    balance: int
    open_loans: int
    overdue_loans: int
    active_holds: int


class BookRow(NamedTuple):
    """A book, in the catalogue or not."""

    id: int
    deleted_at: str | None


class TitleCopy(NamedTuple):
    """A copy of the title, with its running loan."""

    id: int
    loan_type: str
    status: str
    loan_id: int | None
    borrower_id: int | None


class TitleHold(NamedTuple):
    """A hold on the title that no act has ended; one without a member should not be there."""

    id: int
    user_id: int | None
    category: str | None
    queue: int
    status: str
    copy_id: int | None
    expires_at: str | None
    suspended_until: str | None
    not_needed_after: str | None
    member_is_active: bool | None
    member_expires_on: str | None
    ready_at: str | None
    requested_copy_id: int | None
    kept_until: str | None


_ZERO = SQL("0")
_ONE = SQL("1")


def _list(query: Any, columns: list[Any]) -> Any:
    """The rows of a correlated query as one JSON array of arrays."""
    if is_postgresql():
        return query.select(fn.json_agg(fn.json_build_array(*columns)))
    return query.select(fn.json_group_array(fn.json_array(*columns)))


_OF_WAITER = {
    "category": "category",
    "member_is_active": "is_active",
    "member_expires_on": "expires_on",
}


def _copies_of(book_id: Any) -> Any:
    each, lent = Copy.alias(), Loan.alias()
    query = (
        each.select()
        .join(lent, JOIN.LEFT_OUTER, on=((lent.copy_id == each.id) & lent.ended_at.is_null()))
        .where(each.book_id == book_id)
    )
    return _list(query, [each.id, each.loan_type, each.status, lent.id, lent.user_id])


def _holds_of(book_id: Any) -> Any:
    each, waiter = Hold.alias(), User.alias()
    query = (
        each.select()
        .join(waiter, JOIN.LEFT_OUTER, on=(waiter.id == each.user_id))
        .where((each.book_id == book_id) & hold.is_active(each))
    )
    return _list(query, hold_columns(each, waiter))


def hold_columns(each: Any, waiter: Any) -> list[Any]:
    """The columns of `TitleHold`, of a hold and its member."""
    return [
        getattr(each, name) if hasattr(Hold, name) else getattr(waiter, _OF_WAITER[name])
        for name in TitleHold._fields
    ]


def _member() -> list[Any]:
    """The columns of `MemberRow`, of the user in the query."""
    loans = Loan.select(fn.COUNT(Loan.id)).where((Loan.user_id == User.id) & loan.is_running())
    overdue = Loan.select(fn.COUNT(Loan.id)).where(
        (Loan.user_id == User.id) & loan.is_overdue(slot("now"))
    )
    owed = Fee.select(Cast(fn.COALESCE(fn.SUM(Fee.balance), _ZERO), "BIGINT")).where(
        (Fee.user_id == User.id) & (Fee.balance != _ZERO)
    )
    holds = Hold.select(fn.COUNT(Hold.id)).where(
        (Hold.user_id == User.id) & hold.stands(slot("now"), slot("today"))
    )
    # A block whose last day has passed is over (rule 44).
    until = User.blocked_until.is_null() | (User.blocked_until >= slot("today"))
    blocked = Case(None, [((User.blocked == _ONE) & until, _ONE)], _ZERO)
    stored = [User.id, User.category, User.is_active, blocked, User.block_reason, User.expires_on]
    return [*stored, owed, loans, overdue, holds]


@dataclass(slots=True)
class Found:
    """What one question found.

    `version` names the rules in force (`models.rulebook`). `copies` and `holds` are those of the
    title: all its copies with their running loans, and the holds no act has ended. The rows are
    None where the question has none or none was found. `switches` says of which notices the member
    concerned, who borrows or brings back, has switched on or off (`User.notices`).
    """

    version: int
    copies: list[TitleCopy]
    holds: list[TitleHold]
    copy: CopyRow | None = None
    loan: LoanRow | None = None
    member: MemberRow | None = None
    book: BookRow | None = None
    switches: str | None = None


class _Question:
    """A query whose columns are the version, the lists of the title, and those of some rows."""

    def __init__(self, build: Callable[[list[Any]], Any], book_id: Any, *parts: str) -> None:
        self._parts = parts
        self._query = Compiled(lambda: build(self._columns(book_id)))

    def ask(self, **values: Any) -> Found | None:
        stored = self._query.row(**values)
        if stored is None:
            return None
        copies = [TitleCopy(*each) for each in _listed(stored[1])]
        found = Found(stored[0], copies, [TitleHold(*each) for each in _listed(stored[2])])
        place = 3
        for part in self._parts:
            width, read = _PARTS[part]
            if stored[place] is not None:
                setattr(found, part, read(stored[place : place + width]))
            place += width
        return found

    def _columns(self, book_id: Any) -> list[Any]:
        columns = [Rulebook.select(Rulebook.version), _copies_of(book_id), _holds_of(book_id)]
        if "copy" in self._parts:
            columns += copy.ROWS.columns
        if "loan" in self._parts:
            columns += loan.ROWS.columns
        if "member" in self._parts:
            columns += _member()
        if "book" in self._parts:
            columns += [Book.id, Book.deleted_at]
        if "switches" in self._parts:
            columns.append(User.notices)
        return columns


_PARTS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "copy": (len(CopyRow._fields), copy.ROWS.read),
    "loan": (len(LoanRow._fields), loan.ROWS.read),
    "member": (len(MemberRow._fields), MemberRow._make),
    "book": (len(BookRow._fields), BookRow._make),
    "switches": (1, itemgetter(0)),
}


def _listed(listed: Any) -> list[list[Any]]:
    """A list as its driver gives it: SQLite text, PostgreSQL lists, and None for an empty one."""
    found: list[list[Any]] = orjson.loads(listed) if isinstance(listed, str) else listed or []
    return found


# A barcode means the copy in stock; only where there is none, the last one withdrawn (rule 30).
_IN_STOCK_FIRST = Case(None, [(Copy.status == CopyStatus.WITHDRAWN, _ONE)], _ZERO)
_UNRETURNED = (Loan.copy_id == Copy.id) & Loan.returned_at.is_null() & Loan.cancelled_at.is_null()
_COPY = {"copy_id": Copy.id == slot("copy_id"), "barcode": Copy.barcode_key == slot("barcode")}
_USER = {"user_id": User.id == slot("user_id"), "card": User.card_key == slot("card")}


def _lending(copy_key: str, member_key: str) -> _Question:
    def build(columns: list[Any]) -> Any:
        return (
            Copy.select(*columns)
            .join(Loan, JOIN.LEFT_OUTER, on=_UNRETURNED)
            .join(User, JOIN.LEFT_OUTER, on=_USER[member_key])
            .where(_COPY[copy_key])
            .order_by(_IN_STOCK_FIRST, Copy.id.desc())
            .limit(_ONE)
        )

    return _Question(build, Copy.book_id, "copy", "loan", "member", "switches")


def _of_copy(copy_key: str) -> _Question:
    def build(columns: list[Any]) -> Any:
        return (
            Copy.select(*columns)
            .join(Loan, JOIN.LEFT_OUTER, on=_UNRETURNED)
            .join(User, JOIN.LEFT_OUTER, on=(User.id == Loan.user_id))
            .where(_COPY[copy_key])
            .order_by(_IN_STOCK_FIRST, Copy.id.desc())
            .limit(_ONE)
        )

    return _Question(build, Copy.book_id, "copy", "loan", "switches")


def _of_loan(columns: list[Any]) -> Any:
    return (
        Loan.select(*columns)
        .join(Copy, on=(Copy.id == Loan.copy_id))
        .join(User, JOIN.LEFT_OUTER, on=(User.id == Loan.user_id))
        .where(Loan.id == slot("loan_id"))
    )


def _of_title(columns: list[Any]) -> Any:
    return (
        Book.select(*columns)
        .join(User, JOIN.LEFT_OUTER, on=_USER["user_id"])
        .where(Book.id == slot("book_id"))
    )


_LENDING = {keys: _lending(*keys) for keys in product(_COPY, _USER)}
_OF_COPY = {key: _of_copy(key) for key in _COPY}
_OF_LOAN = _Question(_of_loan, Loan.book_id, "copy", "loan", "member")
_OF_TITLE = _Question(_of_title, Book.id, "member", "book")


def standing(user_id: int) -> tuple[int, int]:
    """How many running loans a member has, and what they owe."""
    running = Loan.select().where((Loan.user_id == user_id) & loan.is_running()).count()
    return running, fee.balance(user_id)


_MEMBER = Compiled(lambda: User.select(*_member()).where(User.id == slot("user_id")))
_READY = Compiled(
    lambda: Hold.select(fn.COUNT(Hold.id)).where(
        (Hold.user_id == slot("user_id"))
        & (Hold.status == HoldStatus.READY)
        & hold.stands(slot("now"), slot("today"))
    )
)


def member(user_id: int, now: str, today: str) -> MemberRow | None:
    """A member and how they stand, or None."""
    stored = _MEMBER.row(user_id=user_id, now=now, today=today)
    return None if stored is None else MemberRow._make(stored)


def ready_holds(user_id: int, now: str, today: str) -> int:
    """How many holds of a member have a copy on the hold shelf."""
    found: int = _READY.scalar(user_id=user_id, now=now, today=today)
    return found


def lending(
    copy_key: dict[str, Any], member_key: dict[str, Any], now: str, today: str
) -> Found | None:
    """What lending needs; None if there is no such copy.

    `copy_key` is `{copy_id}` or `{barcode}`, `member_key` `{user_id}` or `{card}`, barcode and card
    as they are compared.
    """
    question = _LENDING[next(iter(copy_key)), next(iter(member_key))]
    return question.ask(**copy_key, **member_key, now=now, today=today)


def of_copy(copy_key: dict[str, Any]) -> Found | None:
    """A copy by `{copy_id}` or `{barcode}`, with its loan not yet returned, running or lost."""
    return _OF_COPY[next(iter(copy_key))].ask(**copy_key)


def of_loan(loan_id: int, now: str, today: str) -> Found | None:
    """A loan, with its copy and member. None if there is no such loan."""
    return _OF_LOAN.ask(loan_id=loan_id, now=now, today=today)


def of_title(book_id: int, user_id: int | None, now: str, today: str) -> Found | None:
    """A book's title, deleted or not, with a member if one is named. None if it never existed."""
    return _OF_TITLE.ask(book_id=book_id, user_id=user_id, now=now, today=today)

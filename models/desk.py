"""What the desk must know to decide: a copy, a member and a title's copies and holds, read at once.

Each question is one statement whatever the library's history. Copies and holds of the title come
as JSON arrays in the row, in the orders of `TITLE_COPY` and `TITLE_HOLD`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import orjson
from peewee import JOIN, SQL, Case, fn

from models import copy, fee, hold, loan
from models.book import Book
from models.copy import Copy
from models.database import Compiled, is_postgresql, slot
from models.fee import Fee
from models.hold import Hold
from models.loan import Loan
from models.rulebook import Rulebook
from models.user import User

Row = dict[str, Any]

MEMBER = (
    "id",
    "category",
    "is_active",
    "blocked",
    "block_reason",
    "expires_on",
    "balance",
    "open_loans",
    "overdue_loans",
    "active_holds",
)
TITLE_COPY = ("id", "loan_type", "status", "loan_id", "borrower_id")
TITLE_HOLD = (
    "id",
    "user_id",
    "category",
    "queue",
    "status",
    "copy_id",
    "expires_at",
    "suspended_until",
    "not_needed_after",
)
_ZERO = SQL("0")
_ONE = SQL("1")


def _list(query: Any, columns: list[Any]) -> Any:
    """The rows of a correlated query as one JSON array of arrays."""
    if is_postgresql():
        return query.select(fn.json_agg(fn.json_build_array(*columns)))
    return query.select(fn.json_group_array(fn.json_array(*columns)))


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
        .join(waiter, on=(waiter.id == each.user_id))
        .where((each.book_id == book_id) & hold.is_active(each))
    )
    columns = [getattr(each, name) for name in TITLE_HOLD if name != "category"]
    return _list(query, [*columns[:2], waiter.category, *columns[2:]])


def _member() -> list[Any]:
    """The columns of `MEMBER`, of the user in the query."""
    loans = Loan.select(fn.COUNT(Loan.id)).where((Loan.user_id == User.id) & loan.is_running())
    overdue = Loan.select(fn.COUNT(Loan.id)).where(
        (Loan.user_id == User.id) & loan.is_overdue(slot("now"))
    )
    owed = Fee.select(fn.COALESCE(fn.SUM(Fee.balance), _ZERO)).where(
        (Fee.user_id == User.id) & (Fee.balance != _ZERO)
    )
    holds = Hold.select(fn.COUNT(Hold.id)).where(
        (Hold.user_id == User.id) & hold.stands(slot("now"), slot("today"))
    )
    stored = [getattr(User, name) for name in MEMBER[:6]]
    return [*stored, owed, loans, overdue, holds]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one question found.

    `version` names the rules in force (`models.rulebook`). `copies` and `holds` are those of the
    title: all its copies with their running loans, and the holds no act has ended. `copy`, `loan`
    and `member` are stored rows, None where the question has none or none was found; `member` has
    the fields of `MEMBER`.
    """

    version: int
    copies: list[list[Any]]
    holds: list[list[Any]]
    copy: Row | None = None
    loan: Row | None = None
    member: Row | None = None
    book: Row | None = None


class _Question:
    """A query whose columns are the version, the lists of the title, and blocks of stored rows."""

    def __init__(self, build: Callable[[list[Any]], Any], book_id: Any, *blocks: str) -> None:
        self._blocks = blocks
        self._query = Compiled(lambda: build(self._columns(book_id)))

    def ask(self, **values: Any) -> Seen | None:
        row = self._query.row(**values)
        if row is None:
            return None
        seen: dict[str, Row | None] = {}
        place = 3
        for block in self._blocks:
            names = _BLOCKS[block]
            stored = row[place : place + len(names)]
            seen[block] = None if stored[0] is None else dict(zip(names, stored, strict=True))
            place += len(names)
        return Seen(row[0], _read(row[1]), _read(row[2]), **seen)

    def _columns(self, book_id: Any) -> list[Any]:
        columns = [Rulebook.select(Rulebook.version), _copies_of(book_id), _holds_of(book_id)]
        if "copy" in self._blocks:
            columns += copy.VIEW.columns
        if "loan" in self._blocks:
            columns += loan.VIEW.columns
        if "member" in self._blocks:
            columns += _member()
        if "book" in self._blocks:
            columns += [Book.id, Book.deleted_at]
        return columns


_BLOCKS = {
    "copy": copy.VIEW.names,
    "loan": loan.VIEW.names,
    "member": MEMBER,
    "book": ("id", "deleted_at"),
}


def _read(listed: Any) -> list[list[Any]]:
    """A list as its driver gives it: SQLite text, PostgreSQL lists, and None for an empty one."""
    found: list[list[Any]] = orjson.loads(listed) if isinstance(listed, str) else listed or []
    return found


# A barcode means the copy in stock; only where there is none, the last one withdrawn (rule 30).
_IN_STOCK_FIRST = Case(None, [(Copy.status == "withdrawn", _ONE)], _ZERO)
_UNRETURNED = (Loan.copy_id == Copy.id) & Loan.returned_at.is_null()
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

    return _Question(build, Copy.book_id, "copy", "loan", "member")


def _of_copy(copy_key: str) -> _Question:
    def build(columns: list[Any]) -> Any:
        return (
            Copy.select(*columns)
            .join(Loan, JOIN.LEFT_OUTER, on=_UNRETURNED)
            .where(_COPY[copy_key])
            .order_by(_IN_STOCK_FIRST, Copy.id.desc())
            .limit(_ONE)
        )

    return _Question(build, Copy.book_id, "copy", "loan")


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


def lending(
    copy_key: dict[str, Any], member_key: dict[str, Any], now: str, today: str
) -> Seen | None:
    """What lending needs; None if there is no such copy.

    `copy_key` is `{copy_id}` or `{barcode}`, `member_key` `{user_id}` or `{card}`, barcode and card
    as they are compared.
    """
    question = _LENDING[next(iter(copy_key)), next(iter(member_key))]
    return question.ask(**copy_key, **member_key, now=now, today=today)


def of_copy(copy_key: dict[str, Any]) -> Seen | None:
    """A copy by `{copy_id}` or `{barcode}`, with its loan not yet returned, running or lost."""
    return _OF_COPY[next(iter(copy_key))].ask(**copy_key)


def of_loan(loan_id: int, now: str, today: str) -> Seen | None:
    """A loan, with its copy and member. None if there is no such loan."""
    return _OF_LOAN.ask(loan_id=loan_id, now=now, today=today)


def of_title(book_id: int, user_id: int | None, now: str, today: str) -> Seen | None:
    """A book's title, deleted or not, with a member if one is named. None if it never existed."""
    return _OF_TITLE.ask(book_id=book_id, user_id=user_id, now=now, today=today)

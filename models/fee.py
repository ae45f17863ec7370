"""Fees: the lines of members' accounts, and what was paid and waived of each."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, IntegerField, TextField, fn

from models.database import Compiled, Table, for_update, rows, slot
from models.errors import Missing
from models.listing import Filter, Listing, Sort, equals, status_filters, status_name
from models.loan import Loan
from models.view import View


class Fee(Table):
    """One line, in minor units; of a refund, `amount` and `balance` are negative (rule 27).

    `waived` is how much of it was waived rather than paid.
    """

    user_id = IntegerField(null=True)
    loan_id = IntegerField(null=True)
    kind = TextField()
    amount = IntegerField()
    balance = IntegerField()
    waived = IntegerField()
    note = TextField(null=True)
    created_at = TextField()


class FeeEntry(Table):
    """One payment or waiver on a line; `amount` is positive."""

    fee_id = IntegerField()
    kind = TextField()
    amount = IntegerField()
    method = TextField(null=True)
    reason = TextField(null=True)
    at = TextField()
    actor_id = IntegerField(null=True)


STATUSES = ("open", "paid", "waived")

# The stored row; `shown` makes of it what clients see.
VIEW = View(Fee, "id user_id loan_id kind amount balance waived note created_at")

# Literal, not bound, so that SQLite finds the partial indexes.
_ZERO = SQL("0")
_CONDITIONS: dict[str, Any] = {
    "open": Fee.balance != _ZERO,
    "paid": (Fee.balance == _ZERO) & (Fee.waived == _ZERO),
    "waived": (Fee.balance == _ZERO) & (Fee.waived > _ZERO),
}


def status(fee: dict[str, Any]) -> str:
    """How a stored line stands: one of `STATUSES`."""
    if fee["balance"]:
        return "open"
    return "waived" if fee["waived"] else "paid"


def shown(fee: dict[str, Any], currency: str) -> dict[str, Any]:
    """A stored line as clients see it."""
    return {
        **{name: fee[name] for name in ("id", "user_id", "loan_id", "kind", "amount", "balance")},
        "currency": currency,
        "status": status(fee),
        "note": fee["note"],
        "created_at": fee["created_at"],
    }


def _status_filter(wanted: Iterable[str]) -> Filter:
    condition = reduce(or_, [_CONDITIONS[name] for name in wanted])
    return Filter(lambda slots: condition, lambda asked: [])


def in_status(statuses: Iterable[str]) -> dict[str, Any]:
    """What to ask `LISTING` for, so that it lists the lines in these statuses."""
    return {status_name(statuses): True}


LISTING = Listing(
    Fee,
    VIEW,
    sorts={"id": Sort(Fee.id)},
    filters={
        "user_id": equals(Fee.user_id),
        "reader": equals(Fee.user_id),
        **status_filters(STATUSES, _status_filter),
    },
)

_BY_ID = Compiled(lambda: Fee.select(*VIEW.columns).where(Fee.id == slot("id")))
_LOCKED = Compiled(lambda: for_update(Fee.select(*VIEW.columns).where(Fee.id == slot("id"))))


def find(fee_id: int) -> dict[str, Any]:
    """The line as it is stored. Raises Missing."""
    return VIEW.read(_existing(_BY_ID.row(id=fee_id)))


def locked(fee_id: int) -> dict[str, Any]:
    """The line, held against other writers until the transaction ends. Raises Missing."""
    return VIEW.read(_existing(_LOCKED.row(id=fee_id)))


def is_owed_by(fee_id: int, user_id: int | None) -> bool:
    """Whether a line is on this member's account."""
    row = _BY_ID.row(id=fee_id)
    return row is not None and user_id is not None and VIEW.read(row)["user_id"] == user_id


def insert(row: dict[str, Any]) -> dict[str, Any]:
    """Add a line and give it as it is stored; `row` has all but the id, the balance and waived."""
    new = {**row, "balance": row["amount"], "waived": 0}
    fee_id: int = Fee.insert(new).execute()
    return {"id": fee_id, **new}


def of_loan(loan_id: int, kind: str) -> dict[str, Any] | None:
    """The line of a kind that a loan has brought, held against other writers, or None."""
    query = Fee.select(*VIEW.columns).where((Fee.loan_id == loan_id) & (Fee.kind == kind))
    row = for_update(query).tuples().first()
    return None if row is None else VIEW.read(row)


def lower(
    fee: dict[str, Any],
    kind: str,
    amount: int,
    at: str,
    actor_id: int | None,
    *,
    method: str | None = None,
    reason: str | None = None,
) -> dict[str, Any]:
    """Take a `payment` or `waiver` off what is left of a line; give it as it is stored then.

    `amount` is positive; of a refund it brings the negative balance up.
    """
    balance = fee["balance"] + amount if fee["amount"] < 0 else fee["balance"] - amount
    waived = fee["waived"] + (amount if kind == "waiver" else 0)
    Fee.update(balance=balance, waived=waived).where(Fee.id == fee["id"]).execute()
    FeeEntry.insert(
        fee_id=fee["id"],
        kind=kind,
        amount=amount,
        method=method,
        reason=reason,
        at=at,
        actor_id=actor_id,
    ).execute()
    return {**fee, "balance": balance, "waived": waived}


def to_forget(limit: int) -> list[int]:
    """The ids of some settled lines that still name the member of a forgotten loan."""
    nameless = Loan.select(SQL("1")).where((Loan.id == Fee.loan_id) & Loan.user_id.is_null())
    named = Fee.loan_id.is_null(False) & Fee.user_id.is_null(False)
    query = Fee.select(Fee.id).where((Fee.balance == _ZERO) & named & fn.EXISTS(nameless))
    return [row[0] for row in for_update(query.order_by(Fee.loan_id).limit(limit)).tuples()]


def forget_loans(fee_ids: list[int]) -> None:
    """Take their loans off lines."""
    Fee.update(loan_id=None).where(Fee.id.in_(fee_ids)).execute()


def unsettled(user_id: int) -> list[dict[str, Any]]:
    """The lines of a member's account with something left, as stored, the oldest first."""
    left = (Fee.user_id == user_id) & (Fee.balance != _ZERO)
    return [VIEW.read(row) for row in rows(Fee.select(*VIEW.columns).where(left).order_by(Fee.id))]


def balance(user_id: int) -> int:
    """What a member owes: the sum of the open lines, refunds counting against them."""
    owed = Fee.select(fn.SUM(Fee.balance)).where((Fee.user_id == user_id) & (Fee.balance != _ZERO))
    return int(owed.scalar() or 0)


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such fee.")
    return row

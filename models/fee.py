"""Fees: the lines of members' accounts, and what was paid and waived of each."""

from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from peewee import SQL, ForeignKeyField, IntegerField, TextField, fn

from models.database import Compiled, Table, for_update, rows, slot
from models.errors import Missing
from models.fields import EnumField
from models.listing import (
    Filter,
    Listing,
    Sort,
    at_least,
    at_most,
    equals,
    one_of,
    status_filters,
    status_name,
)
from models.loan import Loan
from models.rows import Json, RowReader
from models.user import User
from models.user_list import of_card
from models.vocabulary import FeeEntryKind, FeeKind, FeeStatus, PaymentMethod


class Fee(Table):
    """One line, in minor units; of a refund, `amount` and `balance` are negative (rule 27).

    `waived` is how much of it was waived rather than paid.
    """

    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    loan = ForeignKeyField(Loan, null=True)
    kind = EnumField(FeeKind)
    amount = IntegerField()
    balance = IntegerField()
    waived = IntegerField()
    note = TextField(null=True)
    created_at = TextField()
    refund_of = ForeignKeyField("self", null=True, column_name="refund_of")
    voided_at = TextField(null=True)
    void_reason = TextField(null=True)


Fee.add_index(
    Fee.loan_id,
    unique=True,
    name="fee_lost_once",
    where=(Fee.kind == FeeKind.LOST) & Fee.voided_at.is_null(),
)


class FeeEntry(Table):
    """One payment or waiver on a line; `amount` is positive, of a payout too.

    `receipt_id` is the id of the first payment of the note that this one was part of.
    """

    fee = ForeignKeyField(Fee)
    kind = EnumField(FeeEntryKind)
    amount = IntegerField()
    method = EnumField(PaymentMethod, null=True)
    reason = TextField(null=True)
    at = TextField()
    actor_id = IntegerField(null=True)
    receipt_id = IntegerField(null=True)
    voided_at = TextField(null=True)
    void_reason = TextField(null=True)


class FeeRow(NamedTuple):
    """A line as it is stored."""

    id: int
    user_id: int | None
    loan_id: int | None
    kind: FeeKind
    amount: int
    balance: int
    waived: int
    note: str | None
    created_at: str
    refund_of_id: int | None = None
    voided_at: str | None = None

    @property
    def status(self) -> FeeStatus:
        """How the line stands."""
        if self.voided_at:
            return FeeStatus.VOID
        if self.balance:
            return FeeStatus.OPEN
        return FeeStatus.WAIVED if self.waived else FeeStatus.PAID

    @property
    def paid(self) -> int:
        """How much of a charge was paid."""
        if self.voided_at:
            return 0
        return self.amount - self.balance - self.waived

    def to_json(self, currency: str) -> Json:
        """The line as clients see it."""
        return {
            "id": self.id,
            "user_id": self.user_id,
            "loan_id": self.loan_id,
            "kind": self.kind,
            "amount": self.amount,
            "balance": self.balance,
            "currency": currency,
            "status": self.status,
            "note": self.note,
            "created_at": self.created_at,
        }


ROWS = RowReader(Fee, FeeRow)

# Literal, not bound, so that SQLite finds the partial indexes.
_ZERO = SQL("0")
_SETTLED = Fee.balance == _ZERO
_CONDITIONS: dict[str, Any] = {
    FeeStatus.OPEN: Fee.balance != _ZERO,
    FeeStatus.PAID: _SETTLED & Fee.voided_at.is_null() & (Fee.waived == _ZERO),
    FeeStatus.WAIVED: _SETTLED & Fee.voided_at.is_null() & (Fee.waived > _ZERO),
    FeeStatus.VOID: Fee.voided_at.is_null(False),
}


def _status_filter(wanted: Iterable[str]) -> Filter:
    condition = reduce(or_, [_CONDITIONS[name] for name in wanted])
    return Filter(lambda slots: condition, lambda asked: [])


def in_status(statuses: Iterable[str]) -> dict[str, Any]:
    """What to ask `LISTING` for, so that it lists the lines in these statuses."""
    return {status_name(statuses): True}


LISTING = Listing(
    Fee,
    ROWS,
    sorts={"id": Sort(Fee.id)},
    filters={
        "user_id": equals(Fee.user_id),
        "card_number": of_card(Fee.user_id),
        "kind": one_of(Fee.kind),
        "loan_id": equals(Fee.loan_id),
        "created_from": at_least(Fee.created_at),
        "created_to": at_most(Fee.created_at),
        "reader": equals(Fee.user_id),
        **status_filters(tuple(FeeStatus), _status_filter),
    },
)


def find(fee_id: int) -> FeeRow:
    """The line. Raises Missing."""
    return _existing(ROWS.first(ROWS.select().where(Fee.id == fee_id)))


def locked(fee_id: int) -> FeeRow:
    """The line, locked until the transaction ends. Raises Missing."""
    return _existing(ROWS.first(for_update(ROWS.select().where(Fee.id == fee_id))))


def create(
    *,
    user_id: int | None,
    loan_id: int | None,
    kind: FeeKind,
    amount: int,
    note: str | None,
    created_at: str,
    refund_of: int | None = None,
) -> FeeRow:
    """Add a line with nothing paid or waived of it; `refund_of` is the charge it pays back."""
    values = {"user_id": user_id, "loan_id": loan_id, "kind": kind, "amount": amount}
    left = {"balance": amount, "waived": 0, "note": note, "created_at": created_at}
    fee_id: int = Fee.insert({**values, **left, "refund_of": refund_of}).execute()
    return FeeRow(fee_id, user_id, loan_id, kind, amount, amount, 0, note, created_at, refund_of)


def of_loan(loan_id: int, kind: FeeKind) -> FeeRow | None:
    """The line of a kind that a loan has brought and that is not void, locked, or None."""
    stands = Fee.voided_at.is_null()
    query = ROWS.select().where((Fee.loan_id == loan_id) & (Fee.kind == kind) & stands)
    return ROWS.first(for_update(query))


def pay(
    line: FeeRow,
    amount: int,
    method: PaymentMethod,
    at: str,
    actor_id: int | None,
    receipt_id: int | None = None,
) -> tuple[FeeRow, int]:
    """Take a payment off what is left of a line; of a refund, pay it out. `amount` is positive.

    `receipt_id` is the first payment of the same note, if this is not the first. Return the line
    and the id of the payment.
    """
    entry = {"kind": FeeEntryKind.PAYMENT, "amount": amount, "method": method}
    payment_id = _note(line, **entry, at=at, actor_id=actor_id, receipt_id=receipt_id)
    balance = line.balance + amount if line.amount < 0 else line.balance - amount
    return _written(line._replace(balance=balance)), payment_id


def unpay(line: FeeRow, amount: int) -> FeeRow:
    """Give a line back the balance that a payment had taken off it (rule 42)."""
    balance = line.balance - amount if line.amount < 0 else line.balance + amount
    return _written(line._replace(balance=balance))


def refunds_of(line: FeeRow) -> list[FeeRow]:
    """What of a charge was paid back, or is to be, locked; those that were voided not."""
    back = (Fee.refund_of == line.id) & Fee.voided_at.is_null()
    return ROWS.all(for_update(ROWS.select().where(back).order_by(Fee.id)))


def refunded(line: FeeRow) -> int:
    """How much of a charge was paid back, or is to be."""
    return -sum(each.amount for each in refunds_of(line))


def void(line: FeeRow, reason: str, at: str) -> FeeRow:
    """Take a charge back that was made by mistake; it counts nowhere any more."""
    Fee.update(balance=0, voided_at=at, void_reason=reason).where(Fee.id == line.id).execute()
    return line._replace(balance=0, voided_at=at)


def waive(
    line: FeeRow, amount: int, reason: str, at: str, actor_id: int | None
) -> tuple[FeeRow, int]:
    """Waive a part of what is left of a charge; `amount` is positive.

    Return the line and the id of the waiver.
    """
    kind = FeeEntryKind.WAIVER
    waiver_id = _note(line, kind=kind, amount=amount, reason=reason, at=at, actor_id=actor_id)
    waived = line._replace(balance=line.balance - amount, waived=line.waived + amount)
    return _written(waived), waiver_id


def unwaive(line: FeeRow, waiver_id: int, reason: str, at: str) -> FeeRow:
    """Let be owed again what one waiver had waived of a charge, unless that was done already."""
    stands = (FeeEntry.fee_id == line.id) & FeeEntry.voided_at.is_null()
    waiver = stands & (FeeEntry.id == waiver_id) & (FeeEntry.kind == FeeEntryKind.WAIVER)
    amount = FeeEntry.select(FeeEntry.amount).where(waiver).scalar() or 0
    FeeEntry.update(voided_at=at, void_reason=reason).where(waiver).execute()
    return _written(line._replace(balance=line.balance + amount, waived=line.waived - amount))


def to_forget(limit: int) -> list[int]:
    """The ids of some settled lines that still name the member of a forgotten loan."""
    nameless = Loan.select(SQL("1")).where((Loan.id == Fee.loan_id) & Loan.user_id.is_null())
    named = Fee.loan_id.is_null(False) & Fee.user_id.is_null(False)
    query = Fee.select(Fee.id).where((Fee.balance == _ZERO) & named & fn.EXISTS(nameless))
    return [row[0] for row in for_update(query.order_by(Fee.loan_id).limit(limit)).tuples()]


def forget_loans(fee_ids: list[int]) -> None:
    """Take their loans off lines, and the lines off what these loans keep of their fines."""
    lines = Fee.id.in_(fee_ids)
    loan_ids = {row[0] for row in rows(Fee.select(Fee.loan_id).where(lines))}
    Fee.update(loan_id=None).where(lines).execute()
    for loan_id, fines in rows(Loan.select(Loan.id, Loan.fines).where(Loan.id.in_(loan_ids))):
        kept = [_without_line(one) if one.get("fee_id") in fee_ids else one for one in fines]
        if kept != fines:
            Loan.update(fines=kept).where(Loan.id == loan_id).execute()


def _without_line(fine: dict[str, Any]) -> dict[str, Any]:
    return {**fine, "fee_id": None, "taken_back": None}


def of_loans(loan_ids: Iterable[int]) -> dict[int, list[FeeRow]]:
    """The lines that name each of these loans, the oldest first."""
    found: dict[int, list[FeeRow]] = defaultdict(list)
    query = ROWS.select().where(Fee.loan_id.in_([*loan_ids])).order_by(Fee.id)
    for line in ROWS.all(query):
        found[line.loan_id or 0].append(line)
    return found


_UNSETTLED = Compiled(
    lambda: (
        ROWS.select()
        .where((Fee.user_id == slot("user_id")) & (Fee.balance != _ZERO))
        .order_by(Fee.id)
    )
)


def unsettled(user_id: int) -> list[FeeRow]:
    """The lines of a member's account with something left, the oldest first."""
    return [ROWS.read(row) for row in _UNSETTLED.rows(user_id=user_id)]


def payable(user_id: int) -> list[FeeRow]:
    """The lines of a member's account that can be paid, the oldest first: refunds are not."""
    return [line for line in unsettled(user_id) if line.balance > 0]


def balance(user_id: int) -> int:
    """What a member owes: the sum of the open lines, refunds counting against them."""
    owed = Fee.select(fn.SUM(Fee.balance)).where((Fee.user_id == user_id) & (Fee.balance != _ZERO))
    return int(owed.scalar() or 0)


def _note(line: FeeRow, **entry: Any) -> int:
    created: int = FeeEntry.insert(fee_id=line.id, **entry).execute()
    return created


def _written(line: FeeRow) -> FeeRow:
    Fee.update(balance=line.balance, waived=line.waived).where(Fee.id == line.id).execute()
    return line


def _existing(row: FeeRow | None) -> FeeRow:
    if row is None:
        raise Missing("There is no such fee.")
    return row

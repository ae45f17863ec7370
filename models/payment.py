"""Payments: what was paid on fees, paid out of refunds, and taken back."""

from typing import NamedTuple

from peewee import ModelSelect, fn

from models.database import Compiled, for_update, slot
from models.errors import Missing
from models.fee import Fee, FeeEntry
from models.listing import Filter, Listing, Sort, at_least, at_most, equals, one_of
from models.rows import Json, RowReader
from models.user_list import of_card
from models.vocabulary import FeeEntryKind, PaymentMethod


class PaymentRow(NamedTuple):
    """A payment as it is stored, with the member and the sign of its fee; `amount` is positive."""

    id: int
    fee_id: int
    user_id: int | None
    fee_amount: int
    amount: int
    method: PaymentMethod
    at: str
    actor_id: int | None
    receipt_id: int
    voided_at: str | None
    void_reason: str | None

    @property
    def is_payout(self) -> bool:
        """Whether the library paid: on a refund."""
        return self.fee_amount < 0

    def to_json(self, currency: str) -> Json:
        """The payment as clients see it."""
        return {
            "id": self.id,
            "fee_id": self.fee_id,
            "user_id": self.user_id,
            "amount": self.amount,
            "direction": "out" if self.is_payout else "in",
            "currency": currency,
            "method": self.method,
            "paid_at": self.at,
            "actor_id": self.actor_id,
            "receipt_id": self.receipt_id,
            "voided_at": self.voided_at,
            "void_reason": self.void_reason,
        }


def _of_fee(column: object) -> object:
    """A column of the payment's fee."""
    return Fee.select(column).where(Fee.id == FeeEntry.fee_id)


class _Rows(RowReader[PaymentRow]):
    """Rows of payments; what belongs to the fee is looked up with each."""

    def __init__(self) -> None:
        self.names, self.staff = PaymentRow._fields, frozenset()
        self.columns = [
            FeeEntry.id,
            FeeEntry.fee_id,
            _of_fee(Fee.user_id),
            _of_fee(Fee.amount),
            FeeEntry.amount,
            FeeEntry.method,
            FeeEntry.at,
            FeeEntry.actor_id,
            fn.COALESCE(FeeEntry.receipt_id, FeeEntry.id),
            FeeEntry.voided_at,
            FeeEntry.void_reason,
        ]
        self._model, self._make, self._conversions = FeeEntry, PaymentRow._make, []

    def read(self, stored: object) -> PaymentRow:
        """A row as the driver gave it."""
        row = PaymentRow._make(stored)  # type: ignore[arg-type]
        return row._replace(method=PaymentMethod(row.method))


ROWS = _Rows()

_IS_PAYMENT = FeeEntry.kind == FeeEntryKind.PAYMENT


def _of_member(which: Filter) -> Filter:
    """Payments on the fees that `which` lets through."""
    return Filter(
        lambda slots: FeeEntry.fee_id.in_(Fee.select(Fee.id).where(which.build(slots))),
        which.values,
    )


LISTING = Listing(
    FeeEntry,
    ROWS,
    sorts={"id": Sort(FeeEntry.id), "paid_at": Sort(FeeEntry.at)},
    filters={
        "user_id": _of_member(equals(Fee.user_id)),
        "card_number": _of_member(of_card(Fee.user_id)),
        "reader": _of_member(equals(Fee.user_id)),
        "fee_id": equals(FeeEntry.fee_id),
        "method": one_of(FeeEntry.method),
        "from": at_least(FeeEntry.at),
        "to": at_most(FeeEntry.at),
    },
    scope=lambda: _IS_PAYMENT,
)

_BY_ID = Compiled(
    lambda: FeeEntry.select(*ROWS.columns).where(_IS_PAYMENT & (FeeEntry.id == slot("id")))
)


def find(payment_id: int) -> PaymentRow:
    """The payment. Raises Missing."""
    row = _BY_ID.row(id=payment_id)
    if row is None:
        raise Missing("There is no such payment.")
    return ROWS.read(row)


def locked(payment_id: int) -> PaymentRow:
    """The payment, locked until the transaction ends; lock its member first. Raises Missing."""
    for_update(FeeEntry.select(FeeEntry.id).where(FeeEntry.id == payment_id)).tuples().first()
    return find(payment_id)


def of_receipt(payment: PaymentRow) -> list[PaymentRow]:
    """The payments of the same receipt, the oldest fee first, locked; lock their member first."""
    return ROWS.all(for_update(_on_receipt(payment.receipt_id, payment.at)))


def on_receipt(receipt_id: int, at: str) -> list[PaymentRow]:
    """The payments of a receipt, the oldest fee first, also of a member who has been erased."""
    return ROWS.all(_on_receipt(receipt_id, at))


def _on_receipt(receipt_id: int, at: str) -> ModelSelect:
    """They were noted at one moment, by which they are found."""
    receipt = fn.COALESCE(FeeEntry.receipt_id, FeeEntry.id) == receipt_id
    found = ROWS.select().where(_IS_PAYMENT & (FeeEntry.at == at) & receipt)
    return found.order_by(FeeEntry.id)


def void(payment: PaymentRow, reason: str, at: str) -> PaymentRow:
    """Note that a payment was taken back."""
    changes = {"voided_at": at, "void_reason": reason}
    FeeEntry.update(changes).where(FeeEntry.id == payment.id).execute()
    return payment._replace(voided_at=at, void_reason=reason)

"""Payments: on one fee or on a whole account, taken back, and counted (rules 27, 42)."""

from dataclasses import dataclass
from datetime import datetime

from circulation.locking import lock_fee, lock_payment
from circulation.money import in_words
from circulation.title_changes import transaction
from models import audit, fee, locks, payment
from models.audit import Actor
from models.errors import Conflict
from models.fee import FeeRow
from models.payment import PaymentRow
from models.timestamps import stamp
from models.vocabulary import AuditAction, PaymentMethod


@dataclass(frozen=True, slots=True)
class Paid:
    """A fee after a payment, and the payment's id."""

    line: FeeRow
    payment_id: int


def pay(fee_id: int, amount: int, method: str, currency: str, actor: Actor, now: datetime) -> Paid:
    """Take a payment on a fee, or pay a refund out (rule 27); `amount` in minor units.

    Raises Missing, Conflict `void`, `overpaid` with the `balance`.
    """
    with transaction():
        line = lock_fee(fee_id)
        require_not_void(line)
        require_left(line, amount, abs(line.balance), currency)
        paid, payment_id = fee.pay(line, amount, PaymentMethod(method), stamp(now), actor.id)
        _record(actor, line, paid)
        return Paid(paid, payment_id)


def pay_account(
    user_id: int, amount: int, method: str, currency: str, actor: Actor, now: datetime
) -> list[PaymentRow]:
    """Take one payment for a member's fees, the oldest first, and return its parts (rule 42).

    Raises Conflict `overpaid` with the `balance` of the account.
    """
    with transaction():
        locks.take(user_id=user_id)
        lines = fee.unsettled(user_id)
        balance = sum(line.balance for line in lines)
        if amount > balance:
            detail = f"{in_words(max(balance, 0), currency)} of this account is outstanding."
            raise Conflict(detail, code="overpaid", balance=balance)
        made: list[int] = []
        for line in lines:
            part = min(amount, max(line.balance, 0))
            if part:
                first = made[0] if made else None
                paid, payment_id = fee.pay(
                    line, part, PaymentMethod(method), stamp(now), actor.id, first
                )
                _record(actor, line, paid)
                made.append(payment_id)
                amount -= part
        return [payment.find(payment_id) for payment_id in made]


def void(payment_id: int, reason: str, actor: Actor, now: datetime) -> PaymentRow:
    """Take back a payment: its fee owes again (rule 42).

    Raises Missing, Conflict `void`, `forgotten`, and `refunded` when the money was paid back since.
    """
    with transaction():
        return _void(lock_payment(payment_id), reason, actor, now)


def void_receipt(payment_id: int, reason: str, actor: Actor, now: datetime) -> PaymentRow:
    """Take back a payment with every other one of its receipt that still stands, or none of them.

    Raises as `void` does, for any of them.
    """
    with transaction():
        found = lock_payment(payment_id)
        for other in reversed(payment.of_receipt(found)):
            if other.id != found.id and other.voided_at is None:
                _void(other, reason, actor, now)
        return _void(found, reason, actor, now)


def _void(found: PaymentRow, reason: str, actor: Actor, now: datetime) -> PaymentRow:
    line = fee.locked(found.fee_id)
    _require_voidable(found, line)
    owes = fee.unpay(line, found.amount)
    changes = {"balance": [line.balance, owes.balance]}
    action = AuditAction.PAYMENT_VOID
    audit.record(actor, action, "payment", found.id, reason=reason, changes=changes)
    return payment.void(found, reason, stamp(now))


def require_not_void(line: FeeRow) -> None:
    """Raise Conflict `void` for a charge that was taken back."""
    if line.voided_at:
        raise Conflict("This fee was voided; nothing is owed on it.", code="void")


def require_left(line: FeeRow, amount: int, left: int, currency: str) -> None:
    """Raise Conflict `overpaid` if more is paid or waived than is left of a fee."""
    if amount > left:
        detail = f"{in_words(left, currency)} of this fee is outstanding."
        raise Conflict(detail, code="overpaid", balance=line.balance)


def _require_voidable(found: PaymentRow, line: FeeRow) -> None:
    if found.voided_at:
        raise Conflict("This payment was taken back already.", code="void")
    if found.user_id is None:
        raise Conflict("The member of this payment has been forgotten.", code="forgotten")
    if not found.is_payout and line.paid - found.amount < fee.refunded(line):
        raise Conflict("What was paid has been refunded since.", code="refunded")


def _record(actor: Actor, before: FeeRow, after: FeeRow) -> None:
    changes = {"balance": [before.balance, after.balance]}
    audit.record(actor, AuditAction.FEE_PAY, "fee", before.id, changes=changes)

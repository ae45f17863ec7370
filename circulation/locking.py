"""Locking one record before it is changed, in the order of `models.locks`, and giving its row.

Acts may follow in the same transaction; what they lock again is theirs already.
"""

from collections.abc import Callable
from typing import TypeVar

from models import copy, fee, hold, loan, locks, order, payment
from models.copy import CopyRow
from models.fee import FeeRow
from models.hold import HoldRow
from models.loan import LoanRow
from models.order import OrderRow
from models.payment import PaymentRow

Row = TypeVar("Row", LoanRow, HoldRow, CopyRow)


def lock_loan(loan_id: int) -> LoanRow:
    """Lock a loan with its member and title. Raises Missing."""
    return _settled(lambda: loan.find(loan_id), loan_id=loan_id)


def lock_hold(hold_id: int) -> HoldRow:
    """Lock a hold with its member and title. Raises Missing."""
    return _settled(lambda: hold.find(hold_id), hold_id=hold_id)


def lock_copy(copy_id: int) -> CopyRow:
    """Lock a copy with its borrower and title. Raises Missing."""
    _settled(lambda: copy.find(copy_id), copy_id=copy_id)
    return copy.locked(copy_id)


def _settled(read: Callable[[], Row], **keys: int) -> Row:
    """Lock what a record concerns, then read it.

    Again where it came to another title while this waited for the one it had: that one's lock
    keeps nobody from its queue.
    """
    while True:
        held = locks.take(**keys)
        row = read()
        if held is None or row.book_id in held:
            return row


def lock_fee(fee_id: int) -> FeeRow:
    """Lock a line of an account, after its member. Raises Missing."""
    _lock_member(fee.find(fee_id).user_id)
    return fee.locked(fee_id)


def lock_order(order_id: int) -> OrderRow:
    """Lock an order, after its member: erasing a member writes their orders. Raises Missing."""
    _lock_member(order.find(order_id).user_id)
    return order.locked(order_id)


def _lock_member(user_id: int | None) -> None:
    if user_id is not None:
        locks.take(user_id=user_id)


def lock_payment(payment_id: int) -> PaymentRow:
    """Lock a payment, after its member. Raises Missing."""
    _lock_member(payment.find(payment_id).user_id)
    return payment.locked(payment_id)

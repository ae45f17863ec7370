"""Members' accounts at the desk: fees charged by hand, payments and waivers (rules 26, 27).

The member is the lock of their account, as of their limits (rule 2).
"""

from datetime import datetime
from typing import Any

from circulation.act import act
from circulation.money import in_words
from models import audit, fee, loan, locks, user
from models.audit import Actor
from models.clock import stamp
from models.errors import Conflict, Missing, Unacceptable

Row = dict[str, Any]


def charge(
    user_id: int, amount: int, note: str, loan_id: int | None, actor: Actor, now: datetime
) -> Row:
    """Charge a member by hand, for one of their loans or for none, and give the stored line.

    Raises Missing `user-not-found`, Unacceptable for a loan that is not theirs.
    """
    with act():
        locks.take(user_id=user_id)
        _require_member(user_id)
        if loan_id is not None:
            _require_loan_of(user_id, loan_id)
        row = {"user_id": user_id, "loan_id": loan_id, "kind": "manual", "amount": amount}
        line = fee.insert({**row, "note": note, "created_at": stamp(now)})
        changes = {"amount": [None, amount]}
        audit.record(actor, "fee.create", "fee", line["id"], changes=changes)
        return line


def pay(fee_id: int, amount: int, method: str, currency: str, actor: Actor, now: datetime) -> Row:
    """Take a payment on a fee, or pay a refund out, and give the stored line (rule 27).

    Raises Missing, Conflict `overpaid` with the `balance`.
    """
    with act():
        line = _held(fee_id)
        _require_left(line, amount, abs(line["balance"]), currency)
        paid = fee.lower(line, "payment", amount, stamp(now), actor.id, method=method)
        _audit(actor, "fee.pay", line, paid, None)
        return paid


def waive(
    fee_id: int, amount: int | None, reason: str, currency: str, actor: Actor, now: datetime
) -> Row:
    """Waive an amount of a fee, None for all that is left, and give the stored line (rule 27).

    A refund is the member's money and not the library's to waive. Raises Missing, Conflict
    `overpaid` with the `balance`.
    """
    with act():
        line = _held(fee_id)
        _require_waivable(line)
        left = line["balance"]
        _require_left(line, amount or max(left, 1), left, currency)
        waived = fee.lower(line, "waiver", amount or left, stamp(now), actor.id, reason=reason)
        _audit(actor, "fee.waive", line, waived, reason)
        return waived


def _held(fee_id: int) -> Row:
    """The line as it is stored, with its member held first."""
    user_id = fee.find(fee_id)["user_id"]
    if user_id is not None:
        locks.take(user_id=user_id)
    return fee.locked(fee_id)


def _require_member(user_id: int) -> None:
    try:
        user.find(user_id)
    except Missing as missing:
        raise Missing("There is no such member.", code="user-not-found") from missing


def _require_loan_of(user_id: int, loan_id: int) -> None:
    try:
        borrower_id = loan.find(loan_id)["user_id"]
    except Missing:
        borrower_id = None
    if borrower_id != user_id:
        raise Unacceptable("#/loan_id", "unknown", "This member has no such loan.")


def _require_left(line: Row, amount: int, left: int, currency: str) -> None:
    if amount > left:
        detail = f"Of this fee {in_words(left, currency)} is left."
        raise Conflict(detail, code="overpaid", balance=line["balance"])


def _require_waivable(line: Row) -> None:
    if line["amount"] < 0:
        detail = "This line is a refund, the member's money: it can be paid out, not waived."
        raise Conflict(detail, code="overpaid", balance=line["balance"])


def _audit(actor: Actor, action: str, before: Row, after: Row, reason: str | None) -> None:
    changes = {"balance": [before["balance"], after["balance"]]}
    audit.record(actor, action, "fee", before["id"], reason=reason, changes=changes)

"""Members' accounts at the desk: fees charged by hand, waived and voided (rules 26, 27).

The member is the lock of their account, as of their limits (rule 2); payments are in `payments`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from circulation import charges, loading, members, rulebook
from circulation.locking import lock_fee
from circulation.payments import require_left, require_not_void
from circulation.title_changes import transaction
from models import audit, fee, loan, locks, user
from models.audit import Actor
from models.errors import Conflict, Missing, Unacceptable
from models.fee import FeeRow
from models.timestamps import stamp
from models.vocabulary import AuditAction, FeeKind


@dataclass(frozen=True, slots=True)
class Account:
    """What a member owes: `balance` in all, `accruing` by running loans, both in minor units."""

    user_id: int
    balance: int
    accruing: int
    currency: str
    lines: list[FeeRow]

    def to_json(self) -> dict[str, Any]:
        """The account as an answer."""
        return {
            "user_id": self.user_id,
            "balance": self.balance,
            "accruing": self.accruing,
            "currency": self.currency,
            "fees": [line.to_json(self.currency) for line in self.lines],
        }


def of_member(user_id: int, now: datetime) -> Account:
    """The account of a member, with the fees that are not settled, the oldest first."""
    rules = rulebook.latest()
    lines = fee.unsettled(user_id)
    balance = sum(line.balance for line in lines)
    accruing = members.accruing(user_id, rules, now)
    return Account(user_id, balance, accruing, rules.currency, lines)


def charge(
    user_id: int,
    amount: int,
    note: str,
    loan_id: int | None,
    actor: Actor,
    now: datetime,
    kind: str = FeeKind.MANUAL,
) -> FeeRow:
    """Charge a member by hand, for one of their loans or for none, and return the stored line.

    Raises Missing `user-not-found`, Unacceptable for a loan that is not theirs.
    """
    with transaction():
        locks.take(user_id=user_id)
        _require_member(user_id)
        if loan_id is not None:
            _require_loan_of(user_id, loan_id)
        line = fee.create(
            user_id=user_id,
            loan_id=loan_id,
            kind=FeeKind(kind),
            amount=amount,
            note=note,
            created_at=stamp(now),
        )
        changes = {"amount": [None, amount]}
        audit.record(actor, AuditAction.FEE_CREATE, "fee", line.id, changes=changes)
        return line


def waive(
    fee_id: int, amount: int | None, reason: str, currency: str, actor: Actor, now: datetime
) -> FeeRow:
    """Waive an amount of a fee, None for all that is left (rule 27).

    A refund is the member's money and not the library's to waive. Raises Missing, Conflict `void`
    and `overpaid` with the `balance`.
    """
    with transaction():
        line = lock_fee(fee_id)
        require_not_void(line)
        _require_waivable(line)
        left = line.balance
        require_left(line, amount or max(left, 1), left, currency)
        waived, _ = fee.waive(line, amount or left, reason, stamp(now), actor.id)
        _record(actor, AuditAction.FEE_WAIVE, line, waived, reason)
        return waived


def void(fee_id: int, reason: str, actor: Actor, now: datetime) -> FeeRow:
    """Take back a charge that was made by mistake; it counts nowhere any more (rule 41).

    Raises Missing, Conflict `void` and `paid`.
    """
    with transaction():
        line = lock_fee(fee_id)
        require_not_void(line)
        if line.amount < 0:
            raise Conflict("A refund is the member's money; it can be paid out.", code="paid")
        if line.paid:
            detail = "Something was paid on this fee; void the payment first."
            raise Conflict(detail, code="paid")
        voided = fee.void(line, reason, stamp(now))
        if line.kind is FeeKind.OVERDUE and line.loan_id is not None:
            charges.uncount(loan.find(line.loan_id), line.id)
        _record(actor, AuditAction.FEE_VOID, line, voided, reason)
        return voided


def _require_member(user_id: int) -> None:
    try:
        user.find(user_id)
    except Missing as missing:
        raise loading.no_member(None) from missing


def _require_loan_of(user_id: int, loan_id: int) -> None:
    try:
        borrower_id = loan.find(loan_id).user_id
    except Missing:
        borrower_id = None
    if borrower_id != user_id:
        raise Unacceptable("#/loan_id", "unknown", "This member has no such loan.")


def _require_waivable(line: FeeRow) -> None:
    if line.amount < 0:
        detail = "This line is a refund, the member's money: it can be paid out, not waived."
        raise Conflict(detail, code="overpaid", balance=line.balance)


def _record(
    actor: Actor, action: AuditAction, before: FeeRow, after: FeeRow, reason: str | None
) -> None:
    changes = {"balance": [before.balance, after.balance]}
    audit.record(actor, action, "fee", before.id, reason=reason, changes=changes)

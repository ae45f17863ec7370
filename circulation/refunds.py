"""Undoing what a return did to an account: what it charged, and what it had taken back."""

from dataclasses import replace
from datetime import datetime

from circulation import charges
from circulation.charges import Charged
from circulation.fines import ChargedFine, TakenBack
from models import audit, fee
from models.audit import Actor
from models.errors import Conflict
from models.fee import FeeRow
from models.loan import LoanRow
from models.timestamps import stamp
from models.vocabulary import AuditAction


def undo_return(row: LoanRow, reason: str, actor: Actor, now: datetime) -> Charged:
    """Undo the fine of a return, and give the fines that the loan's renewals have charged.

    The return's own charge is voided, or what was paid of it refunded; what the return had taken
    back of earlier ones is owed again. Raises Conflict `refunded` when that was paid out.
    """
    fines = charges.charged_so_far(row).fines
    if fines:
        last = fines.pop()
        if last.fee_id is not None:
            _uncharge(fee.locked(last.fee_id), row, reason, actor, now)
    kept = Charged()
    for each in fines:
        kept.fines.append(_as_charged(each, reason, actor, now))
    return kept


def _as_charged(each: ChargedFine, reason: str, actor: Actor, now: datetime) -> ChargedFine:
    """A fine of a renewal as it was before the return, owed again."""
    was = each.reduced_from
    if was is None or each.fee_id is None or each.taken_back is None:
        return each
    line = fee.locked(each.fee_id)
    if line.voided_at:
        return each
    _charge_again(line, each.taken_back, reason, actor, now)
    return replace(each, fine=was, reduced_from=None, taken_back=None)


def _uncharge(line: FeeRow, row: LoanRow, reason: str, actor: Actor, now: datetime) -> None:
    if line.voided_at:
        return
    if line.paid:
        charges.take_back(line, line.amount, reason, row, actor, now)
    else:
        _void(line, reason, actor, now)


def _charge_again(line: FeeRow, taken: TakenBack, reason: str, actor: Actor, now: datetime) -> None:
    """Undo what took a part of a charge back, and nothing that staff waived of it."""
    if taken.refund_id is not None:
        for refund in fee.refunds_of(line):
            if refund.id != taken.refund_id:
                continue
            if refund.balance != refund.amount:
                told = "Money that the return gave back has been paid out; void that payment first."
                raise Conflict(told, code="refunded")
            _void(refund, reason, actor, now)
    if taken.waiver_id is not None:
        owing = fee.unwaive(line, taken.waiver_id, reason, stamp(now))
        changes = {"balance": [line.balance, owing.balance]}
        action = AuditAction.FEE_UNWAIVE
        audit.record(actor, action, "fee", line.id, reason=reason, changes=changes)


def _void(line: FeeRow, reason: str, actor: Actor, now: datetime) -> None:
    fee.void(line, reason, stamp(now))
    changes = {"balance": [line.balance, 0]}
    audit.record(actor, AuditAction.FEE_VOID, "fee", line.id, reason=reason, changes=changes)

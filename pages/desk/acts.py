"""The last acts of whoever is signed in at the desk, and how each is undone."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from models import desk_acts
from models.desk_acts import ActRow
from models.errors import Missing
from models.vocabulary import AuditAction
from pages.desk.state import today
from pages.frame.fee_titles import BY_HAND
from pages.frame.visit import Visit

MOST_SHOWN = 20
_MOST_READ = 100
"""Records of acts; a payment of many fees is one act."""
_OF_MANY_FEES = frozenset({AuditAction.FEE_PAY, AuditAction.PAYMENT_VOID})


@dataclass(frozen=True, slots=True)
class Act:
    """One act: its row, what was paid by it in minor units, and whether it can be undone."""

    row: ActRow
    amount: int
    can_undo: bool


def latest(visit: Visit) -> list[Act]:
    """The last acts, newest first."""
    rows = desk_acts.latest(_own_id(visit), SHOWN, _MOST_READ)
    acts = _acts(visit, rows)
    may_go_on = len(rows) == _MOST_READ and rows[-1].action in _OF_MANY_FEES
    if may_go_on and len(acts) <= MOST_SHOWN:
        acts = _acts(visit, rows + desk_acts.rest_of(rows[-1], _own_id(visit)))
    return acts[:MOST_SHOWN]


def _acts(visit: Visit, rows: list[ActRow]) -> list[Act]:
    acts: list[Act] = []
    for row in rows:
        if _goes_on(acts, row):
            whole = acts[-1]
            can_undo = whole.can_undo and row.is_latest
            acts[-1] = replace(whole, amount=whole.amount + _amount(row), can_undo=can_undo)
        elif not _follows(row):
            can_undo = row.is_latest and row.action in _UNDO and not _is_past(visit, row)
            acts.append(Act(row, _amount(row), can_undo))
    return acts


def undo(visit: Visit, act_id: int, reason: str) -> Act:
    """Undo one of the last acts, or tell again that this form has undone it.

    Raises Missing where neither can be, and what the operation raises.
    """
    for act in latest(visit):
        if act.row.id == act_id and act.row.action in _UNDO:
            doing = visit if act.can_undo else visit.again()
            _UNDO[act.row.action].run(doing, act.row, reason)
            return act
    raise Missing("This act cannot be undone: it is too old.")


def _is_past(visit: Visit, row: ActRow) -> bool:
    """Whether a due date was moved from a day that is over: a loan is not made overdue by hand."""
    is_moved = row.action == AuditAction.LOAN_DUE_DATE
    return is_moved and visit.local_day(row.changes["due_at"][0]) < today()


def _goes_on(acts: list[Act], row: ActRow) -> bool:
    """Whether a row belongs to the payment, or its undoing, that the last act is."""
    return (
        bool(acts)
        and row.action in _OF_MANY_FEES
        and (acts[-1].row.action, acts[-1].row.request_id) == (row.action, row.request_id)
    )


def _follows(row: ActRow) -> bool:
    """Whether a charge came about by another act, with which it is undone."""
    return row.action == AuditAction.FEE_CREATE and row.fee_kind not in BY_HAND


def _amount(row: ActRow) -> int:
    if row.action == AuditAction.FEE_CREATE:
        return row.fee_amount or 0
    if row.action not in (AuditAction.FEE_PAY, AuditAction.FEE_WAIVE):
        return 0
    before, after = row.changes["balance"]
    return int(before - after)


def _own_id(visit: Visit) -> int:
    if visit.caller.id is None:
        raise LookupError("a page of the desk has somebody signed in")
    return visit.caller.id


def _cancel_loan(visit: Visit, row: ActRow, reason: str) -> None:
    visit.do("cancelLoan", loan_id=row.record_id, body={"reason": reason})


def _reopen_loan(visit: Visit, row: ActRow, reason: str) -> None:
    visit.do("reopenLoan", loan_id=row.record_id, body={"reason": reason})


def _withdraw_claim(visit: Visit, row: ActRow, reason: str) -> None:
    visit.do("withdrawClaim", loan_id=row.record_id)


def _move_back(visit: Visit, row: ActRow, reason: str) -> None:
    day = visit.local_day(row.changes["due_at"][0])
    body = {"due_on": day.isoformat(), "reason": reason}
    visit.do("changeDueDate", loan_id=row.record_id, body=body)


def _cancel_hold(visit: Visit, row: ActRow, reason: str) -> None:
    visit.do("cancelHold", hold_id=row.record_id)


def _void_fee(visit: Visit, row: ActRow, reason: str) -> None:
    visit.do("voidFee", fee_id=row.record_id, body={"reason": reason})


def _void_payments(visit: Visit, row: ActRow, reason: str) -> None:
    """Take back every payment of the receipt: the last one of the fee stands on it."""
    query = {"fee_id": row.record_id, "sort": "-id", "limit": 1}
    [last] = visit.do("listPayments", query=query)["data"]
    body = {"reason": reason, "whole_receipt": True}
    visit.do("voidPayment", payment_id=last["id"], body=body)


@dataclass(frozen=True, slots=True)
class _Undo:
    operation: str
    run: Callable[[Visit, ActRow, str], None]


_UNDO: dict[str, _Undo] = {
    AuditAction.LOAN_CREATE: _Undo("cancelLoan", _cancel_loan),
    AuditAction.LOAN_RETURN: _Undo("reopenLoan", _reopen_loan),
    AuditAction.LOAN_CLAIM_RETURNED: _Undo("withdrawClaim", _withdraw_claim),
    AuditAction.LOAN_DUE_DATE: _Undo("changeDueDate", _move_back),
    AuditAction.HOLD_CREATE: _Undo("cancelHold", _cancel_hold),
    AuditAction.FEE_CREATE: _Undo("voidFee", _void_fee),
    AuditAction.FEE_PAY: _Undo("voidPayment", _void_payments),
}
SHOWN = frozenset(
    {
        *_UNDO,
        AuditAction.LOAN_RENEW,
        AuditAction.LOAN_LOST,
        AuditAction.LOAN_UNCLAIM,
        AuditAction.LOAN_CANCEL,
        AuditAction.LOAN_REOPEN,
        AuditAction.FEE_WAIVE,
        AuditAction.FEE_VOID,
        AuditAction.PAYMENT_VOID,
        AuditAction.HOLD_CANCEL,
        AuditAction.COPY_USE,
        AuditAction.COPY_FOUND,
    }
)
"""The audit actions that are acts of the desk."""

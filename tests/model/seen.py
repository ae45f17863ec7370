"""The model's library in the form in which the API shows it."""

from collections import Counter
from datetime import datetime
from typing import Any

from tests.model.deciding import State
from tests.model.records import Fee, Hold, Loan


def stamp(moment: datetime | None) -> str | None:
    """A moment as the API writes it."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def loan_status(state: State, loan: Loan) -> str:
    """As the API names it."""
    if loan.returned_at is not None:
        return "returned"
    if loan.cancelled_at is not None:
        return "cancelled"
    if loan.lost_at is not None:
        return "lost"
    if loan.claimed_at is not None:
        return "claimed_returned"
    return "overdue" if state.is_overdue(loan) else "open"


def loans(state: Any) -> dict[int, Any]:
    """Every loan."""
    return {
        loan.id: {
            "copy_id": loan.copy.id,
            "book_id": loan.copy.book_id,
            "user_id": loan.user_id,
            "status": loan_status(state, loan),
            "due_at": stamp(state.days.end(loan.due)),
            "returned_at": stamp(loan.returned_at),
            "renewals": loan.renewals,
            "fine_accrued": state.fine_accrued(loan),
        }
        for loan in state.loans.values()
    }


def holds(state: State) -> dict[int, Any]:
    """Every hold, with its position."""
    return {hold.id: _hold(state, hold) for hold in state.holds.values()}


def _hold(state: State, hold: Hold) -> dict[str, Any]:
    status = state.shown_status(hold)
    wanted = hold.wanted.id if hold.wanted else None
    shown: dict[str, Any] = {"user_id": hold.user_id, "status": status, "position": None}
    shown |= {"book_id": hold.book_id, "requested_copy_id": wanted}
    if status == hold.status:
        shown |= {"ended_at": stamp(hold.ended_at), "end_reason": hold.end_reason}
    if status == "waiting":
        shown["position"] = 1 + state.queue(hold.book_id).index(hold)
    if status == "ready":
        assert hold.copy is not None
        assert hold.expires_on is not None
        shown |= {"copy_id": hold.copy.id, "expires_at": stamp(state.days.end(hold.expires_on))}
    return shown


def copies(state: State) -> dict[int, dict[str, Any]]:
    """Every copy."""
    return {
        copy.id: {
            "book_id": copy.book_id,
            "status": copy.status,
            "last_seen_at": stamp(copy.seen_at),
        }
        for copy in state.copies.values()
    }


def fee(line: Fee) -> tuple[Any, ...]:
    """A line of an account."""
    return (line.user_id, line.loan_id, line.kind, line.amount, line.balance, line.status)


def fees(state: State) -> Counter[tuple[Any, ...]]:
    """Every line of every account."""
    return Counter(map(fee, state.fees))

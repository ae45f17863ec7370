"""What each act does to a copy in each status: the whole of it, on one page.

A row is an act, a column the status of the copy before it. The entry is the status after it, or
how the act is refused, or None where the act does not exist for a copy in that status: only a copy
on loan or lost has a loan to renew, only one on the hold shelf a hold that can expire. `FREED` is
the hold shelf where a hold waits that may have the copy, else the shelf (rules 19, 22).

The tests walk the table with the real acts; nothing is decided by it.
"""

from typing import NamedTuple

from models.vocabulary import CopyStatus, ReasonCode

AVAILABLE = CopyStatus.AVAILABLE
ON_LOAN = CopyStatus.ON_LOAN
ON_HOLD_SHELF = CopyStatus.ON_HOLD_SHELF
IN_REPAIR = CopyStatus.IN_REPAIR
LOST = CopyStatus.LOST
WITHDRAWN = CopyStatus.WITHDRAWN


class Freed(NamedTuple):
    """The copy goes to the first hold that may have it, else to the shelf."""


FREED = Freed()


class Refusal(NamedTuple):
    """The act is refused: with a problem, and where that lists reasons, with a reason in it."""

    problem: str
    reason: ReasonCode | None = None


Outcome = CopyStatus | Freed | Refusal | None


class Row(NamedTuple):
    """What one act does, by the status of the copy before it."""

    available: Outcome
    on_loan: Outcome
    on_hold_shelf: Outcome
    in_repair: Outcome
    lost: Outcome
    withdrawn: Outcome


def _refused(reason: ReasonCode) -> Refusal:
    return Refusal("loan-refused", reason)


_ON_LOAN = Refusal("copy-on-loan")
_HELD = Refusal("copy-held")
_NOT_SET = Refusal("invalid")

TRANSITIONS: dict[str, Row] = {
    # act                          available, on_loan, on_hold_shelf, in_repair, lost, withdrawn
    "checkout": Row(
        ON_LOAN,
        _refused(ReasonCode.COPY_ON_LOAN),
        _refused(ReasonCode.COPY_HELD),
        _refused(ReasonCode.COPY_IN_REPAIR),
        _refused(ReasonCode.COPY_LOST),
        _refused(ReasonCode.COPY_WITHDRAWN),
    ),
    "checkout by the member it is set aside for": Row(None, None, ON_LOAN, None, None, None),
    "checkout with every reason overridden": Row(
        ON_LOAN,
        _refused(ReasonCode.COPY_ON_LOAN),
        ON_LOAN,
        ON_LOAN,
        ON_LOAN,
        _refused(ReasonCode.COPY_WITHDRAWN),
    ),
    "checkin": Row(FREED, FREED, ON_HOLD_SHELF, IN_REPAIR, FREED, WITHDRAWN),
    "renewal": Row(
        None, ON_LOAN, None, None, Refusal("renewal-refused", ReasonCode.LOAN_CLOSED), None
    ),
    "claim returned": Row(None, ON_LOAN, None, None, Refusal("loan-closed"), None),
    "cancel the loan": Row(None, AVAILABLE, None, None, Refusal("loan-closed"), None),
    "reopen the last loan": Row(
        ON_LOAN, Refusal("loan-open"), ON_LOAN, ON_LOAN, Refusal("loan-open"), Refusal("conflict")
    ),
    "declare lost": Row(None, LOST, None, None, Refusal("loan-closed"), None),
    "cancel the hold it is set aside for": Row(None, None, FREED, None, None, None),
    "let the hold it is set aside for expire": Row(None, None, FREED, None, None, None),
    "set available": Row(AVAILABLE, _ON_LOAN, _HELD, AVAILABLE, AVAILABLE, AVAILABLE),
    "set in_repair": Row(IN_REPAIR, _ON_LOAN, IN_REPAIR, IN_REPAIR, IN_REPAIR, IN_REPAIR),
    "set lost": Row(LOST, _ON_LOAN, LOST, LOST, LOST, LOST),
    "set withdrawn": Row(WITHDRAWN, _ON_LOAN, WITHDRAWN, WITHDRAWN, WITHDRAWN, WITHDRAWN),
    "set on_loan": Row(_NOT_SET, ON_LOAN, _NOT_SET, _NOT_SET, _NOT_SET, _NOT_SET),
    "set on_hold_shelf": Row(_NOT_SET, _NOT_SET, ON_HOLD_SHELF, _NOT_SET, _NOT_SET, _NOT_SET),
    "withdraw": Row(WITHDRAWN, _ON_LOAN, _HELD, WITHDRAWN, WITHDRAWN, WITHDRAWN),
    "delete the book": Row(
        WITHDRAWN, Refusal("copies-on-loan"), Refusal("holds-open"), WITHDRAWN, WITHDRAWN, WITHDRAWN
    ),
}

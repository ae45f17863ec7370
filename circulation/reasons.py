"""Every reason circulation may refuse for: its code, its parameters, and whether it can be waved.

The one list of them; the problem pages of the refusals are made from it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """The codes of the reasons, as clients see them."""

    COPY_ON_LOAN = "copy-on-loan"
    ALREADY_BORROWED = "already-borrowed"
    TITLE_ON_LOAN = "title-on-loan"
    COPY_NOT_LENDABLE = "copy-not-lendable"
    COPY_IN_REPAIR = "copy-in-repair"
    COPY_LOST = "copy-lost"
    COPY_WITHDRAWN = "copy-withdrawn"
    COPY_HELD = "copy-held"
    HELD_FOR_OTHERS = "held-for-others"
    LOAN_LIMIT = "loan-limit"
    LOAN_CLOSED = "loan-closed"
    CLAIMED_RETURNED = "claimed-returned"
    RENEWAL_LIMIT = "renewal-limit"
    HOLD_WAITING = "hold-waiting"
    HOLD_EXISTS = "hold-exists"
    HOLD_LIMIT = "hold-limit"
    NO_COPIES = "no-copies"
    MEMBER_INACTIVE = "member-inactive"
    MEMBER_BLOCKED = "member-blocked"
    MEMBER_EXPIRED = "member-expired"
    FEES_OWED = "fees-owed"
    LOANS_OVERDUE = "loans-overdue"


NEVER_OVERRIDABLE = frozenset(
    {
        Code.COPY_ON_LOAN,
        Code.ALREADY_BORROWED,
        Code.COPY_WITHDRAWN,
        Code.MEMBER_INACTIVE,
        Code.LOAN_CLOSED,
        Code.CLAIMED_RETURNED,
        Code.HOLD_EXISTS,
    }
)

PARAMS: dict[Code, tuple[str, ...]] = {
    Code.ALREADY_BORROWED: ("loan_id",),
    Code.TITLE_ON_LOAN: ("loan_id",),
    Code.HELD_FOR_OTHERS: ("free", "waiting"),
    Code.LOAN_LIMIT: ("limit", "open"),
    Code.RENEWAL_LIMIT: ("limit",),
    Code.HOLD_WAITING: ("free", "waiting"),
    Code.HOLD_EXISTS: ("hold_id",),
    Code.HOLD_LIMIT: ("limit", "open"),
    Code.MEMBER_BLOCKED: ("reason",),
    Code.MEMBER_EXPIRED: ("expires_on",),
    Code.FEES_OWED: ("balance", "limit"),
    Code.LOANS_OVERDUE: ("count",),
}
"""The members of `params` by code; the codes left out have none."""

MEMBER_CODES = (
    Code.MEMBER_INACTIVE,
    Code.MEMBER_BLOCKED,
    Code.MEMBER_EXPIRED,
    Code.FEES_OWED,
    Code.LOANS_OVERDUE,
)
LOAN_CODES = (
    Code.COPY_ON_LOAN,
    Code.ALREADY_BORROWED,
    Code.TITLE_ON_LOAN,
    Code.COPY_NOT_LENDABLE,
    Code.COPY_IN_REPAIR,
    Code.COPY_LOST,
    Code.COPY_WITHDRAWN,
    Code.COPY_HELD,
    Code.HELD_FOR_OTHERS,
    Code.LOAN_LIMIT,
    *MEMBER_CODES,
)
"""What may refuse a loan, in the order in which reasons are listed; the same for the others."""
RENEWAL_CODES = (
    Code.LOAN_CLOSED,
    Code.CLAIMED_RETURNED,
    Code.RENEWAL_LIMIT,
    Code.HOLD_WAITING,
    *MEMBER_CODES,
)
HOLD_CODES = (
    Code.HOLD_EXISTS,
    Code.TITLE_ON_LOAN,
    Code.HOLD_LIMIT,
    Code.NO_COPIES,
    *MEMBER_CODES,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is refused: a code, a sentence for the desk, and the facts as JSON values."""

    code: Code
    detail: str
    params: dict[str, Any]

    @property
    def overridable(self) -> bool:
        """Say whether a librarian may wave this reason through (rule 10)."""
        return self.code not in NEVER_OVERRIDABLE

    def as_json(self) -> dict[str, Any]:
        """Return the reason as an answer shows it: `{code, detail, overridable, params}`."""
        return {
            "code": self.code.value,
            "detail": self.detail,
            "overridable": self.overridable,
            "params": self.params,
        }


def reason(code: Code, detail: str, /, **params: Any) -> Reason:
    """Make a reason; `params` are those that `PARAMS` lists for the code."""
    return Reason(code, detail, params)

"""Every reason circulation may refuse for: its code, its parameters, and whether it can be waved.

The one list of them; the problem pages of the refusals are made from it.
"""

from dataclasses import dataclass
from typing import Any

from models.vocabulary import ReasonCode

NEVER_OVERRIDABLE = frozenset(
    {
        ReasonCode.COPY_ON_LOAN,
        ReasonCode.ALREADY_BORROWED,
        ReasonCode.COPY_WITHDRAWN,
        ReasonCode.MEMBER_INACTIVE,
        ReasonCode.LOAN_CLOSED,
        ReasonCode.CLAIMED_RETURNED,
        ReasonCode.HOLD_EXISTS,
        ReasonCode.NO_GAIN,
    }
)

PARAMS: dict[ReasonCode, tuple[str, ...]] = {
    ReasonCode.ALREADY_BORROWED: ("loan_id",),
    ReasonCode.TITLE_ON_LOAN: ("loan_id",),
    ReasonCode.HELD_FOR_OTHERS: ("free", "waiting"),
    ReasonCode.LOAN_LIMIT: ("limit", "open"),
    ReasonCode.NO_GAIN: ("due_at",),
    ReasonCode.RENEWAL_LIMIT: ("limit",),
    ReasonCode.HOLD_WAITING: ("free", "waiting"),
    ReasonCode.HOLD_EXISTS: ("hold_id",),
    ReasonCode.HOLD_LIMIT: ("limit", "open"),
    ReasonCode.MEMBER_BLOCKED: ("reason",),
    ReasonCode.MEMBER_EXPIRED: ("expires_on",),
    ReasonCode.FEES_OWED: ("balance", "limit"),
    ReasonCode.LOANS_OVERDUE: ("count",),
}
"""The members of `params` by code; the codes left out have none."""

MEMBER_CODES = (
    ReasonCode.MEMBER_INACTIVE,
    ReasonCode.MEMBER_BLOCKED,
    ReasonCode.MEMBER_EXPIRED,
    ReasonCode.FEES_OWED,
    ReasonCode.LOANS_OVERDUE,
)
LOAN_CODES = (
    ReasonCode.COPY_ON_LOAN,
    ReasonCode.ALREADY_BORROWED,
    ReasonCode.TITLE_ON_LOAN,
    ReasonCode.COPY_NOT_LENDABLE,
    ReasonCode.COPY_IN_REPAIR,
    ReasonCode.COPY_LOST,
    ReasonCode.COPY_WITHDRAWN,
    ReasonCode.COPY_HELD,
    ReasonCode.HELD_FOR_OTHERS,
    ReasonCode.LOAN_LIMIT,
    *MEMBER_CODES,
)
"""What may refuse a loan, in the order in which reasons are listed; the same for the others."""
RENEWAL_CODES = (
    ReasonCode.LOAN_CLOSED,
    ReasonCode.CLAIMED_RETURNED,
    ReasonCode.NO_GAIN,
    ReasonCode.RENEWAL_LIMIT,
    ReasonCode.HOLD_WAITING,
    *MEMBER_CODES,
)
HOLD_CODES = (
    ReasonCode.HOLD_EXISTS,
    ReasonCode.TITLE_ON_LOAN,
    ReasonCode.HOLD_LIMIT,
    ReasonCode.NO_COPIES,
    *MEMBER_CODES,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is refused: a code, a sentence for the desk, and parameters as JSON values."""

    code: ReasonCode
    detail: str
    params: dict[str, Any]

    @property
    def overridable(self) -> bool:
        """Say whether a librarian may wave this reason through (rule 10)."""
        return self.code not in NEVER_OVERRIDABLE

    def to_json(self) -> dict[str, Any]:
        """Return the reason as an answer shows it: `{code, detail, overridable, params}`."""
        return {
            "code": self.code.value,
            "detail": self.detail,
            "overridable": self.overridable,
            "params": self.params,
        }


def reason(code: ReasonCode, detail: str, /, **params: Any) -> Reason:
    """Make a reason; `params` are those that `PARAMS` lists for the code."""
    return Reason(code, detail, params)

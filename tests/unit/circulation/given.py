"""A library for the tests of the rules: open Monday to Saturday in Berlin, its members, its titles.

`NOW` is Monday 2 March 2026, ten in the morning in Berlin.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from circulation.calendar import Calendar, Closure
from circulation.entities import Copy, Hold, Loan, Member, Rules, Title
from circulation.policies import Policies, Policy
from models.vocabulary import CopyStatus, HoldStatus, LoanStatus

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
MEMBER, OTHER, THIRD = 1, 2, 3

STANDARD = Policy(
    id=1,
    member_category="*",
    loan_type="*",
    loan_days=21,
    max_loans=10,
    max_renewals=2,
    renewal_days=None,
    max_holds=5,
    hold_shelf_days=7,
    fine_per_day=25,
    grace_days=0,
    fine_cap=None,
    replacement_fee=None,
    fees_block_at=1000,
    overdue_block=True,
    revision=1,
)
REFERENCE = STANDARD._replace(id=2, loan_type="reference", loan_days=0)


def calendar(*closures: Closure) -> Calendar:
    return Calendar("Europe/Berlin", range(1, 7), closures)


def closure(starts_on: date, ends_on: date | None = None, reason: str = "stocktaking") -> Closure:
    return Closure(1, starts_on, ends_on or starts_on, reason)


def rules(*policies: Policy, closures: tuple[Closure, ...] = ()) -> Rules:
    """The standard policy and the reference one, with these in their place or beside them."""
    rows = {(row.member_category, row.loan_type): row for row in (STANDARD, REFERENCE, *policies)}
    return Rules(Policies(rows.values()), calendar(*closures), "EUR")


def ruled(**changed: Any) -> Rules:
    """Rules whose standard policy differs in these fields."""
    return rules(STANDARD._replace(**changed))


def member(**changed: Any) -> Member:
    usual = Member(
        id=MEMBER,
        category="standard",
        is_active=True,
        blocked=False,
        block_reason=None,
        expires_on=None,
        balance=0,
        open_loans=0,
        overdue_loans=0,
        active_holds=0,
    )
    return replace(usual, **changed)


def copy(number: int = 1, status: CopyStatus = CopyStatus.AVAILABLE, **changed: Any) -> Copy:
    return Copy(number, "standard", status)._replace(**changed)


def lent(number: int, loan_id: int, borrower_id: int) -> Copy:
    return copy(number, CopyStatus.ON_LOAN, loan_id=loan_id, borrower_id=borrower_id)


def hold(number: int, user_id: int, **changed: Any) -> Hold:
    return Hold(number, user_id, "standard", place=number)._replace(**changed)


def ready(number: int, user_id: int, copy_id: int, **changed: Any) -> Hold:
    usual: dict[str, Any] = {"expires_at": datetime(2026, 3, 10, 22, 59, 59, tzinfo=UTC)}
    return hold(number, user_id, status=HoldStatus.READY, copy_id=copy_id, **usual | changed)


def set_aside(number: int) -> Copy:
    return copy(number, CopyStatus.ON_HOLD_SHELF)


def title(*parts: Copy | Hold) -> Title:
    copies = tuple(part for part in parts if isinstance(part, Copy))
    return Title(copies, tuple(part for part in parts if isinstance(part, Hold)))


def loan(**changed: Any) -> Loan:
    usual = Loan(1, LoanStatus.OPEN, datetime(2026, 3, 7, 22, 59, 59, tzinfo=UTC), 0)
    return replace(usual, **changed)

"""What the model remembers: members, copies, loans, holds and fees, as plain records."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Reasons = dict[str, dict[str, Any]]


@dataclass
class Policy:
    """One row of the policies, found by category and loan type."""

    loan_days: int = 14
    max_loans: int | None = 3
    max_renewals: int | None = 2
    renewal_days: int | None = None
    max_holds: int | None = 2
    hold_shelf_days: int = 3
    fine_per_day: int = 10
    grace_days: int = 0
    fine_cap: int | None = None
    replacement_fee: int = 700
    fees_block_at: int | None = 500
    overdue_block: bool = False

    @property
    def days_of_a_renewal(self) -> int:
        """From the day of renewing on."""
        return self.loan_days if self.renewal_days is None else self.renewal_days


@dataclass
class Member:
    """Somebody who borrows."""

    id: int
    category: str
    expires_on: date | None = None
    block_reason: str | None = None
    is_active: bool = True
    is_gone: bool = False


@dataclass
class Copy:
    """A thing with a barcode."""

    id: int
    book_id: int
    barcode: str
    loan_type: str
    price: int | None
    status: str = "available"
    seen_at: datetime | None = None


@dataclass
class Fine:
    """What was charged for the days after a due date, up to and with a day.

    `given_back` is how much of it a return waived, and the refund that it made.
    """

    due: date
    until: date
    amount: int
    fee: "Fee"
    given_back: "tuple[int, Fee | None]" = (0, None)


@dataclass
class Loan:
    """A copy in somebody's hands; `policy` is that of lending time (rule 26).

    `due_changes` counts the renewals and the other due dates that it was given.
    """

    id: int
    copy: Copy
    user_id: int | None
    policy: Policy
    borrowed_at: datetime
    due: date
    renewals: int = 0
    due_changes: int = 0
    claimed_at: datetime | None = None
    lost_at: datetime | None = None
    returned_at: datetime | None = None
    cancelled_at: datetime | None = None
    fines: list["Fine"] = field(default_factory=list)
    effects: Any = None
    returned: Any = None

    @property
    def fined(self) -> int:
        """The sum of what was charged for being late."""
        return sum(fine.amount for fine in self.fines)

    @property
    def is_open(self) -> bool:
        """Whether it still counts (a claimed return does)."""
        return not (self.lost_at or self.returned_at or self.cancelled_at)

    @property
    def is_unreturned(self) -> bool:
        """Whether a scan of its copy would end it: it runs, or the copy is lost."""
        return self.returned_at is None and self.cancelled_at is None


@dataclass
class Hold:
    """A place in the queue, in the order of `rank`; `wanted` is the only copy that will do.

    `kept_until` is the end of the shelf time as it was given, however early the need ends.
    """

    id: int
    book_id: int
    user_id: int | None
    rank: float
    wanted: Copy | None = None
    status: str = "waiting"
    copy: Copy | None = None
    ready_on: date | None = None
    expires_on: date | None = None
    kept_until: date | None = None
    not_needed_after: date | None = None
    suspended_until: date | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


@dataclass
class Fee:
    """A line of the account."""

    user_id: int | None
    loan_id: int | None
    kind: str
    amount: int
    balance: int
    waived: int = 0
    id: int | None = None
    is_void: bool = False
    refund_of: "Fee | None" = None

    @property
    def paid(self) -> int:
        """How much of a charge was paid."""
        return 0 if self.is_void else self.amount - self.balance - self.waived

    @property
    def status(self) -> str:
        """As the rules name it (rule 27)."""
        if self.is_void:
            return "void"
        if self.balance:
            return "open"
        return "waived" if self.waived else "paid"


@dataclass
class Payment:
    """One payment on a fee, or one payout of a refund."""

    id: int
    fee: Fee
    amount: int
    is_void: bool = False

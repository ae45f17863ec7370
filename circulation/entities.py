"""What decisions are made on, as values: a member, a title, the library's policies and calendar."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from circulation.calendar import Calendar
from circulation.policies import Policies
from models.vocabulary import CopyStatus, HoldEnd, HoldStatus, LoanStatus

NOBODY = 0
"""In place of the id of a member; inactive, so nothing is set aside or lent."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the library has laid down: policies, calendar, and the currency of all amounts."""

    policies: Policies
    calendar: Calendar
    currency: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member as decisions see them.

    `expires_on` is their last day, library-local. `balance` is what they owe, in minor units.
    `open_loans` counts open, overdue and claimed-returned loans, `overdue_loans` those past due and
    neither claimed, lost nor returned, `active_holds` the waiting and ready ones, suspended or not,
    that have not ended by now.
    """

    id: int
    category: str
    is_active: bool
    blocked: bool
    block_reason: str | None
    expires_on: date | None
    balance: int
    open_loans: int
    overdue_loans: int
    active_holds: int


class Copy(NamedTuple):
    """A copy of the title; if on loan, with the loan and its borrower.

    `loan_id` and `borrower_id` are of a loan that is open, overdue or claimed returned, never of
    one that is lost or returned.
    """

    id: int
    loan_type: str
    status: CopyStatus
    loan_id: int | None = None
    borrower_id: int | None = None


class Hold(NamedTuple):
    """A waiting or ready hold on the title.

    `category`, `member_is_active` and `member_expires_on` (their last day) are its member's, the
    member `NOBODY` that of a broken record;
    `requested_copy_id` is the only copy that will do, None for any. `place` orders the queue, lower
    first, equal ones by id; it need not be dense. A ready hold has its `copy_id`, `ready_at` and
    `expires_at` (aware, UTC). Active again from `suspended_until` on, wanted up to and on
    `not_needed_after`, both library-local; `kept_until` is the last day of the shelf time where it
    is not cut by the latter, None where nobody knows.
    """

    id: int
    user_id: int
    category: str
    place: int
    status: HoldStatus = HoldStatus.WAITING
    copy_id: int | None = None
    expires_at: datetime | None = None
    suspended_until: date | None = None
    not_needed_after: date | None = None
    member_is_active: bool = True
    member_expires_on: date | None = None
    requested_copy_id: int | None = None
    ready_at: datetime | None = None
    kept_until: date | None = None


class Ending(NamedTuple):
    """How a hold has ended, and when (aware, UTC)."""

    why: HoldEnd
    at: datetime


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan that somebody wants to renew; `due_at` aware, UTC."""

    copy_id: int
    status: LoanStatus
    due_at: datetime
    renewals: int


@dataclass(frozen=True, slots=True)
class Title:
    """All copies of a book, withdrawn ones or not, and its active holds, both in any order."""

    copies: tuple[Copy, ...]
    holds: tuple[Hold, ...] = ()

    def copy(self, copy_id: int) -> Copy:
        """Return a copy by id; KeyError if it is not of this title."""
        for copy in self.copies:
            if copy.id == copy_id:
                return copy
        raise KeyError(copy_id)

    def queue(self) -> list[Hold]:
        """Return the active holds in the order of the queue."""
        return sorted(self.holds, key=lambda hold: (hold.place, hold.id))

    def hold_of(self, user_id: int, copy_id: int | None = None) -> Hold | None:
        """Return a member's active hold on the title, or that on one copy (rule 46)."""
        for hold in self.holds:
            if hold.user_id == user_id and hold.requested_copy_id == copy_id:
                return hold
        return None

    def holds_for(self, user_id: int, copy_id: int) -> list[Hold]:
        """Return the holds of a member that lending them a copy fulfils, in the order of the queue.

        That on the title and that on this very copy (rules 4, 46).
        """
        wanted = (None, copy_id)
        return [
            hold
            for hold in self.queue()
            if hold.user_id == user_id and hold.requested_copy_id in wanted
        ]

    def hold_on(self, copy_id: int) -> Hold | None:
        """Return the ready hold that a copy is set aside for."""
        return next((hold for hold in self.holds if hold.copy_id == copy_id), None)

    def loans_of(self, user_id: int) -> list[Copy]:
        """Return the copies a member has on loan, the oldest loan first."""
        theirs = (copy for copy in self.copies if copy.loan_id and copy.borrower_id == user_id)
        return sorted(theirs, key=lambda copy: copy.loan_id or 0)

    def with_copy(self, changed: Copy) -> "Title":
        """Return the title with one copy in another state."""
        copies = tuple(changed if copy.id == changed.id else copy for copy in self.copies)
        return replace(self, copies=copies)

    def lent(self, copy_id: int, loan_id: int, borrower_id: int | None) -> "Title":
        """Return the title with one copy on loan."""
        out = self.copy(copy_id)._replace(
            status=CopyStatus.ON_LOAN,
            loan_id=loan_id,
            borrower_id=borrower_id,
        )
        return self.with_copy(out)

    def with_hold(self, changed: Hold) -> "Title":
        """Return the title with one hold in another state."""
        holds = tuple(changed if hold.id == changed.id else hold for hold in self.holds)
        return replace(self, holds=holds)

    def without_holds(self, ended: frozenset[int]) -> "Title":
        """Return the title without the holds of these ids."""
        return replace(self, holds=tuple(hold for hold in self.holds if hold.id not in ended))

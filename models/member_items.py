"""What a member has at the library at a moment: loans and holds with barcodes and titles."""

from typing import Any, NamedTuple

from peewee import JOIN, SQL, fn

from models import hold, loan
from models.book import Book
from models.copy import Copy
from models.database import Compiled, slot
from models.hold import Hold
from models.loan import Loan
from models.vocabulary import HoldStatus


class LoanItem(NamedTuple):
    """A running loan; the moments are stored ones, `claimed_at` that of a claim (rule 29)."""

    loan_id: int
    barcode: str
    title: str
    due_at: str
    claimed_at: str | None

    def is_overdue(self, now: str) -> bool:
        """Whether it is past due at a stored moment, and not claimed returned (rule 29)."""
        return self.due_at < now and self.claimed_at is None


class HoldItem(NamedTuple):
    """A hold that stands.

    The barcode is that of the copy set aside, else of the only one that will do, else of one of the
    title.
    """

    hold_id: int
    book_id: int
    requested_copy_id: int | None
    is_ready: bool
    barcode: str | None


_LOANS = Compiled(
    lambda: (
        Loan.select(Loan.id, Copy.barcode, Book.title, Loan.due_at, Loan.claimed_returned_at)
        .join(Copy, on=(Copy.id == Loan.copy_id))
        .join(Book, on=(Book.id == Loan.book_id))
        .where((Loan.user_id == slot("user_id")) & loan.is_running())
        .order_by(Loan.due_at, Loan.id)
    )
)


def _holds() -> Any:
    other, requested = Copy.alias(), Copy.alias()
    any_barcode = other.select(fn.MIN(other.barcode)).where(
        (other.book_id == Hold.book_id) & (other.status != SQL("'withdrawn'"))
    )
    barcode = fn.COALESCE(Copy.barcode, requested.barcode, any_barcode)
    return (
        Hold.select(Hold.id, Hold.book_id, Hold.requested_copy_id, Hold.status, barcode)
        .join(Copy, JOIN.LEFT_OUTER, on=(Copy.id == Hold.copy_id))
        .switch(Hold)
        .join(requested, JOIN.LEFT_OUTER, on=(requested.id == Hold.requested_copy_id))
        .where((Hold.user_id == slot("user_id")) & hold.stands(slot("now"), slot("today")))
        .order_by(Hold.id)
    )


_HOLDS = Compiled(_holds)


def running_loans(user_id: int) -> list[LoanItem]:
    """A member's running loans, those due first before the others."""
    return [LoanItem(*row) for row in _LOANS.rows(user_id=user_id)]


def standing_holds(user_id: int, now: str, today: str) -> list[HoldItem]:
    """A member's holds that have not run out, the oldest first."""
    return [
        HoldItem(hold_id, book_id, requested, status == HoldStatus.READY, barcode)
        for hold_id, book_id, requested, status, barcode in _HOLDS.rows(
            user_id=user_id, now=now, today=today
        )
    ]

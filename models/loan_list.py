"""Lists of loans: what they may be filtered and sorted by, their status among it."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from models.copy import Copy, barcode_key
from models.listing import (
    Filter,
    Listing,
    Slots,
    Sort,
    at_least,
    at_most,
    equals,
    status_filters,
    status_name,
)
from models.loan import ROWS, Loan, is_overdue, is_running, is_unclaimed
from models.timestamps import stamp
from models.user_list import of_card
from models.vocabulary import LoanStatus

# The two that the moment tells apart.
_DATED = frozenset({LoanStatus.OPEN, LoanStatus.OVERDUE})


def _in_status(wanted: frozenset[str], slots: Slots) -> Any:
    """The condition for loans in one of the statuses, with a slot for the moment if one needs it.

    Every part names its state in literals, so that the partial indexes serve it; an alternative of
    several is served by the one of all that have not been returned.
    """
    parts: dict[str, Any] = {
        LoanStatus.RETURNED: Loan.returned_at.is_null(False),
        LoanStatus.LOST: Loan.lost_at.is_null(False) & Loan.returned_at.is_null(),
        LoanStatus.CANCELLED: Loan.cancelled_at.is_null(False),
        LoanStatus.CLAIMED_RETURNED: is_running() & Loan.claimed_returned_at.is_null(False),
    }
    if wanted >= _DATED:
        parts[LoanStatus.OPEN] = is_unclaimed()
    elif slots:
        parts[LoanStatus.OPEN] = is_unclaimed() & (Loan.due_at >= slots[0])
        parts[LoanStatus.OVERDUE] = is_overdue(slots[0])
    either = reduce(or_, [part for name, part in parts.items() if name in wanted])
    if len(wanted) == 1 or LoanStatus.RETURNED in wanted:
        return either
    return Loan.returned_at.is_null() & either


def _status_filter(wanted: frozenset[str]) -> Filter:
    needs_moment = len(wanted & _DATED) == 1
    return Filter(
        lambda slots: _in_status(wanted, slots),
        lambda now: [stamp(now)] if needs_moment else [],
    )


def in_status(statuses: Iterable[str], now: datetime) -> dict[str, Any]:
    """What to ask `LISTING` for, so that it lists the loans in these statuses at a moment."""
    return {status_name(statuses): now}


LISTING = Listing(
    Loan,
    ROWS,
    sorts={
        "id": Sort(Loan.id),
        "borrowed_at": Sort(Loan.borrowed_at),
        "due_at": Sort(Loan.due_at),
    },
    filters={
        "user_id": equals(Loan.user_id),
        "book_id": equals(Loan.book_id),
        "copy_id": equals(Loan.copy_id),
        "card_number": of_card(Loan.user_id),
        "barcode": Filter(
            lambda slots: Loan.copy_id.in_(
                Copy.select(Copy.id).where(Copy.barcode_key == slots[0])
            ),
            lambda asked: [barcode_key(asked)],
        ),
        "due_from": at_least(Loan.due_at),
        "due_to": at_most(Loan.due_at),
        "borrowed_from": at_least(Loan.borrowed_at),
        "borrowed_to": at_most(Loan.borrowed_at),
        "returned_from": at_least(Loan.returned_at),
        "returned_to": at_most(Loan.returned_at),
        "reader": equals(Loan.user_id),
        **status_filters(tuple(LoanStatus), _status_filter),
    },
)

"""The fines that notices tell, on each database. `NOW` is Monday 2 March 2026.

What is lent then is due on 23 March; an open day late costs 25.
"""

from datetime import datetime, timedelta

import pytest

from circulation import lost_items, renewals
from models.notice import Item
from notices import template_records
from tests.unit.circulation.library import DAY, DESK, NOW, back, lent, member, title

pytestmark = pytest.mark.usefixtures("library")
LATE = NOW + 24 * DAY


def borrowed() -> tuple[int, str]:
    _, [barcode] = title()
    return lent(barcode, member()).row.id, barcode


def fine(loan_id: int, now: datetime) -> int:
    """What a notice that is sent at a moment tells of the fine of a loan."""
    told: int = template_records.load([Item("loan", loan_id)], now)["loan", loan_id].fine
    return told


def test_a_loan_that_runs_has_the_fine_so_far() -> None:
    loan_id, _ = borrowed()
    assert fine(loan_id, NOW) == 0
    assert fine(loan_id, LATE) == 75


def test_a_copy_from_the_book_drop_that_was_back_in_time_has_no_fine() -> None:
    loan_id, barcode = borrowed()
    back(barcode, LATE, NOW + 20 * DAY)
    assert fine(loan_id, LATE) == 0


def test_a_copy_that_is_back_late_has_the_fine_that_was_charged_however_late_it_is_told() -> None:
    loan_id, barcode = borrowed()
    back(barcode, LATE)
    assert fine(loan_id, LATE + 7 * DAY) == 75


def test_a_fine_that_a_renewal_has_charged_is_told_when_the_copy_is_back() -> None:
    loan_id, barcode = borrowed()
    renewals.renew(loan_id, DESK, LATE)
    back(barcode, LATE + timedelta(hours=1))
    assert fine(loan_id, LATE + DAY) == 75


def test_the_fine_of_a_loan_claimed_returned_has_stopped() -> None:
    loan_id, _ = borrowed()
    lost_items.claim_returned(loan_id, DESK, LATE)
    assert fine(loan_id, LATE + 7 * DAY) == 75

"""Letters that are noted while an act has what they are about: one waits, and neither is ended."""

from typing import Any

import pytest

from circulation import lost_items
from models.database import for_update, is_postgresql, rows
from models.loan import Loan
from models.notice import Notice, NoticeItem
from notices import letters, nightly
from tests.support.queueing import second_while_first_is_open
from tests.unit.circulation.library import DAY, DESK, NOW, amend, lent, member, title

LATE = NOW + 23 * DAY


@pytest.fixture(autouse=True)
def _on_postgresql(library: Any) -> None:
    if not is_postgresql():
        pytest.skip("SQLite has one write lock")


def overdue(count: int) -> list[int]:
    """Overdue loans of one member without an email address, of which one letter is queued."""
    who = member()
    amend(who, email=None, email_key=None)
    loans = [lent(title()[1][0], who).row.id for _ in range(count)]
    nightly.queue(LATE, f"night of {who}")
    return loans


def lock(loan_id: int) -> None:
    rows(for_update(Loan.select(Loan.id).where(Loan.id == loan_id)))


def of(loan_id: int) -> NoticeItem:
    item: NoticeItem = NoticeItem.get(NoticeItem.record_id == loan_id, NoticeItem.stage != "")
    return item


def swap(one: NoticeItem, other: NoticeItem) -> None:
    """Let the earlier letter be about the later loan."""
    first, second = one.record_id, other.record_id
    for item, record_id in ((one, 1 << 40), (other, first), (one, second)):
        NoticeItem.update(record_id=record_id).where(NoticeItem.id == item.id).execute()


def test_letters_are_cancelled_while_an_act_writes_their_loans_in_order() -> None:
    [earlier], [later] = overdue(1), overdue(1)
    for loan_id in (earlier, later):
        lost_items.claim_returned(loan_id, DESK, LATE)
    swap(of(earlier), of(later))
    met = second_while_first_is_open(
        lambda: lock(earlier), lambda: letters.settle(LATE), lambda: lock(later)
    )
    assert (met.second, met.waited) == (2, True)


def test_a_letter_is_marked_as_printed_while_an_act_writes_its_loan_and_then_notices() -> None:
    claimed, _ = overdue(2)
    lost_items.claim_returned(claimed, DESK, LATE)
    letter = of(claimed).notice_id
    emptied = Notice.update(error=None).where(Notice.id == letter)
    met = second_while_first_is_open(
        lambda: lock(claimed),
        lambda: letters.printed(letters.locked([letter]), LATE),
        emptied.execute,
    )
    assert (met.second, met.waited) == (1, True)

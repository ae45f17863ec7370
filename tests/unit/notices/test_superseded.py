"""Due dates and returns that are told each time: once, as they are, and not where nothing changed.

On each database. `NOW` is Monday 2 March 2026, and what is lent then is due on 23 March.
"""

from datetime import date
from itertools import count

import pytest

from circulation import due_date_changes, undo
from circulation.due_date_changes import Range
from models import loan as loans
from models import notice as stored
from models.audit import Actor
from models.loan import Loan
from models.notice import Notice, NoticeItem
from models.vocabulary import NoticeKind, NoticeStatus
from notices import letters
from notices.composing import compose, hidden_token
from tests.unit.circulation.library import DAY, NOW, amend, back, lent, member, title
from tests.unit.notices.conftest import LIBRARY

pytestmark = pytest.mark.usefixtures("library")
_acts = count(1)
GONE = "It no longer holds."


def clerk() -> Actor:
    return Actor(None, f"act-{next(_acts)}")


def borrowed(borrower: int | None = None) -> int:
    _, [barcode] = title()
    return lent(barcode, borrower or member()).row.id


def move(loan_id: int, day: int) -> None:
    """Let a loan be due on a day of April."""
    due_date_changes.change(loan_id, date(2026, 4, day), "asked for", clerk(), NOW)


def send(kind: NoticeKind = NoticeKind.DUE_DATE_CHANGED) -> None:
    """Note that what waits was sent."""
    waits = (Notice.kind == kind) & (Notice.status == NoticeStatus.QUEUED)
    Notice.update(status=NoticeStatus.SENT, body="told").where(waits).execute()


def waiting(kind: NoticeKind = NoticeKind.DUE_DATE_CHANGED) -> list[str | None]:
    """Why notices that wait are not sent, the oldest first; None for those that are."""
    found = Notice.select().where((Notice.kind == kind) & (Notice.status == NoticeStatus.QUEUED))
    rows = [stored.find(one.id) for one in found.order_by(Notice.id)]
    return [one.why for one in compose(rows, NOW + DAY, LIBRARY, hidden_token)]


def test_of_a_due_date_that_is_moved_again_only_the_latest_is_told() -> None:
    one = borrowed()
    move(one, 1)
    move(one, 2)
    assert waiting() == [GONE, None]


def test_a_letter_of_a_due_date_that_was_moved_again_is_one_sheet() -> None:
    borrower = member()
    amend(borrower, email=None, email_key=None)
    one = borrowed(borrower)
    move(one, 1)
    move(one, 2)
    printed, _ = letters.holding(NOW + DAY, 10)
    told = [letter for letter in printed if letter.notice.kind is NoticeKind.DUE_DATE_CHANGED]
    assert len(told) == 1
    assert told[0].message is not None
    assert "2. April 2026" in told[0].message.text


def test_a_due_date_that_is_moved_back_before_it_was_told_is_no_news() -> None:
    one = borrowed()
    due = date.fromisoformat(loans.find(one).due_at[:10])
    which = Range(due, due, None, None)
    moved = due_date_changes.change_all(
        which, date(2026, 4, 1), "wrong day", clerk(), NOW, dry_run=False
    )
    assert moved.batch_id is not None
    due_date_changes.reverse(moved.batch_id, clerk())
    assert waiting() == [GONE]


def test_a_due_date_that_comes_to_what_was_told_last_is_no_news() -> None:
    one = borrowed()
    move(one, 1)
    send()
    for day in (2, 7, 1):
        move(one, day)
    assert waiting() == [GONE, GONE]


def test_a_due_date_that_comes_back_after_another_was_told_is_told_again() -> None:
    one = borrowed()
    for day in (1, 2, 1):
        move(one, day)
        assert waiting() == [None]
        send()


def test_what_may_have_been_sent_by_now_is_told_otherwise() -> None:
    one = borrowed()
    move(one, 1)
    send()
    move(one, 2)
    Notice.update(next_try_at="2100-01-01T00:00:00Z").where(
        Notice.status == NoticeStatus.QUEUED
    ).execute()
    move(one, 1)
    assert waiting() == [GONE, None]


def test_a_renewal_makes_an_untold_due_date_old() -> None:
    one = borrowed()
    move(one, 1)
    Loan.update(due_at="2026-04-10T21:59:59Z").execute()
    assert waiting() == [GONE]


def test_a_due_date_queued_by_the_release_before_is_told() -> None:
    move(borrowed(), 1)
    NoticeItem.update(stage="2026-03-02T09:00:00Z request").where(
        NoticeItem.kind == NoticeKind.DUE_DATE_CHANGED
    ).execute()
    assert waiting() == [None]


def test_of_a_return_that_is_made_again_only_the_latest_is_told() -> None:
    _, [barcode] = title()
    one = lent(barcode, member()).row.id
    back(barcode, NOW)
    undo.reopen_loan(one, "wrong book", clerk(), NOW)
    assert waiting(NoticeKind.RETURN_RECEIPT) == [GONE]
    back(barcode, NOW + DAY / 24)
    assert waiting(NoticeKind.RETURN_RECEIPT) == [GONE, None]


def test_a_return_that_is_made_again_at_the_same_moment_is_told_once() -> None:
    _, [barcode] = title()
    one = lent(barcode, member()).row.id
    for _ in range(2):
        back(barcode, NOW)
        undo.reopen_loan(one, "wrong book", clerk(), NOW)
    back(barcode, NOW)
    assert waiting(NoticeKind.RETURN_RECEIPT) == [None]

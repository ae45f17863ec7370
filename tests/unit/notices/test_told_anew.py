"""What was not sent because it did not hold for a while is told once it holds again.

On each database. `NOW` is Monday 2 March 2026, and what is lent then is due on 23 March.
"""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from circulation import due_date_changes, hold_changes, lost_items, members, undo
from models import notice as stored
from models.hold import Hold
from models.notice import Notice
from models.vocabulary import NoticeKind, NoticeStatus
from notices import letters, nightly
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    amend,
    back,
    closed,
    held,
    lent,
    member,
    title,
)

pytestmark = pytest.mark.usefixtures("library")
SOON, LATE = NOW + 19 * DAY, NOW + 23 * DAY


def without_address() -> int:
    """A member who is told by letters, which are cancelled at night where they do not hold."""
    who = member()
    amend(who, email=None, email_key=None)
    return who


def borrowed() -> tuple[int, str]:
    _, [barcode] = title()
    return lent(barcode, without_address()).row.id, barcode


def night(now: datetime) -> None:
    letters.settle(now)
    nightly.queue(now, f"night-{now}")


def waiting(kind: NoticeKind, now: datetime) -> int:
    """How many letters of a kind are there to be printed."""
    return sum(one.notice.kind is kind for one in letters.holding(now, 10)[0])


def claimed(loan_id: int, barcode: str) -> Callable[[], None]:
    lost_items.claim_returned(loan_id, DESK, LATE)
    return lambda: lost_items.withdraw_claim(loan_id, DESK)


def taken_back(loan_id: int, barcode: str) -> Callable[[], None]:
    back(barcode, LATE)
    return lambda: _reopened(loan_id)


def _reopened(loan_id: int) -> None:
    undo.reopen_loan(loan_id, "another book", DESK, LATE + DAY)


@pytest.mark.parametrize("done", [claimed, taken_back])
def test_a_loan_that_is_late_again_is_reminded_of(
    done: Callable[[int, str], Callable[[], None]],
) -> None:
    loan_id, barcode = borrowed()
    night(LATE)
    assert waiting(NoticeKind.OVERDUE_1, LATE) == 1
    undone = done(loan_id, barcode)
    night(LATE + DAY)
    assert waiting(NoticeKind.OVERDUE_1, LATE + DAY) == 0
    undone()
    night(LATE + 2 * DAY)
    night(LATE + 3 * DAY)
    assert waiting(NoticeKind.OVERDUE_1, LATE + 3 * DAY) == 1


@pytest.mark.parametrize("done", [claimed, taken_back])
def test_a_loan_that_was_left_out_of_a_reminder_is_reminded_of_when_it_is_late_again(
    done: Callable[[int, str], Callable[[], None]],
) -> None:
    who, (_, [barcode]), (_, [other]) = without_address(), title(), title()
    loan_id = lent(barcode, who).row.id
    lent(other, who)
    night(LATE)
    undone = done(loan_id, barcode)
    letters.printed(stored.letters(10), LATE)
    undone()
    night(LATE + 2 * DAY)
    [again] = letters.holding(LATE + 2 * DAY, 10)[0]
    assert [one.record_id for one in again.items] == [loan_id]


def test_a_due_date_that_was_moved_by_mistake_and_back_is_reminded_of() -> None:
    loan_id, _ = borrowed()
    night(SOON)
    due_date_changes.change(loan_id, date(2026, 4, 20), "wrong loan", DESK, SOON)
    night(SOON + DAY)
    due_date_changes.change(loan_id, date(2026, 3, 23), "back", DESK, SOON + DAY)
    night(SOON + 2 * DAY)
    assert waiting(NoticeKind.DUE_SOON, SOON + 2 * DAY) == 1


def test_a_due_day_that_was_closed_while_the_loan_was_over_is_told_when_it_runs_again() -> None:
    loan_id, barcode = borrowed()
    back(barcode, NOW + DAY)
    closed("2026-03-23")
    undo.reopen_loan(loan_id, "another book", DESK, NOW + DAY)
    night(NOW + 2 * DAY)
    assert waiting(NoticeKind.DUE_DATE_CHANGED, NOW + 2 * DAY) == 1


def test_a_loan_that_runs_again_as_before_tells_of_no_due_date() -> None:
    loan_id, barcode = borrowed()
    back(barcode, NOW + DAY)
    undo.reopen_loan(loan_id, "another book", DESK, NOW + DAY)
    night(NOW + 2 * DAY)
    assert waiting(NoticeKind.DUE_DATE_CHANGED, NOW + 2 * DAY) == 0


def test_what_was_told_already_is_not_told_again() -> None:
    loan_id, _ = borrowed()
    night(LATE)
    Notice.update(status=NoticeStatus.PRINTED).execute()
    lost_items.claim_returned(loan_id, DESK, LATE)
    lost_items.withdraw_claim(loan_id, DESK)
    night(LATE + DAY)
    assert waiting(NoticeKind.OVERDUE_1, LATE + DAY) == 0


def ready() -> tuple[int, str]:
    """A hold with a copy set aside until 10 March, and its barcode."""
    book_id, [barcode] = title()
    lent(barcode, member(), NOW - DAY)
    hold_id = held(book_id, without_address(), NOW - DAY).row.id
    back(barcode, NOW)
    return hold_id, barcode


def test_a_hold_that_is_ready_again_after_a_loan_was_undone_is_told() -> None:
    _, barcode = ready()
    wrong = lent(barcode, member(), NOW, "copy-held").row.id
    letters.settle(NOW)
    assert waiting(NoticeKind.HOLD_READY, NOW) == 0
    undo.cancel_loan(wrong, "wrong card", DESK, NOW)
    assert waiting(NoticeKind.HOLD_READY, NOW) == 1


def test_a_hold_whose_readiness_still_waits_to_be_told_is_told_once() -> None:
    _, barcode = ready()
    wrong = lent(barcode, member(), NOW, "copy-held").row.id
    undo.cancel_loan(wrong, "wrong card", DESK, NOW)
    assert waiting(NoticeKind.HOLD_READY, NOW) == 1


def test_a_last_day_on_the_shelf_that_was_moved_and_back_is_told() -> None:
    hold_id, _ = ready()
    last = date.fromisoformat(Hold.get_by_id(hold_id).expires_at[:10])
    eve = NOW + (last - NOW.date()).days * DAY - DAY
    night(eve)
    assert waiting(NoticeKind.HOLD_EXPIRING, eve) == 1
    hold_changes.change_hold(hold_id, {"expires_on": date(2026, 3, 30)}, DESK, eve)
    letters.settle(eve)
    hold_changes.change_hold(hold_id, {"expires_on": last}, DESK, eve)
    night(eve + DAY / 8)
    assert waiting(NoticeKind.HOLD_EXPIRING, eve + DAY / 8) == 1


def test_a_membership_that_was_prolonged_by_mistake_is_told_to_end() -> None:
    who = without_address()
    amend(who, expires_on="2026-03-12")
    night(NOW)
    for last in ("2027-03-12", "2026-03-12"):
        members.change(members.locked(who, NOW), {"expires_on": last}, DESK, NOW)
        night(NOW + DAY)
    assert waiting(NoticeKind.MEMBERSHIP_ENDING, NOW + DAY) == 1

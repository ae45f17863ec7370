"""Reminders after the library has changed its time zone, on each database.

`NOW` is Monday 2 March 2026 in Berlin; a loan of that day is due on 23 March.
"""

from datetime import datetime
from threading import Thread

import pytest

from circulation import closures
from circulation.due_date_changes import change
from circulation.renewals import renew
from circulation.undo import cancel_loan, reopen_loan
from models import notice
from models.database import database, transaction
from models.notice import Item, NoticeItem
from models.timestamps import now as present
from models.timestamps import stamp
from models.vocabulary import NoticeKind
from notices import composing, nightly
from tests.unit.circulation.library import DAY, DESK, NOW, back, held, lent, member, title
from tests.unit.notices.conftest import LIBRARY

pytestmark = pytest.mark.usefixtures("library")


def run(now: datetime) -> int:
    return nightly.queue(now, f"nightly-{now}")


def in_zone(zone: str, now: datetime) -> None:
    closures.set_week({"timezone": zone, "open_weekdays": [1, 2, 3, 4, 5, 6]}, DESK, now)


def why_not(kind: NoticeKind, now: datetime) -> list[str | None]:
    """Why the queued notices of a kind are not sent, None for one that is."""
    with transaction():
        claimed = notice.claim(stamp(present() + DAY), stamp(present() + 2 * DAY), 50)
    queued = [row for row in claimed if row.kind == kind]
    return [one.why for one in composing.compose(queued, now, LIBRARY, lambda _: None)]


def a_loan_is_due_soon() -> datetime:
    lent(title()[1][0], member())
    return NOW + 19 * DAY


def a_loan_is_overdue(days: int) -> datetime:
    lent(title()[1][0], member())
    return NOW + (21 + days) * DAY


def a_copy_leaves_the_shelf_soon() -> datetime:
    book_id, [barcode] = title()
    lent(barcode, member())
    held(book_id, member())
    back(barcode)
    return NOW + 7 * DAY


def given(kind: NoticeKind) -> datetime:
    """Something to be told of, and the night of it."""
    if kind is NoticeKind.DUE_SOON:
        return a_loan_is_due_soon()
    if kind is NoticeKind.HOLD_EXPIRING:
        return a_copy_leaves_the_shelf_soon()
    late = {NoticeKind.OVERDUE_1: 2, NoticeKind.OVERDUE_2: 8, NoticeKind.OVERDUE_3: 22}
    return a_loan_is_overdue(late[kind])


REMINDERS = [
    NoticeKind.DUE_SOON,
    NoticeKind.OVERDUE_1,
    NoticeKind.OVERDUE_2,
    NoticeKind.OVERDUE_3,
    NoticeKind.HOLD_EXPIRING,
]


@pytest.mark.parametrize("kind", REMINDERS)
@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Asia/Tokyo"])
def test_what_was_told_is_not_told_again_in_another_time_zone(kind: NoticeKind, zone: str) -> None:
    night = given(kind)
    assert run(night) == 1
    in_zone(zone, night)
    assert run(night) == 0


@pytest.mark.parametrize("kind", REMINDERS)
def test_what_is_queued_still_holds_in_another_time_zone(kind: NoticeKind) -> None:
    night = given(kind)
    run(night)
    in_zone("Europe/Lisbon", night)
    assert why_not(kind, night) == [None]


def test_a_due_date_that_comes_back_is_not_told_again_in_another_time_zone() -> None:
    loan = lent(title()[1][0], member()).row
    night = NOW + 19 * DAY
    run(night)
    change(loan.id, (NOW + 28 * DAY).date(), "asked for", DESK, night)
    in_zone("Europe/Lisbon", night)
    change(loan.id, (NOW + 21 * DAY).date(), "asked for", DESK, night)
    assert run(night) == 0


def test_a_loan_renewed_in_another_time_zone_is_told_of_its_new_day() -> None:
    loan = lent(title()[1][0], member()).row
    night = NOW + 19 * DAY
    run(night)
    in_zone("Europe/Lisbon", night)
    renew(loan.id, DESK, night)
    assert run(NOW + 39 * DAY) == 1


def test_a_hold_given_back_in_another_time_zone_is_not_told_again() -> None:
    book_id, [barcode] = title()
    waits = member()
    lent(barcode, member())
    held(book_id, waits)
    back(barcode)
    night = NOW + 7 * DAY
    run(night)
    loan = lent(barcode, waits, night).row
    in_zone("Europe/Lisbon", night)
    cancel_loan(loan.id, "the wrong card", DESK, night)
    assert run(night) == 0


def test_days_told_of_one_after_the_other_stay_apart_in_zones_a_day_apart() -> None:
    in_zone("Pacific/Kiritimati", NOW)
    loan = lent(title()[1][0], member()).row
    run(NOW + 19 * DAY)
    change(loan.id, (NOW + 22 * DAY).date(), "asked for", DESK, NOW + 19 * DAY)
    run(NOW + 19 * DAY)
    in_zone("Pacific/Honolulu", NOW + 19 * DAY)
    stages = {row.stage for row in NoticeItem.select().where(NoticeItem.record_type == "loan")}
    assert stages >= {"2026-03-24T09:59:59Z", "2026-03-25T09:59:59Z"}


def test_what_was_told_of_the_same_day_in_two_zones_stays() -> None:
    """Releases before told again after another time zone, and such items are there still."""
    night = a_loan_is_due_soon()
    run(night)
    [told] = NoticeItem.select().where(NoticeItem.kind == NoticeKind.DUE_SOON)
    item = Item("loan", told.record_id, "2026-03-23T21:59:59Z")
    notice.add_item(told.notice_id, NoticeKind.DUE_SOON, item)
    in_zone("Europe/Lisbon", night)
    assert run(night) == 0


def test_a_reminder_of_a_loan_that_has_ended_keeps_the_moment_it_was_told_of() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    night = NOW + 19 * DAY
    run(night)
    back(barcode, night)
    in_zone("Europe/Lisbon", night)
    [told] = NoticeItem.select().where(NoticeItem.kind == NoticeKind.DUE_SOON)
    assert told.stage == "2026-03-23T22:59:59Z"


def test_a_run_while_the_time_zone_changes_tells_of_the_new_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    night = a_loan_is_due_soon()

    def work() -> None:
        with database.obj.connection_context():
            run(night)

    node, read = Thread(target=work), notice.ends_told

    def ends_told(now: str) -> dict[str, list[int]]:
        found = read(now)
        node.start()
        # It waits for the change, and by itself would be done long before.
        node.join(timeout=2)
        return found

    monkeypatch.setattr(notice, "ends_told", ends_told)
    in_zone("Europe/Lisbon", night)
    node.join()
    [told] = NoticeItem.select().where(NoticeItem.kind == NoticeKind.DUE_SOON)
    assert told.stage == "2026-03-23T23:59:59Z"


def test_a_loan_reopened_in_another_time_zone_is_not_told_again() -> None:
    _, [barcode] = title()
    loan = lent(barcode, member()).row
    night = NOW + 19 * DAY
    run(night)
    back(barcode, night)
    in_zone("Europe/Lisbon", night)
    reopen_loan(loan.id, "the wrong copy", DESK, night)
    assert run(night) == 0

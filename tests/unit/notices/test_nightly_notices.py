"""What the nightly job finds to tell, on each database. `NOW` is Monday 2 March 2026."""

from dataclasses import replace
from datetime import datetime
from threading import Thread
from typing import Any

import pytest

from circulation.renewals import renew
from models import notice as stored
from models.database import database
from models.notice import Item, Notice, items
from models.timestamps import stamp
from models.vocabulary import NoticeKind
from notices import nightly, outbox
from notices.composing import compose, hidden_token
from notices.kinds import read
from tests.unit.circulation.library import DAY, DESK, NOW, amend, back, held, lent, member, title
from tests.unit.notices.conftest import LIBRARY

pytestmark = pytest.mark.usefixtures("library")


def told(kind: NoticeKind) -> dict[int, list[int]]:
    """The notices of a kind: the records that each member is told of."""
    found = {row.id: row.user_id for row in Notice.select().where(Notice.kind == kind)}
    return {found[of]: [item.record_id for item in about] for of, about in items(found).items()}


def run(now: datetime) -> int:
    return nightly.queue(now, f"nightly-{now}")


def test_what_is_due_within_three_days_is_told_in_one_notice() -> None:
    borrower = member()
    loans = [lent(title()[1][0], borrower).row.id for _ in range(2)]
    assert run(NOW + 17 * DAY) == 0
    assert run(NOW + 18 * DAY) == 1
    assert told(NoticeKind.DUE_SOON) == {borrower: loans}


def test_what_was_lent_today_and_is_due_tomorrow_is_told_too() -> None:
    borrower = member()
    loan = lent(title()[1][0], borrower, due_on=(NOW + DAY).date())
    assert run(NOW) == 1
    assert told(NoticeKind.DUE_SOON) == {borrower: [loan.row.id]}


def test_a_second_run_tells_nothing_again() -> None:
    lent(title()[1][0], member())
    assert [run(NOW + 18 * DAY), run(NOW + 18 * DAY), run(NOW + 19 * DAY)] == [1, 0, 0]


def test_a_renewed_loan_is_told_again_when_its_new_date_comes() -> None:
    borrower = member()
    loan = lent(title()[1][0], borrower)
    run(NOW + 19 * DAY)
    renew(loan.row.id, DESK, NOW + 19 * DAY)
    assert run(NOW + 39 * DAY) == 1


@pytest.mark.parametrize(
    ("days_late", "kind"),
    [
        (1, NoticeKind.OVERDUE_1),
        (6, NoticeKind.OVERDUE_1),
        (7, NoticeKind.OVERDUE_2),
        (20, NoticeKind.OVERDUE_2),
        (21, NoticeKind.OVERDUE_3),
        (34, NoticeKind.OVERDUE_3),
    ],
)
def test_after_an_outage_only_the_latest_reminder_is_told(days_late: int, kind: NoticeKind) -> None:
    borrower = member()
    loan = lent(title()[1][0], borrower)
    assert run(NOW + (21 + days_late) * DAY) == 1
    assert told(kind) == {borrower: [loan.row.id]}


def test_what_has_been_overdue_for_months_is_no_news() -> None:
    lent(title()[1][0], member())
    assert run(NOW + (21 + 35) * DAY) == 0


def test_each_reminder_is_told_once_as_the_days_go_by() -> None:
    lent(title()[1][0], member())
    assert sum(run(NOW + day * DAY) for day in range(90)) == 4


def test_a_reminder_that_is_switched_off_leaves_its_days_to_the_one_before() -> None:
    outbox.use(replace(LIBRARY, kinds=read("overdue-2=off")))
    lent(title()[1][0], member())
    run(NOW + (21 + 10) * DAY)
    assert len(told(NoticeKind.OVERDUE_1)) == 1


def test_a_reminder_that_the_library_has_off_is_told_to_who_has_switched_it_on() -> None:
    outbox.use(replace(LIBRARY, kinds=read("overdue-1=off")))
    choosing, other = member(notices='{"overdue-1":true}'), member()
    loan, _ = [lent(title()[1][0], borrower).row.id for borrower in (choosing, other)]
    run(NOW + (21 + 1) * DAY)
    assert told(NoticeKind.OVERDUE_1) == {choosing: [loan]}


def test_a_reminder_that_the_library_has_off_ends_where_the_next_one_begins() -> None:
    outbox.use(replace(LIBRARY, kinds=read("overdue-1=off")))
    lent(title()[1][0], member(notices='{"overdue-1":true}'))
    run(NOW + (21 + 7) * DAY)
    assert told(NoticeKind.OVERDUE_1) == {}
    assert len(told(NoticeKind.OVERDUE_2)) == 1


def test_of_reminders_that_a_member_has_switched_on_only_the_latest_is_sent() -> None:
    library = replace(LIBRARY, kinds=read("overdue-2=off"))
    outbox.use(library)
    lent(title()[1][0], member(notices='{"overdue-2":true}'))
    now = NOW + (21 + 10) * DAY
    run(now)
    rows = [stored.find(one.id) for one in Notice.select().order_by(Notice.id)]
    why = {one.notice.kind: one.why for one in compose(rows, now, library, hidden_token)}
    assert why[NoticeKind.OVERDUE_1] == "It no longer holds."
    assert why[NoticeKind.OVERDUE_2] is None


def test_reminders_whose_days_are_over_before_they_begin_are_told_to_nobody() -> None:
    outbox.use(replace(LIBRARY, kinds=read("overdue-1=off,overdue-2=1")))
    lent(title()[1][0], member(notices='{"overdue-1":true}'))
    run(NOW + (21 + 1) * DAY)
    assert told(NoticeKind.OVERDUE_1) == {}
    assert len(told(NoticeKind.OVERDUE_2)) == 1


def test_a_returned_loan_is_told_no_more() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    back(barcode, NOW + DAY)
    assert run(NOW + 30 * DAY) == 0


def test_a_hold_is_told_on_the_day_before_its_shelf_time_ends() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    waiting = member()
    hold = held(book_id, waiting)
    back(barcode)
    assert run(NOW + 5 * DAY) == 0
    assert run(NOW + 7 * DAY) == 1
    assert told(NoticeKind.HOLD_EXPIRING) == {waiting: [hold.row.id]}


def test_a_membership_that_ends_within_two_weeks_is_told_once() -> None:
    ending = member(expires_on="2026-03-16")
    assert [run(NOW), run(NOW + DAY)] == [1, 0]
    assert told(NoticeKind.MEMBERSHIP_ENDING) == {ending: [ending]}
    amend(ending, expires_on="2027-03-16")
    assert run(NOW + 366 * DAY) == 1


def test_many_members_are_told_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notices.nightly.BATCH", 2)
    borrowers = [member() for _ in range(5)]
    for borrower in borrowers:
        for _ in range(3):
            lent(title()[1][0], borrower)
    assert run(NOW + 18 * DAY) == 5
    assert {user_id: len(loans) for user_id, loans in told(NoticeKind.DUE_SOON).items()} == (
        dict.fromkeys(borrowers, 3)
    )


def test_two_nodes_at_once_tell_each_once() -> None:
    for _ in range(30):
        lent(title()[1][0], member())
    made: list[int] = []

    def work() -> None:
        with database.obj.connection_context():
            made.append(run(NOW + 18 * DAY))

    nodes = [Thread(target=work) for _ in range(3)]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert sum(made) == 30
    assert len(told(NoticeKind.DUE_SOON)) == 30


def borrowed(**fields: Any) -> tuple[int, int]:
    """A member and a loan, of which nothing was told yet."""
    borrower = member(**fields)
    loan = lent(title()[1][0], borrower)
    Notice.delete().execute()
    return borrower, loan.row.id


def test_old_notices_are_deleted_as_loans_are_forgotten() -> None:
    borrowed()
    run(NOW + 18 * DAY)
    of_that_day = len(told(NoticeKind.DUE_SOON))
    assert of_that_day == 1
    nightly.tidy(NOW + 19 * DAY, NOW + 384 * DAY)
    assert told(NoticeKind.DUE_SOON) == {}


def test_nothing_is_told_twice_where_history_is_forgotten_at_once() -> None:
    borrowed(expires_on=(NOW + 60 * DAY).date())
    made = {}
    for day in range(75):
        now = NOW + day * DAY
        made[day] = run(now)
        stored.Notice.update(status="sent").execute()
        nightly.tidy(now, now)
    # Due soon, three reminders, and the end of the membership.
    assert sum(made.values()) == 5


def test_a_notice_that_is_kept_for_what_it_told_names_nobody() -> None:
    borrowed()
    run(NOW + 18 * DAY)
    stored.Notice.update(status="sent", subject="Soon", body="Due soon").execute()
    nightly.tidy(NOW + 19 * DAY, NOW + 19 * DAY)
    [row] = stored.Notice.select(Notice.user_id, Notice.subject, Notice.body).tuples()
    assert row == (None, None, None)


def test_what_waits_to_be_sent_is_not_forgotten() -> None:
    borrower, loan_id = borrowed()
    run(NOW + 18 * DAY)
    nightly.tidy(NOW + 19 * DAY, NOW + 19 * DAY)
    assert told(NoticeKind.DUE_SOON) == {borrower: [loan_id]}


def test_a_notice_that_is_tried_again_is_not_deleted_for_its_age() -> None:
    borrower, loan_id = borrowed()
    run(NOW + 18 * DAY)
    stored.Notice.update(queued_at=stamp(NOW + 60 * DAY)).execute()
    nightly.tidy(NOW + 60 * DAY, NOW + 60 * DAY)
    assert told(NoticeKind.DUE_SOON) == {borrower: [loan_id]}


def test_what_is_due_today_is_an_item_of_its_due_date() -> None:
    loan = lent(title()[1][0], member())
    run(NOW + 18 * DAY)
    [notice] = Notice.select().where(Notice.kind == NoticeKind.DUE_SOON)
    assert items([notice.id])[notice.id] == [Item("loan", loan.row.id, loan.row.due_at)]

"""What acts queue, in their own transaction, on each database."""

from dataclasses import replace

import pytest

from circulation.checkin import take_back
from circulation.closures import close
from circulation.holds import cancel_hold
from circulation.payments import pay
from models import audit, user
from models.audit import Actor
from models.database import transaction
from models.notice import Item, Notice, NoticeItem
from models.timestamps import now
from models.vocabulary import Channel, NoticeKind, NoticeStatus
from notices import outbox
from notices.kinds import BUILT_IN
from tests.unit.circulation.library import DESK, audited, back, held, lent, member, owes, title
from tests.unit.notices.conftest import LIBRARY

pytestmark = pytest.mark.usefixtures("library")


def queued(kind: NoticeKind) -> list[Notice]:
    return list(Notice.select().where(Notice.kind == kind).order_by(Notice.id))


def about(kind: NoticeKind) -> list[Item]:
    query = NoticeItem.select().where(NoticeItem.kind == kind).order_by(NoticeItem.id)
    return [Item(row.record_type, row.record_id) for row in query]


def test_a_copy_set_aside_queues_a_notice_for_whoever_waited() -> None:
    book_id, [barcode] = title()
    lent(barcode, member(), now())
    waiting = member()
    hold = held(book_id, waiting, now())
    back(barcode, now())
    [notice] = queued(NoticeKind.HOLD_READY)
    assert (notice.user_id, notice.status, notice.channel) == (
        waiting,
        NoticeStatus.QUEUED,
        Channel.EMAIL,
    )
    assert about(NoticeKind.HOLD_READY) == [Item("hold", hold.row.id)]


def _fail(_: object) -> None:
    raise RuntimeError


def test_an_act_that_is_undone_queues_nothing() -> None:
    book_id, [barcode] = title()
    lent(barcode, member(), now())
    held(book_id, member(), now())
    with pytest.raises(RuntimeError), transaction():
        _fail(back(barcode, now()))
    assert queued(NoticeKind.HOLD_READY) == []


def test_the_second_hold_to_become_ready_is_told_at_once_too() -> None:
    waiting = member()
    for _ in range(2):
        book_id, [barcode] = title()
        lent(barcode, member(), now())
        held(book_id, waiting, now())
        take_back(barcode, Actor(None, f"return {barcode}"), now())
    assert [notice.user_id for notice in queued(NoticeKind.HOLD_READY)] == [waiting, waiting]


def test_one_act_tells_a_member_once_of_all_it_did() -> None:
    borrower = member()
    _, barcodes = title(3)
    due = {lent(barcode, borrower, now(), "title-on-loan").row.due_at[:10] for barcode in barcodes}
    [day] = due
    close({"starts_on": day, "ends_on": day, "reason": "stocktaking"}, DESK, now())
    [notice] = queued(NoticeKind.DUE_DATE_CHANGED)
    assert notice.user_id == borrower
    assert len(about(NoticeKind.DUE_DATE_CHANGED)) == 3


def test_a_member_who_cancels_is_not_told_that_the_hold_has_ended() -> None:
    book_id, _ = title()
    waiting = member()
    first = held(book_id, waiting, now())
    cancel_hold(first.row.id, Actor(waiting, "own"), now())
    assert queued(NoticeKind.HOLD_ENDED) == []


def test_a_member_whose_hold_the_library_cancels_is_told() -> None:
    book_id, _ = title()
    waiting = member()
    cancel_hold(held(book_id, waiting, now()).row.id, DESK, now())
    assert [notice.user_id for notice in queued(NoticeKind.HOLD_ENDED)] == [waiting]


def test_a_new_member_is_welcomed_and_staff_are_not() -> None:
    new = member()
    staff = {"email": "desk@example.org", "first_name": "A", "last_name": "B", "role": "librarian"}
    user.create(staff, "hash", DESK)
    assert [notice.user_id for notice in queued(NoticeKind.WELCOME)] == [new]


def test_what_is_moved_in_is_told_to_nobody() -> None:
    with audit.quietly():
        lent(title()[1][0], member(), now())
    assert Notice.select().count() == 0


def test_lending_returning_and_paying_queue_receipts_where_they_are_switched_on() -> None:
    borrower = member()
    _, [barcode] = title()
    lent(barcode, borrower, now())
    back(barcode, now())
    owes(borrower, 500)
    [charged] = audited("fee.create")
    pay(charged["record_id"], 200, "cash", "EUR", DESK, now())
    kinds = (NoticeKind.LOAN_RECEIPT, NoticeKind.RETURN_RECEIPT, NoticeKind.PAYMENT_RECEIPT)
    assert [len(queued(kind)) for kind in kinds] == [1, 1, 1]


def test_deleting_a_member_empties_their_notices() -> None:
    gone, stays = member(), member()
    Notice.update(subject="Dear Ada", body="Dear Ada", status="sent").where(
        Notice.user_id == gone
    ).execute()
    with transaction():
        user.delete(user.locked(gone), DESK)
    [emptied, kept] = queued(NoticeKind.WELCOME)
    assert (emptied.user_id, emptied.subject, emptied.body) == (None, None, None)
    assert (kept.user_id, kept.status) == (stays, NoticeStatus.QUEUED)


@pytest.mark.parametrize("status", ["failed", "queued"])
def test_what_a_mail_server_said_of_a_deleted_member_is_forgotten(status: str) -> None:
    gone = member()
    Notice.update(status=status, error="550 <ada@example.org>: unknown").execute()
    with transaction():
        user.delete(user.locked(gone), DESK)
    assert [notice.error for notice in queued(NoticeKind.WELCOME)] == [None]


def test_what_waits_for_a_deleted_member_is_cancelled() -> None:
    gone = member()
    with transaction():
        user.delete(user.locked(gone), DESK)
    assert [notice.status for notice in queued(NoticeKind.WELCOME)] == [NoticeStatus.CANCELLED]


def test_a_member_who_switches_receipts_on_gets_them_where_the_library_sends_none() -> None:
    outbox.use(replace(LIBRARY, kinds=BUILT_IN))
    wants, takes_what_is_usual = member(notices='{"loan-receipt":true}'), member()
    for borrower in (wants, takes_what_is_usual):
        lent(title()[1][0], borrower, now())
    assert [notice.user_id for notice in queued(NoticeKind.LOAN_RECEIPT)] == [wants]


def test_a_member_without_an_address_gets_a_letter_but_no_receipt() -> None:
    book_id, [barcode] = title()
    lent(barcode, member(), now())
    waiting = member(email=None, email_key=None)
    held(book_id, waiting, now())
    back(barcode, now())
    lent(barcode, waiting, now())
    [letter] = queued(NoticeKind.HOLD_READY)
    assert letter.channel == Channel.PRINT
    assert waiting not in {notice.user_id for notice in queued(NoticeKind.LOAN_RECEIPT)}

"""Which notices still hold, on each database. `NOW` is Monday 2 March 2026."""

import pytest

from circulation import inventory
from models import notice as stored
from models.copy import Copy
from models.notice import Notice, NoticeItem
from models.vocabulary import NoticeKind
from notices.composing import compose, hidden_token
from tests.unit.circulation.library import DAY, DESK, NOW, back, held, lent, member, title
from tests.unit.notices.conftest import LIBRARY

pytestmark = pytest.mark.usefixtures("library")


def ready_twice() -> None:
    """Set a copy aside for a member, take it out for repair, and set another aside a day later."""
    book_id, barcodes = title(2)
    for barcode in barcodes:
        lent(barcode, member(), NOW - 5 * DAY)
    held(book_id, member(), NOW - 4 * DAY)
    back(barcodes[0], NOW)
    first = Copy.get(Copy.barcode == barcodes[0])
    inventory.change_copy(first.id, {"status": "in_repair"}, DESK, NOW)
    back(barcodes[1], NOW + DAY)


def reasons() -> list[str | None]:
    """Why notices of holds that are ready are not sent, the oldest first; None for those sent."""
    found = Notice.select().where(Notice.kind == NoticeKind.HOLD_READY).order_by(Notice.id)
    rows = [stored.find(one.id) for one in found]
    return [one.why for one in compose(rows, NOW + DAY, LIBRARY, hidden_token)]


def test_of_a_hold_that_is_ready_again_only_the_latest_readiness_is_told() -> None:
    ready_twice()
    assert reasons() == ["It no longer holds.", None]


def test_a_notice_queued_by_the_release_before_is_sent() -> None:
    ready_twice()
    first, second = NoticeItem.select().where(NoticeItem.kind == NoticeKind.HOLD_READY)
    NoticeItem.update(stage="2").where(NoticeItem.id == first.id).execute()
    NoticeItem.update(stage="5").where(NoticeItem.id == second.id).execute()
    assert reasons() == [None, None]

"""What holds again between a notice's words and the note of it: it is told, sooner or later."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from circulation import lost_items
from models.notice import Notice
from models.timestamps import now
from models.vocabulary import NoticeKind, NoticeStatus
from notices import composing, letters, nightly, sending, smtp
from notices.sending import Sender
from tests.support.mailboxes import Mailbox
from tests.unit.circulation.library import DAY, DESK, NOW, amend, lent, member, title
from tests.unit.notices.conftest import LIBRARY

pytestmark = [pytest.mark.usefixtures("library"), pytest.mark.peer]
LATE = NOW + 23 * DAY


def late(count: int, *, by_letter: bool = False) -> list[int]:
    """Loans of a member that were due yesterday, of which a reminder is queued."""
    who = member()
    if by_letter:
        amend(who, email=None, email_key=None)
    loans = [lent(title()[1][0], who).row.id for _ in range(count)]
    Notice.delete().execute()
    nightly.queue(LATE, "night")
    return loans


def between(module: Any, monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do something once notices have been put into words, before anything is noted of them."""

    def compose(*given: Any) -> list[composing.Composed]:
        found = composing.compose(*given)
        act()
        return found

    monkeypatch.setattr(module, "compose", compose)


def send(mailbox: Mailbox, at: datetime) -> list[str]:
    """The texts of the mails that are sent at a moment."""
    ahead = at - now()
    before = len(mailbox.taken)
    Notice.update(queued_at=Notice.created_at).execute()
    Sender(LIBRARY, smtp.server(mailbox.url), now=lambda: now() + ahead).send()
    return [str(one) for one in mailbox.taken[before:]]


def reminders(status: NoticeStatus) -> int:
    is_one = (Notice.kind == NoticeKind.OVERDUE_1) & (Notice.status == status)
    return int(Notice.select().where(is_one).count())


def test_a_claim_withdrawn_while_its_reminder_is_sent_is_reminded_of(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed, _ = late(2)
    lost_items.claim_returned(claimed, DESK, LATE)
    with monkeypatch.context() as meanwhile:
        between(sending, meanwhile, lambda: lost_items.withdraw_claim(claimed, DESK))
        assert len(send(mailbox, LATE)) == 1
    nightly.queue(LATE + DAY, "next night")
    assert reminders(NoticeStatus.QUEUED) == 1


def test_a_claim_withdrawn_while_its_reminder_is_cancelled_is_reminded_of(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    [claimed] = late(1)
    lost_items.claim_returned(claimed, DESK, LATE)
    with monkeypatch.context() as meanwhile:
        between(sending, meanwhile, lambda: lost_items.withdraw_claim(claimed, DESK))
        assert send(mailbox, LATE) == []
    assert len(send(mailbox, LATE + timedelta(minutes=2))) == 1


def test_a_claim_withdrawn_while_its_letter_is_cancelled_keeps_the_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [claimed] = late(1, by_letter=True)
    lost_items.claim_returned(claimed, DESK, LATE)
    with monkeypatch.context() as meanwhile:
        between(letters, meanwhile, lambda: lost_items.withdraw_claim(claimed, DESK))
        letters.settle(LATE)
    assert reminders(NoticeStatus.QUEUED) == 1


def test_a_reminder_of_what_was_returned_is_cancelled_as_ever(mailbox: Mailbox) -> None:
    [claimed] = late(1)
    lost_items.claim_returned(claimed, DESK, LATE)
    assert send(mailbox, LATE) == []
    assert reminders(NoticeStatus.CANCELLED) == 1

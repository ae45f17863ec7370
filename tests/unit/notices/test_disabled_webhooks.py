"""Webhooks that are switched off because their receivers fail: administrators are told by mail."""

import pytest

from events.deliveries import Courier
from events.webhooks import change
from models import audit, webhook
from models.audit import Actor, Audit
from models.notice import Notice
from models.timestamps import now, stamp
from models.vocabulary import Language, NoticeKind, Role
from models.webhook import WebhookRow
from notices import smtp
from notices.sending import Sender, Sent
from tests.support.mailboxes import Mailbox
from tests.support.receivers import answering, running
from tests.unit.circulation.library import DESK, member
from tests.unit.notices.conftest import LIBRARY

pytestmark = [pytest.mark.usefixtures("library"), pytest.mark.peer]


def hook(url: str = "https://calendar.example.org/hook?token=secret") -> WebhookRow:
    made = {"url": url, "types": ["loan.create"], "description": "The town's calendar"}
    return webhook.create(made, DESK)


def told() -> list[int]:
    query = Notice.select().where(Notice.kind == NoticeKind.WEBHOOK_DISABLED)
    return sorted(row.user_id for row in query)


def send(mailbox: Mailbox) -> Sent:
    Notice.delete().where(Notice.kind != NoticeKind.WEBHOOK_DISABLED).execute()
    return Sender(LIBRARY, smtp.server(mailbox.url)).send()


def test_a_receiver_that_is_gone_is_told_to_every_active_administrator() -> None:
    first, second = member(role=Role.ADMIN), member(role=Role.ADMIN)
    member(role=Role.ADMIN, is_active=0)
    member(role=Role.LIBRARIAN)
    with running() as receiver:
        receiver.behave = answering(410)
        made = hook(receiver.url)
        audit.record(Actor(None, "r"), "loan.create", "closure", 1)
        Courier(allows_private=True).deliver(made.id)
    assert told() == [first, second]
    [deed] = Audit.select().where(Audit.action == "webhook.disable")
    assert (deed.record_id, deed.actor_id, deed.reason) == (made.id, None, webhook.IS_GONE)


@pytest.mark.parametrize(
    ("language", "gone", "failing"),
    [
        (Language.ENGLISH, "gone for good (410)", "for five days. The events"),
        (Language.GERMAN, "nicht mehr gibt (410)", "Fünf Tage lang"),
        (Language.FRENCH, "n'existe plus (410)", "pendant cinq jours"),
        (Language.SPANISH, "ya no existe (410)", "durante cinco días"),
    ],
)
def test_the_mail_says_which_webhook_and_why_and_not_its_whole_address(
    mailbox: Mailbox, language: Language, gone: str, failing: str
) -> None:
    member(role=Role.ADMIN, language=language)
    for reason in (webhook.IS_GONE, webhook.IS_FAILING):
        webhook.disable(hook().id, stamp(now()), reason)
        assert send(mailbox) == Sent(sent=1)
    of_gone, of_failing = mailbox.taken
    for mail, why in ((of_gone, gone), (of_failing, failing)):
        text = " ".join(mail.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
        assert "calendar.example.org (The town's calendar)" in text
        assert why in text
        assert "calendar.example.org" in mail["Subject"]
        assert "secret" not in mail.as_string()


def test_one_that_was_enabled_again_meanwhile_is_not_told(mailbox: Mailbox) -> None:
    member(role=Role.ADMIN)
    made = hook()
    webhook.disable(made.id, stamp(now()), webhook.IS_FAILING)
    change(webhook.find(made.id), {"enabled": True}, DESK)
    assert send(mailbox) == Sent(cancelled=1)
    assert mailbox.taken == []


def test_who_disables_a_webhook_by_hand_knows() -> None:
    member(role=Role.ADMIN)
    change(hook(), {"enabled": False}, DESK)
    assert told() == []

"""Sending what is queued to a real mail server, on each database."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from circulation import acquisitions, lost_items
from circulation.holds import cancel_hold
from circulation.inventory import delete_copy
from models import notice as stored
from models import notice_template, user
from models.audit import Actor
from models.database import database, transaction
from models.hold import HoldRow
from models.notice import Item, Notice
from models.timestamps import now, stamp
from models.vocabulary import Channel, Language, NoticeKind, NoticeStatus
from notices import nightly, outbox, smtp, templates
from notices.sending import BATCH, Sender, Sent
from tests.support.mailboxes import Mailbox, running
from tests.support.servers import free_port
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    amend,
    back,
    held,
    held_copy,
    lent,
    member,
    on_copy,
    title,
)
from tests.unit.notices.conftest import LIBRARY

pytestmark = [pytest.mark.usefixtures("library"), pytest.mark.peer]


def sender(url: str, ahead: timedelta = timedelta(), **options: Any) -> Sender:
    return Sender(LIBRARY, smtp.server(url), now=lambda: now() + ahead, **options)


def only() -> Notice:
    [one] = Notice.select()
    row: Notice = one
    return row


def ready_for(user_id: int) -> HoldRow:
    """A hold of this member's, whose copy was set aside just now; the welcomes are gone."""
    book_id, [barcode] = title()
    lent(barcode, member(), now())
    hold = held(book_id, user_id, now()).row
    Notice.delete().execute()
    back(barcode, now())
    Notice.delete().where(Notice.kind != NoticeKind.HOLD_READY).execute()
    return hold


def test_a_mail_is_in_the_members_words_and_says_who_sends_it(mailbox: Mailbox) -> None:
    ready_for(member(email="ada@example.org", first_name="Žofie"))
    assert sender(mailbox.url).send() == Sent(sent=1)
    [mail] = mailbox.taken
    assert mail["To"] == "Žofie Byron <ada@example.org>"
    assert mail["From"] == "Stadtbücherei <library@example.org>"
    assert mail["Subject"].startswith("Zur Abholung bereit: Middlemarch")
    unsubscribe = "<mailto:library@example.org?subject=unsubscribe%20hold-ready>"
    assert mail["List-Unsubscribe"].strip() == unsubscribe
    assert mail["Auto-Submitted"] == "auto-generated"
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Guten Tag Žofie Byron" in text
    assert '<html lang="de">' in html


def test_a_mail_goes_to_where_the_member_wants_it_in_their_language(mailbox: Mailbox) -> None:
    ready_for(member(contact_email="home@example.org", language="fre"))
    sender(mailbox.url).send()
    [mail] = mailbox.taken
    assert mail["To"] == "Ada Byron <home@example.org>"
    assert mail["Subject"].startswith("À retirer : Middlemarch")


def test_a_language_without_texts_is_answered_in_the_librarys(mailbox: Mailbox) -> None:
    ready_for(member(language="ita"))
    sender(mailbox.url).send()
    assert mailbox.taken[0]["Subject"].startswith("Zur Abholung bereit")


def test_what_a_member_switches_off_is_not_sent(mailbox: Mailbox) -> None:
    waiting = member()
    ready_for(waiting)
    amend(waiting, notices='{"hold-ready":false}')
    assert sender(mailbox.url).send() == Sent(cancelled=1)
    assert only().error == "Notices of this kind were switched off."


def test_what_was_sent_is_kept_with_its_words_and_not_sent_again(mailbox: Mailbox) -> None:
    ready_for(member())
    sender(mailbox.url).send()
    assert sender(mailbox.url, timedelta(days=1)).send() == Sent()
    assert only().status == NoticeStatus.SENT
    assert "Middlemarch" in only().subject
    assert "Middlemarch" in only().body
    assert only().sent_at is not None


def test_a_hold_that_was_cancelled_meanwhile_is_not_told(mailbox: Mailbox) -> None:
    hold = ready_for(member())
    cancel_hold(hold.id, DESK, now())
    Notice.delete().where(Notice.kind == NoticeKind.HOLD_ENDED).execute()
    assert sender(mailbox.url).send() == Sent(cancelled=1)
    assert mailbox.taken == []
    assert only().error == "It no longer holds."


def test_a_hold_on_one_copy_is_told_with_its_barcode(mailbox: Mailbox) -> None:
    _, [barcode] = title()
    held_copy(barcode, member(), now())
    Notice.delete().execute()
    back(barcode, now())
    sender(mailbox.url).send()
    assert f"Middlemarch ({barcode}), abzuholen bis" in only().body


def test_a_hold_whose_last_copy_was_withdrawn_says_so(mailbox: Mailbox) -> None:
    book_id, [barcode] = title()
    held(book_id, member(), now())
    Notice.delete().execute()
    delete_copy(on_copy(barcode)["id"], DESK, now())
    sender(mailbox.url).send()
    assert "nicht mehr im Bestand" in only().body


def test_what_is_too_old_is_not_sent(mailbox: Mailbox) -> None:
    member()
    assert sender(mailbox.url, timedelta(days=15)).send() == Sent(cancelled=1)
    assert only().error == "It is too old to be of use."


def test_a_refused_address_fails_and_says_why_without_naming_it(mailbox: Mailbox) -> None:
    mailbox.answer = lambda address: f"550 5.1.1 <{address}> no such user"
    ready_for(member())
    assert sender(mailbox.url).send() == Sent(failed=1)
    assert only().error == (
        "The mail server does not take mail for this address (550 5.1.1 … no such user)."
    )


def test_what_the_server_puts_off_is_tried_again_later_and_later(mailbox: Mailbox) -> None:
    mailbox.answer = lambda address: "451 4.7.1 come back later"
    ready_for(member())
    assert sender(mailbox.url).send() == Sent(waiting=1)
    assert sender(mailbox.url, timedelta(seconds=50)).send() == Sent(waiting=1)
    assert only().attempts == 1
    sender(mailbox.url, timedelta(seconds=61)).send()
    assert only().attempts == 2
    mailbox.answer = lambda address: "250 OK"
    assert sender(mailbox.url, timedelta(seconds=120)).send().sent == 0
    assert sender(mailbox.url, timedelta(seconds=400)).send().sent == 1


def test_what_is_put_off_for_too_long_fails(mailbox: Mailbox) -> None:
    mailbox.answer = lambda address: "451 4.7.1 come back later"
    member()
    sender(mailbox.url).send()
    assert sender(mailbox.url, timedelta(days=15)).send() == Sent(failed=1)
    assert only().error.endswith("(451 4.7.1 come back later). It was tried long enough.")


def test_one_refused_mail_holds_up_no_other(mailbox: Mailbox) -> None:
    refused = member(email="refused@example.org")
    mailbox.answer = lambda address: "550 no" if address.startswith("refused") else "250 OK"
    for _ in range(3):
        member()
    assert sender(mailbox.url).send() == Sent(sent=3, failed=1)
    assert Notice.get(Notice.user_id == refused).status == NoticeStatus.FAILED


def test_a_mail_that_breaks_the_connection_holds_up_no_other(mailbox: Mailbox) -> None:
    bad = member(email="bad@example.org")
    others = [member() for _ in range(2)]

    def drop(server: Any) -> None:
        if any("bad" in address for address in server.envelope.rcpt_tos):
            server.transport.close()

    mailbox.on_data = drop
    first = sender(mailbox.url).send()
    assert first.trouble == "The mail server broke the connection."
    later = sender(mailbox.url, timedelta(seconds=70)).send()
    assert (first.sent, later.sent) in ((0, 2), (0, 0))
    told = Notice.select().where(Notice.user_id.in_(others) & (Notice.status == "sent"))
    sender(mailbox.url, timedelta(minutes=4)).send()
    assert told.count() == 2
    assert Notice.get(Notice.user_id == bad).status == NoticeStatus.QUEUED


def test_what_a_mail_leaves_out_is_of_a_cancelled_notice(mailbox: Mailbox) -> None:
    late, who = NOW + 23 * DAY, member()
    (_, [barcode]), (_, [other]) = title(), title()
    loan, kept = lent(barcode, who).row.id, lent(other, who).row.id
    nightly.queue(late, "night")
    Notice.delete().where(Notice.kind != NoticeKind.OVERDUE_1).execute()
    lost_items.claim_returned(loan, DESK, late)
    sent = Sender(LIBRARY, smtp.server(mailbox.url), now=lambda: late).send()
    assert sent == Sent(sent=1)
    rows = {one.status: one.id for one in Notice.select()}
    about = {
        of: [item.record_id for item in told] for of, told in stored.items(rows.values()).items()
    }
    assert about[rows[NoticeStatus.SENT]] == [kept]
    assert about[rows[NoticeStatus.CANCELLED]] == [loan]


def test_while_the_mail_server_takes_no_mail_of_ours_everything_waits(mailbox: Mailbox) -> None:
    ready_for(member())
    mailbox.of_sender = lambda: "530 5.7.0 Authentication required"
    sent = sender(mailbox.url).send()
    assert (sent.failed, sent.waiting) == (0, 1)
    said = "The mail server does not take our mail (530 5.7.0 Authentication required)."
    assert sent.trouble == said
    mailbox.of_sender = lambda: "250 OK"
    assert sender(mailbox.url, timedelta(minutes=3)).send() == Sent(sent=1)


def test_a_mail_that_is_too_large_for_the_mail_server_fails_alone(mailbox: Mailbox) -> None:
    ready_for(member())
    mailbox.of_sender = lambda: "552 5.3.4 Message size exceeds fixed limit"
    assert sender(mailbox.url).send() == Sent(failed=1)


def test_while_the_mail_server_is_away_everything_waits() -> None:
    ready_for(member())
    nowhere = sender(f"smtp://127.0.0.1:{free_port()}")
    sent = nowhere.send()
    assert (sent.sent, sent.waiting) == (0, 1)
    assert "cannot be reached" in (sent.trouble or "")
    assert only().attempts == 0


def test_after_a_day_without_the_mail_server_everything_is_sent_once(mailbox: Mailbox) -> None:
    ready_for(member())
    port = free_port()
    for minutes in range(0, 24 * 60, 60):
        sender(f"smtp://127.0.0.1:{port}", timedelta(minutes=minutes)).send()
    for minutes in range(5):
        sender(mailbox.url, timedelta(days=1, minutes=minutes)).send()
    assert len(mailbox.taken) == 1


def test_a_server_that_says_nothing_is_left_after_a_while(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.2)
    ready_for(member())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sent = sender(f"smtp://127.0.0.1:{silent.getsockname()[1]}").send()
    assert "cannot be reached" in (sent.trouble or "")
    assert sender(mailbox.url, timedelta(seconds=61)).send().sent == 1


def test_an_address_with_other_letters_needs_a_server_that_takes_them() -> None:
    ready_for(member(email="ädä@example.org"))
    with running(Mailbox(), enable_SMTPUTF8=False) as plain:
        assert sender(plain.url).send() == Sent(failed=1)
    assert only().error == "The mail server cannot send to addresses with letters such as ä or é."


def test_a_domain_with_other_letters_goes_to_any_server() -> None:
    ready_for(member(email="ada@bücherei.example"))
    with running(Mailbox(), enable_SMTPUTF8=False) as plain:
        sender(plain.url).send()
        assert plain.taken[0]["To"] == "Ada Byron <ada@xn--bcherei-n2a.example>"


def test_a_domain_with_a_sharp_s_is_not_the_one_with_two(mailbox: Mailbox) -> None:
    ready_for(member(email="ada@fußball.example"))
    sender(mailbox.url).send()
    assert mailbox.taken[0]["To"] == "Ada Byron <ada@xn--fuball-cta.example>"


def test_a_receipt_that_was_taken_back_is_not_told(mailbox: Mailbox) -> None:
    order_id, copy_id = _received(member())
    acquisitions.take_back_receipt(order_id, copy_id, DESK, now())
    assert sender(mailbox.url).send() == Sent(cancelled=1)


def test_what_comes_again_after_its_receipt_was_taken_back_is_told(mailbox: Mailbox) -> None:
    order_id, copy_id = _received(member())
    acquisitions.take_back_receipt(order_id, copy_id, DESK, now())
    acquisitions.receive(order_id, ["R-2"], DESK, now())
    assert sender(mailbox.url).send() == Sent(sent=1, cancelled=1)


def _received(user_id: int) -> tuple[int, int]:
    """An order of this member's with one of its two copies; the welcomes are gone."""
    Notice.delete().execute()
    wanted = {"title": "Silas Marner", "quantity": 2, "isbn": None, "book_id": None}
    order_id = acquisitions.request(wanted, Actor(user_id, "r-1"), now()).id
    for step in ("approved", "ordered"):
        acquisitions.change(order_id, {"status": step}, DESK, now())
    _, [come] = acquisitions.receive(order_id, ["R-1"], DESK, now())
    return order_id, come.id


def test_a_text_that_cannot_be_sent_is_replaced_by_the_built_in_one(mailbox: Mailbox) -> None:
    ready_for(member())
    kind, language = NoticeKind.HOLD_READY, Language.GERMAN
    text = {"subject": "-", "text": r'{{ "\0" }}', "html": None}
    notice_template.put(templates.built_in(kind, language), text, DESK)
    assert sender(mailbox.url).send() == Sent(sent=1)


def test_line_breaks_in_a_name_add_no_header(mailbox: Mailbox) -> None:
    ready_for(member(first_name="Ada\r\nBcc: all@example.org"))
    sender(mailbox.url).send()
    [mail] = mailbox.taken
    assert mail["Bcc"] is None
    assert mail["To"].addresses[0].display_name == "Ada Bcc: all@example.org Byron"


@pytest.mark.parametrize(
    "email", ["no address", "@", "a@", "a b@example.org", "a\r\nb@example.org"]
)
def test_what_is_no_address_fails_and_holds_up_no_other(email: str, mailbox: Mailbox) -> None:
    member(email=email)
    member()
    sent = sender(mailbox.url).send()
    assert (sent.sent, sent.failed) == (1, 1)


def test_a_member_whose_address_is_gone_gets_a_letter(mailbox: Mailbox) -> None:
    waiting = member()
    ready_for(waiting)
    amend(waiting, email=None, contact_email=None)
    sender(mailbox.url).send()
    assert (only().channel, only().status) == (Channel.PRINT, NoticeStatus.QUEUED)
    assert mailbox.taken == []


def test_a_notice_of_a_deleted_member_is_not_sent(mailbox: Mailbox) -> None:
    gone = member()
    with transaction():
        user.delete(user.locked(gone), DESK)
    assert sender(mailbox.url).send() == Sent()
    assert only().status == NoticeStatus.CANCELLED


def test_a_token_is_sent_and_nowhere_kept(mailbox: Mailbox) -> None:
    asking = member()
    Notice.delete().execute()
    about = [(asking, Item("password_reset", 7))]
    with transaction():
        outbox.queue(NoticeKind.PASSWORD_RESET, about, "r", stamp(now()))
    sender(mailbox.url, token_of=lambda reset_id: f"token-{reset_id}").send()
    [mail] = mailbox.taken
    assert "token-7" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "token" not in only().body.replace("?token=…", "")
    assert mail["List-Unsubscribe"] is None


def test_a_token_that_is_good_no_more_is_not_sent(mailbox: Mailbox) -> None:
    asking = member()
    Notice.delete().execute()
    about = [(asking, Item("password_reset", 7))]
    with transaction():
        outbox.queue(NoticeKind.PASSWORD_RESET, about, "r", stamp(now()))
    assert sender(mailbox.url, token_of=lambda _: None).send() == Sent(cancelled=1)


def test_what_a_killed_process_had_taken_is_sent_when_its_lease_ends(mailbox: Mailbox) -> None:
    ready_for(member())
    with transaction():
        stored.claim(stamp(now()), stamp(now() + timedelta(minutes=6)), 50)
    assert sender(mailbox.url).send() == Sent(waiting=1)
    assert sender(mailbox.url, timedelta(minutes=7)).send() == Sent(sent=1)


def test_nodes_that_send_at_once_send_each_notice_once(mailbox: Mailbox) -> None:
    Notice.delete().execute()
    amount = 4 * BATCH
    readers = [member() for _ in range(amount)]
    assert Notice.select().where(Notice.status == NoticeStatus.QUEUED).count() == amount
    start = Barrier(4)

    def node(_: int) -> int:
        with database.obj.connection_context():
            start.wait()
            return sender(mailbox.url).send().sent

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(node, range(4)))
    assert sum(sent) == amount
    assert len({str(mail["Message-ID"]) for mail in mailbox.taken}) == len(mailbox.taken) == amount
    assert {row.status for row in Notice.select()} == {NoticeStatus.SENT}
    assert {row.user_id for row in Notice.select()} == set(readers)

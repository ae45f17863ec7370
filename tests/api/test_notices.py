"""Notices over HTTP: what members were told, letters, and what failed sent again."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from api.app import Octavo
from api.jobs import nightly as nightly_job
from api.jobs import send_notices
from models import password_reset
from models.notice import Notice
from models.timestamps import now, timestamp
from notices import nightly, smtp
from tests.support.asking import Asker
from tests.support.mailboxes import Mailbox, running
from tests.support.people import Person, basic
from tests.unit.circulation.library import amend


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes everything."""
    with running(Mailbox()) as started:
        yield started


@pytest.fixture
def ready(ask: Asker, librarian: Person, member: Person, other_member: Person) -> dict[str, Any]:
    """The member's hold, whose copy was set aside just now; the only notice is of that."""
    book_id = ask.post("/books", {"title": "Middlemarch"}, by=librarian).json["id"]
    ask.post(f"/books/{book_id}/copies", {"barcode": "1"}, by=librarian)
    ask.post("/loans", {"barcode": "1", "user_id": other_member.id}, by=librarian)
    hold: dict[str, Any] = ask.post("/holds", {"book_id": book_id}, by=member).json
    Notice.delete().execute()
    ask.post("/returns", {"barcode": "1"}, by=librarian)
    return hold


def only(ask: Asker, by: Person, query: str = "") -> dict[str, Any]:
    [one] = ask.get(f"/notices{query}", by=by).json["data"]
    found: dict[str, Any] = one
    return found


def test_what_is_queued_is_shown_as_it_would_be_sent(
    ask: Asker, ready: dict[str, Any], member: Person
) -> None:
    told = only(ask, member)
    assert (told["kind"], told["status"], told["channel"]) == ("hold-ready", "queued", "email")
    assert (told["hold_ids"], told["loan_ids"], told["language"]) == ([ready["id"]], [], "eng")
    assert "Middlemarch" in told["subject"]
    assert "Middlemarch" in told["body"]
    assert ask.get(f"/notices/{told['id']}", by=member).json == told


@pytest.mark.usefixtures("ready")
def test_lists_are_filtered(ask: Asker, librarian: Person, member: Person) -> None:
    today = timestamp()[:10]
    found = {
        query: len(ask.get(f"/notices?{query}", by=librarian).json["data"])
        for query in (
            *(f"user_id={member.id}", "user_id=999", "kind=hold-ready", "kind=welcome"),
            *("status=queued", "status=sent", "channel=email", "channel=print"),
            *(f"created_from={today}", "created_to=2020-01-01"),
        )
    }
    assert list(found.values()) == [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]


@pytest.mark.usefixtures("ready")
def test_a_member_sees_their_own_and_nobody_elses(
    ask: Asker, member: Person, other_member: Person
) -> None:
    assert ask.get("/notices", by=other_member).json["data"] == []
    assert ask.get(f"/notices/{only(ask, member)['id']}", by=other_member).status_code == 404


@pytest.mark.usefixtures("ready")
def test_a_failed_one_is_queued_again_and_another_is_not(ask: Asker, librarian: Person) -> None:
    path = f"/notices/{only(ask, librarian)['id']}/retries"
    refused = ask.post(path, by=librarian)
    assert (refused.status_code, refused.json["code"]) == (409, "notice-state")
    Notice.update(status="failed", error="550 no such user").execute()
    again = ask.post(path, by=librarian)
    assert (again.status_code, again.json["status"], again.json["error"]) == (200, "queued", None)


@pytest.mark.usefixtures("ready")
def test_letters_are_one_page_and_are_printed_once(
    ask: Asker, librarian: Person, member: Person
) -> None:
    Notice.update(channel="print").execute()
    amend(member.id, address="1 High Street\nAnytown <b>")
    page = ask.get("/notices/print", by=librarian)
    assert page.content_type == "text/html; charset=utf-8"
    assert page.text.count('<article class="letter"') == 1
    assert "1 High Street\nAnytown &lt;b&gt;" in page.text
    letter_id = only(ask, librarian)["id"]
    assert ask.post("/notices/print", {"ids": [letter_id]}, by=librarian).json == {"printed": 1}
    printed = only(ask, librarian)
    assert (printed["status"], printed["sent_at"] is None) == ("printed", False)
    assert "Middlemarch" in printed["body"]
    again = ask.post("/notices/print", {"ids": [letter_id]}, by=librarian)
    assert (again.status_code, again.json["code"]) == (409, "notice-state")
    assert "<article" not in ask.get("/notices/print", by=librarian).text


@pytest.mark.usefixtures("ready")
def test_of_letters_one_of_which_does_not_wait_none_is_printed(
    ask: Asker, librarian: Person
) -> None:
    Notice.update(channel="print").execute()
    letter_id = only(ask, librarian)["id"]
    answer = ask.post("/notices/print", {"ids": [letter_id, 999_999]}, by=librarian)
    assert answer.status_code == 404
    assert only(ask, librarian)["status"] == "queued"


def test_letters_that_no_longer_hold_are_not_on_the_page_and_reading_it_changes_nothing(
    ask: Asker, ready: dict[str, Any], librarian: Person, member: Person
) -> None:
    Notice.update(channel="print").execute()
    assert ask.delete(f"/holds/{ready['id']}", by=member).status_code < 300
    assert "<article" not in ask.get("/notices/print", by=librarian).text
    assert only(ask, librarian)["status"] == "queued"


def test_the_nightly_job_cancels_letters_that_no_longer_hold(
    app: Octavo, ask: Asker, ready: dict[str, Any], librarian: Person, member: Person
) -> None:
    Notice.update(channel="print").execute()
    assert ask.delete(f"/holds/{ready['id']}", by=member).status_code < 300
    nightly_job(app.config["SETTINGS"])
    told = only(ask, librarian)
    assert (told["status"], told["error"]) == ("cancelled", "It no longer holds.")


def test_a_token_is_never_shown(ask: Asker, librarian: Person, member: Person) -> None:
    Notice.delete().execute()
    assert ask.post("/auth/password-resets", {"email": member.email}).status_code == 202
    told = only(ask, librarian)
    assert told["kind"] == "password-reset"
    assert "…" in told["body"]
    assert len(max(told["body"].split(), key=len)) < 40


@pytest.mark.peer
def test_a_reset_is_mailed_with_a_token_that_sets_a_new_password(
    app: Octavo, ask: Asker, member: Person, mailbox: Mailbox
) -> None:
    Notice.delete().execute()
    ask.post("/auth/password-resets", {"email": member.email})
    send(app, mailbox)
    [mail] = mailbox.taken
    body = mail.get_body(("plain",))
    assert body is not None
    token = max(body.get_content().split(), key=len)
    new = {"token": token, "new_password": "another long password"}
    assert ask.put("/auth/password-resets", new).status_code == 204
    shown = only(ask, member_again(member))
    assert token not in shown["body"]


def member_again(member: Person) -> Person:
    return Person(member.id, member.email, basic(member.email, "another long password"))


def send(app: Octavo, mailbox: Mailbox) -> None:
    send_notices(replace(app.config["SETTINGS"], smtp_url=smtp.server(mailbox.url)))


@pytest.mark.peer
def test_a_password_that_was_changed_meanwhile_ends_the_mail(
    app: Octavo, ask: Asker, member: Person, mailbox: Mailbox
) -> None:
    Notice.delete().execute()
    ask.post("/auth/password-resets", {"email": member.email})
    password_reset.end_all(member.id)
    send(app, mailbox)
    assert mailbox.taken == []
    assert only(ask, member)["status"] == "cancelled"


@pytest.mark.usefixtures("ready")
def test_deleting_a_member_leaves_notices_without_words(
    ask: Asker, admin: Person, librarian: Person, member: Person
) -> None:
    [told] = ask.get(f"/notices?user_id={member.id}", by=librarian).json["data"]
    Notice.update(status="sent", subject="Dear Ada", body="Dear Ada").execute()
    ask.delete(f"/users/{member.id}", by=admin)
    left = ask.get(f"/notices/{told['id']}", by=librarian).json
    assert (left["user_id"], left["subject"], left["body"]) == (None, None, None)


@pytest.mark.settings(NOTICES="hold-ready=off")
@pytest.mark.usefixtures("ready")
def test_what_the_library_switches_off_is_not_queued(ask: Asker, librarian: Person) -> None:
    assert ask.get("/notices", by=librarian).json["data"] == []


def test_the_nightly_job_queues_what_is_due(ask: Asker, librarian: Person, member: Person) -> None:
    amend(member.id, expires_on=timestamp()[:10])
    nightly.queue(now(), "night")
    told = only(ask, librarian, "?kind=membership-ending")
    assert told["user_id"] == member.id

"""News written at the desk, the queue of a title arranged, receipts of payments."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from models.hold import Hold
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.desks import HOSTILE, Desk
from tests.support.people import Person
from tests.support.shelves import Shelves


def _day(ahead: int) -> str:
    return str((datetime.now(UTC) + timedelta(days=ahead)).date())


def test_news_are_written_seen_by_readers_mended_and_deleted(desk: Desk) -> None:
    desk.browsing.go("/desk/news/new")
    desk.click("/desk/news/new", title="Open on Sundays", content=HOSTILE)
    [post] = desk.ask.get("/posts").json["data"]
    assert (post["title"], post["content"]) == ("Open on Sundays", HOSTILE)
    assert "Open on Sundays" in desk.browsing.go("/").text
    path = f"/desk/news/{post['id']}"
    desk.browsing.go(path)
    desk.click(path, title="Open on Mondays")
    assert "Open on Mondays" in desk.browsing.go("/news").text
    desk.browsing.go(path)
    desk.click(f"{path}/deletion")
    assert desk.ask.get("/posts").json["data"] == []


def test_a_draft_is_no_news_for_readers(desk: Desk) -> None:
    desk.browsing.go("/desk/news/new")
    form = dict(desk.browsing.page.xpath('//form[@action="/desk/news/new"]')[0].form_values())
    form.pop("published")
    desk.browsing.send("/desk/news/new", {**form, "title": "Later", "content": "Soon"})
    assert "draft" in desk.browsing.text
    assert "Later" not in desk.browsing.go("/news").text


def test_news_without_a_text_are_refused_and_kept_in_the_form(desk: Desk) -> None:
    desk.browsing.go("/desk/news/new")
    desk.click("/desk/news/new", title="Open", content=" ")
    assert desk.browsing.status == 400
    assert desk.browsing.page.xpath('//input[@name="title"]/@value') == ["Open"]


def test_a_librarian_withdraws_news_of_another_but_rewrites_none(desk: Desk) -> None:
    body = {"title": "Old", "content": "News", "published": True}
    post = desk.ask.post("/posts", body, by=desk.admin).json
    path = f"/desk/news/{post['id']}"
    page = desk.browsing.go(path).page
    assert page.xpath(f'//form[@action="{path}"]//*[@name="title"]') == []
    form = dict(page.xpath(f'//form[@action="{path}"]')[0].form_values())
    form.pop("published")
    desk.browsing.send(path, form)
    post = desk.ask.get(f"/posts/{post['id']}", by=desk.admin).json
    assert (post["published"], post["content"]) == (False, "News")


def _queue(desk: Desk, book: int) -> list[int]:
    holds = desk.ask.get(f"/holds?book_id={book}&status=waiting", by=desk.admin).json["data"]
    return [one["user_id"] for one in sorted(holds, key=lambda one: one["position"])]


def test_a_hold_is_moved_in_the_queue(desk: Desk) -> None:
    book = desk.copies("B-1")
    members = [desk.member(f"C-{number}") for number in range(3)]
    desk.scan("C-0").scan("B-1")
    for member in members[1:]:
        desk.ask.post("/holds", {"book_id": book, "user_id": member}, by=desk.admin)
    assert _queue(desk, book) == members[1:]
    last = desk.ask.get(f"/holds?user_id={members[2]}", by=desk.admin).json["data"][0]["id"]
    desk.browsing.go(f"/desk/books/{book}")
    desk.click(f"/desk/books/{book}/holds/{last}", position="1")
    assert desk.browsing.status == 200
    assert _queue(desk, book) == [members[2], members[1]]


def test_a_place_in_the_queue_that_is_none_is_told(desk: Desk) -> None:
    book = desk.copies("B-1")
    desk.member("C-1")
    desk.scan("C-1").scan("B-1")
    body = {"book_id": book, "user_id": desk.member("C-2")}
    hold = desk.ask.post("/holds", body, by=desk.admin).json["id"]
    desk.browsing.go(f"/desk/books/{book}")
    desk.click(f"/desk/books/{book}/holds/{hold}", position="first")
    assert desk.browsing.status == 400
    assert desk.browsing.page.xpath("//*[@role='alert']")


def test_a_hold_is_suspended_and_resumed_at_the_desk(desk: Desk) -> None:
    book = desk.copies("B-1")
    body = {"book_id": book, "user_id": desk.member("C-1")}
    hold = desk.ask.post("/holds", body, by=desk.admin).json["id"]
    path = f"/desk/books/{book}/holds/{hold}"
    for day in (_day(9), ""):
        page = desk.browsing.go(f"/desk/books/{book}").page
        form = page.xpath(f'//form[@action="{path}"][.//input[@name="suspended_until"]]')[0]
        desk.browsing.send(path, {**dict(form.form_values()), "suspended_until": day})
        found = desk.ask.get(f"/holds/{hold}", by=desk.admin).json
        assert found["suspended_until"] == (day or None)


def test_a_ready_hold_is_kept_longer(desk: Desk) -> None:
    book = desk.copies("B-1")
    body = {"book_id": book, "user_id": desk.member("C-1")}
    hold = desk.ask.post("/holds", body, by=desk.admin).json["id"]
    desk.scan("B-1")
    before = desk.ask.get(f"/holds/{hold}", by=desk.admin).json["expires_at"]
    desk.browsing.go(f"/desk/books/{book}")
    desk.click(f"/desk/books/{book}/holds/{hold}", expires_on=_day(60))
    assert desk.ask.get(f"/holds/{hold}", by=desk.admin).json["expires_at"] > before


def _cells(row: Any) -> list[str]:
    return [" ".join(one.text_content().split()) for one in row.xpath("td|th")]


def test_a_payment_has_a_receipt_with_every_fee_and_the_sum(desk: Desk) -> None:
    desk.member("C-1")
    desk.scan("C-1")
    desk.click("/desk/fees", amount="12.50", note=HOSTILE, kind="damage")
    desk.click("/desk/fees", amount="0.50", note="Copies", kind="manual")
    form = desk.browsing.page.xpath('//form[@action="/desk/payments"]')[-1]
    desk.browsing.send("/desk/payments", dict(form.form_values()))
    [path] = desk.browsing.page.xpath("//*[@id='outcome']//a/@href")
    desk.browsing.go(path)
    assert HOSTILE in desk.browsing.text
    told = [_cells(row) for row in desk.browsing.page.xpath("//tr")]
    assert told[1:] == [["Charge: Copies", "€0.50"], ["Total", "€13.00"]]
    assert "Name of C-1 C-1" in desk.browsing.text


def test_a_receipt_stays_whole_when_its_member_is_erased(desk: Desk) -> None:
    member = desk.member("C-1")
    for cents in (100, 200, 300):
        fee = {"user_id": member, "amount": cents, "note": f"Note {cents}"}
        desk.ask.post("/fees", fee, by=desk.admin)
    paid = {"amount": 600, "method": "cash"}
    desk.ask.post(f"/users/{member}/payments", paid, by=desk.admin)
    desk.ask.delete(f"/users/{member}", by=desk.admin)
    told = [_cells(row) for row in desk.browsing.go("/print/receipts/2").page.xpath("//tr")]
    assert [amount for _, amount in told] == ["€1.00", "€2.00", "€3.00", "€6.00"]


def test_a_suspension_that_is_over_is_not_told(desk: Desk, shelves: Shelves) -> None:
    book, reader = shelves.book("Emma"), shelves.member("Anna")
    shelves.lend(book["barcodes"][0], shelves.member())
    hold = {"book_id": book["id"], "user_id": reader.id}
    desk.ask.post("/holds", hold, by=desk.admin)
    pages = (f"/desk/books/{book['id']}", f"/desk?member={reader.id}")
    for until, is_told in ((_day(1), True), (_day(0), False), (_day(-2), False)):
        Hold.update(suspended_until=until).execute()
        for page in pages:
            text = desk.browsing.go(page).text
            assert bool(re.search(r"uspended until \w+ \d", text)) == is_told, (page, until)
        own = desk.browsing.sign_in(reader).go("/account")
        assert [word in own.text for word in ("Suspended until", "Resume")] == [is_told, is_told]
        desk.browsing.sign_in(desk.admin)


def test_holds_on_single_copies_are_told_apart(desk: Desk, shelves: Shelves) -> None:
    book, reader, other = shelves.book("Atlas", 2), shelves.member("Anna"), shelves.member()
    for barcode in book["barcodes"]:
        lent = {"barcode": barcode, "user_id": other.id}
        waived = {"codes": ["title-on-loan"], "reason": "Volumes"}
        desk.ask.post("/loans", {**lent, "override": waived}, by=desk.admin)
        hold = {"barcode": barcode, "user_id": reader.id}
        assert desk.ask.post("/holds", hold, by=desk.admin).status_code == 201
    for page in (f"/desk/books/{book['id']}", f"/desk?member={reader.id}"):
        for barcode in book["barcodes"]:
            assert f"Only copy {barcode}" in desk.browsing.go(page).text
    buttons = (
        desk.browsing.sign_in(reader)
        .go("/account")
        .page.xpath("//form[contains(@action, 'cancellation')]/button/@aria-label")
    )
    assert buttons == [f"Cancel the hold on Atlas {barcode}" for barcode in book["barcodes"]]


def test_a_receipt_says_what_was_taken_back(desk: Desk) -> None:
    desk.member("C-1")
    desk.scan("C-1").click("/desk/fees", amount="10", note="Chair", kind="damage")
    form = desk.browsing.page.xpath('//form[@action="/desk/payments"]')[-1]
    desk.browsing.send("/desk/payments", dict(form.form_values()))
    desk.undo()
    [path] = desk.browsing.go("/desk/payments").page.xpath("//tbody//a/@href")
    page = desk.browsing.go(path).page
    assert [_cells(row) for row in page.xpath("//tr")] == [
        ["Damage: Chair (taken back)", "€10.00"],
        ["Total", "€0.00"],
    ]


def test_older_payments_are_a_page_further_on(
    browsing: Browsing, ask: Asker, admin: Person, member: Person
) -> None:
    for cents in range(1, 24):
        ask.post("/fees", {"user_id": member.id, "amount": cents, "note": "Copies"}, by=admin)
    ask.post(
        f"/users/{member.id}/payments", {"amount": sum(range(1, 24)), "method": "cash"}, by=admin
    )
    browsing.sign_in(admin)
    latest = browsing.go(f"/desk/payments?user_id={member.id}").page
    [onward] = latest.xpath("//a[@rel='next']/@href")
    older = browsing.go(onward).page
    shown = [_cells(row)[1] for page in (latest, older) for row in page.xpath("//tbody/tr")]
    assert shown == [f"€0.{cents:02}" for cents in range(23, 0, -1)]
    assert not older.xpath("//a[@rel='next']")


def test_a_receipt_is_closed_to_members(
    browsing: Browsing, ask: Asker, admin: Person, member: Person
) -> None:
    fee = {"user_id": member.id, "amount": 5, "note": "Tea"}
    made = ask.post("/fees", fee, by=admin).json["id"]
    ask.post(f"/fees/{made}/payments", {"amount": 5, "method": "cash"}, by=admin)
    browsing.sign_in(member)
    assert browsing.go("/print/receipts/1").status == 403


def test_a_wrong_day_of_pick_up_is_told_by_the_name_of_its_field(desk: Desk) -> None:
    desk.member("C-1")
    book = desk.copies("B-1")
    hold = desk.ask.post("/holds", {"book_id": book, "card_number": "C-1"}, by=desk.admin).json
    desk.scan("B-1").browsing.go(f"/desk/books/{book}")
    desk.click(f"/desk/books/{book}/holds/{hold['id']}", expires_on="2020-01-01")
    assert "To be fetched until: This is before today" in desk.browsing.text


def test_a_card_that_no_hold_is_placed_for_is_kept_to_be_mended(desk: Desk) -> None:
    book = desk.copies("B-1")
    desk.browsing.go(f"/desk/books/{book}").fill(f"/desk/books/{book}/holds", card_number="C-11")
    assert desk.browsing.status == 404
    assert desk.browsing.page.xpath("//input[@name='card_number']/@value") == ["C-11"]

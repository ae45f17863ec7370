"""Members with many loans, titles with many copies: shown by pages, in as many statements."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from api.app import Octavo
from models.database import database
from tests.support.asking import Asker
from tests.support.browsing import Browsing
from tests.support.desks import Desk
from tests.support.people import Person
from tests.support.shelves import Shelves

LISTS = {
    "account": "pages.reader.account",
    "book": "pages.reader.book",
    "desk": "pages.desk.counter",
}


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three loans, holds or copies on a page."""
    for module in LISTS.values():
        monkeypatch.setattr(f"{module}._PER_PAGE", 3)


@pytest.fixture
def reader(shelves: Shelves) -> Person:
    """A member."""
    return shelves.member("Reader")


def _titles(browsing: Browsing, within: str) -> list[str]:
    return [
        str(one)
        for one in browsing.page.xpath(f"{within}//a[starts-with(@href, '/books/')]/text()")
    ]


def _statements(deed: Callable[[], object]) -> list[str]:
    """What is sent meanwhile, but the count of a list, which a page that is not full spares."""
    sent: list[str] = []

    def note(event: object) -> None:
        sent.append(str(getattr(event, "sql", "")))

    database.obj.query_hooks.append(note)
    deed()
    database.obj.query_hooks.remove(note)
    return [sql for sql in sent if "COUNT(*)" not in sql]


def _lend(shelves: Shelves, reader: Person, *titles: str) -> None:
    for title in titles:
        shelves.lend(shelves.book(title)["barcodes"][0], reader)


def test_my_account_shows_every_loan_by_pages(
    browsing: Browsing, shelves: Shelves, reader: Person
) -> None:
    _lend(shelves, reader, "One", "Two", "Three", "Four")
    browsing.sign_in(reader).go("/account")
    shown = _titles(browsing, "//table")
    assert "Page 1 of 2" in browsing.text
    browsing.go(browsing.page.xpath('//a[@rel="next"]/@href')[0])
    assert sorted([*shown, *_titles(browsing, "//table")]) == ["Four", "One", "Three", "Two"]


def test_my_account_shows_every_hold_by_pages(
    browsing: Browsing, ask: Asker, shelves: Shelves, reader: Person
) -> None:
    for title in ("One", "Two", "Three", "Four"):
        book = shelves.book(title)
        shelves.lend(book["barcodes"][0], shelves.member())
        ask.post("/holds", {"book_id": book["id"]}, by=reader)
    browsing.sign_in(reader).go("/account")
    shown = _titles(browsing, "//table")
    browsing.go(browsing.page.xpath('//a[@rel="next"]/@href')[0])
    assert sorted([*shown, *_titles(browsing, "//table")]) == ["Four", "One", "Three", "Two"]


def test_my_account_takes_as_many_statements_however_many_loans_it_decides_on(
    browsing: Browsing, shelves: Shelves, reader: Person
) -> None:
    browsing.sign_in(reader)
    counts = []
    for title in ("One", "Two", "Three"):
        _lend(shelves, reader, title)
        browsing.go("/account")
        counts.append(len(_statements(lambda: browsing.go("/account"))))
        assert len(_titles(browsing, "//table")) == len(counts)
    assert len(set(counts)) == 1


def test_a_loan_on_another_page_is_renewed_too(
    browsing: Browsing, shelves: Shelves, reader: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.frame.visit._AT_ONCE", 2)
    _lend(shelves, reader, "One", "Two", "Three", "Four")
    (form,) = browsing.sign_in(reader).go("/account").page.xpath('//form[@class="all"]')
    browsing.send("/account/renewals", dict(form.form_values()))
    assert browsing.text.count("Not renewed: ") == 4


def test_a_title_shows_every_copy_by_pages_in_as_many_statements(
    browsing: Browsing, shelves: Shelves
) -> None:
    book = shelves.book("Serial")
    browsing.go(f"/books/{book['id']}")
    counts = []
    for number in range(2):
        shelves.copy(book["id"], shelfmark=f"S {number}")
        counts.append(len(_statements(lambda: browsing.go(f"/books/{book['id']}"))))
    for number in range(2, 4):
        shelves.copy(book["id"], shelfmark=f"S {number}")
    counts.append(len(_statements(lambda: browsing.go(f"/books/{book['id']}"))))
    assert len(set(counts)) == 1
    assert len(browsing.page.xpath("//tbody/tr")) == 3
    browsing.go(browsing.page.xpath('//a[@rel="next"]/@href')[0])
    assert browsing.page.xpath("//tbody/tr/td[2]/text()") == ["S 2", "S 3"]


def test_copies_that_are_withdrawn_are_not_shown(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    book = shelves.book("Serial", copies=0)
    copy = shelves.copy(book["id"])
    ask.delete(f"/copies/{copy['id']}", by=admin)
    assert browsing.go(f"/books/{book['id']}").page.xpath("//tbody/tr") == []


def test_the_desk_counts_all_loans_of_a_member_and_leads_to_every_one(
    desk: Desk, shelves: Shelves, reader: Person
) -> None:
    _lend(shelves, reader, "One", "Two", "Three", "Four")
    browsing = desk.browsing.go(f"/desk?member={reader.id}")
    member = "//section[@id='member']"
    assert browsing.page.xpath(f"{member}/h3/text()") == ["4 loans"]
    shown = _titles(browsing, member)
    browsing.go(browsing.page.xpath(f'{member}//a[@rel="next"]/@href')[0])
    assert sorted([*shown, *_titles(browsing, member)]) == ["Four", "One", "Three", "Two"]


def test_the_desk_renews_every_loan_of_a_member(
    desk: Desk, shelves: Shelves, reader: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.frame.visit._AT_ONCE", 2)
    _lend(shelves, reader, "One", "Two", "Three", "Four", "Five")
    browsing = desk.browsing.go(f"/desk?member={reader.id}")
    form = browsing.page.xpath('//form[@action="/desk/renewals"]')[-1]
    browsing.send("/desk/renewals", dict(form.form_values()))
    assert len(browsing.page.xpath("//section[@id='outcome']//li")) == 5


def test_the_desk_takes_as_many_statements_however_many_loans_it_shows(
    desk: Desk, shelves: Shelves, reader: Person
) -> None:
    counts = []
    for title in ("One", "Two", "Three", "Four"):
        _lend(shelves, reader, title)
        counts.append(len(_statements(lambda: desk.browsing.go(f"/desk?member={reader.id}"))))
    assert len(set(counts[1:])) == 1


def test_each_list_of_a_page_says_what_its_pages_are_of(
    desk: Desk, ask: Asker, shelves: Shelves, admin: Person, reader: Person
) -> None:
    _lend(shelves, reader, "One", "Two", "Three", "Four")
    for title in ("Five", "Six", "Seven", "Eight"):
        book = shelves.book(title)
        shelves.lend(book["barcodes"][0], shelves.member())
        ask.post("/holds", {"book_id": book["id"], "user_id": reader.id}, by=admin)
    named = '//nav[@class="pages"]/@aria-label'
    desk.browsing.go(f"/desk?member={reader.id}")
    assert desk.browsing.page.xpath(named) == ["Pages: 4 loans", "Pages: 4 holds"]


@pytest.fixture
def three_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three records of a list in one answer of the API, where a page needs all of them."""
    monkeypatch.setattr("pages.frame.visit._AT_ONCE", 3)


def _set_aside(ask: Asker, shelves: Shelves, admin: Person, *titles: str) -> list[int]:
    """A hold that is ready on each title; their ids."""
    ids = []
    for title in titles:
        barcode = shelves.book(title)["barcodes"][0]
        shelves.lend(barcode, shelves.member())
        book_id = ask.get(f"/copies?barcode={barcode}", by=admin).json["data"][0]["book_id"]
        wanted = {"book_id": book_id, "user_id": shelves.member(f"Waits for {title}").id}
        ids.append(ask.post("/holds", wanted, by=admin).json["id"])
        ask.post("/returns", {"barcode": barcode}, by=admin)
    return ids


@pytest.mark.usefixtures("three_at_once")
def test_the_slip_of_a_hold_is_printed_however_many_are_ready(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    first, *_, last = _set_aside(ask, shelves, admin, "One", "Two", "Three", "Four")
    browsing.sign_in(admin).go(f"/print/slips?hold_id={first}&hold_id={last}&hold_id=77&hold_id=x")
    assert browsing.page.xpath("//section//h2/text()") == ["Waits for One", "Waits for Four"]


def test_no_slip_is_printed_of_a_hold_that_is_not_ready(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    book = shelves.book("One")
    shelves.lend(book["barcodes"][0], shelves.member())
    wanted = {"book_id": book["id"], "user_id": shelves.member().id}
    hold_id = ask.post("/holds", wanted, by=admin).json["id"]
    browsing.sign_in(admin).go(f"/print/slips?hold_id={hold_id}")
    assert "No hold is ready." in browsing.text


@pytest.mark.usefixtures("three_at_once")
def test_the_slips_of_all_holds_that_are_ready_are_printed(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    _set_aside(ask, shelves, admin, "One", "Two", "Three", "Four", "Five", "Six", "Seven")
    browsing.sign_in(admin).go("/print/slips")
    assert len(browsing.page.xpath("//section")) == 7


@pytest.mark.usefixtures("three_at_once")
def test_the_slip_of_loans_has_every_loan_of_a_member(
    browsing: Browsing, shelves: Shelves, admin: Person, reader: Person
) -> None:
    _lend(shelves, reader, "One", "Two", "Three", "Four", "Five", "Six", "Seven")
    browsing.sign_in(admin).go(f"/print/slips?user_id={reader.id}")
    assert len(browsing.page.xpath("//section//li")) == 7


@pytest.mark.usefixtures("three_at_once")
def test_a_receipt_has_every_payment_of_its_note(
    browsing: Browsing, ask: Asker, admin: Person, reader: Person
) -> None:
    for amount in range(101, 108):
        fee = {"user_id": reader.id, "amount": amount, "kind": "manual", "note": "Printing"}
        assert ask.post("/fees", fee, by=admin).status_code == 201
    paid = {"amount": 728, "method": "cash"}
    note = ask.post(f"/users/{reader.id}/payments", paid, by=admin).json["payments"][0]
    browsing.sign_in(admin).go(f"/print/receipts/{note['id']}")
    assert "€7.28" in browsing.text
    assert "€1.07" in browsing.text


@pytest.mark.usefixtures("three_at_once")
def test_every_fee_of_a_member_is_shown_with_its_title(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person, reader: Person
) -> None:
    titles = ["One", "Two", "Three", "Four"]
    lent = [shelves.lend(shelves.book(title)["barcodes"][0], reader) for title in titles]
    for loan in lent:
        ask.post(f"/loans/{loan['id']}/lost", {}, by=admin)
    browsing.sign_in(reader).go("/account")
    assert sorted(browsing.page.xpath("//section[h2/@id='fees']//em/text()")) == sorted(titles)


@pytest.mark.usefixtures("three_at_once")
def test_all_policies_and_closures_are_shown(browsing: Browsing, ask: Asker, admin: Person) -> None:
    for number in range(1, 5):
        policy = {"member_category": f"kind {number}", "loan_days": 7, "hold_shelf_days": 7}
        ask.post("/policies", policy, by=admin)
        day = f"2099-03-0{number}"
        closure = {"starts_on": day, "ends_on": day, "reason": f"Feast {number}"}
        ask.post("/closures", closure, by=admin)
    browsing.sign_in(admin).go("/desk/policies")
    assert all(f"kind {number}" in browsing.text for number in range(1, 5))
    browsing.go("/desk/calendar")
    assert all(f"Feast {number}" in browsing.text for number in range(1, 5))


def test_an_order_shows_the_copies_that_came_with_it_and_no_other(
    desk: Desk, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    order = _received(ask, admin, "OR-1")
    shelves.copy(order["book_id"], barcode="GIFT-1")
    path = f"/desk/orders/{order['id']}"
    listed = '//ul[@class="lines"]//a/text()'
    assert desk.browsing.go(path).page.xpath(listed) == ["OR-1"]
    (form,) = desk.browsing.page.xpath('//ul[@class="lines"]//form')
    desk.browsing.send(form.get("action"), dict(form.form_values()))
    assert desk.browsing.status == 200
    assert ask.get(f"/orders/{order['id']}", by=admin).json["received"] == 0
    assert desk.browsing.page.xpath(listed) == []


def test_an_order_shows_every_copy_that_came_with_it(desk: Desk, ask: Asker, admin: Person) -> None:
    barcodes = [f"OR-{number}" for number in range(102)]
    order = _received(ask, admin, *barcodes)
    desk.browsing.go(f"/desk/orders/{order['id']}")
    assert sorted(desk.browsing.page.xpath('//ul[@class="lines"]//a/text()')) == sorted(barcodes)


def _received(ask: Asker, admin: Person, *barcodes: str) -> dict[str, Any]:
    """An order that has come whole."""
    asked = ask.post("/orders", {"title": "Emma", "quantity": len(barcodes)}, by=admin).json
    path = f"/orders/{asked['id']}"
    for status in ("approved", "ordered"):
        ask.patch(path, {"status": status}, by=admin)
    came: dict[str, Any] = ask.post(f"{path}/receipts", {"barcodes": barcodes}, by=admin).json[
        "order"
    ]
    return came


def test_faults_of_an_import_are_shown_by_pages(browsing: Browsing, admin: Person) -> None:
    lines = b"title,isbn\n" + b"".join(b",9780141439679\n" for _ in range(21))
    browsing.sign_in(admin).go("/start").fill("/start/imports", file=(BytesIO(lines), "books.csv"))
    assert len(browsing.page.xpath("//main//li")) == 20
    browsing.go(browsing.page.xpath('//main//a[@rel="next"]/@href')[0])
    assert len(browsing.page.xpath("//main//li")) == 1


def test_a_list_ends_at_the_last_page_that_can_be_had_by_number(
    app: Octavo, browsing: Browsing, shelves: Shelves, reader: Person
) -> None:
    _lend(shelves, reader, *(f"Title {number}" for number in range(7)))
    app.jinja_env.globals["last_numbered_row"] = 7
    first = browsing.sign_in(reader).go("/account")
    [onward] = first.page.xpath("//a[@rel='next']/@href")
    assert "narrow the search" not in first.text
    last = browsing.go(onward)
    assert last.page.xpath("//a[@rel='next']") == []
    assert "Page 2 of 3 The list cannot be leafed through further: narrow the search." in last.text

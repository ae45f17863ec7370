"""My account: loans, renewals, holds, fees, password, PIN, details."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from api.app import Octavo
from api.auth import resets
from models.audit import Audit
from tests.support.asking import Asker
from tests.support.between import Between
from tests.support.browsing import Browsing
from tests.support.desks import Desk
from tests.support.people import PASSWORD, Person
from tests.support.shelves import Shelves

NEW = "another long password"
SWITCHES = "//form[@action='/account/notices']"
DETAILS = "//form[@action='/account/details']"


@pytest.fixture
def reader(shelves: Shelves) -> Person:
    """A member with a card."""
    return shelves.member("Reader")


def _due(ask: Asker, person: Person) -> list[str]:
    return [one["due_at"] for one in ask.get("/loans", by=person).json["data"]]


def test_all_loans_are_renewed_at_once_and_each_answer_is_told(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person, reader: Person
) -> None:
    for title in ("One", "Two"):
        loan = shelves.lend(shelves.book(title)["barcodes"][0], reader)
        _bring_forward(ask, loan, admin)
    wanted = shelves.book("Wanted")
    _bring_forward(ask, shelves.lend(wanted["barcodes"][0], reader), admin)
    ask.post("/holds", {"book_id": wanted["id"], "user_id": shelves.member().id}, by=admin)
    before = _due(ask, reader)
    (form,) = browsing.sign_in(reader).page.xpath('//form[@class="all"]')
    browsing.send("/account/renewals", dict(form.form_values()))
    assert [bool(re.search(f"Renewed until .*: {one}", browsing.text)) for one in ("One", "Two")]
    assert "Not renewed: Wanted" in browsing.text
    assert "Others are waiting for this title." in browsing.text
    after = _due(ask, reader)
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 2


def _bring_forward(ask: Asker, loan: dict[str, object], by: Person) -> None:
    """Let it be due tomorrow, so that renewing gains days."""
    day = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    body = {"due_on": day, "reason": "for the test"}
    assert ask.patch(f"/loans/{loan['id']}", body, by=by).status_code == 200


def test_the_form_of_a_renewal_sent_twice_renews_once(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person, reader: Person
) -> None:
    _bring_forward(ask, shelves.lend(shelves.book("One")["barcodes"][0], reader), admin)
    browsing.sign_in(reader)
    (form,) = browsing.page.xpath('//form[@class="all"]')
    fields = dict(form.form_values())
    for _ in range(2):
        browsing.send("/account/renewals", fields)
        assert "Renewed until" in browsing.text
    assert [one["renewals"] for one in ask.get("/loans", by=reader).json["data"]] == [1]


def test_a_loan_of_somebody_else_is_not_renewed(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person, reader: Person
) -> None:
    other = shelves.member()
    loan = shelves.lend(shelves.book("Theirs")["barcodes"][0], other)
    _bring_forward(ask, loan, admin)
    browsing.sign_in(reader)
    token = browsing.page.xpath('//input[@name="form_token"]/@value')[0]
    browsing.send("/account/renewals", {"form_token": token, "loan_id": str(loan["id"])})
    assert "Theirs" not in browsing.text
    assert [one["renewals"] for one in ask.get("/loans", by=other).json["data"]] == [0]


def test_a_hold_is_cancelled(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person, reader: Person
) -> None:
    book = shelves.book("Wanted")
    shelves.lend(book["barcodes"][0], shelves.member())
    hold = ask.post("/holds", {"book_id": book["id"]}, by=reader).json
    browsing.sign_in(reader)
    assert "Place 1 in the queue" in browsing.text
    browsing.fill(f"/account/holds/{hold['id']}/cancellation")
    assert "You have no holds." in browsing.text


def test_a_hold_of_somebody_else_is_not_there(
    browsing: Browsing, ask: Asker, shelves: Shelves, reader: Person
) -> None:
    book, other = shelves.book("Wanted"), shelves.member()
    shelves.lend(book["barcodes"][0], shelves.member())
    hold = ask.post("/holds", {"book_id": book["id"]}, by=other).json
    browsing.sign_in(reader)
    token = browsing.page.xpath('//input[@name="form_token"]/@value')[0]
    browsing.send(f"/account/holds/{hold['id']}/cancellation", {"form_token": token})
    assert browsing.status == 404


def test_fees_are_told_with_what_they_are_for(
    browsing: Browsing, ask: Asker, admin: Person, reader: Person
) -> None:
    ask.post("/fees", {"user_id": reader.id, "amount": 250, "note": "Spilt <b>tea</b>"}, by=admin)
    browsing.sign_in(reader)
    assert "Charge: Spilt <b>tea</b>" in browsing.text
    assert "You owe €2.50." in browsing.text


def test_money_that_the_library_is_to_give_back_is_told_as_such(
    desk: Desk, ask: Asker, admin: Person, reader: Person, shelves: Shelves
) -> None:
    book = shelves.book("Emma", copies=0)
    copy = shelves.copy(book["id"], price=1500)
    loan = shelves.lend(copy["barcode"], reader)
    ask.post(f"/loans/{loan['id']}/lost", by=admin)
    ask.post(f"/users/{reader.id}/payments", {"amount": 1500, "method": "cash"}, by=admin)
    assert "€15.00 to pay back" in desk.scan(copy["barcode"]).outcome
    assert "The library owes you €15.00." in desk.browsing.sign_in(reader).go("/account").text


def test_a_fee_of_a_loan_names_its_title(
    browsing: Browsing, ask: Asker, admin: Person, reader: Person, shelves: Shelves
) -> None:
    shelves.lend(shelves.book("Wanted <b>soon</b>")["barcodes"][0], reader)
    [loan] = ask.get(f"/loans?user_id={reader.id}", by=admin).json["data"]
    ask.post(f"/loans/{loan['id']}/lost", by=admin)
    browsing.sign_in(reader)
    assert "Wanted <b>soon</b>" in browsing.page.xpath("string(//*[@aria-labelledby='fees'])")


def test_a_new_password_signs_in_and_the_old_one_does_not(
    app: Octavo, browsing: Browsing, reader: Person
) -> None:
    browsing.sign_in(reader).go("/account/password")
    browsing.fill("/account/password", current_password=PASSWORD, new_password=NEW)
    assert "The password is changed." in browsing.text
    other = Browsing(app).go("/sign-in").fill("/sign-in", name=reader.email, secret=PASSWORD)
    assert other.status == 401
    other.fill("/sign-in", name=reader.email, secret=NEW)
    assert other.answer.request.path == "/account"


def test_a_member_without_a_password_is_not_asked_for_the_present_one(
    browsing: Browsing, ask: Asker, admin: Person
) -> None:
    for card, email in (("C-1", None), ("C-2", "ada@example.org")):
        body = {"last_name": "Byron", "card_number": card, "email": email}
        made = ask.post("/users", body, by=admin).json
        ask.put(f"/users/{made['id']}/pin", {"pin": "4817"}, by=admin)
    browsing.go("/sign-in").fill("/sign-in", name="C-1", secret="4817").go("/account")
    assert not browsing.page.xpath("//a[starts-with(@href, '/account/password')]")
    browsing.fill("/sign-out").go("/sign-in").fill("/sign-in", name="C-2", secret="4817")
    (link,) = browsing.page.xpath("//a[starts-with(@href, '/account/password')]/@href")
    assert link == "/account/password/forgotten"


@pytest.mark.parametrize(
    ("current", "new", "told"),
    [
        ("wrong", NEW, "The current password is wrong."),
        (PASSWORD, "short", "The new password needs 8 to 128 characters"),
        (PASSWORD, "password", "The new password needs 8 to 128 characters"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_told(
    browsing: Browsing, reader: Person, current: str, new: str, told: str
) -> None:
    browsing.sign_in(reader).go("/account/password")
    browsing.fill("/account/password", current_password=current, new_password=new)
    assert browsing.status in (400, 403)
    assert told in browsing.text


def test_a_pin_is_set_and_signs_in_with_the_card(
    app: Octavo, browsing: Browsing, ask: Asker, reader: Person
) -> None:
    browsing.sign_in(reader).go("/account/pin")
    browsing.fill("/account/pin", current=PASSWORD, pin="1234")
    assert "The new PIN needs 4 to 12 digits" in browsing.text
    browsing.fill("/account/pin", current=PASSWORD, pin="5823")
    assert "The PIN is set." in browsing.text
    card = ask.get("/auth/profile", by=reader).json["card_number"]
    other = Browsing(app).go("/sign-in").fill("/sign-in", name=card, secret="5823")
    assert other.answer.request.path == "/account"


def test_details_are_changed_and_the_language_with_them(
    browsing: Browsing, ask: Asker, reader: Person
) -> None:
    browsing.sign_in(reader).go("/account/details")
    browsing.fill("/account/details", phone="+49 30 1", language="ger")
    assert "Gespeichert." in browsing.text
    profile = ask.get("/auth/profile", by=reader).json
    assert (profile["phone"], profile["language"]) == ("+49 30 1", "ger")


def test_a_language_that_pages_do_not_speak_is_kept_with_other_details(
    browsing: Browsing, ask: Asker, shelves: Shelves
) -> None:
    reader = shelves.member("Reader", language="ita")
    browsing.sign_in(reader).go("/account/details")
    chosen = browsing.page.xpath('//select[@name="language"]/option[@selected]/text()')
    browsing.fill("/account/details", phone="1")
    profile = ask.get("/auth/profile", by=reader).json
    assert (chosen, profile["phone"], profile["language"]) == (["Italian"], "1", "ita")


def test_details_that_were_left_alone_stay_as_the_library_has_them(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    reader = shelves.member("Reader", address="Lane 1\nTown", phone="1")
    browsing.sign_in(reader).go("/account/details")
    ask.patch(f"/users/{reader.id}", {"phone": "2"}, by=admin)
    browsing.fill("/account/details", first_name="Ada")
    profile = ask.get("/auth/profile", by=reader).json
    assert (profile["first_name"], profile["phone"]) == ("Ada", "2")
    assert profile["address"] == "Lane 1\nTown"


def test_details_that_the_library_changes_after_the_comparison_stay(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person, between: Between
) -> None:
    reader = shelves.member("Reader", phone="1")
    browsing.sign_in(reader).go("/account/details")
    between(lambda: ask.patch(f"/users/{reader.id}", {"phone": "2"}, by=admin))
    browsing.fill("/account/details", phone="3", first_name="Ada")
    assert browsing.status == 412
    assert "The library has now: 2" in browsing.text
    assert ask.get("/auth/profile", by=reader).json["phone"] == "2"
    browsing.fill("/account/details")
    profile = ask.get("/auth/profile", by=reader).json
    assert (profile["first_name"], profile["phone"]) == ("Ada", "3")


def test_a_form_of_details_that_does_not_say_what_it_was_drawn_with_changes_nothing(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    reader = shelves.member("Reader", phone="3", address="Lane 1")
    [form] = browsing.sign_in(reader).go("/account/details").page.xpath(DETAILS)
    fields = {name: one for name, one in form.form_values() if not name.startswith("was_")}
    ask.patch(f"/users/{reader.id}", {"phone": "9"}, by=admin)
    browsing.send("/account/details", {**fields, "first_name": "Ada"})
    assert browsing.status == 412
    assert "The library has now: 9" in browsing.text
    profile = ask.get("/auth/profile", by=reader).json
    assert (profile["first_name"], profile["phone"]) == (None, "9")


def test_a_detail_left_alone_stays_where_another_was_changed_on_both_sides(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person
) -> None:
    reader = shelves.member("Reader", phone="1", address="Lane 1")
    browsing.sign_in(reader).go("/account/details")
    ask.patch(f"/users/{reader.id}", {"phone": "2", "address": "Lane 2"}, by=admin)
    browsing.fill("/account/details", phone="3").fill("/account/details")
    profile = ask.get("/auth/profile", by=reader).json
    assert (profile["phone"], profile["address"]) == ("3", "Lane 2")


def test_a_field_that_was_emptied_stays_empty_where_another_is_refused(
    browsing: Browsing, shelves: Shelves
) -> None:
    browsing.sign_in(shelves.member("Reader", phone="1")).go("/account/details")
    browsing.fill("/account/details", contact_email="nonsense", phone="")
    assert browsing.page.xpath('//input[@name="phone"]/@value') == [""]


def test_details_that_cannot_be_are_told_and_kept_in_the_form(
    browsing: Browsing, reader: Person
) -> None:
    browsing.sign_in(reader).go("/account/details")
    browsing.fill("/account/details", contact_email="nonsense", phone="+49 30 1")
    assert "This is not an email address." in browsing.text
    assert browsing.page.xpath('//input[@name="phone"]/@value') == ["+49 30 1"]


def test_a_password_is_set_by_the_link_in_the_mail_once(
    app: Octavo, browsing: Browsing, reader: Person
) -> None:
    browsing.go("/account/password/forgotten").fill(
        "/account/password/forgotten", email=reader.email
    )
    assert "a link is on its way" in browsing.text
    last = Audit.select().where(Audit.action == "password_reset.create").order_by(-Audit.id).first()
    token = resets.token_of(app.config["SETTINGS"], last.record_id)
    browsing.go(f"/account/password/new?token={token}")
    assert browsing.answer.headers["Referrer-Policy"] == "no-referrer"
    browsing.fill("/account/password/new", new_password="short")
    assert "8 to 128 characters" in browsing.text
    browsing.fill("/account/password/new", new_password=NEW)
    assert "The new password is set." in browsing.text
    browsing.fill("/sign-in", name=reader.email, secret=NEW)
    assert browsing.answer.request.path == "/account"
    again = Browsing(app).go(f"/account/password/new?token={token}")
    again.fill("/account/password/new", new_password="yet another password")
    assert "This link is used up" in again.text


def test_an_account_is_opened(browsing: Browsing) -> None:
    names = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org"}
    browsing.go("/register").fill("/register", **names, password=NEW)
    assert "The account is open." in browsing.text
    browsing.fill("/sign-in", name="ada@example.org", secret=NEW)
    assert "Ada Lovelace" in browsing.text


@pytest.mark.settings(REGISTRATION="closed")
def test_no_account_is_opened_where_the_library_does_that_itself(browsing: Browsing) -> None:
    browsing.go("/register").fill(
        "/register", first_name="A", last_name="B", email="a@example.org", password=NEW
    )
    assert browsing.status == 403
    assert "Accounts are opened at the library." in browsing.text


def test_past_loans_and_notices_have_pages(
    browsing: Browsing, ask: Asker, shelves: Shelves, admin: Person, reader: Person
) -> None:
    barcode = shelves.book("Read")["barcodes"][0]
    shelves.lend(barcode, reader)
    ask.post("/returns", {"barcode": barcode}, by=admin)
    browsing.sign_in(reader).go("/account/history")
    assert "Read" in browsing.text
    assert browsing.go("/account/notices").status == 200


@pytest.mark.parametrize(
    "path", ["/account", "/account/password", "/account/pin", "/account/history"]
)
def test_the_account_asks_who_is_not_signed_in_to_sign_in(browsing: Browsing, path: str) -> None:
    browsing.go(path)
    assert browsing.answer.request.path == "/sign-in"
    assert browsing.page.xpath('//input[@name="next"]/@value') == [path]


def test_a_hold_is_suspended_and_resumed(
    browsing: Browsing, ask: Asker, member: Person, admin: Person
) -> None:
    hold = _held(ask, member, admin)
    day = str((datetime.now(UTC) + timedelta(days=9)).date())
    path = f"/account/holds/{hold}/suspension"
    browsing.sign_in(member).go("/account").fill(path, suspended_until=day)
    assert ask.get(f"/holds/{hold}", by=member).json["suspended_until"] == day
    assert "Suspended until" in browsing.text
    browsing.fill(path)
    assert ask.get(f"/holds/{hold}", by=member).json["suspended_until"] is None


def test_a_day_of_the_past_suspends_nothing_and_is_told(
    browsing: Browsing, ask: Asker, member: Person, admin: Person
) -> None:
    hold = _held(ask, member, admin)
    path = f"/account/holds/{hold}/suspension"
    browsing.sign_in(member).go("/account").fill(path, suspended_until="2001-01-01")
    assert browsing.status == 400
    assert "The hold was not changed." in browsing.text


def test_notices_are_switched_on_and_off(browsing: Browsing, ask: Asker, member: Person) -> None:
    page = browsing.sign_in(member).go("/account/notices").page
    on = page.xpath('//input[@name="kind"][@checked]/@value')
    assert "due-soon" in on
    assert "loan-receipt" not in on
    [form] = page.xpath(SWITCHES)
    wanted = [*(set(on) - {"due-soon"}), "loan-receipt"]
    browsing.send("/account/notices", {**dict(form.form_values()), "kind": wanted})
    notices = ask.get("/auth/profile", by=member).json["notices"]
    assert notices == {"due-soon": False, "loan-receipt": True}
    assert "Saved." in browsing.text


def test_notices_that_were_left_alone_stay_as_the_library_has_switched_them(
    browsing: Browsing, ask: Asker, reader: Person, admin: Person
) -> None:
    [form] = browsing.sign_in(reader).go("/account/notices").page.xpath(SWITCHES)
    on = [kind for name, kind in form.form_values() if name == "kind"]
    ask.patch(f"/users/{reader.id}", {"notices": {"due-soon": False}}, by=admin)
    wanted = [*on, "loan-receipt"]
    browsing.send("/account/notices", {**dict(form.form_values()), "kind": wanted})
    notices = ask.get("/auth/profile", by=reader).json["notices"]
    assert notices == {"due-soon": False, "loan-receipt": True}


def test_a_form_of_notices_that_does_not_say_what_it_was_drawn_with_changes_nothing(
    browsing: Browsing, ask: Asker, reader: Person
) -> None:
    [form] = browsing.sign_in(reader).go("/account/notices").page.xpath(SWITCHES)
    fields = dict(form.form_values())
    del fields["was_on"]
    browsing.send("/account/notices", {**fields, "kind": []})
    assert (browsing.status, "Not saved" in browsing.text) == (412, True)
    assert ask.get("/auth/profile", by=reader).json["notices"] == {}


def _held(ask: Asker, member: Person, admin: Person) -> int:
    book = ask.post("/books", {"title": "Emma"}, by=admin).json["id"]
    ask.post(f"/books/{book}/copies", {"barcode": "B-77"}, by=admin)
    return int(ask.post("/holds", {"book_id": book}, by=member).json["id"])


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("eng", "The membership ends on January 2, 2026."),
        ("ger", "Die Mitgliedschaft endet am 2. Januar 2026."),
        ("fre", "L'inscription se termine le 2 janvier 2026."),
        ("spa", "La inscripción termina el 2 de enero de 2026."),
    ],
)
def test_the_end_of_a_membership_is_told_as_people_write_a_day(
    browsing: Browsing, shelves: Shelves, language: str, told: str
) -> None:
    reader = shelves.member(language=language, expires_on="2026-01-02")
    book = shelves.book("Emma")
    assert told in browsing.sign_in(reader).go("/account").text
    assert told in browsing.go(f"/books/{book['id']}").text

"""The desk's one field: what a scan does, what is refused, and how each act is undone."""

from datetime import UTC, datetime, timedelta

import pytest

from models.loan import Loan
from tests.support.browsing import Browsing
from tests.support.desks import HOSTILE, Desk
from tests.support.people import Person

ACTS = "//*[@class='acts']/li"


def test_a_card_opens_its_member_with_standing(desk: Desk) -> None:
    desk.member("C-1", note="Lost her card once")
    desk.scan("c-1 ")
    assert desk.member_shown == "Name of C-1"
    assert "May borrow" in desk.browsing.text
    assert "Lost her card once" in desk.browsing.text


def test_a_barcode_is_lent_to_the_member_at_the_desk(desk: Desk) -> None:
    member = desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    assert (desk.browsing.status, desk.outcome[:14]) == (200, "Lent. Due on D")
    assert [one["user_id"] for one in desk.loans(status="open")] == [member]
    assert desk.member_shown == "Name of C-1"


def test_a_barcode_without_a_member_takes_the_copy_back(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1", location="Hall", shelfmark="A 1")
    desk.scan("C-1").scan("B-1").scan("").scan("B-1")
    assert desk.outcome.startswith("Taken back Flatland B-1")
    assert "Hall A 1 Was with Name of C-1" in desk.outcome
    assert desk.loans(status="open") == []


def test_a_copy_out_to_somebody_else_is_refused_and_stays_out(desk: Desk) -> None:
    first = desk.member("C-1")
    desk.member("C-2")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").scan("C-2").scan("B-1")
    assert desk.browsing.status == 409
    assert desk.is_alarmed
    assert "on loan to somebody else" in desk.outcome
    assert [one["user_id"] for one in desk.loans(status="open")] == [first]


def test_a_copy_refused_so_can_be_taken_back_by_a_click(desk: Desk) -> None:
    desk.member("C-1")
    desk.member("C-2")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").scan("C-2").scan("B-1").click("/desk/returns")
    assert desk.outcome.startswith("Taken back Flatland")
    assert desk.member_shown == "Name of C-2"


def test_a_copy_lent_to_another_since_the_page_was_loaded_is_not_taken_back_from_there(
    desk: Desk,
) -> None:
    desk.member("C-1")
    other = desk.member("C-2")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").scan("").scan("C-1")
    page = desk.browsing.page
    desk.ask.post("/returns", {"barcode": "B-1"}, by=desk.admin)
    desk.ask.post("/loans", {"barcode": "B-1", "card_number": "C-2"}, by=desk.admin)
    desk.browsing.page = page
    desk.click("/desk/returns")
    assert desk.is_alarmed
    assert "The copy is on loan" in desk.outcome
    assert [one["user_id"] for one in desk.loans(status="open")] == [other]


@pytest.mark.parametrize("path", ["/desk/pull-list", "/desk/shelf-clearing"])
def test_a_copy_of_a_list_that_was_lent_since_is_not_taken_back_from_there(
    desk: Desk, path: str
) -> None:
    member = desk.member("C-1")
    book = desk.copies("B-1")
    hold = desk.ask.post("/holds", {"book_id": book, "user_id": member}, by=desk.admin).json
    if path == "/desk/shelf-clearing":
        desk.scan("B-1")
        desk.ask.delete(f"/holds/{hold['id']}", by=desk.admin)
    page = desk.browsing.go(path).page
    desk.ask.post("/loans", {"barcode": "B-1", "user_id": member}, by=desk.admin)
    desk.browsing.page = page
    desk.click("/desk/returns")
    assert "The copy is on loan" in desk.outcome
    assert len(desk.loans(status="open")) == 1


def test_a_copy_taken_back_twice_by_one_form_is_told_twice_though_it_was_lent_meanwhile(
    desk: Desk,
) -> None:
    desk.member("C-1")
    desk.member("C-2")
    desk.copies("B-1")
    page = desk.scan("C-1").scan("B-1").browsing.page
    first = desk.click("/desk/returns").outcome
    desk.ask.post("/loans", {"barcode": "B-1", "card_number": "C-2"}, by=desk.admin)
    desk.browsing.page = page
    assert desk.click("/desk/returns").outcome == first
    assert len(desk.loans(status="open")) == 1


def test_a_return_of_a_copy_that_was_withdrawn_is_not_undone_and_the_reason_told(
    desk: Desk,
) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").click("/desk/returns")
    [loan] = desk.loans()
    desk.ask.delete(f"/copies/{loan['copy_id']}", by=desk.admin)
    desk.undo()
    assert desk.browsing.status == 409
    assert "no longer in the stock" in desk.outcome


def test_the_reason_of_a_block_is_told_as_it_was_written(desk: Desk) -> None:
    desk.member("C-1", blocked=True, block_reason="Didn't pay & <left>")
    desk.scan("C-1")
    assert "The member is blocked: Didn't pay & <left>" in desk.browsing.text


def test_an_override_with_a_wrong_day_is_asked_for_anew(desk: Desk) -> None:
    desk.policy(loan_days=0)
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    desk.click("/desk/overrides", reason="For the exhibition", due_on="2020-01-01")
    (form,) = desk.browsing.page.xpath('//form[@action="/desk/overrides"]')
    kept = dict(form.form_values())
    assert (kept["reason"], kept["due_on"]) == ("For the exhibition", "2020-01-01")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    assert desk.click("/desk/overrides", due_on=tomorrow).outcome.startswith("Lent.")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/desk/fees", {"amount": "much", "note": "Tea in a book", "kind": "damage"}),
        ("/desk/waivers", {"amount": "all", "reason": "Goodwill"}),
        ("/desk/payments", {"amount": "99.00", "method": "card"}),
        ("/desk/due-dates", {"due_on": "2020-01-01", "reason": "Exams"}),
    ],
)
def test_a_form_that_is_refused_keeps_what_was_typed(
    desk: Desk, path: str, fields: dict[str, str]
) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").click("/desk/fees", amount="2.00", note="Card")
    desk.click(path, **fields)
    assert desk.is_alarmed
    kept = dict(desk.browsing.page.xpath(f'//form[@action="{path}"]')[0].form_values())
    assert {name: kept[name] for name in fields} == fields


def test_the_members_own_copy_is_neither_returned_nor_renewed_by_its_scan(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").scan("B-1")
    assert desk.browsing.status == 409
    assert "has this copy already" in desk.outcome
    [loan] = desk.loans(status="open")
    assert loan["renewals"] == 0


def test_an_empty_scan_ends_the_members_turn(desk: Desk) -> None:
    desk.member("C-1")
    assert desk.scan("C-1").scan("").member_shown is None


def test_the_focus_is_in_the_field(desk: Desk) -> None:
    assert desk.browsing.page.xpath("//*[@autofocus]/@name") == ["scan"]


def test_a_number_that_is_card_and_barcode_is_asked_about(desk: Desk) -> None:
    desk.member("777")
    desk.copies("777")
    desk.scan("777")
    assert desk.outcome.startswith("777 is a card and a barcode.")
    form = desk.browsing.page.xpath("//*[@id='outcome']//form")[0]
    desk.browsing.send("/desk", dict(form.form_values()))
    assert desk.member_shown == "Name of 777"


def test_an_unknown_number_is_told_aloud(desk: Desk) -> None:
    desk.scan("99999")
    assert (desk.browsing.status, desk.is_alarmed) == (404, True)
    assert desk.outcome.startswith("No card and no barcode: 99999")


@pytest.mark.parametrize("text", ["x" * 500, "\x00\x01", "%_'\"<>&", "\U0001f4da", "--"])
def test_whatever_is_scanned_the_desk_goes_on(desk: Desk, text: str) -> None:
    desk.scan(text)
    assert desk.browsing.status == 404
    assert desk.browsing.page.xpath("//*[@id='scan-field']")


def test_a_name_finds_members(desk: Desk) -> None:
    member = desk.member("C-1", last_name="Sommerfeld")
    desk.scan("sommerf")
    assert desk.browsing.page.xpath("//ul[@class='people']//a/@href") == [f"/desk?member={member}"]
    assert not desk.is_alarmed


def test_every_reason_is_told_and_one_override_with_its_reason_goes_on(desk: Desk) -> None:
    member = desk.member("C-1", blocked=True, block_reason="Unpaid chair")
    desk.copies("B-1")
    desk.policy(max_loans=0)
    desk.scan("C-1").scan("B-1")
    assert "The member is blocked: Unpaid chair" in desk.outcome
    assert "Loans: 0; allowed: 0." in desk.outcome
    desk.click("/desk/overrides", reason="The director said so")
    assert desk.outcome.startswith("Lent.")
    [made] = desk.ask.get("/audit?action=loan.create", by=desk.admin).json["data"]
    assert "The director said so" in made["reason"]
    assert [one["user_id"] for one in desk.loans(status="open")] == [member]


def test_no_override_is_offered_where_one_reason_stands_anyway(desk: Desk) -> None:
    desk.member("C-1")
    desk.member("C-2", blocked=True)
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").scan("C-2").scan("B-1")
    assert desk.browsing.page.xpath('//form[@action="/desk/overrides"]') == []


def test_a_copy_not_lendable_is_lent_by_override_until_a_day(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.policy(loan_days=0)
    desk.scan("C-1").scan("B-1")
    desk.click("/desk/overrides", reason="Exhibition", due_on="2031-05-07")
    assert desk.outcome.startswith("Lent. Due on May 7, 2031")


def test_a_loan_is_renewed_by_a_click_and_by_a_scan(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    desk.click("/desk/due-dates", due_on=_ahead(3))
    assert desk.outcome.startswith("Now due on")
    desk.click("/desk/renewals")
    assert desk.outcome.startswith("Renewed. Due on")
    desk.scan("", mode="renew")
    desk.scan("B-1", mode="renew")
    assert desk.outcome.startswith("Not renewed")
    assert desk.loans(status="open")[0]["renewals"] == 1


def test_a_copy_used_in_the_library_is_counted(desk: Desk) -> None:
    desk.copies("B-1")
    desk.scan("B-1", mode="house")
    assert desk.outcome == "Used in the library Flatland B-1"
    report = desk.ask.get("/reports/circulation", by=desk.admin).json["data"]
    assert report[-1]["in_house"] == 1


def test_to_renew_what_is_not_on_loan_is_refused(desk: Desk) -> None:
    desk.copies("B-1")
    desk.scan("B-1", mode="renew")
    assert (desk.browsing.status, desk.is_alarmed) == (409, True)


def test_returns_can_be_back_dated_and_the_page_says_so(desk: Desk) -> None:
    desk.copies("B-1")
    desk.scan("B-1", returned_on="2020-01-02")
    assert "Returns count as of January 2, 2020." in desk.browsing.text


def test_a_return_dated_before_its_loan_is_refused_and_does_nothing(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").scan("").scan("B-1", returned_on="2020-01-02")
    assert (desk.browsing.status, desk.is_alarmed) == (400, True)
    assert len(desk.loans(status="open")) == 1


def test_a_return_that_serves_a_hold_shows_the_slip(desk: Desk) -> None:
    desk.member("C-1")
    waiting = desk.member("C-2")
    book = desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    desk.ask.post("/holds", {"book_id": book, "user_id": waiting}, by=desk.admin)
    desk.scan("").scan("B-1")
    assert desk.outcome.startswith("Set aside for a member")
    assert desk.browsing.page.xpath("string(//*[@class='slip']/*[1])") == "Name of C-2"


def test_a_fee_of_a_loan_names_its_title(desk: Desk) -> None:
    member = desk.member("C-1")
    desk.copies("B-1", title="A romance of <b>many</b> dimensions")
    desk.scan("C-1").scan("B-1")
    [loan] = desk.loans(user_id=member)
    desk.click("/desk/losses", loan_id=str(loan["id"]), what="lost")
    told = desk.browsing.page.xpath("//form[@action='/desk/waivers']/ancestor::li")[0]
    assert "A romance of <b>many</b> dimensions" in told.text_content()


def test_a_payment_is_taken_for_all_fees_and_undone_as_a_whole(desk: Desk) -> None:
    member = desk.member("C-1")
    desk.scan("C-1")
    desk.click("/desk/fees", amount="12,50", note="Spilt coffee", kind="damage")
    desk.click("/desk/fees", amount="0.50", note="Copies", kind="manual")
    path = f"/users/{member}/account"
    assert desk.ask.get(path, by=desk.admin).json["balance"] == 1300
    forms = desk.browsing.page.xpath('//form[@action="/desk/payments"]')
    desk.browsing.send("/desk/payments", dict(forms[-1].form_values()))
    assert desk.outcome.startswith("Paid: €13.00")
    assert desk.ask.get(path, by=desk.admin).json["balance"] == 0
    desk.undo()
    assert desk.outcome.startswith("Undone")
    assert desk.ask.get(path, by=desk.admin).json["balance"] == 1300


def test_a_payment_of_more_than_a_hundred_fees_is_one_act_of_the_whole_amount(
    desk: Desk,
) -> None:
    member = desk.member("C-1")
    for _ in range(120):
        fee = {"user_id": member, "kind": "manual", "amount": 100, "note": "Copies"}
        assert desk.ask.post("/fees", fee, by=desk.admin).status_code == 201
    desk.scan("C-1").click("/desk/payments", amount="120", fee_id="")
    assert desk.outcome.startswith("Paid: €120.00")
    [act] = desk.browsing.page.xpath(ACTS)
    assert "€120.00" in act.text_content()
    desk.undo()
    assert len(desk.browsing.page.xpath(ACTS)) == 1
    path = f"/users/{member}/account"
    assert desk.ask.get(path, by=desk.admin).json["balance"] == 12000


def test_a_payment_that_was_refunded_in_part_is_undone_in_no_part(desk: Desk) -> None:
    member = desk.member("C-1")
    desk.copies("B-1", price=1500)
    desk.scan("C-1").scan("B-1")
    [loan] = desk.loans(user_id=member)
    desk.click("/desk/losses", loan_id=str(loan["id"]), what="lost")
    desk.click("/desk/fees", amount="5", note="Chair", kind="manual")
    desk.click("/desk/payments", amount="20", fee_id="")
    assert desk.outcome.startswith("Paid: €20.00")
    desk.ask.post("/returns", {"barcode": "B-1"}, by=desk.admin)
    [refund] = desk.ask.get("/fees?kind=refund", by=desk.admin).json["data"]
    paid_out = {"amount": 1500, "method": "cash"}
    desk.ask.post(f"/fees/{refund['id']}/payments", paid_out, by=desk.admin)
    desk.undo()
    assert desk.browsing.status == 409
    assert "What was paid has been refunded since." in desk.outcome
    account = desk.ask.get(f"/users/{member}/account", by=desk.admin).json
    assert account["balance"] == 0


def test_a_return_is_told_where_the_member_at_the_desk_was_deleted_meanwhile(desk: Desk) -> None:
    gone, borrower, waiting = (desk.member(card) for card in ("C-1", "C-2", "C-3"))
    book = desk.copies("B-1")
    desk.ask.post("/loans", {"user_id": borrower, "barcode": "B-1"}, by=desk.admin)
    desk.ask.post("/holds", {"user_id": waiting, "book_id": book}, by=desk.admin)
    desk.scan("C-1")
    assert desk.ask.delete(f"/users/{gone}", by=desk.admin).status_code == 204
    desk.scan("B-1", mode="return")
    assert desk.browsing.status == 200
    assert "Name of C-3" in desk.outcome
    assert "The member who stood here has been erased." in desk.browsing.text
    assert desk.browsing.page.xpath("//input[@name='member']") == []


def test_a_return_sent_twice_is_told_where_its_borrower_was_deleted_meanwhile(desk: Desk) -> None:
    borrower = desk.member("C-1")
    desk.copies("B-1")
    desk.ask.post("/loans", {"user_id": borrower, "barcode": "B-1"}, by=desk.admin)
    form = dict(desk.browsing.page.xpath('//form[@id="scan"]')[0].form_values())
    desk.browsing.send("/desk", {**form, "scan": "B-1"})
    assert desk.ask.delete(f"/users/{borrower}", by=desk.admin).status_code == 204
    desk.browsing.send("/desk", {**form, "scan": "B-1"})
    assert desk.browsing.status == 200
    assert desk.outcome.startswith("Taken back")


def test_the_same_form_sent_twice_pays_once(desk: Desk) -> None:
    member = desk.member("C-1")
    desk.scan("C-1").click("/desk/fees", amount="10", note="Chair", kind="damage")
    form = dict(desk.browsing.page.xpath('//form[@action="/desk/payments"]')[-1].form_values())
    for _ in range(2):
        desk.browsing.send("/desk/payments", {**form, "amount": "4"})
        assert desk.outcome.startswith("Paid: €4.00")
    account = desk.ask.get(f"/users/{member}/account", by=desk.admin).json
    assert account["balance"] == 600


@pytest.mark.parametrize("amount", ["", "x", "1,234", "-5", "0", "12.5.0", "1e3", "12 34"])
def test_what_is_no_amount_is_told_and_charges_nothing(desk: Desk, amount: str) -> None:
    member = desk.member("C-1")
    desk.scan("C-1").click("/desk/fees", amount=amount, note="Chair", kind="damage")
    account = desk.ask.get(f"/users/{member}/account", by=desk.admin).json
    assert (desk.browsing.status, account["balance"]) == (400, 0)


def test_a_fee_is_waived_with_a_reason(desk: Desk) -> None:
    member = desk.member("C-1")
    desk.scan("C-1").click("/desk/fees", amount="10", note="Chair", kind="damage")
    desk.click("/desk/waivers", reason="An accident")
    assert desk.outcome == "Waived"
    assert desk.ask.get(f"/users/{member}/account", by=desk.admin).json["balance"] == 0


def test_a_lost_copy_is_charged_and_a_claim_is_noted_and_withdrawn(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1", price=900)
    desk.scan("C-1").scan("B-1")
    for what, status in (("claimed", "claimed_returned"), ("unclaimed", "open"), ("lost", "lost")):
        form = desk.browsing.page.xpath('//form[@action="/desk/losses"]')[0]
        desk.browsing.send("/desk/losses", {**dict(form.form_values()), "what": what})
        assert [one["status"] for one in desk.loans()] == [status]
    assert "€9.00" in desk.browsing.text


def test_a_hold_is_cancelled_for_the_member_at_the_desk(desk: Desk) -> None:
    member = desk.member("C-1")
    book = desk.copies("B-1")
    made = desk.ask.post("/holds", {"book_id": book, "user_id": member}, by=desk.admin).json
    desk.scan("C-1").click(f"/desk/holds/{made['id']}/cancellation")
    assert desk.outcome == "Hold cancelled"


def test_the_last_twenty_acts_are_the_clerks_own_newest_first(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies(*[f"B-{number}" for number in range(22)])
    desk.policy(max_loans=None)
    desk.scan("C-1")
    for number in range(22):
        desk.scan(f"B-{number}")
        if "another copy" in desk.outcome:
            desk.click("/desk/overrides", reason="Reading group")
    acts = desk.browsing.page.xpath("//ol[@class='acts']/li")
    assert len(acts) == 20
    assert "B-21" in acts[0].text_content()


def test_a_loan_and_a_return_are_undone(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1").scan("").scan("B-1").undo()
    assert desk.outcome == "Undone Taken back: Flatland"
    assert len(desk.loans(status="open")) == 1
    desk.scan("B-1").scan("C-1").scan("B-1").undo()
    assert desk.outcome == "Undone Lent: Flatland"
    assert desk.loans(status="open") == []
    assert len(desk.loans(status="cancelled")) == 1


def test_only_the_last_act_on_a_loan_can_be_undone(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    form = dict(desk.browsing.page.xpath('//form[@action="/desk/undo"]')[0].form_values())
    desk.scan("").scan("B-1")
    assert len(desk.browsing.page.xpath('//form[@action="/desk/undo"]')) == 1
    desk.browsing.send("/desk/undo", form)
    assert (desk.browsing.status, desk.is_alarmed) == (404, True)


def test_a_due_date_moved_from_a_day_that_is_over_is_not_offered_to_be_undone(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    Loan.update(due_at="2026-01-02T22:59:59Z").execute()
    desk.click("/desk/due-dates", due_on=_ahead(3))
    assert "Now due on" in desk.outcome
    acts = desk.browsing.page.xpath("//ol[@class='acts']/li")
    assert [bool(act.xpath(".//form")) for act in acts] == [False, False]


def test_a_due_date_changed_is_undone(desk: Desk) -> None:
    desk.member("C-1")
    desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    [before] = desk.loans()
    desk.click("/desk/due-dates", due_on=_ahead(3)).undo()
    assert [one["due_at"] for one in desk.loans()] == [before["due_at"]]


def test_refusals_are_told_in_german_without_names_of_the_api(desk: Desk) -> None:
    reader = desk.member("C-1", language="ger")
    book = desk.copies("B-1")
    desk.scan("C-1").scan("B-1")
    other = {"book_id": book, "user_id": desk.member("C-2")}
    hold = desk.ask.post("/holds", other, by=desk.admin).json["id"]
    german = {"Accept-Language": "de"}
    path = f"/desk/books/{book}/holds/{hold}"
    for field, value, told in (
        ("position", "0", "Abgelehnt Das ist zu wenig oder zu früh."),
        ("suspended_until", "2026-01-02", "Abgelehnt Das liegt vor dem heutigen Tag."),
        ("suspended_until", "1.1.2031", "Abgelehnt Das ist nicht richtig geschrieben."),
    ):
        form = desk.browsing.go(f"/desk/books/{book}").page.xpath(f'//form[@action="{path}"]')[0]
        fields = {**dict(form.form_values()), field: value}
        if field != "position":
            del fields["position"]
        alert = desk.browsing.send(path, fields, headers=german).page.xpath("//*[@role='alert']")
        assert [" ".join(one.text_content().split()) for one in alert] == [told]
    desk.browsing.go(f"/desk?member={reader}")
    form = dict(desk.browsing.page.xpath('//form[@action="/desk/losses"]')[0].form_values())
    desk.browsing.send("/desk/losses", {**form, "what": "unclaimed"}, headers=german)
    assert desk.outcome == "Abgelehnt Von dieser Ausleihe sagt niemand, sie sei zurückgegeben."


def test_a_fee_has_the_note_of_a_person_and_not_that_of_the_rules(desk: Desk) -> None:
    reader = desk.member("C-1")
    desk.copies("B-1", title="Emma", price=1000)
    desk.scan("C-1").scan("B-1")
    form = desk.browsing.page.xpath('//form[@action="/desk/losses"]')[-1]
    desk.browsing.send("/desk/losses", dict(form.form_values()))
    desk.click("/desk/fees", amount="1.00", note="Two photocopies")
    text = desk.browsing.go(f"/desk?member={reader}").text
    assert "the copy was lost" not in text
    assert "Two photocopies" in text
    desk.click("/desk/payments", amount="10.00", method="cash")
    [path] = desk.browsing.page.xpath("//*[@id='outcome']//a/@href")
    assert "Lost item€10.00" in desk.browsing.go(path).text


def test_hostile_names_and_notes_are_text(desk: Desk) -> None:
    desk.member("C-1", last_name=HOSTILE, note=HOSTILE, blocked=True, block_reason=HOSTILE)
    desk.copies("B-1", title=HOSTILE, location=HOSTILE, shelfmark=HOSTILE)
    for text in ("C-1", "B-1", "", "B-1", "<b>x</b>"):
        desk.scan(text)
        assert "<script>alert" not in desk.browsing.answer.text
        assert desk.browsing.page.xpath("//img | //b") == []


@pytest.mark.parametrize(
    "path",
    [
        "/desk",
        "/desk/undo",
        "/desk/overrides",
        "/desk/returns",
        "/desk/renewals",
        "/desk/due-dates",
        "/desk/losses",
        "/desk/payments",
        "/desk/waivers",
        "/desk/fees",
    ],
)
def test_a_member_can_do_nothing_at_the_desk(browsing: Browsing, member: Person, path: str) -> None:
    browsing.sign_in(member).go("/account")
    token = browsing.page.xpath('//form[@action="/sign-out"]//input[@name="form_token"]/@value')
    browsing.send(path, {"form_token": token[0], "member": "1", "amount": "5", "scan": "x"})
    assert browsing.status == 403


def test_ids_that_are_none_are_no_pages(desk: Desk) -> None:
    assert desk.browsing.go("/desk?member=999999999").status == 404
    for member in ("x", "-1", "9" * 30, "\u0663"):
        assert desk.browsing.go(f"/desk?member={member}").status == 200


def _ahead(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()

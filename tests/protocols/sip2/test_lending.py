"""Loans at a machine: lent, given back, renewed; every refusal with all its reasons."""

from datetime import UTC, datetime, timedelta

import pytest

from circulation.lost_items import claim_returned
from models.copy import Copy
from models.hold import Hold
from models.loan import Loan
from models.timestamps import stamp
from tests.protocols.sip2.conftest import card_of
from tests.protocols.sip2.frames import BLANK_DATE, DATE
from tests.protocols.sip2.machines import DESK, Machine, key_of, set_secrets
from tests.unit.circulation.library import (
    amend,
    audited,
    berlin,
    held,
    lent,
    member,
    on_copy,
    owes,
    title,
)

NOW = datetime.now(UTC)


def test_a_copy_is_lent_until_the_end_of_a_local_day(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    told = machine.checkout(card, barcode)
    assert (told["ok"], told["renewal_ok"], told["desensitize"]) == ("1", "N", "Y")
    assert (told["AJ"], told["AB"], told["AA"]) == ("Middlemarch", barcode, card)
    assert told["AH"].endswith("    235959")
    assert told["CK"] == "001"
    assert on_copy(barcode)["status"] == "on_loan"


def test_a_refusal_tells_every_reason_and_the_title(machine: Machine) -> None:
    berlin(fees_block_at=100)
    user_id = member(blocked=1, block_reason="lost card")
    owes(user_id, 500)
    _, [barcode] = title(status="in_repair")
    told = machine.checkout(card_of(user_id), barcode)
    assert (told["ok"], told["desensitize"], told["AH"]) == ("0", "N", "")
    assert told["AJ"] == "Middlemarch"
    assert told.messages == [
        "This item is being repaired.",
        "This account is blocked. lost card",
        "You owe 5.00 EUR; more than 1.00 EUR blocks the account.",
    ]


def test_unknown_cards_and_items_are_refused(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    assert machine.checkout("nobody", barcode).messages == ["This card is not known."]
    told = machine.checkout(card, "nothing")
    assert told["ok"] == "0"
    assert told.messages == ["This item is not known. Please take it to the desk."]
    assert machine.checkout("", "")["ok"] == "0"


def test_a_wrong_pin_lends_nothing_and_none_is_needed(machine: Machine) -> None:
    user_id = member()
    set_secrets(user_id, "5831")
    card = card_of(user_id)
    _, [barcode] = title()
    assert machine.checkout(card, barcode, "0000").messages == ["The PIN or password is wrong."]
    assert on_copy(barcode)["status"] == "available"
    assert machine.checkout(card, barcode, "5831")["ok"] == "1"


def test_the_right_pin_of_an_inactive_member_is_not_called_wrong(machine: Machine) -> None:
    user_id = member()
    set_secrets(user_id, "5831")
    card = card_of(user_id)
    _, [barcode] = title()
    _, [other] = title()
    assert machine.checkout(card, other)["ok"] == "1"
    amend(user_id, is_active=0)
    why = ["This account is not active."]
    assert machine.checkout(card, barcode, "5831").messages == why
    assert machine.hold("+", card, barcode, "AD5831|").messages == why
    assert f"{other}: {why[0]}" in machine.say(f"65{DATE}AOx|AA{card}|AD5831|").messages


@pytest.mark.parametrize("secret", ["", "5831"])
def test_an_unknown_card_is_told_whatever_pin_comes_with_it(machine: Machine, secret: str) -> None:
    _, [barcode] = title()
    why = ["This card is not known."]
    for _ in range(6):
        assert machine.checkout("nobody", barcode, secret).messages == why
    with_pin = f"AOx|AAnobody|AB{barcode}|AD{secret}|"
    for message in (f"29NN{DATE}{BLANK_DATE}", f"65{DATE}", f"15+{DATE}", f"63000{DATE}{'':10}"):
        assert machine.say(message + with_pin).messages == why


def test_the_machine_s_own_due_date_is_not_obeyed(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    told = machine.say(f"11NY{DATE}20990101    235959AOx|AA{card}|AB{barcode}|AC|")
    assert told["ok"] == "1"
    assert not told["AH"].startswith("2099")


def test_a_checkout_sent_again_after_a_lost_connection_gets_the_loan_it_has(
    machine: Machine, card: str
) -> None:
    _, [barcode] = title()
    key = key_of()
    first = Machine(key).checkout(card, barcode)
    again = Machine(key).checkout(card, barcode, renewal="Y")
    assert (again["ok"], again["AH"]) == ("1", first["AH"])
    assert len(audited("loan.create")) == 1
    assert audited("loan.renew") == []


def test_what_another_machine_or_the_desk_has_lent_is_refused_as_borrowed_already(
    machine: Machine, card: str
) -> None:
    _, [barcode] = title()
    machine.checkout(card, barcode)
    told = Machine(key_of()).checkout(card, barcode)
    assert told["ok"] == "0"
    assert told.messages == ["You have this item already."]
    assert told["AH"].endswith("235959")


def test_what_another_machine_of_the_same_key_has_lent_is_refused_as_borrowed_already(
    library: object, card: str
) -> None:
    _, [barcode] = title()
    key = key_of()
    assert Machine(key, "Till.2").checkout(card, barcode)["ok"] == "1"
    assert Machine(key, "Till").checkout(card, barcode)["ok"] == "0"


def test_after_ten_minutes_a_checkout_is_refused_or_renews_as_the_machine_wishes(
    machine: Machine,
) -> None:
    user_id = member()
    _, [barcode] = title()
    lent(barcode, user_id, NOW - timedelta(days=3))
    card = card_of(user_id)
    refused = machine.checkout(card, barcode)
    assert refused.messages == ["You have this item already."]
    renewed = machine.checkout(card, barcode, renewal="Y")
    assert (renewed["ok"], renewed["renewal_ok"]) == ("1", "Y")
    assert renewed["AH"] > refused["AH"]


def test_a_copy_on_loan_to_another_is_refused(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    lent(barcode, member(), NOW)
    assert machine.checkout(card, barcode, renewal="Y").messages == [
        "This item is on loan to somebody else."
    ]


def test_a_copy_comes_back(machine: Machine, card: str) -> None:
    _, [barcode] = title(location="Hall", shelfmark="EL 1")
    machine.checkout(card, barcode)
    told = machine.checkin(barcode)
    assert (told["ok"], told["resensitize"], told["alert"]) == ("1", "Y", "N")
    assert (told["AQ"], told["AJ"], told["AA"], told["CS"]) == ("Hall", "Middlemarch", card, "EL 1")
    assert on_copy(barcode)["status"] == "available"


def test_the_machine_s_own_return_date_is_not_obeyed(machine: Machine) -> None:
    user_id = member()
    _, [barcode] = title()
    lent(barcode, user_id, NOW - timedelta(days=1))
    assert machine.say(f"09N{DATE}20200101    000000AP|AOx|AB{barcode}|AC|")["ok"] == "1"
    assert Loan.get().returned_at > "2026"


def test_what_is_not_on_loan_is_taken_all_the_same(machine: Machine) -> None:
    _, [barcode] = title()
    told = machine.checkin(barcode)
    assert (told["ok"], told["alert"], told["AA"]) == ("1", "N", "")


def test_an_unknown_item_is_for_the_staff(machine: Machine) -> None:
    told = machine.checkin("nothing")
    assert (told["ok"], told["resensitize"], told["alert"], told["CV"]) == ("0", "N", "Y", "00")


def test_a_copy_somebody_waits_for_is_set_aside_for_them(machine: Machine, card: str) -> None:
    book_id, [barcode] = title(location="Hall")
    machine.checkout(card, barcode)
    waiter = member(first_name="Grace", last_name="Hopper")
    held(book_id, waiter, NOW)
    told = machine.checkin(barcode)
    assert (told["ok"], told["alert"], told["CV"], told["CT"]) == ("1", "Y", "01", "Hall")
    assert (told["CY"], told["DA"]) == (card_of(waiter), "Hopper, Grace")


def test_a_copy_in_repair_goes_to_the_staff(machine: Machine) -> None:
    _, [barcode] = title(status="in_repair")
    told = machine.checkin(barcode)
    assert (told["ok"], told["alert"], told["CV"]) == ("1", "Y", "99")


def test_a_loan_is_renewed(machine: Machine) -> None:
    user_id = member()
    _, [barcode] = title()
    before = lent(barcode, user_id, NOW - timedelta(days=3))
    told = machine.renew(card_of(user_id), barcode)
    assert (told["ok"], told["renewal_ok"], told["AJ"]) == ("1", "Y", "Middlemarch")
    assert told["AH"][:8] > before.row.due_at.replace("-", "")[:8]


def test_a_refused_renewal_tells_why_and_keeps_the_date(machine: Machine, card: str) -> None:
    berlin(max_renewals=0)
    _, [barcode] = title()
    due = machine.checkout(card, barcode)["AH"]
    told = machine.renew(card, barcode)
    assert (told["ok"], told["AH"], told["AJ"]) == ("0", due, "Middlemarch")
    assert "Renewals that this loan may have: 0." in told.messages


@pytest.mark.parametrize("barcode", ["nothing", ""])
def test_what_the_member_does_not_have_cannot_be_renewed(
    machine: Machine, card: str, barcode: str
) -> None:
    _, [other] = title()
    lent(other, member(), NOW)
    assert machine.renew(card, other).messages == ["You do not have this item on loan."]
    assert machine.renew(card, barcode)["ok"] == "0"
    assert machine.renew("nobody", other).messages == ["This card is not known."]


def test_all_loans_are_renewed_as_far_as_the_rules_allow(machine: Machine) -> None:
    user_id = member()
    _, [free] = title()
    lent(free, user_id, NOW - timedelta(days=3))
    wanted, [kept] = title()
    lent(kept, user_id, NOW - timedelta(days=2))
    held(wanted, member(), NOW)
    told = machine.renew_all(card_of(user_id))
    assert (told["ok"], told["renewed"], told["unrenewed"]) == ("1", "0001", "0001")
    assert told.fields["BM"] == [free]
    assert told.fields["BN"] == [kept]
    assert told.messages == [f"{kept}: Others are waiting for this title."]


def test_renewing_all_of_nothing_is_no_fault(machine: Machine, card: str) -> None:
    told = machine.renew_all(card)
    assert (told["ok"], told["renewed"], told["unrenewed"]) == ("1", "0000", "0000")


@pytest.mark.parametrize(
    ("status", "code"),
    [("available", "03"), ("in_repair", "01"), ("lost", "12"), ("withdrawn", "01")],
)
def test_the_status_of_a_copy_is_told(machine: Machine, status: str, code: str) -> None:
    _, [barcode] = title(location="Hall")
    told = machine.item(barcode)
    assert (told["circulation_status"], told["AJ"], told["AQ"]) == ("03", "Middlemarch", "Hall")
    if status != "lost":
        Copy.update(status=status).where(Copy.barcode == barcode).execute()
        assert machine.item(barcode)["circulation_status"] == code


def test_a_copy_on_loan_tells_when_it_is_due_and_how_many_wait(machine: Machine, card: str) -> None:
    book_id, [barcode] = title()
    due = machine.checkout(card, barcode)["AH"]
    held(book_id, member(), NOW)
    told = machine.item(barcode)
    assert (told["circulation_status"], told["AH"], told["CF"]) == ("04", due, "1")
    machine.checkin(barcode)
    shelved = machine.item(barcode)
    assert (shelved["circulation_status"], shelved["CF"]) == ("08", "0")
    assert len(shelved["CM"]) == 18


def test_a_copy_claimed_as_returned_is_told_so(machine: Machine, card: str) -> None:
    _, [barcode] = title()
    machine.checkout(card, barcode)
    claim_returned(Loan.get().id, DESK, NOW)
    assert machine.item(barcode)["circulation_status"] == "11"


def test_a_copy_whose_hold_has_run_out_waits_to_be_put_back(machine: Machine) -> None:
    """Rule 22: so it is before the next act or the nightly job has passed it on."""
    book_id, [barcode] = title()
    lent(barcode, member(), NOW)
    user_id = member()
    held(book_id, user_id, NOW)
    machine.checkin(barcode)
    Hold.update(expires_at=stamp(NOW - timedelta(days=1))).execute()
    told = machine.item(barcode)
    assert (told["circulation_status"], told["CF"], "CM" in told) == ("09", "0", False)
    assert machine.information(card_of(user_id))["hold_count"] == "0000"


def test_an_unknown_item_has_no_title(machine: Machine) -> None:
    told = machine.item("nothing")
    assert (told["circulation_status"], told["AJ"], told["AB"]) == ("01", "", "nothing")
    assert told.messages == ["This item is not known. Please take it to the desk."]


def test_a_limit_is_told_with_its_number(machine: Machine) -> None:
    berlin(max_loans=1)
    user_id = member()
    card = card_of(user_id)
    machine.checkout(card, title()[1][0])
    told = machine.checkout(card, title()[1][0])
    assert told.messages == ["Items you have on loan: 1; allowed: 1."]
    amend(user_id, language="fre")
    assert machine.checkout(card, title()[1][0]).messages == [
        "Documents que vous avez empruntés : 1 ; maximum : 1."
    ]

"""What machines are told of a member."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from circulation.lost_items import claim_returned
from models import fee
from models.fee import Fee
from models.timestamps import stamp
from tests.protocols.sip2.conftest import card_of
from tests.protocols.sip2.machines import VERIFIER, Machine, key_of, set_secrets
from tests.unit.circulation.library import DESK, amend, berlin, held, lent, member, owes, title

NOW = datetime.now(UTC)
FREE = " " * 14
DENIED = "YYYY" + " " * 10


def test_a_member_in_good_standing_has_no_flag(machine: Machine) -> None:
    told = machine.status(card_of(member(first_name="Ada", last_name="Byron")), language="003")
    assert told["patron_status"] == FREE
    assert told["language"] == "003"
    assert (told["AE"], told["BL"], told["CQ"]) == ("Byron, Ada", "Y", "N")
    assert (told["BH"], told["BV"]) == ("EUR", "0.00")
    assert told.messages == []


def test_one_name_alone_is_told_as_it_is(machine: Machine) -> None:
    assert machine.status(card_of(member(first_name=None)))["AE"] == "Byron"


@pytest.mark.parametrize("card", ["", "nobody", "x" * 300])
def test_an_unknown_card_is_no_patron(machine: Machine, card: str) -> None:
    for told in (machine.status(card), machine.information(card)):
        assert (told["BL"], told["CQ"], told["AE"]) == ("N", "N", "")
        assert told.messages == ["This card is not known."]


def test_cards_are_found_in_any_case_and_with_blanks_around(machine: Machine, card: str) -> None:
    assert machine.status(f"  {card.upper()} ")["BL"] == "Y"


@pytest.mark.parametrize("secret", ["5831", "correct horse battery"])
def test_a_pin_or_a_password_proves_the_member(machine: Machine, secret: str) -> None:
    user_id = member()
    set_secrets(user_id, pin="5831", password="correct horse battery")
    assert machine.status(card_of(user_id), secret)["CQ"] == "Y"


@pytest.mark.parametrize("secret", ["", "0000", "a wrong password"])
def test_without_the_right_pin_no_address_mail_or_phone_is_told(
    machine: Machine, secret: str
) -> None:
    user_id = member(
        address="1 High Street\nTown", phone="0123", birth_date="2001-02-03", email="a@example.org"
    )
    set_secrets(user_id, pin="5831")
    card = card_of(user_id)
    told = machine.information(card, secret=secret)
    assert told["CQ"] == "N"
    assert [told[name] for name in ("BD", "BE", "BF", "PB")] == ["", "", "", ""]
    known = machine.information(card, secret="5831")
    assert [known[name] for name in ("BD", "BE", "BF", "PB")] == [
        "1 High Street, Town",
        "a@example.org",
        "0123",
        "20010203",
    ]


def test_a_pin_is_checked_once_in_a_connection_and_again_when_it_has_changed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id = member()
    set_secrets(user_id, pin="5831")
    card = card_of(user_id)
    checked: list[str] = []
    check = VERIFIER.check

    def counted(secret: str, stored: str | None, address: str) -> bool:
        checked.append(secret)
        return check(secret, stored, address)

    monkeypatch.setattr(VERIFIER, "check", counted)
    for _ in range(3):
        assert machine.status(card, "5831")["CQ"] == "Y"
    assert checked == ["5831"]
    set_secrets(user_id, pin="9275")
    assert machine.status(card, "5831")["CQ"] == "N"


def test_a_wrong_pin_sent_with_every_message_counts_once(machine: Machine) -> None:
    user_id = member()
    set_secrets(user_id, pin="5831")
    card = card_of(user_id)
    for _ in range(10):
        assert machine.status(card, "0000").messages == ["The PIN or password is wrong."]
    assert machine.status(card, "5831")["CQ"] == "Y"


def test_after_five_wrong_pins_even_the_right_one_waits(machine: Machine) -> None:
    user_id = member()
    set_secrets(user_id, pin="5831")
    card = card_of(user_id)
    for wrong in range(5):
        machine.status(card, f"000{wrong}")
    told = machine.status(card, "5831")
    assert told["CQ"] == "N"
    assert told.messages[0].startswith("Too many wrong PINs.")
    assert Machine(key_of()).status(card, "5831")["CQ"] == "N"


def test_a_member_who_may_not_borrow_is_told_why_in_their_language(machine: Machine) -> None:
    card = card_of(member(blocked=1, block_reason="Ask Eva", language="ger"))
    told = machine.status(card)
    assert told["patron_status"] == DENIED
    assert told.messages == ["Dieses Konto ist gesperrt. Ask Eva"]


def test_the_end_of_a_membership_is_told_as_people_write_a_day(machine: Machine) -> None:
    card = card_of(member(expires_on="2026-01-02", language="ger"))
    assert machine.status(card).messages == ["Die Mitgliedschaft endet am 2. Januar 2026."]


def test_the_language_is_the_member_s_else_the_request_s_else_the_library_s(
    library: Any,
) -> None:
    french = Machine(key_of(), language="fre")
    card = card_of(member(is_active=0))
    assert french.status(card).messages == ["Ce compte n'est pas actif."]
    assert french.status(card, language="008").messages == ["Esta cuenta no está activa."]
    spanish = card_of(member(is_active=0, language="eng"))
    assert french.status(spanish, language="003").messages == ["This account is not active."]


def test_an_inactive_member_proves_nothing(machine: Machine) -> None:
    user_id = member(is_active=0)
    set_secrets(user_id, pin="5831")
    told = machine.status(card_of(user_id), "5831")
    assert (told["BL"], told["CQ"], told["patron_status"]) == ("Y", "N", DENIED)


def test_an_inactive_member_with_the_right_pin_is_told_only_that(machine: Machine) -> None:
    user_id = member(is_active=0, address="1 High Street")
    set_secrets(user_id, pin="5831")
    card = card_of(user_id)
    for told in (machine.status(card, "5831"), machine.information(card, secret="5831")):
        assert told.messages == ["This account is not active."]
        assert (told["CQ"], told["BD"]) == ("N", "")
    assert machine.status(card, "0000").messages == [
        "This account is not active.",
        "The PIN or password is wrong.",
    ]


def test_debts_are_told_in_major_units_and_flagged_over_the_limit(machine: Machine) -> None:
    berlin(fees_block_at=1000)
    user_id = member()
    owes(user_id, 123456)
    told = machine.information(card_of(user_id))
    assert (told["BV"], told["CC"], told["fine_count"]) == ("1234.56", "10.00", "0001")
    assert told["patron_status"] == "YYYY      YY  "
    assert told.messages == ["You owe 1234.56 EUR; more than 10.00 EUR blocks the account."]


def test_a_currency_without_decimals_has_none(library: Any) -> None:
    user_id = member()
    owes(user_id, 500)
    assert Machine(key_of(), currency="JPY").status(card_of(user_id))["BV"] == "500"


def test_counts_and_lists_are_those_of_the_moment(machine: Machine) -> None:
    user_id = member()
    card = card_of(user_id)
    _, [late] = title()
    lent(late, user_id, NOW - timedelta(days=90))
    _, [recent] = title()
    machine.checkout(card, recent)
    waited, [out] = title()
    lent(out, member(), NOW)
    held(waited, user_id, NOW)
    ready, [kept] = title()
    lent(kept, member(), NOW)
    held(ready, user_id, NOW)
    machine.checkin(kept)
    told = machine.information(card, "YYY  Y    ")
    counts = ("hold_count", "overdue_count", "charged_count", "unavailable_count")
    assert [told[name] for name in counts] == ["0001", "0001", "0002", "0001"]
    assert told.fields["AS"] == [kept]
    assert told.fields["AT"] == [late]
    assert told.fields["AU"] == [late, recent]
    assert told.fields["CD"] == [out]


def test_only_the_list_asked_for_is_given_and_of_it_the_part_asked_for(machine: Machine) -> None:
    user_id = member()
    card = card_of(user_id)
    barcodes = [title()[1][0] for _ in range(4)]
    for barcode in barcodes:
        assert machine.checkout(card, barcode)["ok"] == "1"
    assert "AU" not in machine.information(card).fields
    part = machine.information(card, "  Y       ", more="BP2|BQ3|")
    assert part.fields["AU"] == barcodes[1:3]
    odd = machine.information(card, "  Y       ", more="BPx|BQ99999999999|")
    assert odd.fields["AU"] == barcodes


def test_a_fee_is_listed_with_the_number_that_pays_it(machine: Machine) -> None:
    user_id = member()
    owes(user_id, 250)
    [line] = fee.unsettled(user_id)
    told = machine.information(card_of(user_id), "   Y      ")
    assert told["AV"] == f"{line.id} 2.50 EUR Fee"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("overdue", "Verspätete Rückgabe"),
        ("lost", "Verlorenes Medium"),
        ("manual", "Gebühr: Fotokopien"),
        ("damage", "Beschädigung: Fotokopien"),
    ],
)
def test_a_fee_is_told_in_the_language_of_the_member(
    machine: Machine, kind: str, told: str
) -> None:
    """What staff write of a fee is told as they wrote it; other notes are for staff."""
    user_id = member(language="ger")
    owes(user_id, 250)
    Fee.update(kind=kind, note="Fotokopien").execute()
    [line] = fee.unsettled(user_id)
    shown = machine.information(card_of(user_id), "   Y      ")["AV"]
    assert shown == f"{line.id} 2.50 EUR {told}"


def test_a_refund_is_no_fee_to_pay(machine: Machine) -> None:
    user_id = member()
    owes(user_id, 250)
    [line] = fee.unsettled(user_id)
    owes(user_id, 100)
    Fee.update(kind="refund", amount=-100, balance=-100).where(Fee.id != line.id).execute()
    told = machine.information(card_of(user_id), "   Y      ")
    assert (told["fine_count"], told["BV"]) == ("0001", "1.50")
    assert told.fields["AV"] == [f"{line.id} 2.50 EUR Fee"]


def test_a_loan_claimed_returned_is_charged_and_not_overdue(machine: Machine) -> None:
    """Rule 29."""
    berlin(overdue_block=True)
    user_id = member()
    _, [barcode] = title()
    running = lent(barcode, user_id, NOW - timedelta(days=90))
    before = machine.information(card_of(user_id), " YY       ")
    assert (before["overdue_count"], before["patron_status"][6]) == ("0001", "Y")
    claim_returned(running.row.id, DESK, NOW)
    told = machine.information(card_of(user_id), " YY       ")
    assert (told["overdue_count"], told["charged_count"]) == ("0000", "0001")
    assert (told.fields.get("AT"), told.fields["AU"]) == (None, [barcode])
    assert told["patron_status"] == FREE


def test_a_number_of_thousands_of_digits_asks_for_a_place_that_is_not_there(
    machine: Machine,
) -> None:
    user_id = member()
    owes(user_id, 250)
    told = machine.information(card_of(user_id), "   Y      ", more=f"BP{'9' * 5000}|")
    assert (told["fine_count"], told["AV"]) == ("0001", "")


def test_limits_and_the_end_of_the_membership_are_told(machine: Machine) -> None:
    berlin(max_loans=7, max_holds=3)
    user_id = member()
    amend(user_id, expires_on="2031-05-06", category="child")
    told = machine.information(card_of(user_id))
    assert (told["BZ"], told["CB"], told["PA"], told["PC"]) == ("0003", "0007", "20310506", "child")


def test_the_end_of_a_session_is_confirmed_and_forgets_the_pin(machine: Machine) -> None:
    user_id = member()
    set_secrets(user_id, pin="5831")
    card = card_of(user_id)
    machine.status(card, "5831")
    told = machine.say(f"35{stamp(NOW)[:4]}1128    183000AOx|AA{card}|AC|AD|")
    assert (told["end_session"], told["AA"]) == ("Y", card)

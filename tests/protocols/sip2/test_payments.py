"""Payments at a machine: the oldest fees first, each transaction once, all of it or nothing."""

import secrets
from datetime import timedelta

import pytest

from models import fee, machine_payment
from models.machine_payment import MachinePayment
from models.timestamps import now, stamp
from tests.protocols.sip2.conftest import card_of
from tests.protocols.sip2.frames import DATE
from tests.protocols.sip2.machines import Machine, key_of
from tests.unit.circulation.library import audited, member, owes


def debtor(*amounts: int) -> tuple[int, str]:
    """A member who owes these; their id and card."""
    user_id = member()
    for amount in amounts:
        owes(user_id, amount)
    return user_id, card_of(user_id)


def left(user_id: int) -> list[int]:
    """What is left of each open fee."""
    return [line.balance for line in fee.unsettled(user_id)]


def test_a_payment_settles_the_oldest_fees_first(machine: Machine) -> None:
    user_id, card = debtor(100, 250, 300)
    told = machine.pay(card, "3.00", "BK77|")
    assert (told["payment_accepted"], told["BK"], told["AA"]) == ("Y", "77", card)
    assert left(user_id) == [50, 300]


def test_a_payment_without_its_currency_is_in_that_of_the_library(machine: Machine) -> None:
    user_id, card = debtor(300)
    told = machine.say(f"37{DATE}0100AOlib|AA{card}|BV1.00|")
    assert (told["payment_accepted"], told["AO"], left(user_id)) == ("Y", "lib", [200])


def test_control_characters_in_a_transaction_id_do_not_count(machine: Machine) -> None:
    user_id, card = debtor(300)
    for sent in ("t\0001", "t1\x1f"):
        assert machine.pay(card, "1.00", f"BK{sent}|")["payment_accepted"] == "Y"
    assert left(user_id) == [200]


def test_one_fee_can_be_paid_by_its_number(machine: Machine) -> None:
    user_id, card = debtor(100, 250)
    _, second = fee.unsettled(user_id)
    assert machine.pay(card, "2.50", f"CG{second.id}|")["payment_accepted"] == "Y"
    assert left(user_id) == [100]


@pytest.mark.parametrize("amount", ["3.00", "3", "3,00", " 3.0 "])
def test_amounts_are_read_as_machines_write_them(machine: Machine, amount: str) -> None:
    user_id, card = debtor(300)
    assert machine.pay(card, amount)["payment_accepted"] == "Y"
    assert left(user_id) == []


@pytest.mark.parametrize("amount", ["", "0", "0.00", "-1", "1.234", "1.000,00", "x", "1e3", "٣"])
def test_what_is_no_amount_is_refused(machine: Machine, amount: str) -> None:
    user_id, card = debtor(300)
    told = machine.pay(card, amount)
    assert told["payment_accepted"] == "N"
    assert told.messages == ["The amount cannot be read."]
    assert left(user_id) == [300]


def test_more_than_is_owed_is_refused_and_nothing_is_paid(machine: Machine) -> None:
    user_id, card = debtor(100, 250)
    told = machine.pay(card, "3.51", "BK1|")
    assert told.messages == ["This is more than is owed: 3.50 EUR."]
    assert left(user_id) == [100, 250]
    assert machine.pay(card, "3.50", "BK1|")["payment_accepted"] == "Y"


def test_a_fee_of_another_member_cannot_be_paid(machine: Machine) -> None:
    other_id, _ = debtor(100)
    user_id, card = debtor(100)
    [line] = fee.unsettled(other_id)
    assert machine.pay(card, "1.00", f"CG{line.id}|").messages == ["There is no such fee to pay."]
    assert left(user_id) == [100]


def test_another_currency_is_refused(machine: Machine) -> None:
    _, card = debtor(100)
    told = machine.pay(card, "1.00", currency="USD")
    assert told.messages == ["The library takes EUR only."]


def test_a_transaction_sent_again_is_paid_once(library: object) -> None:
    user_id, card = debtor(500)
    key = key_of()
    for _ in range(2):
        assert Machine(key).pay(card, "1.00", "BKa-1|")["payment_accepted"] == "Y"
    assert left(user_id) == [400]
    assert Machine(key).pay(card, "1.00", "BKa-2|")["payment_accepted"] == "Y"
    assert Machine(key_of()).pay(card, "1.00", "BKa-1|")["payment_accepted"] == "Y"
    assert left(user_id) == [200]
    assert len(audited("fee.pay")) == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("入口", "出口"),
        ("Central Library, ground floor, left", "Central Library, ground floor, right"),
        ("Till", "Till.2"),
    ],
)
def test_a_transaction_id_means_another_payment_at_another_machine_of_the_same_key(
    one: str, other: str, library: object
) -> None:
    user_id, card = debtor(500)
    key = key_of()
    for name in (one, other, one):
        assert Machine(key, name).pay(card, "1.00", "BK1|")["payment_accepted"] == "Y"
    assert left(user_id) == [300]


def test_a_transaction_sent_again_with_another_amount_is_refused(machine: Machine) -> None:
    user_id, card = debtor(500)
    machine.pay(card, "1.00", "BKa-1|")
    told = machine.pay(card, "2.00", "BKa-1|")
    assert (told["payment_accepted"], left(user_id)) == ("N", [400])
    assert told.messages == ["This transaction was a payment of 1.00 EUR before; it is not booked."]
    assert machine.pay(card, "1.00", "BKa-1|")["payment_accepted"] == "Y"
    assert left(user_id) == [400]


def test_a_transaction_id_means_another_payment_for_another_member(machine: Machine) -> None:
    (one_id, one), (other_id, other) = debtor(500), debtor(500)
    for card in (one, other):
        assert machine.pay(card, "1.00", "BKa-1|")["payment_accepted"] == "Y"
    assert (left(one_id), left(other_id)) == ([400], [400])


def test_after_a_day_a_transaction_id_means_another_payment(machine: Machine) -> None:
    user_id, card = debtor(500)
    machine.pay(card, "1.00", "BKa-1|")
    for hours, amount, owed in ((24, "2.00", 200), (23, "2.00", 200), (25, "1.00", 100)):
        noted_at = stamp(now() - timedelta(hours=hours, minutes=1))
        MachinePayment.update(noted_at=noted_at).execute()
        assert machine.pay(card, amount, "BKa-1|")["payment_accepted"] == "Y"
        assert left(user_id) == [owed]


def test_transaction_ids_are_forgotten_after_a_day(machine: Machine) -> None:
    _, card = debtor(500)
    for number in range(2):
        machine.pay(card, "1.00", f"BK{number}|")
    machine_payment.forget_old(now() + timedelta(hours=23))
    assert MachinePayment.select().count() == 2
    machine_payment.forget_old(now() + timedelta(hours=25))
    assert MachinePayment.select().count() == 0


def test_transaction_ids_may_be_of_any_length(machine: Machine) -> None:
    user_id, card = debtor(500)
    long = secrets.token_hex(6000)
    for reference in (long, f"{long[:-1]}x", long):
        assert machine.pay(card, "1.00", f"BK{reference}|")["payment_accepted"] == "Y"
    assert left(user_id) == [300]


def test_an_unknown_card_pays_nothing(machine: Machine) -> None:
    assert machine.pay("nobody", "1.00").messages == ["This card is not known."]

"""Payments over HTTP: read, taken back, for a whole account, and counted by day (rules 27, 42)."""

from typing import Any

import pytest

from circulation import checkout, lost_items
from models import book, copy
from models.timestamps import now
from tests.support import days
from tests.support.asking import Asker
from tests.support.people import Person

REASON = {"reason": "the wrong key"}


@pytest.fixture
def desk(ask: Asker, librarian: Person, member: Person) -> "Desk":
    """A desk that serves one member."""
    return Desk(ask, librarian, member)


class Desk:
    """What a clerk does with one member's money."""

    def __init__(self, ask: Asker, clerk: Person, member: Person) -> None:
        self.ask, self.clerk, self.member = ask, clerk, member

    def charge(self, amount: int, **more: Any) -> int:
        """A fee; its id."""
        body = {"user_id": self.member.id, "amount": amount, "note": "a note", **more}
        return int(self.ask.post("/fees", body, by=self.clerk).json["id"])

    def pay(self, fee_id: int, amount: int, method: str = "cash") -> Any:
        """A payment on a fee."""
        body = {"amount": amount, "method": method}
        return self.ask.post(f"/fees/{fee_id}/payments", body, by=self.clerk)

    def pay_account(self, amount: int) -> Any:
        """One payment for all that is owed."""
        body = {"amount": amount, "method": "card"}
        return self.ask.post(f"/users/{self.member.id}/payments", body, by=self.clerk)

    def void(self, payment_id: int, **more: Any) -> Any:
        """A payment taken back."""
        body = {**REASON, **more}
        return self.ask.post(f"/payments/{payment_id}/void", body, by=self.clerk)

    def fee(self, fee_id: int) -> Any:
        """A fee as it is."""
        return self.ask.get(f"/fees/{fee_id}", by=self.clerk).json

    def balance(self) -> int:
        """What the member owes."""
        account = self.ask.get(f"/users/{self.member.id}/account", by=self.clerk).json
        return int(account["balance"])

    def takings(self) -> Any:
        """Today's takings."""
        today = days.ahead(0).isoformat()
        asked = f"/reports/takings?from={today}&to={today}"
        return self.ask.get(asked, by=self.clerk).json["data"]


def test_a_payment_can_be_read_with_its_method(desk: Desk, ask: Asker, member: Person) -> None:
    paid = desk.pay(desk.charge(500), 200, "card").json
    payment = ask.get(f"/payments/{paid['payment_id']}", by=member).json
    shown = {name: payment[name] for name in ("amount", "method", "direction", "voided_at")}
    assert shown == {"amount": 200, "method": "card", "direction": "in", "voided_at": None}
    assert payment["actor_id"] == desk.clerk.id


def test_payments_are_listed_by_member_fee_method_and_day(desk: Desk, ask: Asker) -> None:
    fee_id = desk.charge(500)
    desk.pay(fee_id, 100, "cash")
    desk.pay(fee_id, 100, "card")
    today = days.ahead(0)
    for query, count in {
        f"user_id={desk.member.id}": 2,
        f"user_id={desk.clerk.id}": 0,
        f"fee_id={fee_id}&method=card": 1,
        f"from={today}&to={today}": 2,
        f"from={days.ahead(1)}": 0,
    }.items():
        found = ask.get(f"/payments?{query}", by=desk.clerk).json["data"]
        assert len(found) == count


def test_a_voided_payment_gives_the_balance_back(desk: Desk) -> None:
    fee_id = desk.charge(500)
    paid = desk.pay(fee_id, 500).json
    answer = desk.void(paid["payment_id"])
    assert (answer.status_code, answer.json["void_reason"]) == (200, "the wrong key")
    assert (desk.fee(fee_id)["balance"], desk.fee(fee_id)["status"]) == (500, "open")


def test_a_payment_is_voided_once(desk: Desk) -> None:
    paid = desk.pay(desk.charge(500), 500).json
    desk.void(paid["payment_id"])
    again = desk.void(paid["payment_id"])
    assert (again.status_code, again.json["code"]) == (409, "void")


def test_one_payment_settles_the_oldest_fees_first(desk: Desk) -> None:
    first, second, third = (desk.charge(amount) for amount in (300, 400, 500))
    answer = desk.pay_account(600)
    assert answer.status_code == 201
    assert [(one["fee_id"], one["amount"]) for one in answer.json["payments"]] == [
        (first, 300),
        (second, 300),
    ]
    assert len({one["receipt_id"] for one in answer.json["payments"]}) == 1
    assert answer.json["account"]["balance"] == 600
    assert desk.fee(third)["balance"] == 500


def test_more_than_the_account_owes_is_refused_whole(desk: Desk) -> None:
    desk.charge(300)
    answer = desk.pay_account(301)
    assert (answer.status_code, answer.json["code"]) == (409, "overpaid")
    assert desk.balance() == 300


def test_a_charge_made_by_mistake_counts_nowhere(desk: Desk) -> None:
    fee_id = desk.charge(300)
    answer = desk.ask.post(f"/fees/{fee_id}/void", REASON, by=desk.clerk)
    assert (answer.status_code, answer.json["status"]) == (200, "void")
    assert desk.balance() == 0
    assert desk.pay(fee_id, 1).json["code"] == "void"
    again = desk.ask.post(f"/fees/{fee_id}/void", REASON, by=desk.clerk)
    assert again.json["code"] == "void"


def test_a_charge_on_which_something_was_paid_is_not_voided(desk: Desk) -> None:
    fee_id = desk.charge(300)
    paid = desk.pay(fee_id, 100).json
    assert desk.ask.post(f"/fees/{fee_id}/void", REASON, by=desk.clerk).json["code"] == "paid"
    desk.void(paid["payment_id"])
    assert desk.ask.post(f"/fees/{fee_id}/void", REASON, by=desk.clerk).status_code == 200


def test_fees_are_listed_by_kind_status_and_day(desk: Desk, ask: Asker) -> None:
    desk.charge(300, kind="membership")
    damage = desk.charge(200, kind="damage")
    ask.post(f"/fees/{damage}/void", REASON, by=desk.clerk)
    for query, count in {
        "kind=membership": 1,
        "kind=membership,damage": 2,
        "status=void": 1,
        "status=open": 1,
        f"created_from={days.ahead(0)}": 2,
        f"created_from={days.ahead(1)}": 0,
    }.items():
        assert len(ask.get(f"/fees?{query}", by=desk.clerk).json["data"]) == count


@pytest.mark.parametrize("kind", ["overdue", "lost", "refund", "fun"])
def test_some_kinds_of_fee_come_about_by_lending_alone(desk: Desk, kind: str) -> None:
    body = {"user_id": desk.member.id, "amount": 1, "note": "x", "kind": kind}
    assert desk.ask.post("/fees", body, by=desk.clerk).status_code == 400


def test_a_member_is_charged_by_the_card(desk: Desk, ask: Asker) -> None:
    ask.patch(f"/users/{desk.member.id}", {"card_number": "C-1"}, by=desk.clerk)
    body = {"card_number": "c-1", "amount": 100, "note": "x"}
    assert ask.post("/fees", body, by=desk.clerk).json["user_id"] == desk.member.id
    unknown = ask.post("/fees", body | {"card_number": "C-2"}, by=desk.clerk)
    assert (unknown.status_code, unknown.json["code"]) == (404, "user-not-found")


def test_takings_count_a_voided_payment_on_both_sides(desk: Desk) -> None:
    paid = desk.pay(desk.charge(500), 300, "cash").json
    desk.pay(desk.charge(500), 200, "card")
    desk.void(paid["payment_id"])
    assert [(r["method"], r["paid"], r["voided"], r["refunded"]) for r in desk.takings()] == [
        ("card", 200, 0, 0),
        ("cash", 300, 300, 0),
    ]


def test_a_receipt_is_voided_as_a_whole(desk: Desk) -> None:
    desk.charge(300)
    desk.pay(desk.charge(500), 100)
    _, second = desk.pay_account(600).json["payments"]
    answer = desk.void(second["id"], whole_receipt=True)
    assert (answer.status_code, answer.json["id"]) == (200, second["id"])
    assert desk.balance() == 700


def test_a_receipt_of_which_a_part_was_voided_is_voided_with_the_rest(desk: Desk) -> None:
    desk.charge(300)
    desk.charge(400)
    first, second = desk.pay_account(600).json["payments"]
    desk.void(first["id"])
    again = desk.void(first["id"], whole_receipt=True)
    assert (again.status_code, again.json["code"], desk.balance()) == (409, "void", 400)
    assert desk.void(second["id"], whole_receipt=True).status_code == 200
    assert desk.balance() == 700


@pytest.fixture
def found_again(desk: Desk) -> tuple[int, int]:
    """The payment for a lost copy that turned up, and the refund line."""
    paid = desk.pay(_lost(desk), 800).json
    desk.ask.post("/returns", {"barcode": "B1"}, by=desk.clerk)
    refund = desk.ask.get("/fees?kind=refund", by=desk.clerk).json["data"][0]
    return paid["payment_id"], refund["id"]


def _lost(desk: Desk) -> int:
    """The charge for a lost copy."""
    book_id = book.create({"title": "Emma"}, desk.clerk.actor).id
    copy.create(book_id, {"barcode": "B1", "price": 800}, desk.clerk.actor)
    request = checkout.Request(barcode="B1", user_id=desk.member.id)
    loan = checkout.lend(request, desk.clerk.actor, now())
    lost_items.declare_lost(loan.row.id, desk.clerk.actor, now())
    return int(desk.ask.get("/fees?kind=lost", by=desk.clerk).json["data"][0]["id"])


def test_a_payment_that_was_refunded_is_not_voided(
    desk: Desk, found_again: tuple[int, int]
) -> None:
    answer = desk.void(found_again[0])
    assert (answer.status_code, answer.json["code"]) == (409, "refunded")


def test_a_receipt_of_which_a_part_was_refunded_is_voided_in_no_part(desk: Desk) -> None:
    lost = _lost(desk)
    desk.charge(500)
    first, second = desk.pay_account(1300).json["payments"]
    assert first["fee_id"] == lost
    desk.ask.post("/returns", {"barcode": "B1"}, by=desk.clerk)
    for one in (first, second):
        answer = desk.void(one["id"], whole_receipt=True)
        assert (answer.status_code, answer.json["code"]) == (409, "refunded")
        read = desk.ask.get(f"/payments/{second['id']}", by=desk.clerk)
        assert read.json["voided_at"] is None


def test_a_refund_is_paid_out_and_counted_as_such(
    desk: Desk, ask: Asker, found_again: tuple[int, int]
) -> None:
    paid = desk.pay(found_again[1], 800, "transfer").json
    payout = ask.get(f"/payments/{paid['payment_id']}", by=desk.clerk).json
    assert (payout["direction"], payout["amount"]) == ("out", 800)
    assert {(r["method"], r["paid"], r["refunded"]) for r in desk.takings()} == {
        ("cash", 800, 0),
        ("transfer", 0, 800),
    }


def test_a_voided_payout_is_owed_to_the_member_again(
    desk: Desk, found_again: tuple[int, int]
) -> None:
    paid = desk.pay(found_again[1], 800).json
    assert desk.balance() == 0
    desk.void(paid["payment_id"])
    assert desk.balance() == -800


def test_the_account_shows_what_is_running_up(desk: Desk, ask: Asker) -> None:
    account = ask.get(f"/users/{desk.member.id}/account", by=desk.member).json
    assert account["accruing"] == 0

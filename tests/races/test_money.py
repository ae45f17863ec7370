"""Payments and receipts that race: rules 27 and 33, against a server of several workers."""

from typing import Any
from uuid import uuid4

from models.database import transaction
from tests.races.crowd import ROUNDS, Ask, Crowd, parted, statuses
from tests.support.servers import EVERYWHERE
from tests.unit.circulation.library import member

pytestmark = EVERYWHERE


def fee(crowd: Crowd, user_id: int) -> Any:
    body = {"user_id": user_id, "amount": 500, "note": "Spilt coffee"}
    return crowd.ask("POST", "/fees", body)


def payment(line: Any, amount: int, key: str | None = None) -> Ask:
    return Ask("POST", f"/fees/{line['id']}/payments", {"amount": amount, "method": "cash"}, key)


def members() -> list[int]:
    with transaction():
        return [member() for _ in range(ROUNDS)]


def test_one_key_pays_once(crowd: Crowd) -> None:
    for who in members():
        line = fee(crowd, who)
        won, lost = parted(crowd.at_once(*[payment(line, 300, uuid4().hex)] * 3))
        assert [answer.body["balance"] for answer in won] == [200] * len(won)
        assert sum("idempotency-replayed" not in answer.headers for answer in won) == 1
        assert all(answer.body["code"] == "idempotency-in-progress" for answer in lost)
        assert crowd.ask("GET", f"/users/{who}/account")["balance"] == 200


def test_two_keys_pay_no_more_than_is_owed(crowd: Crowd) -> None:
    for who in members():
        line = fee(crowd, who)
        keyed = (payment(line, 300, uuid4().hex) for _ in range(3))
        won, lost = parted(crowd.at_once(*keyed))
        assert [answer.body["balance"] for answer in won] == [200]
        assert [answer.body["code"] for answer in lost] == ["overpaid"] * 2


def test_a_payment_and_a_waiver_take_no_more_than_is_owed(crowd: Crowd) -> None:
    for who in members():
        line = fee(crowd, who)
        waiver = Ask("POST", f"/fees/{line['id']}/waivers", {"amount": 300, "reason": "Regular"})
        won, lost = parted(crowd.at_once(payment(line, 300), waiver))
        assert [answer.body["balance"] for answer in won] == [200]
        assert [answer.body["code"] for answer in lost] == ["overpaid"]


def test_a_member_is_charged_or_erased(crowd: Crowd) -> None:
    for who in members():
        body = {"user_id": who, "amount": 500, "note": "Spilt coffee"}
        charged, erased = crowd.at_once(Ask("POST", "/fees", body), Ask("DELETE", f"/users/{who}"))
        if erased.status == 204:
            assert charged.status == 404
        else:
            assert (charged.status, erased.body["code"]) == (201, "fees-owed")


def test_an_order_is_not_received_beyond_its_quantity(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        order = crowd.ask("POST", "/orders", {"title": "Emma", "quantity": 3})
        path = f"/orders/{order['id']}"
        for status in ("approved", "ordered"):
            crowd.ask("PATCH", path, {"status": status})
        boxes = [{"barcodes": [uuid4().hex, uuid4().hex]} for _ in range(3)]
        answers = crowd.at_once(*(Ask("POST", f"{path}/receipts", box) for box in boxes))
        assert statuses(answers) == [201, 409, 409]
        lost = parted(answers)[1]
        assert [answer.body["code"] for answer in lost] == ["order-complete"] * 2
        assert crowd.ask("GET", path)["received"] == 2


def test_one_key_receives_once(crowd: Crowd) -> None:
    for _ in range(ROUNDS):
        order = crowd.ask("POST", "/orders", {"title": "Emma", "quantity": 9})
        path = f"/orders/{order['id']}"
        for status in ("approved", "ordered"):
            crowd.ask("PATCH", path, {"status": status})
        box = Ask("POST", f"{path}/receipts", {"barcodes": [uuid4().hex]}, uuid4().hex)
        won, lost = parted(crowd.at_once(box, box, box))
        assert all(answer.body["order"]["received"] == 1 for answer in won)
        assert all(answer.body["code"] == "idempotency-in-progress" for answer in lost)
        received = crowd.ask("GET", path)
        book_id = received["book_id"]
        assert received["received"] == 1
        assert len(crowd.ask("GET", f"/books/{book_id}/copies")["data"]) == 1

"""Orders and receipts over HTTP."""

from typing import Any

import pytest

from tests.support.asking import Asker
from tests.support.people import Person

WANTED = {"title": "Silas Marner", "isbn": "0-14-143975-0", "quantity": 2}


@pytest.fixture
def order(ask: Asker, member: Person) -> Any:
    """The member's order, as it was made."""
    answer = ask.post("/orders", WANTED, by=member)
    assert answer.status_code == 201
    return answer


def step(ask: Asker, by: Person, order: Any, **body: Any) -> Any:
    """The answer to a PATCH."""
    return ask.patch(f"/orders/{order.json['id']}", body, by=by)


def came(ask: Asker, by: Person, order: Any, *barcodes: str) -> Any:
    """The answer to a receipt."""
    return ask.post(f"/orders/{order.json['id']}/receipts", {"barcodes": barcodes}, by=by)


@pytest.fixture
def ordered(ask: Asker, order: Any, librarian: Person) -> Any:
    """The order, on its way."""
    step(ask, librarian, order, status="approved")
    return step(ask, librarian, order, status="ordered", vendor="Smith", unit_price=950)


def test_a_member_asks_for_a_book(ask: Asker, order: Any, member: Person) -> None:
    assert order.json == {
        "id": order.json["id"],
        "user_id": member.id,
        "title": "Silas Marner",
        "author": None,
        "isbn": "9780141439754",
        "publisher": None,
        "quantity": 2,
        "note": None,
        "status": "requested",
        "vendor": None,
        "unit_price": None,
        "currency": "EUR",
        "book_id": None,
        "received": 0,
        "reason": None,
        "created_at": order.json["created_at"],
        "updated_at": order.json["updated_at"],
        "revision": 1,
    }
    read = ask.get(f"/orders/{order.json['id']}", by=member)
    assert (read.json, read.headers["ETag"]) == (order.json, order.headers["ETag"])
    assert order.headers["Location"] == f"/api/v1/orders/{order.json['id']}"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"title": ""}, "#/title"),
        ({"quantity": 0}, "#/quantity"),
        ({"quantity": -1}, "#/quantity"),
        ({"quantity": 1.5}, "#/quantity"),
        ({"isbn": "0-14-143975-4"}, "#/isbn"),
        ({"status": "approved"}, "#/status"),
        ({"unit_price": 5}, "#/unit_price"),
        ({"received": 1}, "#/received"),
        ({"user_id": 1}, "#/user_id"),
    ],
)
def test_an_order_that_makes_no_sense_is_a_fault(
    ask: Asker, member: Person, changed: dict[str, Any], pointer: str
) -> None:
    answer = ask.post("/orders", {**WANTED, **changed}, by=member)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert ask.get("/orders", by=member).json["data"] == []


def test_an_order_of_an_unknown_book_is_not_found(ask: Asker, member: Person) -> None:
    answer = ask.post("/orders", {"title": "x", "book_id": 999}, by=member)
    assert (answer.status_code, answer.json["code"]) == (404, "not-found")


def test_a_librarian_approves_and_orders(ordered: Any) -> None:
    assert ordered.status_code == 200
    row = ordered.json
    assert (row["status"], row["vendor"], row["unit_price"]) == ("ordered", "Smith", 950)


def test_another_step_is_refused_and_tells_where_the_order_stands(
    ask: Asker, order: Any, librarian: Person
) -> None:
    for wrong in ("ordered", "received", "requested"):
        answer = step(ask, librarian, order, status=wrong, vendor="Smith")
        assert (answer.status_code, answer.json["code"]) == (409, "order-state")
        assert (answer.json["status"], answer.json["order_status"]) == (409, "requested")
    assert ask.get(f"/orders/{order.json['id']}", by=librarian).json == order.json


@pytest.mark.parametrize(
    "body",
    [
        {"status": "lost"},
        {"status": None},
        {"unit_price": -1},
        {"unit_price": 1.5},
        {"vendor": 5},
        {"colour": "red"},
    ],
)
def test_a_step_that_makes_no_sense_is_a_fault(
    ask: Asker, order: Any, librarian: Person, body: dict[str, Any]
) -> None:
    answer = step(ask, librarian, order, **body)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert ask.get(f"/orders/{order.json['id']}", by=librarian).json == order.json


def test_a_step_is_taken_from_what_was_read(ask: Asker, order: Any, librarian: Person) -> None:
    path, old = f"/orders/{order.json['id']}", {"If-Match": order.headers["ETag"]}
    taken = ask.patch(path, {"status": "approved"}, by=librarian, headers=old)
    assert taken.status_code == 200
    stale = ask.patch(path, {"status": "ordered"}, by=librarian, headers=old)
    assert (stale.status_code, stale.json["code"]) == (412, "stale")


def test_a_member_cancels_their_own_while_requested(ask: Asker, order: Any, member: Person) -> None:
    answer = step(ask, member, order, status="cancelled", reason="found it")
    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["reason"]) == ("cancelled", "found it")
    again = step(ask, member, order, status="cancelled")
    assert (again.status_code, again.json["code"]) == (409, "order-state")


def test_a_member_cannot_cancel_later(
    ask: Asker, order: Any, member: Person, librarian: Person
) -> None:
    step(ask, librarian, order, status="approved")
    answer = step(ask, member, order, status="cancelled")
    assert (answer.status_code, answer.json["code"]) == (409, "order-state")


def test_an_order_can_be_sent_back_as_it_was_read(
    ask: Asker, order: Any, member: Person, librarian: Person
) -> None:
    changed = step(ask, librarian, order, **{**order.json, "vendor": "Smith"})
    assert (changed.status_code, changed.json["vendor"]) == (200, "Smith")
    for status in ("approved", "ordered"):
        read = step(ask, librarian, order, status=status)
        for by in (librarian, member):
            again = step(ask, by, order, **read.json)
            assert (again.status_code, again.json) == (200, read.json)


def test_a_member_leaves_the_reason_of_a_cancelled_order_as_it_is(
    ask: Asker, order: Any, member: Person, librarian: Person
) -> None:
    read = step(ask, librarian, order, status="cancelled", reason="Out of print").json
    answer = step(ask, member, order, **{**read, "reason": "They were too slow"})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert step(ask, member, order, **read).json["reason"] == "Out of print"


def test_a_member_does_nothing_else_to_their_own(ask: Asker, order: Any, member: Person) -> None:
    for status in ("approved", "declined", "ordered", "received"):
        answer = step(ask, member, order, status=status)
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert step(ask, member, order, reason="please").status_code == 403
    answer = step(ask, member, order, status="cancelled", vendor="Smith", book_id=1)
    assert (answer.status_code, answer.json["code"]) == (403, "field-not-allowed")
    assert sorted(answer.json["fields"]) == ["book_id", "vendor"]
    assert came(ask, member, order, "N1").status_code == 403
    assert ask.get(f"/orders/{order.json['id']}", by=member).json == order.json


def test_a_member_knows_of_no_order_of_another(
    ask: Asker, order: Any, other_member: Person
) -> None:
    path = f"/orders/{order.json['id']}"
    assert ask.get("/orders", by=other_member).json["data"] == []
    for answer in (
        ask.get(path, by=other_member),
        step(ask, other_member, order, status="cancelled"),
        came(ask, other_member, order, "N1"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "not-found")


def test_orders_are_filtered(ask: Asker, order: Any, member: Person, librarian: Person) -> None:
    own = ask.post("/orders", {"title": "Romola"}, by=librarian).json

    def found(query: str) -> list[str]:
        return [row["title"] for row in ask.get(f"/orders?{query}", by=librarian).json["data"]]

    step(ask, librarian, order, status="approved")
    assert found("") == ["Silas Marner", "Romola"]
    assert found("status=approved,ordered") == ["Silas Marner"]
    assert found(f"user_id={own['user_id']}") == ["Romola"]


def test_a_receipt_answers_the_order_and_the_copies(
    ask: Asker, ordered: Any, librarian: Person
) -> None:
    answer = came(ask, librarian, ordered, "N1")
    assert answer.status_code == 201
    order, [copy] = answer.json["order"], answer.json["copies"]
    assert order == ask.get(f"/orders/{order['id']}", by=librarian).json
    assert copy == ask.get(f"/copies/{copy['id']}", by=librarian).json
    assert (order["status"], order["received"]) == ("ordered", 1)
    assert (copy["barcode"], copy["status"], copy["price"]) == ("N1", "available", 950)
    assert came(ask, librarian, ordered, "N2").json["order"]["status"] == "received"
    book = ask.get(f"/books/{order['book_id']}").json
    assert (book["title"], book["isbn"]) == ("Silas Marner", "9780141439754")


def test_a_receipt_beyond_the_order_is_refused(ask: Asker, ordered: Any, librarian: Person) -> None:
    came(ask, librarian, ordered, "N1")
    answer = came(ask, librarian, ordered, "N2", "N3")
    assert (answer.status_code, answer.json["code"]) == (409, "order-complete")
    assert answer.json["outstanding"] == 1
    assert ask.get("/copies", by=librarian).json["pagination"]["total"] == 1


def test_only_what_was_ordered_is_received(ask: Asker, order: Any, librarian: Person) -> None:
    answer = came(ask, librarian, order, "N1")
    assert (answer.status_code, answer.json["code"]) == (409, "order-state")


def test_a_barcode_that_is_taken_leaves_nothing_done(
    ask: Asker, ordered: Any, librarian: Person
) -> None:
    book = ask.post("/books", {"title": "Emma"}, by=librarian).json
    ask.post(f"/books/{book['id']}/copies", {"barcode": "B1"}, by=librarian)
    answer = came(ask, librarian, ordered, "N1", " b1 ")
    assert (answer.status_code, answer.json["code"]) == (409, "barcode-taken")
    assert answer.json["barcode"] == "b1"
    assert ask.get("/copies", by=librarian).json["pagination"]["total"] == 1
    assert ask.get("/books").json["pagination"]["total"] == 1
    assert ask.get(f"/orders/{ordered.json['id']}", by=librarian).json == ordered.json


@pytest.mark.parametrize("barcodes", [["N1", "n1 "], [], [""], ["N" * 65], "N1", [1], None])
def test_barcodes_that_make_no_sense_are_a_fault(
    ask: Asker, ordered: Any, librarian: Person, barcodes: Any
) -> None:
    path = f"/orders/{ordered.json['id']}/receipts"
    answer = ask.post(path, {"barcodes": barcodes}, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert ask.get("/copies", by=librarian).json["pagination"]["total"] == 0


def test_a_receipt_sent_twice_with_one_key_is_received_once(
    ask: Asker, ordered: Any, librarian: Person
) -> None:
    path, key = f"/orders/{ordered.json['id']}/receipts", {"Idempotency-Key": "van-1"}
    first, second = (
        ask.post(path, {"barcodes": ["N1"]}, by=librarian, headers=key) for _ in range(2)
    )
    assert (second.status_code, second.data) == (201, first.data)
    assert ask.get(f"/orders/{ordered.json['id']}", by=librarian).json["received"] == 1


def test_an_order_sent_back_whole_with_another_isbn_keeps_its_book(
    ask: Asker, librarian: Person
) -> None:
    emma = {"title": "Emma", "isbn": "9780141439587"}
    book = ask.post("/books", emma, by=librarian).json
    made = ask.post("/orders", emma, by=librarian).json
    whole = {**made, "isbn": "9780141439518"}
    changed = ask.patch(f"/orders/{made['id']}", whole, by=librarian)
    assert (changed.status_code, changed.json["book_id"]) == (200, book["id"])


def test_what_is_wanted_can_be_changed_until_it_is_ordered(
    ask: Asker, librarian: Person, member: Person
) -> None:
    path = f"/orders/{ask.post('/orders', {'title': 'Emma'}, by=member).json['id']}"
    for step in ({}, {"status": "approved"}):
        body = {"quantity": 5, "title": "Emma, again", **step}
        answer = ask.patch(path, body, by=librarian)
        assert (answer.status_code, answer.json["quantity"]) == (200, 5)
    ask.patch(path, {"status": "ordered"}, by=librarian)
    refused = ask.patch(path, {"quantity": 6}, by=librarian)
    assert (refused.status_code, refused.json["code"]) == (409, "order-state")
    assert ask.patch(path, {"quantity": 5, "vendor": "A shop"}, by=librarian).status_code == 200


def test_a_member_changes_nothing_of_what_was_asked_for(ask: Asker, member: Person) -> None:
    path = f"/orders/{ask.post('/orders', {'title': 'Emma'}, by=member).json['id']}"
    assert ask.patch(path, {"quantity": 5}, by=member).status_code == 403


def received(ask: Asker, librarian: Person, member: Person) -> tuple[str, Any]:
    """The path of an order of one copy, received, and what the receipt was answered."""
    path = f"/orders/{ask.post('/orders', {'title': 'Emma'}, by=member).json['id']}"
    for status in ("approved", "ordered"):
        ask.patch(path, {"status": status}, by=librarian)
    return path, ask.post(f"{path}/receipts", {"barcodes": ["R1"]}, by=librarian).json


def test_a_receipt_taken_back_withdraws_the_copy_and_waits_for_it_again(
    ask: Asker, librarian: Person, member: Person
) -> None:
    path, made = received(ask, librarian, member)
    copy_id = made["copies"][0]["id"]
    assert ask.delete(f"{path}/receipts/{copy_id}", by=librarian).status_code == 204
    order = ask.get(path, by=librarian).json
    assert (order["status"], order["received"]) == ("ordered", 0)
    assert ask.get(f"/copies/{copy_id}", by=librarian).json["status"] == "withdrawn"
    assert ask.delete(f"{path}/receipts/{copy_id}", by=librarian).status_code == 404
    assert ask.post(f"{path}/receipts", {"barcodes": ["R1"]}, by=librarian).status_code == 201


def test_a_receipt_whose_copy_was_lent_stays(ask: Asker, librarian: Person, member: Person) -> None:
    path, made = received(ask, librarian, member)
    lent = ask.post("/loans", {"barcode": "R1", "user_id": member.id}, by=librarian)
    assert lent.status_code == 201
    answer = ask.delete(f"{path}/receipts/{made['copies'][0]['id']}", by=librarian)
    assert (answer.status_code, answer.json["code"]) == (409, "copy-lent")


def test_a_hold_served_by_a_receipt_taken_back_waits_again(
    ask: Asker, librarian: Person, member: Person, other_member: Person
) -> None:
    _, made = received(ask, librarian, member)
    book_id = made["order"]["book_id"]
    ask.post("/loans", {"barcode": "R1", "user_id": member.id}, by=librarian)
    hold = ask.post("/holds", {"book_id": book_id}, by=other_member).json
    wanted = {"title": "Emma", "book_id": book_id}
    more = f"/orders/{ask.post('/orders', wanted, by=member).json['id']}"
    for status in ("approved", "ordered"):
        ask.patch(more, {"status": status}, by=librarian)
    came = ask.post(f"{more}/receipts", {"barcodes": ["R2"]}, by=librarian).json["copies"][0]
    assert ask.get(f"/holds/{hold['id']}", by=librarian).json["status"] == "ready"
    ask.delete(f"{more}/receipts/{came['id']}", by=librarian)
    assert ask.get(f"/holds/{hold['id']}", by=librarian).json["status"] == "waiting"

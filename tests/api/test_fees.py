"""Fees, payments, waivers and accounts over HTTP."""

from typing import Any

import pytest

from tests.support.asking import Asker
from tests.support.people import Person


@pytest.fixture
def fee(ask: Asker, member: Person, librarian: Person) -> Any:
    """A fee of 500 on the member's account, as it was made."""
    body = {"user_id": member.id, "amount": 500, "note": "Spilt coffee"}
    answer = ask.post("/fees", body, by=librarian)
    assert answer.status_code == 201
    return answer.json


def pay(ask: Asker, by: Person, fee: Any, amount: Any, **headers: str) -> Any:
    """The answer to a payment."""
    body = {"amount": amount, "method": "cash"}
    return ask.post(f"/fees/{fee['id']}/payments", body, by=by, headers=headers)


def waive(ask: Asker, by: Person, fee: Any, **body: Any) -> Any:
    """The answer to a waiver."""
    return ask.post(f"/fees/{fee['id']}/waivers", {"reason": "goodwill", **body}, by=by)


def balance(ask: Asker, who: Person) -> int:
    """What somebody owes."""
    found: int = ask.get(f"/users/{who.id}/account", by=who).json["balance"]
    return found


def test_a_fee_is_made_and_read(ask: Asker, fee: Any, member: Person) -> None:
    assert fee == {
        "id": fee["id"],
        "user_id": member.id,
        "loan_id": None,
        "kind": "manual",
        "amount": 500,
        "balance": 500,
        "currency": "EUR",
        "status": "open",
        "note": "Spilt coffee",
        "created_at": fee["created_at"],
    }
    assert ask.get(f"/fees/{fee['id']}", by=member).json == fee


def test_the_answer_that_made_it_has_the_tag_of_the_fee(
    ask: Asker, member: Person, librarian: Person
) -> None:
    made = ask.post("/fees", {"user_id": member.id, "amount": 1, "note": "x"}, by=librarian)
    path = made.headers["Location"].removeprefix("/api/v1")
    assert ask.get(path, by=member).headers["ETag"] == made.headers["ETag"]
    paid = pay(ask, librarian, made.json, 1)
    assert ask.get(path, by=member).headers["ETag"] == paid.headers["ETag"] != made.headers["ETag"]


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"amount": -1}, "#/amount"),
        ({"amount": 0}, "#/amount"),
        ({"amount": 1.5}, "#/amount"),
        ({"amount": "5"}, "#/amount"),
        ({"amount": True}, "#/amount"),
        ({"amount": None}, "#/amount"),
        ({"amount": 10**12 + 1}, "#/amount"),
        ({"note": " "}, "#/note"),
        ({"user_id": 0}, "#/user_id"),
        ({"kind": "overdue"}, "#/kind"),
        ({"balance": 3}, "#/balance"),
        ({"loan_id": 999}, "#/loan_id"),
    ],
)
def test_a_fee_that_makes_no_sense_is_a_fault(
    ask: Asker, member: Person, librarian: Person, changed: dict[str, Any], pointer: str
) -> None:
    body = {"user_id": member.id, "amount": 500, "note": "Spilt coffee", **changed}
    answer = ask.post("/fees", body, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert balance(ask, member) == 0


def test_a_fee_for_nobody_is_not_found(ask: Asker, librarian: Person) -> None:
    answer = ask.post("/fees", {"user_id": 999, "amount": 5, "note": "x"}, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (404, "user-not-found")


def test_a_payment_answers_the_fee_with_what_is_left(
    ask: Asker, fee: Any, librarian: Person
) -> None:
    paid = pay(ask, librarian, fee, 200)
    assert paid.status_code == 201
    assert paid.headers["Location"] == f"/api/v1/fees/{fee['id']}"
    assert paid.json == {**fee, "balance": 300, "payment_id": paid.json["payment_id"]}
    rest = pay(ask, librarian, fee, 300).json
    assert (rest["balance"], rest["status"]) == (0, "paid")


def test_more_than_is_left_is_overpaid(ask: Asker, fee: Any, librarian: Person) -> None:
    pay(ask, librarian, fee, 200)
    for answer in (pay(ask, librarian, fee, 301), waive(ask, librarian, fee, amount=301)):
        assert (answer.status_code, answer.json["code"]) == (409, "overpaid")
        assert answer.json["balance"] == 300
    assert ask.get(f"/fees/{fee['id']}", by=librarian).json["balance"] == 300


@pytest.mark.parametrize("amount", [-5, 0, 2.5, "5", True, None, [5], 10**13])
def test_an_amount_is_a_whole_number_above_nothing(
    ask: Asker, fee: Any, librarian: Person, amount: Any
) -> None:
    answers = [pay(ask, librarian, fee, amount)]
    if amount is not None:
        answers.append(waive(ask, librarian, fee, amount=amount))
    for answer in answers:
        assert (answer.status_code, answer.json["code"]) == (400, "invalid")
        assert [error["pointer"] for error in answer.json["errors"]] == ["#/amount"]
    assert ask.get(f"/fees/{fee['id']}", by=librarian).json == fee


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("payments", {"amount": 5}),
        ("payments", {"amount": 5, "method": "gold"}),
        ("payments", {"amount": 5, "method": "cash", "reason": "x"}),
        ("waivers", {"amount": 5}),
        ("waivers", {"amount": 5, "reason": ""}),
    ],
)
def test_a_payment_has_a_method_and_a_waiver_a_reason(
    ask: Asker, fee: Any, librarian: Person, path: str, body: dict[str, Any]
) -> None:
    answer = ask.post(f"/fees/{fee['id']}/{path}", body, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert ask.get(f"/fees/{fee['id']}", by=librarian).json == fee


def test_rule_27_paying_twice_with_one_key_pays_once(
    ask: Asker, fee: Any, librarian: Person
) -> None:
    key = {"Idempotency-Key": "till-1"}
    first, second = (pay(ask, librarian, fee, 200, **key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.data == first.data
    assert ask.get(f"/fees/{fee['id']}", by=librarian).json["balance"] == 300


def test_a_waiver_takes_all_that_is_left(ask: Asker, fee: Any, librarian: Person) -> None:
    pay(ask, librarian, fee, 200)
    assert waive(ask, librarian, fee).json == {**fee, "balance": 0, "status": "waived"}


def test_the_account_shows_what_is_not_settled(
    ask: Asker, fee: Any, member: Person, librarian: Person
) -> None:
    body = {"user_id": member.id, "amount": 100, "note": "Lost card"}
    other = ask.post("/fees", body, by=librarian).json
    pay(ask, librarian, fee, 500)
    for who in (member, librarian):
        account = ask.get(f"/users/{member.id}/account", by=who)
        assert account.json == {
            "user_id": member.id,
            "balance": 100,
            "accruing": 0,
            "currency": "EUR",
            "fees": [other],
        }


def test_fees_are_filtered_by_member_and_status(
    ask: Asker, fee: Any, other_member: Person, librarian: Person
) -> None:
    body = {"user_id": other_member.id, "amount": 100, "note": "Lost card"}
    other = ask.post("/fees", body, by=librarian).json
    waived = waive(ask, librarian, fee).json

    def found(query: str) -> list[Any]:
        data: list[Any] = ask.get(f"/fees?{query}", by=librarian).json["data"]
        return data

    assert found("") == [waived, other]
    assert found("status=open") == [other]
    assert found("status=paid,waived") == [waived]
    assert found("status=paid") == []
    assert found(f"user_id={other_member.id}") == [other]
    assert found("fields=id,status&sort=-id") == [
        {"id": other["id"], "status": "open"},
        {"id": waived["id"], "status": "waived"},
    ]
    assert ask.get("/fees?status=unpaid", by=librarian).status_code == 400


def test_fees_are_paged_by_cursor(ask: Asker, member: Person, librarian: Person) -> None:
    for amount in (1, 2, 3):
        body = {"user_id": member.id, "amount": amount, "note": "x"}
        ask.post("/fees", body, by=librarian)
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = ask.get(f"/fees?status=open&limit=2&cursor={cursor}", by=member).json
        seen += [row["amount"] for row in page["data"]]
        cursor = page["pagination"]["next_cursor"]
    assert seen == [1, 2, 3]


def test_a_member_sees_no_fee_of_another(ask: Asker, fee: Any, other_member: Person) -> None:
    assert ask.get("/fees", by=other_member).json["data"] == []
    theirs = ask.get(f"/fees?user_id={fee['user_id']}", by=other_member)
    assert theirs.json["data"] == []
    for answer in (
        ask.get(f"/fees/{fee['id']}", by=other_member),
        pay(ask, other_member, fee, 5),
        waive(ask, other_member, fee),
        ask.get(f"/users/{fee['user_id']}/account", by=other_member),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "not-found")


def test_a_member_cannot_settle_their_own(ask: Asker, fee: Any, member: Person) -> None:
    for answer in (pay(ask, member, fee, 5), waive(ask, member, fee)):
        assert (answer.status_code, answer.json["code"]) == (403, "forbidden")


@pytest.mark.settings(CURRENCY="JPY")
def test_amounts_are_told_in_the_librarys_currency(ask: Asker, fee: Any, librarian: Person) -> None:
    assert fee["currency"] == "JPY"
    assert "500 JPY" in pay(ask, librarian, fee, 501).json["detail"]

"""Lending at the desk, over HTTP: the rules have their tests in tests/unit/circulation."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models.timestamps import now
from tests.support.people import Person

API = "/api/v1"


@pytest.fixture
def copy(client: FlaskClient, librarian: Person) -> Any:
    """A copy with the barcode B1."""
    book = client.post(f"{API}/books", json={"title": "Emma"}, headers=librarian.headers)
    path = f"{book.headers['Location']}/copies"
    return client.post(path, json={"barcode": "B1"}, headers=librarian.headers).json


def lend(client: FlaskClient, to: Person, by: Person, **more: Any) -> TestResponse:
    body = {"barcode": "b1", "user_id": to.id, **more}
    return client.post(f"{API}/loans", json=body, headers=by.headers)


def take_back(client: FlaskClient, by: Person) -> TestResponse:
    return client.post(f"{API}/returns", json={"barcode": "B1"}, headers=by.headers)


def availability(client: FlaskClient, copy: Any) -> Any:
    answer = client.get(f"{API}/books/{copy['book_id']}?embed=availability")
    return answer.json["availability"] if answer.json else None


def test_a_copy_is_lent_and_taken_back(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    lent = lend(client, member, librarian)
    assert lent.status_code == 201
    assert lent.json is not None
    assert lent.json["status"] == "open"
    read = client.get(lent.headers["Location"], headers=member.headers)
    assert (read.json, read.headers["ETag"]) == (lent.json, lent.headers["ETag"])
    stock = {"copies": 1, "available": 0, "on_loan": 1, "holds": 0}
    assert availability(client, copy) == {**stock, "next_due_at": lent.json["due_at"]}
    back = take_back(client, librarian)
    assert back.status_code == 200
    assert back.json is not None
    assert back.json["loan"]["status"] == "returned"
    assert (back.json["fees"], back.json["hold"]) == ([], None)
    assert back.json["copy"]["status"] == "available"
    stock = {"copies": 1, "available": 1, "on_loan": 0, "holds": 0}
    assert availability(client, copy) == {**stock, "next_due_at": None}


@pytest.mark.parametrize(
    "path", ["copies/1", "copies?barcode=B1", "books/1/copies", "books/1?embed=copies"]
)
def test_everybody_reads_when_a_copy_is_due_and_nobody_who_has_it(
    client: FlaskClient, copy: Any, member: Person, librarian: Person, path: str
) -> None:
    def shown() -> Any:
        told: Any = client.get(f"{API}/{path}").json
        return (told.get("data") or told.get("copies") or [told])[0]

    assert shown()["due_at"] is None
    loan: Any = lend(client, member, librarian).json
    assert shown()["due_at"] == loan["due_at"]
    assert "user_id" not in shown()
    take_back(client, librarian)
    assert shown()["due_at"] is None


def test_a_scan_is_noted_at_the_copy(client: FlaskClient, copy: Any, librarian: Person) -> None:
    assert copy["last_seen_at"] is None
    seen: Any = take_back(client, librarian).json
    assert seen["copy"]["last_seen_at"] is not None
    assert client.get(f"{API}/copies/{copy['id']}").json == {
        name: value for name, value in seen["copy"].items() if name != "note"
    }


def test_a_copy_is_taken_back_by_its_number(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    lend(client, member, librarian)
    url = f"{API}/returns"
    back = client.post(url, json={"copy_id": copy["id"]}, headers=librarian.headers)
    assert back.json is not None
    assert (back.status_code, back.json["loan"]["status"]) == (200, "returned")
    unknown = client.post(url, json={"copy_id": 99}, headers=librarian.headers)
    assert (unknown.status_code, unknown.json and unknown.json["code"]) == (404, "copy-not-found")
    neither = client.post(url, json={}, headers=librarian.headers)
    assert neither.status_code == 400


def test_a_copy_used_in_the_library_is_counted_where_it_is_not_on_loan(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    body, url = {"barcode": "B1", "in_house": True}, f"{API}/returns"
    used = client.post(url, json=body, headers=librarian.headers)
    assert used.json is not None
    assert (used.status_code, used.json["loan"]) == (200, None)
    assert used.json["copy"]["status"] == "available"
    report = client.get(f"{API}/reports/circulation", headers=librarian.headers)
    assert report.json is not None
    assert report.json["data"][-1]["in_house"] == 1
    lend(client, member, librarian)
    refused = client.post(url, json=body, headers=librarian.headers)
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "copy-on-loan")
    by_member = client.post(url, json=body, headers=member.headers)
    assert by_member.status_code == 403


def test_a_copy_on_loan_may_be_sent_back_as_it_was_read(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    lend(client, member, librarian)
    path = f"{API}/copies/{copy['id']}"
    read = client.get(path, headers=librarian.headers).json
    assert read is not None
    changed = client.patch(path, json={**read, "note": "Torn cover"}, headers=librarian.headers)
    assert changed.status_code == 200
    assert changed.json is not None
    assert (changed.json["status"], changed.json["note"]) == ("on_loan", "Torn cover")
    shelved = client.patch(path, json={"status": "on_hold_shelf"}, headers=librarian.headers)
    assert (shelved.status_code, shelved.json and shelved.json["code"]) == (400, "invalid")


def test_a_refusal_lists_every_reason(
    client: FlaskClient, copy: Any, member: Person, other_member: Person, librarian: Person
) -> None:
    block = {"blocked": True, "block_reason": "Lost card"}
    client.patch(f"{API}/users/{other_member.id}", json=block, headers=librarian.headers)
    lend(client, member, librarian)
    refused = lend(client, other_member, librarian)
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["code"] == "loan-refused"
    reasons = {reason["code"]: reason for reason in refused.json["reasons"]}
    assert reasons.keys() == {"copy-on-loan", "member-blocked"}
    assert reasons["member-blocked"]["params"] == {"reason": "Lost card"}


def test_a_decision_says_the_same_and_changes_nothing(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    body = {"barcode": "B1", "user_id": member.id}
    asked = client.post(f"{API}/loans/decisions", json=body, headers=librarian.headers)
    assert asked.status_code == 200
    assert asked.json is not None
    assert asked.json["allowed"] is True
    assert lend(client, member, librarian).json["due_at"] == asked.json["due_at"]  # type: ignore[index]


def test_a_member_sees_only_their_own_loans(
    client: FlaskClient, copy: Any, member: Person, other_member: Person, librarian: Person
) -> None:
    path = lend(client, member, librarian).headers["Location"]
    own = client.get(f"{API}/loans?status=open", headers=member.headers)
    assert own.json is not None
    assert [loan["copy_id"] for loan in own.json["data"]] == [copy["id"]]
    others = client.get(f"{API}/loans?user_id={member.id}", headers=other_member.headers)
    assert others.json is not None
    assert others.json["data"] == []
    assert client.get(path, headers=other_member.headers).status_code == 404
    assert client.post(f"{path}/lost", headers=other_member.headers).status_code == 404
    assert client.post(f"{path}/lost", headers=member.headers).status_code == 403


def test_a_loan_is_renewed_and_explained(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    path = lend(client, member, librarian, due_on=tomorrow).headers["Location"]
    renewed = client.post(f"{path}/renewals", headers=member.headers)
    assert renewed.status_code == 201
    assert renewed.json is not None
    assert renewed.json["renewals"] == 1
    explained = client.get(f"{path}/explanation", headers=member.headers)
    assert explained.json is not None
    assert explained.json["policy"]["member_category"] == "*"
    assert len(explained.json["renewals"]) == 1


def test_a_lost_copy_is_charged_and_found_again(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    price = {"price": 1500}
    client.patch(f"{API}/copies/{copy['id']}", json=price, headers=librarian.headers)
    path = lend(client, member, librarian).headers["Location"]
    lost = client.post(f"{path}/lost", headers=librarian.headers)
    assert lost.json is not None
    assert lost.json["status"] == "lost"
    again = client.post(f"{path}/lost", headers=librarian.headers)
    assert again.json is not None
    assert again.json["code"] == "loan-closed"
    back = take_back(client, librarian)
    assert back.json is not None
    assert [fee["status"] for fee in back.json["fees"]] == ["waived"]


def test_a_returned_copy_is_set_aside_for_the_hold(
    client: FlaskClient, copy: Any, member: Person, other_member: Person, librarian: Person
) -> None:
    lend(client, member, librarian)
    wish = {"book_id": copy["book_id"]}
    placed = client.post(f"{API}/holds", json=wish, headers=other_member.headers)
    assert placed.status_code == 201
    assert placed.json is not None
    assert (placed.json["status"], placed.json["position"]) == ("waiting", 1)
    back = take_back(client, librarian)
    assert back.json is not None
    assert back.json["hold"]["id"] == placed.json["id"]
    read = client.get(placed.headers["Location"], headers=other_member.headers)
    assert read.json is not None
    assert read.json["status"] == "ready"
    cancelled = client.delete(placed.headers["Location"], headers=other_member.headers)
    assert cancelled.status_code == 204
    assert availability(client, copy)["available"] == 1


def test_rule_21_a_copy_that_is_added_makes_no_hold_ready(
    client: FlaskClient, copy: Any, member: Person, other_member: Person, librarian: Person
) -> None:
    lend(client, member, librarian)
    book = {"book_id": copy["book_id"]}
    hold = client.post(f"{API}/holds", json=book, headers=other_member.headers)
    path = f"{API}/books/{copy['book_id']}/copies"
    added = client.post(path, json={"barcode": "B2"}, headers=librarian.headers).json
    assert added is not None
    assert added["status"] == "available"
    read = client.get(hold.headers["Location"], headers=other_member.headers).json
    assert read is not None
    assert read["status"] == "waiting"


def test_rule_34_the_audit_log_tells_who_did_what_in_which_request_and_why(
    client: FlaskClient, copy: Any, member: Person, librarian: Person, admin: Person
) -> None:
    block = {"blocked": True, "block_reason": "Lost card"}
    client.patch(f"{API}/users/{member.id}", json=block, headers=librarian.headers)
    override = {"codes": ["member-blocked"], "reason": "The card was found"}
    answer = client.post(
        f"{API}/loans",
        json={"barcode": "B1", "user_id": member.id, "override": override},
        headers={**librarian.headers, "X-Request-ID": "desk-9"},
    )
    assert answer.json is not None
    log = client.get(f"{API}/audit?request_id=desk-9", headers=admin.headers).json
    assert log is not None
    [deed] = log["data"]
    assert deed == {
        "id": deed["id"],
        "at": deed["at"],
        "actor_id": librarian.id,
        "action": "loan.create",
        "record_type": "loan",
        "record_id": answer.json["id"],
        "request_id": "desk-9",
        "reason": "The card was found",
        "changes": {"overridden": [None, ["member-blocked"]]},
    }


def test_a_hold_is_suspended_by_its_member_alone(
    client: FlaskClient, copy: Any, member: Person, other_member: Person, librarian: Person
) -> None:
    lend(client, member, librarian)
    wish = {"book_id": copy["book_id"]}
    path = client.post(f"{API}/holds", json=wish, headers=other_member.headers).headers["Location"]
    until = {"suspended_until": "2999-01-01"}
    assert client.patch(path, json=until, headers=member.headers).status_code == 404
    assert client.patch(path, json=until, headers=other_member.headers).json["suspended_until"]  # type: ignore[index]


def test_a_member_does_not_hold_for_another(
    client: FlaskClient, copy: Any, member: Person, other_member: Person
) -> None:
    wish = {"book_id": copy["book_id"], "user_id": other_member.id}
    assert client.post(f"{API}/holds", json=wish, headers=member.headers).status_code == 403


def test_members_do_not_lend_where_there_is_no_self_service(
    client: FlaskClient, copy: Any, member: Person
) -> None:
    assert lend(client, member, member).status_code == 403


@pytest.mark.settings(SELF_SERVICE="true")
def test_with_self_service_members_lend_to_themselves_alone(
    client: FlaskClient, copy: Any, member: Person, other_member: Person
) -> None:
    assert lend(client, other_member, member).status_code == 403
    assert lend(client, member, member).status_code == 201
    assert take_back(client, other_member).status_code == 403
    assert take_back(client, member).status_code == 200


@pytest.mark.settings(SELF_SERVICE="true")
def test_with_self_service_members_neither_choose_the_date_nor_override(
    client: FlaskClient, copy: Any, member: Person
) -> None:
    chosen = lend(client, member, member, due_on="2999-01-01")
    assert chosen.json is not None
    assert (chosen.status_code, chosen.json["fields"]) == (403, ["due_on"])
    override = {"codes": ["loan-limit"], "reason": "I want it"}
    waved = lend(client, member, member, override=override)
    assert waved.json is not None
    assert (waved.status_code, waved.json["fields"]) == (403, ["override"])


def test_a_member_with_a_loan_is_not_erased(
    client: FlaskClient, copy: Any, member: Person, librarian: Person, admin: Person
) -> None:
    lend(client, member, librarian)
    refused = client.delete(f"{API}/users/{member.id}", headers=admin.headers)
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "loans-open")


def test_a_book_with_a_copy_on_loan_stays(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    lend(client, member, librarian)
    refused = client.delete(f"{API}/books/{copy['book_id']}", headers=librarian.headers)
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "copies-on-loan")
    refused = client.delete(f"{API}/copies/{copy['id']}", headers=librarian.headers)
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "copy-on-loan")


def test_unknown_copies_and_members_are_named(
    client: FlaskClient, copy: Any, member: Person, librarian: Person
) -> None:
    unknown = client.post(
        f"{API}/loans", json={"barcode": "?", "user_id": member.id}, headers=librarian.headers
    )
    assert unknown.json is not None
    assert (unknown.status_code, unknown.json["code"]) == (404, "copy-not-found")
    unknown = client.post(
        f"{API}/loans", json={"barcode": "B1", "card_number": "?"}, headers=librarian.headers
    )
    assert unknown.json is not None
    assert (unknown.status_code, unknown.json["code"]) == (404, "user-not-found")

"""Loans and returns taken back over HTTP; the acts have their tests in tests/unit/circulation."""

from typing import Any

import pytest

from models import book, copy
from tests.support.asking import Asker
from tests.support.people import Person

WHY = {"reason": "the wrong card"}


@pytest.fixture
def loan(ask: Asker, librarian: Person, member: Person) -> Any:
    """The copy B1, lent to the member."""
    book_id = book.create({"title": "Emma"}, librarian.actor).id
    copy.create(book_id, {"barcode": "B1"}, librarian.actor)
    return ask.post("/loans", {"barcode": "B1", "user_id": member.id}, by=librarian).json


def act(ask: Asker, loan: Any, noun: str, by: Person, body: Any = None) -> Any:
    return ask.post(f"/loans/{loan['id']}/{noun}", WHY if body is None else body, by=by)


def test_a_cancelled_loan_is_read_listed_and_counted_nowhere(
    ask: Asker, librarian: Person, member: Person, loan: Any
) -> None:
    done = act(ask, loan, "cancellation", librarian)
    assert (done.status_code, done.json["status"]) == (200, "cancelled")
    assert done.json["revision"] == loan["revision"] + 1
    read = ask.get(f"/loans/{loan['id']}", by=member)
    assert (read.json, read.headers["ETag"]) == (done.json, done.headers["ETag"])
    listed = ask.get("/loans?status=cancelled", by=librarian).json["data"]
    assert [one["id"] for one in listed] == [loan["id"]]
    assert ask.get("/loans?status=open,overdue,returned", by=librarian).json["data"] == []
    assert ask.get(f"/users/{member.id}/standing", by=librarian).json["loans"] == 0
    report = ask.get("/reports/circulation", by=librarian).json["data"]
    assert report[-1]["loans"] == 0
    assert ask.get("/reports/popular", by=librarian).json["data"] == []


def test_a_return_is_taken_back_and_the_loan_runs_on(
    ask: Asker, librarian: Person, loan: Any
) -> None:
    ask.post("/returns", {"barcode": "B1"}, by=librarian)
    done = act(ask, loan, "reopening", librarian)
    assert done.status_code == 200
    assert {**done.json, "revision": 0} == {**loan, "revision": 0}
    assert ask.get(f"/copies/{loan['copy_id']}", by=librarian).json["status"] == "on_loan"


@pytest.mark.parametrize("noun", ["cancellation", "reopening"])
@pytest.mark.parametrize("body", [{}, {"reason": " "}, {"reason": None}, {"reason": "x", "y": 1}])
def test_undoing_needs_a_reason_and_nothing_else(
    ask: Asker, librarian: Person, loan: Any, noun: str, body: Any
) -> None:
    assert act(ask, loan, noun, librarian, body).status_code == 400


def test_what_cannot_be_taken_back_says_why(ask: Asker, librarian: Person, loan: Any) -> None:
    def code(noun: str) -> tuple[int, str]:
        answer = act(ask, loan, noun, librarian)
        return answer.status_code, answer.json["code"]

    assert code("reopening") == (409, "loan-open")
    ask.post("/returns", {"barcode": "B1"}, by=librarian)
    assert code("cancellation") == (409, "loan-closed")
    body = {"barcode": "B1", "user_id": librarian.id}
    assert ask.post("/loans", body, by=librarian).status_code == 201
    assert code("reopening") == (409, "copy-on-loan")
    assert act(ask, {"id": 999}, "reopening", librarian).status_code == 404


def test_the_audit_log_keeps_the_act_and_its_undoing(
    ask: Asker, librarian: Person, admin: Person, loan: Any
) -> None:
    act(ask, loan, "cancellation", librarian)
    found = ask.get(f"/audit?record_type=loan&record_id={loan['id']}", by=admin).json["data"]
    told = [(one["action"], one["actor_id"], one["reason"]) for one in found]
    assert told == [
        ("loan.cancel", librarian.id, WHY["reason"]),
        ("loan.create", librarian.id, None),
    ]
    events = ask.get("/events?cursor=&types=loan.cancel", by=librarian).json["data"]
    assert [one["data"]["status"] for one in events] == ["cancelled"]


def test_loans_are_told_as_csv_with_their_status(ask: Asker, librarian: Person, loan: Any) -> None:
    act(ask, loan, "cancellation", librarian)
    headers = {"Accept": "text/csv"}
    lines = ask.get("/loans?fields=id,status", by=librarian, headers=headers).text.split("\r\n")
    assert lines[:2] == ["id,status", f"{loan['id']},cancelled"]

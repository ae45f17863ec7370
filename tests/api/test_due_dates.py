"""Due dates changed by hand, one or many, claims withdrawn, and dry runs, over HTTP (rule 40)."""

from datetime import date
from typing import Any

import pytest

from circulation import checkout, closures
from models import book, copy, locks
from models.timestamps import now
from tests.support import days
from tests.support.asking import Asker
from tests.support.people import Person

WHY = {"reason": "a long way home"}


@pytest.fixture
def loan(librarian: Person, member: Person) -> Any:
    """A loan of the member's, of the copy B1."""
    return lend(librarian, member, "B1")


def lend(librarian: Person, member: Person, barcode: str, **fields: Any) -> Any:
    book_id = book.create({"title": f"Novel {barcode}"}, librarian.actor).id
    copy.create(book_id, {"barcode": barcode, **fields}, librarian.actor)
    request = checkout.Request(barcode=barcode, user_id=member.id)
    return checkout.lend(request, librarian.actor, now()).to_json()


def change(ask: Asker, librarian: Person, loan: Any, on: date, **more: Any) -> Any:
    body = {"due_on": on.isoformat(), **WHY, **more}
    return ask.patch(f"/loans/{loan['id']}", body, by=librarian)


def many(ask: Asker, librarian: Person, **more: Any) -> Any:
    body = {
        "due_from": days.ahead(1).isoformat(),
        "due_to": days.ahead(60).isoformat(),
        "to": days.ahead(40).isoformat(),
        **WHY,
        **more,
    }
    return ask.post("/loans/due-dates", body, by=librarian)


@pytest.mark.parametrize("ahead", [0, 3, 100])
def test_a_loan_is_due_on_another_day_earlier_or_later(
    ask: Asker, librarian: Person, loan: Any, ahead: int
) -> None:
    answer = change(ask, librarian, loan, days.ahead(ahead))
    assert answer.status_code == 200
    assert answer.json["due_at"][:10] == days.ahead(ahead).isoformat()
    assert (answer.json["renewals"], answer.json["revision"]) == (0, loan["revision"] + 1)


def test_a_day_that_is_closed_while_a_change_of_many_waits_is_passed_over(
    ask: Asker, librarian: Person, loan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = days.ahead(40).isoformat()

    def waits() -> None:
        monkeypatch.setattr(locks, "take_opening_days", take)
        take()
        closed = {"starts_on": to, "ends_on": to, "reason": "works"}
        closures.close(closed, librarian.actor, now())

    take = locks.take_opening_days
    monkeypatch.setattr(locks, "take_opening_days", waits)
    assert many(ask, librarian).status_code == 200
    due = ask.get(f"/loans/{loan['id']}", by=librarian).json["due_at"]
    assert due[:10] == days.ahead(41).isoformat()


def test_the_day_that_a_loan_is_due_on_anyway_changes_nothing(
    ask: Asker, librarian: Person, loan: Any
) -> None:
    answer = change(ask, librarian, loan, date.fromisoformat(loan["due_at"][:10]))
    assert (answer.status_code, answer.json) == (200, loan)
    steps = ask.get(f"/loans/{loan['id']}/explanation", by=librarian).json["due"]
    assert [one["step"] for one in steps] == ["loan-days"]


def test_the_change_is_a_step_of_the_explanation(ask: Asker, librarian: Person, loan: Any) -> None:
    change(ask, librarian, loan, days.ahead(100))
    step = ask.get(f"/loans/{loan['id']}/explanation", by=librarian).json["due"][-1]
    assert (step["rule"], step["because"]) == (40, "a long way home")
    assert (step["from"], step["to"]) == (loan["due_at"][:10], days.ahead(100).isoformat())


@pytest.mark.parametrize("ahead", [-1, 4000])
def test_a_day_in_the_past_or_far_away_is_a_fault(
    ask: Asker, librarian: Person, loan: Any, ahead: int
) -> None:
    answer = change(ask, librarian, loan, days.ahead(ahead))
    assert answer.status_code == 400
    assert answer.json["errors"][0]["pointer"] == "#/due_on"


@pytest.mark.parametrize("missing", ["due_on", "reason"])
def test_a_change_needs_a_day_and_a_reason(
    ask: Asker, librarian: Person, loan: Any, missing: str
) -> None:
    body = {"due_on": days.ahead(3).isoformat(), **WHY}
    del body[missing]
    answer = ask.patch(f"/loans/{loan['id']}", body, by=librarian)
    assert answer.json["errors"][0]["pointer"] == f"#/{missing}"


def test_a_loan_that_has_ended_is_left_as_it_is(ask: Asker, librarian: Person, loan: Any) -> None:
    ask.post("/returns", {"barcode": "B1"}, by=librarian)
    answer = change(ask, librarian, loan, days.ahead(3))
    assert (answer.status_code, answer.json["code"]) == (409, "loan-closed")


def test_no_due_date_passes_the_membership(
    ask: Asker, librarian: Person, member: Person, loan: Any
) -> None:
    last = days.ahead(30).isoformat()
    ask.patch(f"/users/{member.id}", {"expires_on": last}, by=librarian)
    assert change(ask, librarian, loan, days.ahead(100)).json["due_at"][:10] == last


def test_all_that_is_due_in_some_days_moves_at_once_and_back(
    ask: Asker, librarian: Person, member: Person, loan: Any
) -> None:
    other = lend(librarian, member, "B2")
    assert many(ask, librarian, dry_run=True).json == {"moved": 2, "batch_id": None}
    moved = many(ask, librarian).json
    assert moved["moved"] == 2
    change(ask, librarian, other, days.ahead(50))
    back = ask.post(f"/loans/due-dates/{moved['batch_id']}/reversal", by=librarian)
    assert back.json["moved"] == 1
    assert ask.get(f"/loans/{loan['id']}", by=librarian).json["due_at"] == loan["due_at"]
    again = ask.post(f"/loans/due-dates/{moved['batch_id']}/reversal", by=librarian)
    assert again.json["moved"] == 0


def test_a_day_that_was_agreed_since_stays_though_it_is_that_of_the_batch(
    ask: Asker, librarian: Person, loan: Any
) -> None:
    moved = many(ask, librarian).json
    left = ask.get(f"/loans/{loan['id']}", by=librarian).json["due_at"]
    for day in (days.ahead(50).isoformat(), left[:10]):
        change(ask, librarian, loan, date.fromisoformat(day))
    back = ask.post(f"/loans/due-dates/{moved['batch_id']}/reversal", by=librarian)
    assert back.json["moved"] == 0
    assert ask.get(f"/loans/{loan['id']}", by=librarian).json["due_at"] == left


def test_what_was_reversed_and_set_by_hand_again_is_not_reversed_twice(
    ask: Asker, librarian: Person, loan: Any
) -> None:
    moved = many(ask, librarian).json
    left = ask.get(f"/loans/{loan['id']}", by=librarian).json["due_at"]
    path = f"/loans/due-dates/{moved['batch_id']}/reversal"
    assert ask.post(path, by=librarian).json["moved"] == 1
    change(ask, librarian, loan, date.fromisoformat(left[:10]))
    assert ask.post(path, by=librarian).json["moved"] == 0


def test_a_day_that_was_closed_since_does_not_keep_a_batch_from_being_reversed(
    ask: Asker, librarian: Person, loan: Any
) -> None:
    moved = many(ask, librarian).json
    left = ask.get(f"/loans/{loan['id']}", by=librarian).json["due_at"][:10]
    day = {"starts_on": left, "ends_on": left, "reason": "heating"}
    closures.close(day, librarian.actor, now())
    assert ask.get(f"/loans/{loan['id']}", by=librarian).json["due_at"][:10] > left
    back = ask.post(f"/loans/due-dates/{moved['batch_id']}/reversal", by=librarian)
    assert back.json["moved"] == 1
    assert ask.get(f"/loans/{loan['id']}", by=librarian).json["due_at"] == loan["due_at"]


def test_only_the_loans_meant_are_moved(ask: Asker, librarian: Person, member: Person) -> None:
    lend(librarian, member, "B1")
    lend(librarian, member, "B2", loan_type="film")
    assert many(ask, librarian, dry_run=True, loan_type="film").json["moved"] == 1
    assert many(ask, librarian, dry_run=True, category="child").json["moved"] == 0
    assert many(ask, librarian, dry_run=True, category="standard").json["moved"] == 2


@pytest.mark.parametrize("missing", ["due_from", "due_to", "to", "reason"])
def test_a_change_of_many_needs_its_days(ask: Asker, librarian: Person, missing: str) -> None:
    answer = many(ask, librarian, **{missing: None})
    assert answer.status_code == 400


@pytest.mark.parametrize("ahead", [-1, 4000])
def test_a_day_that_many_cannot_be_moved_to_is_named_by_its_field(
    ask: Asker, librarian: Person, ahead: int
) -> None:
    answer = many(ask, librarian, to=days.ahead(ahead).isoformat())
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["#/to"]


def test_a_reversal_may_say_why(ask: Asker, librarian: Person, admin: Person, loan: Any) -> None:
    path = f"/loans/due-dates/{many(ask, librarian).json['batch_id']}/reversal"
    back = ask.post(path, {"reason": "the heating works"}, by=librarian)
    assert (back.status_code, back.json["moved"]) == (200, 1)
    audited = ask.get(f"/audit?record_type=loan&record_id={loan['id']}&limit=1", by=admin).json
    assert audited["data"][0]["reason"] == "the heating works"


def test_an_unknown_change_cannot_be_reversed(ask: Asker, librarian: Person) -> None:
    assert ask.post("/loans/due-dates/99/reversal", by=librarian).status_code == 404


def test_a_claim_is_taken_back_once(ask: Asker, librarian: Person, loan: Any) -> None:
    path = f"/loans/{loan['id']}/claims-returned"
    ask.post(path, by=librarian)
    assert ask.delete(path, by=librarian).status_code == 204
    assert ask.get(f"/loans/{loan['id']}", by=librarian).json["status"] == "open"
    again = ask.delete(path, by=librarian)
    assert (again.status_code, again.json["code"]) == (409, "not-claimed")


def test_a_dry_run_of_a_renewal_tells_the_date_and_changes_nothing(
    ask: Asker, member: Person, loan: Any
) -> None:
    told = ask.post(f"/loans/{loan['id']}/renewals/decisions", by=member)
    assert told.status_code == 200
    assert set(told.json) == {"allowed", "reasons", "due_at"}
    assert ask.get(f"/loans/{loan['id']}", by=member).json == loan


def test_a_dry_run_of_a_hold_tells_every_reason(ask: Asker, member: Person, loan: Any) -> None:
    told = ask.post("/holds/decisions", {"book_id": loan["book_id"]}, by=member).json
    assert (told["allowed"], [one["code"] for one in told["reasons"]]) == (False, ["title-on-loan"])


def test_staff_place_holds_for_members_named_by_number_or_card(
    ask: Asker, librarian: Person, member: Person
) -> None:
    book_id = book.create({"title": "Emma"}, librarian.actor).id
    copy.create(book_id, {"barcode": "B9"}, librarian.actor)
    nobody = ask.post("/holds", {"book_id": book_id}, by=librarian)
    assert (nobody.status_code, nobody.json["errors"][0]["pointer"]) == (400, "#/user_id")
    ask.patch(f"/users/{member.id}", {"card_number": "C-1"}, by=librarian)
    placed = ask.post("/holds", {"book_id": book_id, "card_number": "c-1"}, by=librarian)
    assert (placed.status_code, placed.json["user_id"]) == (201, member.id)


def test_a_member_names_no_other_card(
    ask: Asker, librarian: Person, member: Person, other_member: Person
) -> None:
    book_id = book.create({"title": "Emma"}, librarian.actor).id
    copy.create(book_id, {"barcode": "B9"}, librarian.actor)
    ask.patch(f"/users/{other_member.id}", {"card_number": "C-2"}, by=librarian)
    answer = ask.post("/holds", {"book_id": book_id, "card_number": "C-2"}, by=member)
    assert answer.status_code == 403

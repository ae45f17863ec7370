"""Holds over HTTP: on one copy, their order, what staff arrange; rules are in tests/unit."""

from typing import Any

import pytest

from models import book, copy
from tests.support.asking import Asker
from tests.support.days import ahead
from tests.support.people import Person


@pytest.fixture
def volumes(librarian: Person) -> list[Any]:
    """Two copies of one book, V1 and V2."""
    book_id = book.create({"title": "Lexicon"}, librarian.actor).id
    made = [copy.create(book_id, {"barcode": f"V{n}"}, librarian.actor) for n in (1, 2)]
    return [row._asdict() for row in made]


def placed(ask: Asker, by: Person, **body: Any) -> Any:
    answer = ask.post("/holds", body, by=by)
    assert answer.status_code == 201, answer.json
    return answer.json


@pytest.mark.parametrize("named", ["copy_id", "barcode"])
def test_a_hold_on_one_copy_is_placed_by_its_number_or_barcode(
    ask: Asker, member: Person, volumes: list[Any], named: str
) -> None:
    wanted = volumes[1]
    target = {"copy_id": wanted["id"], "barcode": " v2 "}[named]
    shown = placed(ask, member, **{named: target})
    assert (shown["requested_copy_id"], shown["copy_id"]) == (wanted["id"], None)
    assert shown["book_id"] == wanted["book_id"]


def test_a_hold_names_one_thing(ask: Asker, member: Person, volumes: list[Any]) -> None:
    both = {"book_id": volumes[0]["book_id"], "barcode": "V1"}
    for body in ({}, both):
        answer = ask.post("/holds", body, by=member)
        assert (answer.status_code, answer.json["code"]) == (400, "invalid")


def test_a_copy_that_is_not_there_is_not_found(ask: Asker, member: Person) -> None:
    answer = ask.post("/holds", {"barcode": "nothing"}, by=member)
    assert (answer.status_code, answer.json["code"]) == (404, "copy-not-found")
    dry = ask.post("/holds/decisions", {"barcode": "nothing"}, by=member)
    assert (dry.status_code, dry.json["code"]) == (404, "copy-not-found")


def test_a_dry_run_knows_holds_on_one_copy(ask: Asker, member: Person, volumes: list[Any]) -> None:
    hold = placed(ask, member, barcode="V1")
    told = ask.post("/holds/decisions", {"barcode": "V1"}, by=member).json
    assert told["reasons"][0]["params"] == {"hold_id": hold["id"]}
    assert ask.post("/holds/decisions", {"barcode": "V2"}, by=member).json["allowed"] is True


def test_staff_move_a_hold_in_the_queue(
    ask: Asker, librarian: Person, member: Person, other_member: Person, volumes: list[Any]
) -> None:
    book_id = volumes[0]["book_id"]
    first = placed(ask, member, book_id=book_id)
    second = placed(ask, other_member, book_id=book_id)
    moved = ask.patch(f"/holds/{second['id']}", {"position": 1}, by=librarian)
    assert (moved.status_code, moved.json["position"]) == (200, 1)
    assert ask.get(f"/holds/{first['id']}", by=librarian).json["position"] == 2


@pytest.mark.parametrize("body", [{"position": 1}, {"expires_on": ahead(30).isoformat()}])
def test_members_arrange_no_queue(
    ask: Asker, member: Person, other_member: Person, volumes: list[Any], body: dict[str, Any]
) -> None:
    placed(ask, other_member, book_id=volumes[0]["book_id"])
    own = placed(ask, member, book_id=volumes[0]["book_id"])
    answer = ask.patch(f"/holds/{own['id']}", body, by=member)
    assert (answer.status_code, answer.json["code"]) == (403, "field-not-allowed")


def test_a_member_sends_a_hold_back_as_it_was_read(
    ask: Asker, member: Person, volumes: list[Any]
) -> None:
    own = placed(ask, member, book_id=volumes[0]["book_id"])
    changed = own | {"suspended_until": ahead(3).isoformat()}
    answer = ask.patch(f"/holds/{own['id']}", changed, by=member)
    assert (answer.status_code, answer.json) == (200, changed)


@pytest.mark.parametrize("position", [0, -1, None, "first", 1.5])
def test_a_place_in_the_queue_is_a_number_from_one(
    ask: Asker, librarian: Person, member: Person, volumes: list[Any], position: Any
) -> None:
    own = placed(ask, member, book_id=volumes[0]["book_id"])
    answer = ask.patch(f"/holds/{own['id']}", {"position": position}, by=librarian)
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (400, "#/position")


def test_staff_change_the_pick_up_time_of_a_ready_hold_alone(
    ask: Asker, librarian: Person, member: Person, volumes: list[Any]
) -> None:
    hold = placed(ask, member, barcode="V1")
    path, body = f"/holds/{hold['id']}", {"expires_on": ahead(20).isoformat()}
    waiting = ask.patch(path, body, by=librarian)
    assert (waiting.status_code, waiting.json["code"]) == (409, "hold-not-ready")
    ask.post("/returns", {"barcode": "V1"}, by=librarian)
    ready = ask.patch(path, body, by=librarian).json
    assert ready["expires_at"].startswith(ahead(20).isoformat())
    assert ready["ready_at"] is not None


def test_what_the_server_sets_is_not_changed_by_hand(
    ask: Asker, librarian: Person, member: Person, volumes: list[Any]
) -> None:
    hold = placed(ask, member, barcode="V1")
    for name in ("expires_at", "ready_at", "requested_copy_id", "end_reason", "ended_at"):
        value = "2030-01-01T00:00:00Z" if name.endswith("_at") else 7
        answer = ask.patch(f"/holds/{hold['id']}", {name: value}, by=librarian)
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (400, "read-only")


def test_the_end_of_a_hold_is_told(
    ask: Asker, librarian: Person, member: Person, volumes: list[Any]
) -> None:
    own, desk = (placed(ask, member, barcode=barcode) for barcode in ("V1", "V2"))
    ask.delete(f"/holds/{own['id']}", by=member)
    ask.delete(f"/holds/{desk['id']}", by=librarian)
    ends = [ask.get(f"/holds/{one['id']}", by=member).json for one in (own, desk)]
    assert [one["end_reason"] for one in ends] == ["cancelled_by_member", "cancelled_by_staff"]
    assert all(one["ended_at"] for one in ends)


@pytest.mark.parametrize("key", ["placed_at", "expires_at", "ended_at"])
def test_holds_are_sorted_by_their_moments(
    ask: Asker, librarian: Person, member: Person, volumes: list[Any], key: str
) -> None:
    for barcode in ("V1", "V2"):
        placed(ask, member, barcode=barcode)
    ask.post("/returns", {"barcode": "V2"}, by=librarian)
    for sort in (key, f"-{key}"):
        listed = ask.get(f"/holds?sort={sort}", by=librarian).json["data"]
        shown = [one[key] or "" for one in listed]
        assert shown == sorted(shown, reverse=sort.startswith("-"))

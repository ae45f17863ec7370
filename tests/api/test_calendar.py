"""The calendar and its closures over HTTP."""

from typing import Any

import pytest

from tests.support.asking import Asker
from tests.support.days import year_ahead
from tests.support.people import Person

WEEK = {"timezone": "Europe/Zurich", "open_weekdays": [1, 2, 3, 4, 5, 6]}
YEAR = year_ahead(4)
CHRISTMAS = {"starts_on": f"{YEAR}-12-24", "ends_on": f"{YEAR}-12-26", "reason": "Christmas"}


@pytest.fixture
def closed(ask: Asker, admin: Person) -> Any:
    """The answer that a closure was made by."""
    return ask.post("/closures", CHRISTMAS, by=admin)


def total(ask: Asker, by: Person) -> int:
    """How many closures there are."""
    found: int = ask.get("/closures", by=by).json["pagination"]["total"]
    return found


def test_a_new_library_is_always_open(ask: Asker, member: Person) -> None:
    assert ask.get("/calendar", by=member).json == {
        "timezone": "UTC",
        "open_weekdays": [1, 2, 3, 4, 5, 6, 7],
        "valid_from": None,
        "history": [{"valid_from": None, "open_weekdays": [1, 2, 3, 4, 5, 6, 7]}],
    }


def test_the_week_is_replaced(ask: Asker, admin: Person) -> None:
    changed = ask.put("/calendar", {**WEEK, "open_weekdays": [6, 1, 3]}, by=admin)
    assert changed.status_code == 200
    assert (changed.json["timezone"], changed.json["open_weekdays"]) == (
        WEEK["timezone"],
        [1, 3, 6],
    )
    assert [plan["open_weekdays"] for plan in changed.json["history"]] == [
        [1, 2, 3, 4, 5, 6, 7],
        [1, 3, 6],
    ]
    read = ask.get("/calendar", by=admin)
    assert (read.json, read.headers["ETag"]) == (changed.json, changed.headers["ETag"])


def test_the_week_is_changed_as_it_was_read(ask: Asker, admin: Person) -> None:
    old = {"If-Match": ask.get("/calendar", by=admin).headers["ETag"]}
    assert ask.put("/calendar", WEEK, by=admin, headers=old).status_code == 200
    assert ask.put("/calendar", WEEK, by=admin, headers=old).status_code == 412


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**WEEK, "timezone": "Europe/Atlantis"}, "#/timezone"),
        ({**WEEK, "timezone": "../etc/passwd"}, "#/timezone"),
        ({**WEEK, "timezone": None}, "#/timezone"),
        ({**WEEK, "timezone": "localtime"}, "#/timezone"),
        ({**WEEK, "timezone": "Factory"}, "#/timezone"),
        ({"open_weekdays": [1]}, "#/timezone"),
        ({"timezone": "UTC"}, "#/open_weekdays"),
        ({**WEEK, "open_weekdays": [0]}, "#/open_weekdays/0"),
        ({**WEEK, "open_weekdays": [1, 8]}, "#/open_weekdays/1"),
        ({**WEEK, "open_weekdays": [1, 1]}, "#/open_weekdays"),
        ({**WEEK, "open_weekdays": "1"}, "#/open_weekdays"),
    ],
)
def test_a_week_that_makes_no_sense_is_a_fault(
    ask: Asker, admin: Person, body: Any, pointer: str
) -> None:
    before = ask.get("/calendar", by=admin).json
    answer = ask.put("/calendar", body, by=admin)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert ask.get("/calendar", by=admin).json == before


def test_a_week_without_an_open_day_is_refused(ask: Asker, admin: Person) -> None:
    before = ask.get("/calendar", by=admin)
    answer = ask.put("/calendar", {**WEEK, "open_weekdays": []}, by=admin)
    assert (answer.status_code, answer.json["code"]) == (409, "calendar-closed")
    after = ask.get("/calendar", by=admin)
    assert (after.json, after.headers["ETag"]) == (before.json, before.headers["ETag"])


def test_a_closure_is_made_and_listed(ask: Asker, closed: Any, member: Person) -> None:
    assert closed.status_code == 201
    assert closed.json == {"id": closed.json["id"], **CHRISTMAS}
    assert closed.headers["Location"] == f"/api/v1/closures/{closed.json['id']}"
    listed = ask.get("/closures", by=member).json["data"]
    assert (listed, list(listed[0])) == ([closed.json], list(closed.json))


def test_a_closure_of_one_day(ask: Asker, admin: Person) -> None:
    day = {"starts_on": f"{YEAR}-05-01", "ends_on": f"{YEAR}-05-01", "reason": "Labour Day"}
    assert ask.post("/closures", day, by=admin).status_code == 201


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"ends_on": f"{YEAR}-12-23"}, "#/ends_on"),
        ({"starts_on": f"{YEAR}-02-30"}, "#/starts_on"),
        ({"starts_on": f"24.12.{YEAR}"}, "#/starts_on"),
        ({"ends_on": None}, "#/ends_on"),
        ({"reason": " "}, "#/reason"),
        ({"id": 7}, "#/id"),
    ],
)
def test_a_closure_that_makes_no_sense_is_a_fault(
    ask: Asker, admin: Person, changed: dict[str, Any], pointer: str
) -> None:
    answer = ask.post("/closures", {**CHRISTMAS, **changed}, by=admin)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert total(ask, admin) == 0


def test_a_closure_that_leaves_no_open_day_is_refused(ask: Asker, admin: Person) -> None:
    answer = ask.post("/closures", {**CHRISTMAS, "ends_on": f"{YEAR + 1}-12-24"}, by=admin)
    assert (answer.status_code, answer.json["code"]) == (409, "calendar-closed")
    assert total(ask, admin) == 0


def test_a_closure_is_removed(ask: Asker, closed: Any, admin: Person) -> None:
    path = f"/closures/{closed.json['id']}"
    other = {"If-Match": '"closure-9.1-0"'}
    assert ask.delete(path, by=admin, headers=other).status_code == 412
    held = {"If-Match": closed.headers["ETag"]}
    assert ask.delete(path, by=admin, headers=held).status_code == 204
    assert ask.delete(path, by=admin).status_code == 404
    assert total(ask, admin) == 0

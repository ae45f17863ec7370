"""Policies over HTTP."""

from typing import Any

import pytest

from tests.support.asking import Asker
from tests.support.people import Person

CHILD = {"member_category": "child", "loan_type": "dvd", "loan_days": 7, "max_loans": 2}
DEFAULTS = {
    "max_renewals": None,
    "renewal_days": None,
    "max_holds": None,
    "hold_shelf_days": 7,
    "fine_per_day": None,
    "grace_days": None,
    "fine_cap": None,
    "replacement_fee": None,
    "fees_block_at": None,
    "overdue_block": False,
}


@pytest.fixture
def made(ask: Asker, admin: Person) -> Any:
    """The answer that a policy for children and DVDs was made by."""
    return ask.post("/policies", CHILD, by=admin)


def everyones(ask: Asker, by: Person) -> str:
    """The path of the policy for everyone and everything."""
    [row] = [r for r in ask.get("/policies", by=by).json["data"] if r["member_category"] == "*"]
    return f"/policies/{row['id']}"


def test_a_policy_is_made_with_defaults_and_read_by_members(
    ask: Asker, made: Any, member: Person
) -> None:
    assert made.status_code == 201
    assert made.json == {"id": made.json["id"], **CHILD, **DEFAULTS}
    read = ask.get(f"/policies/{made.json['id']}", by=member)
    assert made.headers["Location"] == f"/api/v1/policies/{made.json['id']}"
    assert (read.json, read.headers["ETag"]) == (made.json, made.headers["ETag"])


def test_the_list_shows_policies_as_they_are(ask: Asker, made: Any, member: Person) -> None:
    listed = ask.get("/policies?sort=-id", by=member).json
    assert listed["data"][0] == made.json
    assert listed["pagination"]["total"] == 2


def test_a_second_policy_for_the_pair_is_taken(ask: Asker, made: Any, admin: Person) -> None:
    again = ask.post("/policies", {**CHILD, "loan_days": 1}, by=admin)
    assert (again.status_code, again.json["code"]) == (409, "policy-taken")
    other = ask.post("/policies", {**CHILD, "loan_type": "book"}, by=admin)
    moved = ask.put(f"/policies/{other.json['id']}", CHILD, by=admin)
    assert (moved.status_code, moved.json["code"]) == (409, "policy-taken")
    assert ask.get(f"/policies/{other.json['id']}", by=admin).json == other.json


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("loan_days", -1),
        ("loan_days", None),
        ("loan_days", 1.5),
        ("loan_days", True),
        ("hold_shelf_days", -1),
        ("hold_shelf_days", None),
        ("max_loans", -1),
        ("max_renewals", -1),
        ("renewal_days", -7),
        ("max_holds", -1),
        ("fine_per_day", -25),
        ("fine_per_day", 0.5),
        ("grace_days", -1),
        ("fine_cap", -1),
        ("replacement_fee", "20"),
        ("fees_block_at", -1),
        ("overdue_block", 1),
        ("member_category", " "),
        ("colour", "red"),
    ],
)
def test_what_makes_no_sense_is_a_fault(
    ask: Asker, made: Any, admin: Person, field: str, value: Any
) -> None:
    for answer in (
        ask.post("/policies", {"member_category": "adult", field: value}, by=admin),
        ask.put(f"/policies/{made.json['id']}", {**CHILD, field: value}, by=admin),
    ):
        assert (answer.status_code, answer.json["code"]) == (400, "invalid")
        assert [error["pointer"] for error in answer.json["errors"]] == [f"#/{field}"]
    assert ask.get("/policies", by=admin).json["pagination"]["total"] == 2
    assert ask.get(f"/policies/{made.json['id']}", by=admin).json == made.json


def test_a_policy_is_replaced_as_a_whole(ask: Asker, made: Any, admin: Person) -> None:
    path = f"/policies/{made.json['id']}"
    body = {**made.json, "loan_days": 14, "overdue_block": True}
    del body["max_loans"]
    changed = ask.put(path, body, by=admin)
    assert changed.status_code == 200
    assert changed.json == {**made.json, "loan_days": 14, "overdue_block": True, "max_loans": None}
    read = ask.get(path, by=admin)
    assert (read.json, read.headers["ETag"]) == (changed.json, changed.headers["ETag"])


def test_a_change_is_made_to_what_was_read(ask: Asker, made: Any, admin: Person) -> None:
    path, old = f"/policies/{made.json['id']}", {"If-Match": made.headers["ETag"]}
    assert ask.put(path, {**CHILD, "loan_days": 8}, by=admin, headers=old).status_code == 200
    stale = ask.put(path, CHILD, by=admin, headers=old)
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert ask.delete(path, by=admin, headers=old).status_code == 412


def test_a_policy_is_deleted(ask: Asker, made: Any, admin: Person) -> None:
    path = f"/policies/{made.json['id']}"
    assert ask.delete(path, by=admin).status_code == 204
    assert ask.get(path, by=admin).status_code == 404
    assert ask.delete(path, by=admin).status_code == 404


def test_the_policy_for_everyone_stays(ask: Asker, admin: Person) -> None:
    path = everyones(ask, admin)
    before = ask.get(path, by=admin).json
    for answer in (ask.delete(path, by=admin), ask.put(path, CHILD, by=admin)):
        assert (answer.status_code, answer.json["code"]) == (409, "policy-required")
    assert ask.get(path, by=admin).json == before


def test_the_policy_for_everyone_may_be_changed(ask: Asker, admin: Person) -> None:
    changed = ask.put(everyones(ask, admin), {"loan_days": 10}, by=admin)
    assert (changed.status_code, changed.json["loan_days"]) == (200, 10)

"""The demonstration library of the first start: something is going on in it, on any day."""

import tomllib
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.commands.demo import LIBRARY
from models import user
from models.database import database
from tests import checker
from tests.support import people
from tests.unit.commands.conftest import Run

DEMO = pytest.mark.settings(DEMO="true")
GIVEN = tomllib.loads(LIBRARY.read_text(encoding="utf-8"))


@pytest.fixture
def read(run: Run, client: FlaskClient) -> Any:
    """The records of a list, as the librarian of the demonstration sees them."""
    assert run("prepare").exit_code == 0
    headers = people.basic("librarian@example.org", GIVEN["password"])

    def read(path: str) -> list[dict[str, Any]]:
        answer = client.get(f"/api/v1{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        records: list[dict[str, Any]] = (answer.json or {})["data"]
        return records

    return read


@DEMO
def test_two_loans_are_late_and_others_are_of_last_week(read: Any) -> None:
    assert [each["days_overdue"] for each in read("/reports/overdue")] == [12, 5]
    assert len(read("/loans?status=open")) == 4
    assert len(read("/loans?status=returned")) == 2


@DEMO
def test_members_wait_for_a_book_and_one_can_fetch_theirs(read: Any) -> None:
    assert [each["position"] for each in read("/holds?status=waiting")] == [1, 2]
    assert len(read("/holds?status=ready")) == 1


@DEMO
def test_money_is_owed_and_was_paid(read: Any) -> None:
    fees = {(each["kind"], each["status"]): each["balance"] for each in read("/fees")}
    assert fees == {("manual", "paid"): 0, ("overdue", "open"): 140}


@DEMO
def test_orders_news_and_a_closure_lie_ahead(read: Any) -> None:
    assert {each["status"] for each in read("/orders")} == {"requested", "ordered"}
    assert sorted(each["published"] for each in read("/posts")) == [False, True, True]
    (closure,) = read("/closures")
    assert date.fromisoformat(closure["starts_on"]) > date.today()  # noqa: DTZ011  any zone does


@DEMO
def test_every_member_with_an_email_signs_in_with_the_password_of_the_file(
    run: Run, client: FlaskClient
) -> None:
    run("prepare")
    for member in GIVEN["members"]:
        if "email" in member:
            sent = {"email": member["email"], "password": GIVEN["password"]}
            assert client.post("/api/v1/auth/login", json=sent).status_code == 200


@DEMO
def test_the_invariants_hold(run: Run) -> None:
    run("prepare")
    assert checker.broken(database) == []


@pytest.mark.settings(DEMO="true", OCTAVO_ENV="production")
def test_in_production_nobody_has_a_password_that_everybody_knows(
    run: Run, client: FlaskClient
) -> None:
    assert "Demonstration" in run("prepare").stdout
    assert [account.role for account in user.everybody()] == ["admin"]

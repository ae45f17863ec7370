"""What pages of the desk read from the tables themselves, on both databases."""

from typing import Any

import pytest

from models import audit, book, collection, desk_acts
from models.audit import Actor
from tests.support.people import NOBODY, Person, add

CLERK_ACTS = frozenset({"loan.create", "loan.return"})


@pytest.fixture
def clerk(db: Any) -> Person:
    """Somebody who acts."""
    return add("librarian", "clerk@example.org")


@pytest.mark.usefixtures("db")
def test_titles_are_counted_by_decade_and_kind() -> None:
    for year in (1999, 1990, 1868, -458, -460, 0, None):
        book.create({"title": "X", "published_year": year}, NOBODY)
    assert collection.by_decade() == [(-460, 2), (0, 1), (1860, 1), (1990, 2)]
    assert collection.by_kind() == [("text", 7)]


def test_the_acts_of_one_account_come_newest_first_and_the_last_on_a_record_is_told(
    clerk: Person,
) -> None:
    for action, record_id in (("loan.create", 7), ("loan.create", 8), ("loan.return", 7)):
        audit.record(clerk.actor, action, "loan", record_id)
    audit.record(Actor(clerk.id + 1, "other"), "loan.create", "loan", 9)
    audit.record(clerk.actor, "book.update", "book", 1)
    found = desk_acts.latest(clerk.id, CLERK_ACTS, 20)
    assert [(one.action, one.record_id, one.is_latest) for one in found] == [
        ("loan.return", 7, True),
        ("loan.create", 8, True),
        ("loan.create", 7, False),
    ]
    assert len(desk_acts.latest(clerk.id, CLERK_ACTS, 2)) == 2


def test_the_rest_of_an_act_is_what_its_account_did_before_in_the_same_request(
    clerk: Person,
) -> None:
    for fee_id in (3, 4, 5):
        audit.record(clerk.actor, "fee.pay", "fee", fee_id, changes={"balance": [5, 0]})
    audit.record(clerk.actor, "loan.create", "loan", 1)
    audit.record(Actor(clerk.id, "other"), "fee.pay", "fee", 6)
    [_, _, paid, _] = desk_acts.latest(clerk.id, {"fee.pay"}, 4)
    assert paid.record_id == 4
    assert [one.record_id for one in desk_acts.rest_of(paid, clerk.id)] == [3]


def test_acts_come_with_their_changes(clerk: Person) -> None:
    audit.record(clerk.actor, "fee.pay", "fee", 3, changes={"balance": [5, 0]})
    [found] = desk_acts.latest(clerk.id, {"fee.pay"}, 1)
    assert found.changes == {"balance": [5, 0]}

"""Who is told of what the audit log records, on each database."""

from collections.abc import Iterator

import pytest

from models import audit
from models.audit import Actor, Audit, Recorded
from models.database import transaction

DESK = Actor(7, "request")


@pytest.fixture
def told(db: object) -> Iterator[list[Recorded]]:
    """What a subscriber to `loan.create` is told."""
    heard: list[Recorded] = []
    audit.subscribe({"loan.create": heard.append})
    yield heard
    audit.subscribe({})


def test_a_subscriber_is_told_of_the_action_it_asked_for(told: list[Recorded]) -> None:
    audit.record(DESK, "loan.create", "loan", 3, changes={"due_at": [None, "x"]})
    audit.record(DESK, "loan.return", "loan", 3)
    [one] = told
    assert (one.actor, one.action, one.record_ids) == (DESK, "loan.create", [3])
    assert one.changes == {"due_at": [None, "x"]}


def test_a_subscriber_is_told_once_of_many_records(told: list[Recorded]) -> None:
    audit.record_all(DESK, "loan.create", "loan", iter([3, 4]))
    picked = Audit.select(Audit.id).where(Audit.record_id == 4)
    audit.record_each(DESK, "loan.create", "loan", picked, changes={})
    assert [one.record_ids for one in told] == [[3, 4], [2]]


def test_what_is_recorded_quietly_is_in_the_log_and_told_to_nobody(told: list[Recorded]) -> None:
    with audit.quietly():
        audit.record(DESK, "loan.create", "loan", 3)
    assert told == []
    assert Audit.select().count() == 1


def test_an_act_is_told_aloud_among_what_is_quiet(told: list[Recorded]) -> None:
    with audit.quietly():
        with audit.aloud():
            audit.record(DESK, "loan.create", "loan", 3)
        audit.record(DESK, "loan.create", "loan", 4)
    assert [one.record_ids for one in told] == [[3]]


def test_an_error_of_a_subscriber_undoes_the_act(told: list[Recorded]) -> None:
    def fail(_: Recorded) -> None:
        raise RuntimeError

    audit.subscribe({"loan.create": fail})
    with pytest.raises(RuntimeError), transaction():
        audit.record(DESK, "loan.create", "loan", 3)
    assert Audit.select().count() == 0

"""The feed of events, on each database: whole, in the order of the commits, whatever is written."""

import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Event as Signal
from typing import Any

import psycopg
import pytest

from circulation import payments
from circulation.checkin import take_back
from events import feed
from models import audit, book, event, user
from models.audit import Actor, Audit
from models.database import database, rows, transaction
from models.timestamps import now
from tests.support import needs
from tests.unit.circulation.library import DESK, berlin, fees, lent, member, owes, title


@pytest.fixture
def library(db: Any) -> Any:
    """An empty library in Berlin, whose first events are over."""
    berlin()
    return db


def all_ids(position: int = 0) -> list[int]:
    """The ids of all events after a position, page by page."""
    found: list[int] = []
    while True:
        events, position = feed.page(position, (), 50, now())
        if not events:
            return found
        found += [one["id"] for one in events]


def types_of(position: int = 0, *types: str) -> list[str]:
    events, _ = feed.page(position, types, 100, now())
    return [one["type"] for one in events]


class _Undone(Exception):
    pass


def _write(seed: int) -> None:
    """Write events in transactions that last, some of which are undone."""
    chance = random.Random(seed)  # noqa: S311  the same each time
    with database.obj.connection_context():
        for _ in range(25):
            with suppress(_Undone), transaction():
                for _ in range(chance.randint(1, 3)):
                    audit.record(Actor(None, "r"), "loan.create", "loan", seed)
                    time.sleep(chance.random() / 300)
                if chance.random() < 0.2:
                    raise _Undone


def _read(stop: Signal) -> list[int]:
    """The ids of events as a reader sees them who asks again and again until all is written."""
    seen: list[int] = []
    position = 0
    with database.obj.connection_context():
        while True:
            is_last = stop.is_set()
            events, position = feed.page(position, (), 7, now())
            seen += [one["id"] for one in events]
            if is_last and not events:
                return seen


@pytest.mark.usefixtures("db")
def test_none_is_missed_doubled_or_moved_while_many_write() -> None:
    stop = Signal()
    with ThreadPoolExecutor(10) as pool:
        readers: list[Future[list[int]]] = [pool.submit(_read, stop) for _ in range(2)]
        try:
            for writer in [pool.submit(_write, seed) for seed in range(8)]:
                writer.result()
        finally:
            stop.set()
        seen = [reader.result() for reader in readers]
    committed = {row[0] for row in rows(Audit.select(Audit.id))}
    assert seen[0] == seen[1] == all_ids()
    assert len(seen[0]) == len(committed)
    assert set(seen[0]) == committed


def test_what_commits_late_comes_late_and_holds_back_nothing(postgresql: Any) -> None:
    insert = "INSERT INTO audit (at, action, record_type, request_id) VALUES ('', %s, 'loan', '')"
    with psycopg.connect(needs.POSTGRES, dbname=postgresql.database) as late:
        late.execute(insert, ("loan.lost",))
        audit.record(DESK, "loan.create", "loan", 1)
        events, position = feed.page(0, (), 10, now())
        assert [one["type"] for one in events] == ["loan.create"]
        late.commit()
    assert types_of(position) == ["loan.lost"]
    assert types_of() == ["loan.create", "loan.lost"]


def test_a_long_transaction_of_another_database_holds_nothing_back(postgresql: Any) -> None:
    with psycopg.connect(needs.POSTGRES) as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        audit.record(DESK, "loan.create", "loan", 1)
        assert types_of() == ["loan.create"]


@pytest.mark.usefixtures("library")
def test_an_event_shows_its_record_as_it_is_when_it_is_read() -> None:
    _, [barcode] = title()
    begin = event.end()
    loan = lent(barcode, member(), now()).row
    take_back(barcode, DESK, now())
    events, _ = feed.page(begin, ("loan.create", "loan.return"), 10, now())
    assert [one["type"] for one in events] == ["loan.create", "loan.return"]
    assert {one["data"]["status"] for one in events} == {"returned"}
    assert events[0]["record_id"] == loan.id
    assert set(events[0]) == {"id", "type", "at", "record_type", "record_id", "data"}


@pytest.mark.usefixtures("library")
def test_an_event_names_no_member() -> None:
    member(first_name="Ada", last_name="Byron", note="called about Ada")
    told = str(feed.page(0, (), 100, now()))
    assert "Ada" not in told
    assert "Byron" not in told
    assert "example.org" not in told


@pytest.mark.usefixtures("library")
def test_an_event_of_what_is_gone_has_no_record() -> None:
    user_id = member()
    with transaction():
        user.delete(user.locked(user_id), DESK)
    events, _ = feed.page(0, ("user.create", "user.delete"), 10, now())
    assert [one["data"] for one in events] == [None, None]
    assert {one["record_id"] for one in events} == {user_id}


@pytest.mark.usefixtures("library")
def test_a_payment_taken_back_is_told_with_its_fee_and_without_what_staff_wrote_of_it() -> None:
    who = member()
    owes(who, 300)
    [line] = fees(who)
    paid = payments.pay(line.id, 300, "cash", "EUR", DESK, now())
    payments.void(paid.payment_id, "Ada Byron's brother had paid", DESK, now())
    [told], _ = feed.page(0, ("payment.void",), 10, now())
    assert (told["data"]["fee_id"], told["data"]["amount"]) == (line.id, 300)
    assert told["data"]["voided_at"]
    assert "Ada" not in str(told)


@pytest.mark.usefixtures("library")
def test_a_long_record_is_told_without_its_longest_text() -> None:
    book.create({"title": "Emma", "description": "x" * 19_000}, DESK)
    [created], _ = feed.page(0, ("book.create",), 10, now())
    assert created["data"]["title"] == "Emma"
    assert "description" not in created["data"]


@pytest.mark.usefixtures("library")
def test_types_are_told_in_the_order_of_the_feed() -> None:
    for action in ("loan.lost", "hold.ready", "loan.renew", "hold.ready", "loan.lost"):
        audit.record(DESK, action, "closure", 1)
    assert types_of(0, "hold.ready", "loan.lost") == [
        *("loan.lost", "hold.ready", "hold.ready", "loan.lost"),
    ]
    [first], position = feed.page(0, ("hold.ready",), 1, now())
    [second], end = feed.page(position, ("hold.ready",), 1, now())
    assert first["id"] < second["id"]
    assert feed.page(end, ("hold.ready",), 1, now()) == ([], end)


@pytest.mark.usefixtures("library")
def test_every_type_of_record_can_be_told() -> None:
    _, [barcode] = title()
    lent(barcode, member(), now())
    told = feed.page(0, (), 100, now())[0]
    shown = {one["record_type"] for one in told if one["data"]}
    assert shown >= {"book", "copy", "loan", "user"}

"""SQLite's write lock, which has no queue of its own."""

from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from peewee import OperationalError

from models.database import LOG_PAGES, connect, run, writing_much
from models.database import database as current
from models.outages import kind
from models.sqlite import LONG, Sqlite

TRANSACTIONS = 30


@pytest.fixture
def database(tmp_path: Path) -> Sqlite:
    opened = Sqlite(
        tmp_path / "octavo.db", pragmas={"journal_mode": "wal"}, timeout=20, lock_type="IMMEDIATE"
    )
    opened.execute_sql("CREATE TABLE act (number INTEGER) STRICT")
    opened.close()
    return opened


def test_short_acts_come_in_between_long_transactions_that_follow_each_other(
    database: Sqlite,
) -> None:
    def imports() -> None:
        with database.connection_context():
            for _ in range(TRANSACTIONS):
                with database.atomic():
                    sleep(2 * LONG)

    between = 0
    busy = Thread(target=imports)
    busy.start()
    with database.connection_context():
        while busy.is_alive():
            with database.atomic():
                database.execute_sql("INSERT INTO act VALUES (1)")
            between += 1
            sleep(LONG)
    busy.join()
    assert between >= TRANSACTIONS / 3


def test_a_long_import_copies_the_log_less_often_and_what_follows_as_before(tmp_path: Path) -> None:
    connect(f"sqlite:///{tmp_path / 'octavo.db'}")
    after = "PRAGMA wal_autocheckpoint"
    before = run(after).fetchone()
    with writing_much():
        assert run(after).fetchone() == (LOG_PAGES,)
    assert run(after).fetchone() == before != (LOG_PAGES,)
    current.obj.close()


def test_a_writer_that_waited_as_long_as_it_may_is_told_that_the_database_is_busy(
    database: Sqlite,
) -> None:
    other = Sqlite(database.database, timeout=0.05, lock_type="IMMEDIATE")
    with (
        database.connection_context(),
        database.atomic(),
        other.connection_context(),
        pytest.raises(OperationalError) as refused,
    ):
        other.begin()
    assert kind(refused.value) == "busy"

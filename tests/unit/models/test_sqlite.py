"""SQLite's write lock, which has no queue of its own."""

import errno
import fcntl
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from peewee import OperationalError

from models import schema
from models.database import LOG_PAGES, connect, run, writing_much
from models.database import database as current
from models.outages import kind
from models.sqlite import LONG, Sqlite
from tests.support.servers import wait_for

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


def test_books_before_a_page_are_passed_over_without_a_look_into_them(tmp_path: Path) -> None:
    connect(f"sqlite:///{tmp_path / 'octavo.db'}")
    schema.migrate()
    page = "SELECT title FROM book WHERE deleted_at IS NULL ORDER BY id LIMIT 20 OFFSET 20"
    (step,) = run(f"EXPLAIN QUERY PLAN {page}").fetchall()
    assert step[-1] == "SCAN book USING INDEX book_present"
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


def test_a_transaction_knows_that_another_writer_waits_for_it(database: Sqlite) -> None:
    with database.connection_context():
        with database.atomic():
            assert not database.is_awaited()
            other = Thread(target=_write, args=(database,))
            other.start()
            wait_for(database.is_awaited)
        other.join()
        with database.atomic():
            assert not database.is_awaited()
    assert _written(database) == 1


def test_where_folders_cannot_be_locked_writers_wait_as_well(
    database: Sqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(place: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with database.connection_context():
        with database.atomic():
            other = Thread(target=_write, args=(database,))
            other.start()
            sleep(LONG)
            assert not database.is_awaited()
        other.join()
    assert _written(database) == 1


def _write(database: Sqlite) -> None:
    with database.connection_context(), database.atomic():
        database.execute_sql("INSERT INTO act VALUES (1)")


def _written(database: Sqlite) -> int:
    with database.connection_context():
        found: int = database.execute_sql("SELECT count(*) FROM act").fetchone()[0]
    return found

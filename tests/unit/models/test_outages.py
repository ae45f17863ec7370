"""What is told of a database that does not do its work: the truth, and nobody's data."""

import errno
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError, PeeweeException, ProgrammingError
from playhouse.pool import MaxConnectionsExceeded

from api.problems import as_problem
from models import database_files
from models.database import connect
from models.outages import kind, reason


def failure(url: str, statement: str = "SELECT 1") -> PeeweeException:
    """What is raised when a statement is run there."""
    opened = connect(url)
    try:
        with pytest.raises(PeeweeException) as raised:
            opened.execute_sql(statement)
    finally:
        opened.close()
    return raised.value


def fill(opened: Any) -> None:
    """Write more in one transaction than there is room for."""
    with opened.atomic():
        for _ in range(1000):
            opened.execute_sql("INSERT INTO t VALUES (zeroblob(2000))")


def test_a_locked_database_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "octavo.db"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError) as raised:
            sqlite3.connect(path, timeout=0).execute("CREATE TABLE t (x)")
    other.close()
    assert kind(raised.value) == "busy"
    assert reason(raised.value) == "SQLITE_BUSY (database is locked)"


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "octavo.db") as small:
        small.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as raised:
            small.executescript("CREATE TABLE a (x); CREATE TABLE b (x);")
    small.close()
    assert kind(raised.value) == "full"
    assert reason(raised.value) == "SQLITE_FULL (database or disk is full)"


def test_a_full_disk_is_told_although_the_rollback_fails_after_it(sqlite: Any) -> None:
    sqlite.execute_sql("CREATE TABLE t (x)")
    sqlite.execute_sql("PRAGMA max_page_count = 1")  # None more than there are.
    sqlite.execute_sql("PRAGMA cache_size = 5")
    with pytest.raises(OperationalError, match="cannot rollback") as raised:
        fill(sqlite)
    assert kind(raised.value) == "full"
    assert reason(raised.value) == "SQLITE_FULL (database or disk is full)"


def test_a_file_that_cannot_be_opened_on_a_full_disk_is_told_as_a_full_disk(
    sqlite: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = OperationalError("unable to open database file")
    assert as_problem(error).detail == "The database does not answer."
    monkeypatch.setattr(database_files, "LEAST_ROOM", 1 << 62)
    assert as_problem(error).detail == "There is no space left to store anything."


def test_a_file_that_cannot_be_opened_does_not_answer(tmp_path: Path) -> None:
    error = failure(f"sqlite:///{tmp_path / 'nowhere' / 'octavo.db'}")
    assert kind(error) == "away"
    assert reason(error) == "SQLITE_CANTOPEN (unable to open database file)"


def test_a_file_that_is_no_database_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "octavo.db").write_bytes(b"no database" * 1000)
    error = failure(f"sqlite:///{tmp_path / 'octavo.db'}")
    assert reason(error) == "SQLITE_NOTADB (file is not a database)"


def test_what_quotes_a_statement_is_not_told(tmp_path: Path) -> None:
    error = failure(f"sqlite:///{tmp_path / 'octavo.db'}", "SELECT * FROM liebreich")
    assert isinstance(error, OperationalError)
    assert (kind(error), reason(error)) == ("failing", "SQLITE_ERROR")


@pytest.mark.postgres
def test_a_refused_connection_is_told_without_the_password() -> None:
    error = failure("postgresql://octavo:topsecret@127.0.0.1:1/octavo")
    assert kind(error) == "away"
    assert "Connection refused" in (reason(error) or "")
    assert "topsecret" not in (reason(error) or "")


def test_of_postgresql_the_state_is_told_and_not_the_message(postgresql: Any) -> None:
    with pytest.raises(ProgrammingError) as raised:
        postgresql.execute_sql("SELECT liebreich")
    assert reason(raised.value) == "42703 UndefinedColumn"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("57P01", "away"),
        ("08006", "away"),
        ("53100", "full"),
        ("53300", "busy"),
        ("40P01", "busy"),
        ("57014", "busy"),
        ("53200", "failing"),
    ],
)
def test_a_state_of_postgresql_says_what_is_the_matter(state: str, expected: str) -> None:
    class Said(Exception):
        sqlstate = state

    assert kind(OperationalError(Said("whatever"))) == expected


def test_no_connection_left_is_busy() -> None:
    assert kind(MaxConnectionsExceeded()) == "busy"


def test_of_the_system_the_error_is_told_and_not_the_file() -> None:
    assert reason(OSError(errno.ENOSPC, "x", "liebreich.mrc")) == "No space left on device"


def test_of_other_errors_nothing_is_told() -> None:
    assert reason(ValueError("liebreich")) is None


def test_a_connection_that_breaks_during_commit_leaves_the_outcome_unknown(postgresql: Any) -> None:
    postgresql.execute_sql("CREATE TEMPORARY TABLE t (x int)")
    postgresql.execute_sql(
        "CREATE FUNCTION pg_temp.cut() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
    )
    postgresql.execute_sql(
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION pg_temp.cut()"
    )
    with pytest.raises(OperationalError) as raised, postgresql.atomic():
        postgresql.execute_sql("INSERT INTO t VALUES (1)")
    assert kind(raised.value) == "unknown"
    problem = as_problem(raised.value)
    assert (problem.code, problem.extra) == ("unavailable", {"outcome": "unknown"})
    assert "Idempotency-Key" in problem.detail


def test_a_connection_that_breaks_before_commit_has_done_nothing(postgresql: Any) -> None:
    with pytest.raises(OperationalError) as raised, postgresql.atomic():
        postgresql.execute_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    assert kind(raised.value) == "away"
    assert as_problem(raised.value).extra == {}

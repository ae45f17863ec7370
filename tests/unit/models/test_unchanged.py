"""Whether anything was committed, as the memory of SQLite tells it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models import unchanged
from models.database import connect, database, transaction
from models.unchanged import WhileUnchanged


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A database with a table, which this process looks at."""
    path = tmp_path / "octavo.db"
    connect(f"sqlite:///{path}")
    database.execute_sql("CREATE TABLE seen (number)")
    unchanged.begin()
    yield path
    unchanged.end()
    database.obj.close()


def test_it_is_the_same_while_nobody_writes(path: Path) -> None:
    mark = unchanged.mark()
    database.execute_sql("SELECT * FROM seen").fetchall()
    assert mark is not None
    assert unchanged.mark() == mark


def test_it_is_another_after_each_commit_of_this_process(path: Path) -> None:
    marks = set()
    for number in range(20):
        database.execute_sql("INSERT INTO seen VALUES (?)", (number,))
        marks.add(unchanged.mark())
    assert len(marks - {None}) == 20


def test_it_is_another_as_soon_as_another_connection_has_committed(path: Path) -> None:
    mark = unchanged.mark()
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO seen VALUES (1)")
        assert unchanged.mark() == mark
        other.commit()
        assert unchanged.mark() not in (mark, None)


def test_a_log_that_begins_anew_does_not_bring_an_old_one_back(path: Path) -> None:
    marks = set()
    for number in range(20):
        database.execute_sql("INSERT INTO seen VALUES (?)", (number,))
        marks.add(unchanged.mark())
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert len(marks - {None}) == 20


def test_what_is_rolled_back_changes_nothing(path: Path) -> None:
    mark = unchanged.mark()
    with transaction() as began:
        database.execute_sql("INSERT INTO seen VALUES (1)")
        began.rollback()
    assert unchanged.mark() == mark


def test_looking_takes_no_locks_from_sqlite(path: Path) -> None:
    unchanged.mark()
    with transaction(), closing(sqlite3.connect(path, timeout=0)) as other:
        database.execute_sql("INSERT INTO seen VALUES (1)")
        unchanged.mark()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO seen VALUES (2)")


def test_a_new_connection_is_looked_at_anew(path: Path) -> None:
    unchanged.mark()
    database.obj.close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO seen VALUES (1)")
        other.commit()
    mark = unchanged.mark()
    database.execute_sql("INSERT INTO seen VALUES (2)")
    assert unchanged.mark() not in (mark, None)


def test_nothing_is_known_where_nobody_looks(path: Path) -> None:
    unchanged.end()
    assert unchanged.mark() is None


def test_nothing_is_known_of_a_database_in_memory(path: Path) -> None:
    database.obj.close()
    connect("sqlite:///:memory:")
    assert unchanged.mark() is None


@pytest.fixture
def rows(path: Path) -> WhileUnchanged[int]:
    """How many rows the table has."""
    return WhileUnchanged(lambda: _asked("SELECT COUNT(*) FROM seen"))


def _asked(sql: str) -> int:
    value: int = database.execute_sql(sql).fetchone()[0]
    return value


def test_a_value_is_read_once_while_nobody_writes(path: Path) -> None:
    numbers = iter(range(9))
    value = WhileUnchanged(lambda: next(numbers))
    assert [value(), value()] == [0, 0]


def test_a_value_is_read_again_after_a_commit_of_anybody(
    path: Path, rows: WhileUnchanged[int]
) -> None:
    counts = [rows()]
    database.execute_sql("INSERT INTO seen VALUES (1)")
    counts.append(rows())
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO seen VALUES (2)")
        other.commit()
    counts.append(rows())
    assert counts == [0, 1, 2]


def test_a_value_is_what_the_transaction_that_reads_it_has_made_it(
    rows: WhileUnchanged[int],
) -> None:
    counts = [rows()]
    with transaction() as began:
        database.execute_sql("INSERT INTO seen VALUES (1)")
        counts.append(rows())
        began.rollback()
    counts.append(rows())
    assert counts == [0, 1, 0]


def test_a_value_of_another_database_is_read_there(
    path: Path, rows: WhileUnchanged[int], tmp_path: Path
) -> None:
    assert rows() == 0
    database.obj.close()
    copied = tmp_path / "copied.db"
    copied.write_bytes(path.read_bytes())
    connect(f"sqlite:///{copied}")
    with closing(sqlite3.connect(copied)) as other:
        other.execute("INSERT INTO seen VALUES (1)")
        other.commit()
    assert rows() == 1

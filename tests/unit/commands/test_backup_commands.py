"""Commands and files: none of the library is written over, and one without room is told."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from models.database import database
from tests.unit.commands.conftest import Run
from tests.unit.commands.test_moving_commands import MEMBERS, named

WAYS = ["name", "symbolic link", "hard link"]
BESIDE = ["", "-wal", "-shm", "-journal"]


@pytest.fixture
def library(run: Run, tmp_path: Path) -> Path:
    """The file of the database, with a member in it."""
    (tmp_path / "members.csv").write_text(MEMBERS)
    run("import", "members", str(tmp_path / "members.csv"))
    return Path(database.obj.database)


def members() -> int:
    """How many members a connection finds that is opened now."""
    database.close()
    return int(database.execute_sql('SELECT COUNT(*) FROM "user"').fetchone()[0])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_the_database_is_neither_backed_up_over_itself_nor_restored_from_itself(
    run: Run, library: Path, way: str, command: str
) -> None:
    inode = library.stat().st_ino
    done = run("db", command, str(named(library, way)), "--yes")
    assert (done.exit_code, "is a file of the database itself" in done.stderr) == (1, True)
    assert library.stat().st_ino == inode
    assert members() == 2


@pytest.mark.parametrize("ending", BESIDE)
def test_a_backup_does_not_take_the_place_of_what_sqlite_keeps_beside_the_database(
    run: Run, library: Path, ending: str
) -> None:
    beside = library.with_name(library.name + ending)
    was_there = beside.exists()
    done = run("db", "backup", str(beside), "--yes")
    assert (done.exit_code, "is a file of the database itself" in done.stderr) == (1, True)
    assert beside.exists() == was_there
    assert members() == 2


@pytest.mark.parametrize("option", ["--rejects", "--report"])
@pytest.mark.parametrize("ending", ["", "-wal"])
@pytest.mark.parametrize("command", [("import", "members"), ("catalogue", "import")])
def test_what_an_import_tells_of_does_not_go_into_the_database(
    run: Run, library: Path, tmp_path: Path, option: str, ending: str, command: tuple[str, str]
) -> None:
    beside = library.with_name(library.name + ending)
    (tmp_path / "members.csv").write_text("cardnumber,surname,firstname\nC3,,\n")
    done = run(*command, str(tmp_path / "members.csv"), option, str(beside))
    assert (done.exit_code, "would overwrite the database itself" in done.stderr) == (2, True)
    assert members() == 2


@contextmanager
def little_room() -> Iterator[None]:
    """A time in which no file can grow beyond 100 KiB, as on a disk that is full by then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100 << 10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_backup_for_which_there_is_no_room_is_told_and_leaves_nothing(
    run: Run, library: Path, tmp_path: Path
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    with little_room():
        done = run("db", "backup", str(copies / "backup"))
    told = f"Error: {copies / 'backup'} cannot be written: disk I/O error.\n"
    assert (done.exit_code, done.stderr) == (1, told)
    assert list(copies.iterdir()) == []


@pytest.mark.parametrize("command", ["restore", "try"])
def test_a_backup_that_cannot_be_put_back_for_want_of_room_is_told(
    run: Run, library: Path, tmp_path: Path, command: str
) -> None:
    run("db", "backup", str(tmp_path / "backup"))
    with little_room():
        done = run("db", command, str(tmp_path / "backup"), typed="y\n")
    told = "The backup cannot be put back, and the database is as it was: disk I/O error.\n"
    assert (done.exit_code, done.stderr[-len(told) :]) == (1, told)
    with closing(sqlite3.connect(library)) as opened:
        assert opened.execute('SELECT COUNT(*) FROM "user"').fetchone() == (2,)


def test_a_folder_that_a_command_cannot_write_to_is_told(run: Run, library: Path) -> None:
    done = run("db", "try", "/proc/version")
    assert done.exit_code == 1
    assert "Error: /proc/.version.trial-" in done.stderr
    assert done.stderr.endswith(" cannot be used: No such file or directory.\n")

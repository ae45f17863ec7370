"""Commands never write over the files of the library that they are about."""

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

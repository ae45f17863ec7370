"""A library on its way in and out by command."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest

from api.commands.catalogue import shown_on
from api.settings import ROOT
from formats import Fault
from models.database import database
from tests.unit.commands.conftest import Run

MEMBERS = "cardnumber,surname,firstname\nC1,Lovelace,Ada\nC2,Hopper,Grace\n"


@pytest.fixture
def members(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_text(MEMBERS)
    return path


def test_a_file_of_members_is_brought_in_and_counted(run: Run, members: Path) -> None:
    done = run("import", "members", str(members))
    assert done.exit_code == 0, done.output
    assert "2 created" in done.stdout
    again = run("import", "members", str(members))
    assert (again.exit_code, "2 skipped" in again.stdout) == (0, True)


def test_commands_count_money_by_the_currency_of_the_settings(
    members: Path, sqlite_template: Path, tmp_path: Path
) -> None:
    library = copyfile(sqlite_template, tmp_path / "library.db")
    fees = tmp_path / "fees.csv"
    fees.write_text("card_number,amount\nC1,1.500\n")
    environ = os.environ | {
        "DATABASE_URL": f"sqlite:///{library}",
        "CURRENCY": "KWD",
        "OCTAVO_ENV": "development",
    }
    for kind, path in (("members", members), ("fees", fees)):
        command = [sys.executable, "-m", "api.cli", "import", kind, str(path)]
        subprocess.run(command, cwd=ROOT, env=environ, check=True)
    with closing(sqlite3.connect(library)) as made:
        assert made.execute("SELECT amount FROM fee").fetchall() == [(1500,)]


def test_the_bar_goes_on_with_the_rows_that_are_done() -> None:
    told: list[int] = []
    rows = shown_on(told.append, (Fault(number, None, "", "", b"12345\n") for number in range(500)))
    at_row = [sum(told) for _ in rows]
    assert (at_row[0], at_row[250], sum(told)) == (0, 1200, 3000)


def test_rejected_rows_end_with_one_and_can_be_mended(
    run: Run, members: Path, tmp_path: Path
) -> None:
    members.write_text(MEMBERS + "C3,,\n")
    rejects = tmp_path / "rejects.csv"
    done = run("import", "members", str(members), "--rejects", str(rejects))
    assert (done.exit_code, "last_name: required" in done.stdout) == (1, True)
    assert rejects.read_text() == "cardnumber,surname,firstname\nC3,,\n"


def test_an_export_has_a_manifest_and_comes_back(run: Run, members: Path, tmp_path: Path) -> None:
    run("import", "members", str(members))
    folder = tmp_path / "out"
    assert run("export", str(folder)).exit_code == 0
    manifest = json.loads((folder / "manifest.json").read_text())
    counts = {one["kind"]: one["records"] for one in manifest["files"]}
    assert (counts["members"], counts["loans"], len(counts)) == (2, 0, 11)
    assert run("import", "all", str(folder)).exit_code == 0
    assert not database.execute_sql('SELECT 1 FROM "user" WHERE id > 2').fetchone()


def test_a_file_that_was_changed_is_not_brought_in(run: Run, members: Path, tmp_path: Path) -> None:
    run("import", "members", str(members))
    folder = tmp_path / "out"
    run("export", str(folder))
    (folder / "members.ndjson").write_text("{}")
    done = run("import", "all", str(folder))
    assert (done.exit_code, "its checksum differs" in done.output) == (1, True)


@pytest.mark.parametrize("how", ["changed", "missing"])
def test_opening_days_that_are_not_as_they_were_written_are_not_brought_in(
    run: Run, tmp_path: Path, how: str
) -> None:
    folder = tmp_path / "out"
    run("export", str(folder))
    week = folder / "calendar.json"
    if how == "missing":
        week.unlink()
    else:
        week.write_text(week.read_text().replace("7", "6"))
    done = run("import", "all", str(folder))
    assert (done.exit_code, "calendar.json is" in done.output) == (1, True)


def test_an_export_over_files_asks_first(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert run("export", str(tmp_path), typed="n\n").exit_code == 1
    assert not (tmp_path / "manifest.json").exists()
    assert run("export", str(tmp_path), "--yes").exit_code == 0


def test_a_backup_is_put_back_only_when_that_is_meant(
    run: Run, members: Path, tmp_path: Path
) -> None:
    run("import", "members", str(members))
    file = tmp_path / "backup"
    assert run("db", "backup", str(file)).exit_code == 0
    assert run("db", "backup", str(file), typed="n\n").exit_code == 1
    database.execute_sql('DELETE FROM "user"')
    members.write_text(MEMBERS.replace("C1", "C9"))
    run("import", "members", str(members))
    assert run("db", "restore", str(file), typed="n\n").exit_code == 1
    done = run("db", "restore", str(file), "--yes")
    assert (done.exit_code, "Nothing contradicts" in done.output) == (0, True)
    found = database.execute_sql('SELECT card_number FROM "user" ORDER BY id').fetchall()
    assert found == [("C1",), ("C2",)]

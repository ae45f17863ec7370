"""A library on its way in and out by command."""

import csv
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from api.commands import importing
from api.commands.catalogue import shown_on
from api.settings import ROOT
from circulation import closures, rulebook
from formats import Fault
from models import audit, calendar
from models.calendar import CalendarPlan
from models.database import database
from models.rulebook import changed
from moving import run as batches
from moving.folder import take_out
from tests.unit.circulation import library
from tests.unit.circulation.library import DAY, DESK, NOW, lent
from tests.unit.commands.conftest import Run
from tests.unit.moving.test_move_in import COPY

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


def test_amounts_of_another_currency_are_not_brought_in(
    run: Run, members: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", "members", str(members))
    folder = tmp_path / "out"
    run("export", str(folder))
    database.execute_sql('DELETE FROM "user"')
    monkeypatch.setattr(rulebook, "_currency", "JPY")
    done = run("import", "all", str(folder))
    assert (done.exit_code, "are in EUR, and CURRENCY is JPY here" in done.stderr) == (1, True)
    assert not database.execute_sql('SELECT 1 FROM "user"').fetchone()


def test_a_folder_that_does_not_name_its_currency_is_brought_in_with_a_warning(
    run: Run, members: Path, tmp_path: Path
) -> None:
    run("import", "members", str(members))
    folder = tmp_path / "out"
    run("export", str(folder))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest.pop("currency") == "EUR"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    done = run("import", "all", str(folder))
    assert (done.exit_code, "amounts are read as EUR" in done.stderr) == (0, True)


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


def named(path: Path, way: str) -> Path:
    """The file by another name."""
    other = path.with_name(f"other-{path.name}")
    if way == "symbolic link":
        other.symlink_to(path)
    elif way == "hard link":
        other.hardlink_to(path)
    return path if way == "name" else other


@pytest.mark.parametrize(
    "command", [("import", "members"), ("import", "books"), ("catalogue", "import")]
)
@pytest.mark.parametrize("way", ["name", "symbolic link", "hard link"])
@pytest.mark.parametrize("option", ["--rejects", "--report"])
def test_a_file_is_not_written_over_the_one_that_is_read(
    run: Run, members: Path, command: tuple[str, str], way: str, option: str
) -> None:
    done = run(*command, str(members), option, str(named(members, way)))
    assert (done.exit_code, "would overwrite the file that is read" in done.stderr) == (2, True)
    assert members.read_text() == MEMBERS


WRONG = [
    (("members", "--rejects", "/nonexistent/x"), "/nonexistent/x cannot be written to"),
    (("members", "--report", "/nonexistent/x"), "/nonexistent/x cannot be written to"),
    (("members", "--rejects", "new", "--report", "new"), "the file of --rejects"),
    (("members", "--columns", "nosuch:surname"), "there is no field nosuch"),
    (("members", "--columns", "surname"), "This must be a list of pairs"),
    (("members", "--match", "bogus"), "'bogus' is not one of card_number, email, source_key"),
    (("members", "--encoding", "cp9999"), "there is no encoding cp9999"),
    (("members", "--encoding", "hex"), "there is no encoding hex"),
    (("members", "--format", "ndjson", "--encoding", "cp1250"), "only CSV takes this"),
    (("members", "--format", "ndjson", "--columns", "email:Mail"), "only CSV takes this"),
    (("loans", "--match", "email"), "known by their source_key alone"),
    (("books", "--columns", "nosuch:surname"), "there is no field nosuch"),
    (("books", "--match", "email"), "'email' is not one of isbn"),
    (("books", "--encoding", "cp9999"), "there is no encoding cp9999"),
    (("books", "--money", "major"), "prices with decimals"),
    (("books", "--report", "/nonexistent/x"), "/nonexistent/x cannot be written to"),
]


@pytest.mark.parametrize(("words", "told"), WRONG)
def test_what_an_import_cannot_do_is_refused_before_anything_is_written(
    run: Run, members: Path, words: tuple[str, ...], told: str
) -> None:
    kind, *options = words
    done = run("import", kind, str(members), *options)
    assert (done.exit_code, told in done.stderr) == (2, True), done.output
    assert not database.execute_sql('SELECT 1 FROM "user"').fetchone()


def test_books_are_imported_with_the_options_that_were_given(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_bytes("Werk;date acquired;barcode\nPříliš;03/04/2020;B1\n".encode("cp1250"))
    how = ("--columns", "title:Werk", "--encoding", "cp1250", "--dates", "dmy", "--match", "title")
    for outcome in ("created", "skipped"):
        assert f"1 {outcome}" in run("import", "books", str(path), *how).stdout
    found = database.execute_sql(
        "SELECT title, acquired_on FROM book JOIN copy ON book_id = book.id"
    )
    assert found.fetchall() == [("Příliš", "2020-04-03")]


def test_a_command_that_refuses_leaves_an_older_report_as_it_was(run: Run, tmp_path: Path) -> None:
    report = tmp_path / "left.csv"
    report.write_text("from yesterday")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "cut.sql").write_text("COPY actor.usr (id) FROM stdin;\n1\n")
    done = run("move-in", str(tmp_path / "old"), "--from", "evergreen", "--report", str(report))
    assert (done.exit_code, "cut.sql is cut off" in done.stderr) == (1, True)
    assert report.read_text() == "from yesterday"


@pytest.mark.parametrize("place", ["/nonexistent/left.csv", "old/all.sql"])
def test_a_move_whose_report_cannot_be_written_does_not_begin(
    run: Run, tmp_path: Path, place: str
) -> None:
    dump = tmp_path / "old" / "all.sql"
    dump.parent.mkdir()
    dump.write_text(COPY)
    done = run(
        "move-in", str(dump.parent), "--from", "evergreen", "--report", str(tmp_path / place)
    )
    assert (done.exit_code, "--report" in done.stderr) == (2, True)
    assert dump.read_text() == COPY
    assert not database.execute_sql('SELECT 1 FROM "user"').fetchone()


def test_the_report_of_a_move_names_the_kind_of_each_row(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "all.sql").write_text(COPY)
    report = tmp_path / "left.csv"
    run("move-in", str(tmp_path / "old"), "--from", "evergreen", "--report", str(report))
    with report.open(newline="") as file:
        lines = [line[:5] for line in csv.reader(file)]
    assert lines == [
        ["kind", "record", "outcome", "field", "code"],
        ["holds", "3", "failed", "isbn", "required"],
        ["holds", "4", "failed", "member_source_key", "user-not-found"],
    ]


def test_an_import_whose_report_has_no_room_ends_with_what_is_done(
    run: Run, members: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MOST_ROWS", 1)
    monkeypatch.setattr(batches, "LEAST_ROWS", 1)
    members.write_text(MEMBERS + "C3,,\nC4,Noether,Emmy\n")
    for option in ("--report", "--rejects"):
        done = run("import", "members", str(members), option, "/dev/full")
        assert (done.exit_code, done.stdout) == (1, ""), done.output
        told = "/dev/full cannot be written: No space left on device. The import ended here. "
        assert f"Error: {told}2 records of it are done.\n" in done.stderr
        found = database.execute_sql('SELECT card_number FROM "user" ORDER BY id').fetchall()
        assert found == [("C1",), ("C2",)]
        database.execute_sql('DELETE FROM "user"')
        database.execute_sql("DELETE FROM source_key")


@pytest.mark.parametrize("command", [("import", "members"), ("catalogue", "import")])
def test_a_dry_run_whose_report_has_no_room_says_that_nothing_came(
    run: Run, members: Path, command: tuple[str, str]
) -> None:
    members.write_text("cardnumber,surname,firstname\nC3,,\n")
    done = run(*command, str(members), "--dry-run", "--report", "/dev/full")
    assert (done.exit_code, "Nothing was brought in." in done.stderr) == (1, True), done.output


def test_a_report_without_lines_that_has_no_room_ends_with_a_sentence(
    run: Run, members: Path
) -> None:
    done = run("import", "members", str(members), "--report", "/dev/full")
    assert (done.exit_code, "2 created" in done.stdout) == (1, True)
    assert "Error: /dev/full cannot be written: No space left on device.\n" in done.stderr


def test_a_move_whose_report_has_no_room_says_that_it_is_done(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "all.sql").write_text(COPY)
    done = run("move-in", str(tmp_path / "old"), "--from", "evergreen", "--report", "/dev/full")
    assert (done.exit_code, "Moved in:" in done.stdout) == (1, True)
    told = "/dev/full cannot be written: No space left on device. All that could come is"
    assert told in done.stderr


def test_a_report_may_go_nowhere(run: Run, members: Path) -> None:
    members.write_text(MEMBERS + "C3,,\n")
    done = run("import", "members", str(members), "--report", "/dev/null")
    assert "1 failed" in done.stdout


@pytest.fixture
def exported(run: Run, members: Path, tmp_path: Path) -> Path:
    """The folder of a library that was exported, and is empty again."""
    books = tmp_path / "books.ndjson"
    books.write_text('{"title": "Emma", "copies": [{"barcode": "B1"}]}\n')
    run("import", "books", str(books))
    run("import", "members", str(members))
    folder = tmp_path / "out"
    assert run("export", str(folder)).exit_code == 0
    empty()
    return folder


def empty() -> None:
    """Take everything out of the library, which is another one from now on."""
    for table in ("copy", "book", '"user"', "source_key"):
        database.execute_sql(f"DELETE FROM {table}")  # noqa: S608
    database.execute_sql("UPDATE library SET code = 'elsewhere'")


def amended(folder: Path, kind: str, more: str) -> None:
    """Add lines to a file of an export, as if it had been written so."""
    path = folder / f"{kind}.ndjson"
    path.write_text(path.read_text() + more)
    manifest = json.loads((folder / "manifest.json").read_text())
    for one in manifest["files"]:
        if one["kind"] == kind:
            one["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_dry_run_of_a_folder_tells_what_the_real_run_does_and_leaves_nothing(
    run: Run, exported: Path
) -> None:
    def counts(*options: str) -> list[str]:
        told = run("import", "all", str(exported), *options).stdout.splitlines()
        return [line for line in told if re.match(" +[0-9]", line)]

    database.execute_sql("UPDATE calendar SET timezone = 'Asia/Tokyo'")
    dry = counts("--dry-run")
    tables = ("book", "copy", '"user"')
    left = [database.execute_sql(f"SELECT COUNT(*) FROM {one}").fetchone()[0] for one in tables]  # noqa: S608
    zone = database.execute_sql("SELECT timezone FROM calendar").fetchone()
    assert (left, zone) == ([0, 0, 0], ("Asia/Tokyo",))
    assert "        1 created" in dry
    assert counts() == dry


def test_rejected_rows_of_all_kinds_of_a_folder_are_kept_and_reported(
    run: Run, exported: Path, tmp_path: Path
) -> None:
    bad = {"members": '{"card_number": "C9"}\n', "loans": '{"barcode": "gone"}\n'}
    for kind, line in bad.items():
        amended(exported, kind, line)
    rejects, report = tmp_path / "left.ndjson", tmp_path / "said.csv"
    how = ("--rejects", str(rejects), "--report", str(report))
    assert run("import", "all", str(exported), *how).exit_code == 1
    for kind, line in bad.items():
        assert (tmp_path / f"left-{kind}.ndjson").read_text() == line
    with report.open(newline="") as file:
        head, *lines = csv.reader(file)
    assert head == ["kind", "record", "outcome", "field", "code", "detail"]
    assert {(line[0], line[1]) for line in lines if line[2] == "failed"} == {
        ("members", "3"),
        ("loans", "1"),
    }


def test_the_report_on_a_folder_is_not_written_over_a_file_of_it(run: Run, exported: Path) -> None:
    for name in ("members.ndjson", "calendar.json", "manifest.json"):
        before = (exported / name).read_bytes()
        done = run("import", "all", str(exported), "--report", str(exported / name))
        assert (done.exit_code, "would overwrite" in done.stderr) == (2, True)
        assert (exported / name).read_bytes() == before


def test_a_folder_without_the_calendar_in_its_manifest_is_taken_with_its_opening_days(
    run: Run, exported: Path
) -> None:
    without_calendar(exported)
    there = calendar.find()
    database.execute_sql("UPDATE calendar SET timezone = 'Asia/Tokyo'")
    done = run("import", "all", str(exported))
    assert (done.exit_code, calendar.find().timezone) == (0, there.timezone), done.output


@pytest.mark.parametrize("week", ["{", "[]", '{"timezone": "Europe/Berlin"}'])
def test_opening_days_under_no_checksum_that_cannot_be_read_are_named(
    run: Run, exported: Path, week: str
) -> None:
    without_calendar(exported)
    (exported / "calendar.json").write_text(week)
    done = run("import", "all", str(exported))
    assert (done.exit_code, "calendar.json has no opening days" in done.stderr) == (1, True)


def without_calendar(folder: Path) -> None:
    """Let the manifest be as it was before it named the calendar."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["calendar"]
    path.write_text(json.dumps(manifest))


@pytest.fixture
def living(postgresql: Any, tmp_path: Path) -> Path:
    """The folder of an export, of which a library where people lend differs in opening days."""
    audit.subscribe({})
    library.berlin()
    lent(library.title()[1][0], library.member())
    closed = str((NOW + 60 * DAY).date())
    values = {"starts_on": closed, "ends_on": closed, "reason": "Inventory"}
    closure_id = closures.close(values, DESK, NOW).id
    folder = tmp_path / "out"
    take_out(folder, "ndjson", lambda kind, records: None)
    closures.reopen(closure_id, DESK)
    CalendarPlan.update(open_weekdays=[1, 2, 3]).execute()
    changed()
    return folder


def test_a_dry_run_of_a_folder_lets_others_lend_on_postgresql(
    living: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    barcode, member = library.title()[1][0], library.member()
    bring, loans = importing._bring, list[Any]()

    def lend() -> None:
        with database.connection_context():
            database.execute_sql("SET lock_timeout = '2s'")
            loans.append(lent(barcode, member))

    def bring_beside_lending(file: Any, *told: Any, **how: Any) -> int:
        done = bring(file, *told, **how)
        if file.kind == "posts":
            with ThreadPoolExecutor(1) as pool:
                pool.submit(lend).result()
        return done

    monkeypatch.setattr(importing, "_bring", bring_beside_lending)
    options = ("written", "columns", "encoding", "dates", "money", "rejects", "report")
    how = {**dict.fromkeys(options), "match": "", "on_match": "skip", "dry_run": True}
    assert importing.folder(living, how) == 0
    assert len(loans) == 1
    told = capsys.readouterr().out
    assert "Time zone and opening days would be those of the folder." in told
    assert "        1 created" in told.split("closures: ")[1].split(": Nothing")[0]
    assert calendar.find().plans[-1].open_weekdays == [1, 2, 3]


@pytest.mark.parametrize(
    "options",
    [
        ("--columns", "email:Mail"),
        ("--encoding", "utf-8"),
        ("--money", "major"),
        ("--dates", "dmy"),
        ("--format", "csv"),
        ("--match", "isbn"),
    ],
)
def test_options_of_one_file_are_refused_for_a_folder(
    run: Run, exported: Path, options: tuple[str, str]
) -> None:
    done = run("import", "all", str(exported), *options)
    assert (done.exit_code, options[0] in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "files",
    [[], [{"kind": "gifts", "file": "gifts.ndjson", "records": 0, "bytes": 0, "sha256": ""}]],
)
def test_a_manifest_without_files_that_are_known_is_refused(
    run: Run, exported: Path, files: list[dict[str, object]]
) -> None:
    path = exported / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "files": files}))
    done = run("import", "all", str(exported))
    assert (done.exit_code, "is no whole export" in done.stderr) == (1, True)


def test_a_folder_with_books_as_csv_is_refused_before_anything_is_brought_in(
    run: Run, members: Path, tmp_path: Path
) -> None:
    run("import", "members", str(members))
    folder = tmp_path / "out"
    run("export", str(folder), "--format", "csv")
    empty()
    done = run("import", "all", str(folder))
    assert (done.exit_code, "has books as CSV" in done.stderr) == (1, True)
    assert not database.execute_sql('SELECT 1 FROM "user"').fetchone()

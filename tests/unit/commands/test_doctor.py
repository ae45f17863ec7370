"""`octavo doctor`: what it finds, and what it says to do."""

import os
import subprocess
from dataclasses import replace

import pytest

from api.app import Octavo
from models.database import database
from notices import smtp
from tests.support import mailboxes, needs, servers
from tests.support.servers import ROOT
from tests.unit.commands.conftest import Run


def test_a_sound_library_has_nothing_wrong(run: Run) -> None:
    run("prepare")
    done = run("doctor")
    assert (done.exit_code, "WRONG" in done.stdout) == (0, False)
    assert "ok     database\n" in done.stdout


def test_what_contradicts_the_rules_is_counted(run: Run) -> None:
    run("prepare")
    run("catalogue", "import", "demo/catalogue.csv")
    database.execute_sql("UPDATE copy SET status = 'on_loan' WHERE id = 1")
    done = run("doctor")
    assert done.exit_code == 1
    assert "WRONG  rules: copies that are on_loan without a running loan: 1." in done.stdout


def test_a_pending_migration_says_what_to_run(run: Run) -> None:
    run("prepare")
    database.execute_sql("DELETE FROM schema_migration WHERE name LIKE '0004%'")
    told = run("doctor").stdout
    assert "WRONG  migrations: 0004_marc_records not applied. Run `bin/octavo db upgrade`." in told


def test_a_database_that_takes_no_writes_is_told(run: Run) -> None:
    run("prepare")
    database.execute_sql("PRAGMA query_only = ON")
    told = run("doctor").stdout
    database.execute_sql("PRAGMA query_only = OFF")
    assert "WRONG  writing: SQLITE_READONLY" in told


def test_a_database_that_is_away_is_told_once() -> None:
    away = f"postgresql://octavo@127.0.0.1:{servers.free_port()}/octavo"
    environ = {**os.environ, **servers.QUICK, "DATABASE_URL": away}
    done = subprocess.run(
        [ROOT / "bin" / "octavo", "doctor"],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout.splitlines()
    assert sum("Connection refused" in line for line in told) == 1
    assert "?      migrations: not known without the database" in told
    assert done.returncode == 1


@pytest.mark.redis
@pytest.mark.peer
def test_a_redis_and_a_mail_server_that_do_not_answer_are_told(run: Run, app: Octavo) -> None:
    run("prepare")
    with mailboxes.running(mailboxes.Mailbox()) as mailbox:
        there = {"redis_url": needs.REDIS, "smtp_url": smtp.server(mailbox.url)}
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], **there)
        done = run("doctor")
    assert "ok     redis\nok     mail server\n" in done.stdout
    absent = f"redis://127.0.0.1:{servers.free_port()}/0"
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], redis_url=absent)
    done = run("doctor")
    assert done.exit_code == 1
    assert "WRONG  redis: it does not answer, or takes no writes" in done.stdout
    assert (
        "WRONG  mail server: The mail server cannot be reached: Connection refused." in done.stdout
    )


def test_a_nightly_job_that_never_came_to_its_end_is_told_a_day_after_the_first_start(
    run: Run, app: Octavo
) -> None:
    run("prepare")
    assert "ok     nightly job" in run("doctor").stdout
    os.utime(app.config["SETTINGS"].var / "first-start", (1_000, 1_000))
    run("prepare")
    assert "WRONG  nightly job: it has never come to its end" in run("doctor").stdout


def test_a_setting_misspelt_a_spool_missing_and_a_late_night_are_told(
    run: Run, app: Octavo, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("prepare")
    run("circulation", "nightly")
    var = app.config["SETTINGS"].var
    (var / "spool").rmdir()
    os.utime(var / "nightly", (1_000, 1_000))
    monkeypatch.setenv("OCTAVO_COLOUR", "blue")
    told = run("doctor").stdout
    assert "WRONG  settings: OCTAVO_COLOUR is not a setting" in told
    assert "WRONG  spool: " in told
    assert "WRONG  nightly job: it last ended over a day ago." in told

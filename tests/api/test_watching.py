"""What somebody who watches the service sees: log lines, numbers, whether it is ready."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from api import jobs
from api.app import Octavo
from catalogue import import_jobs
from models import schema
from models.database import database
from tests.support.asking import Asker
from tests.support.people import Person

Logs = pytest.CaptureFixture[str]


def last_line(logs: Logs) -> dict[str, Any]:
    """The last line of the log."""
    line: dict[str, Any] = orjson.loads(logs.readouterr().err.splitlines()[-1])
    return line


def test_a_line_tells_who_asked_for_what_and_how_it_went(
    capfd: Logs, ask: Asker, member: Person
) -> None:
    answer = ask.get("/books/99?embed=copies", by=member, address="192.0.2.7")
    line = last_line(capfd)
    assert line["path"] == "/api/v1/books/99"
    assert line["route"] == "/api/v1/books/{book_id}"
    assert (line["status"], line["code"], line["caller"]) == (404, "not-found", member.id)
    assert line["address"] == "192.0.2.7"
    assert line["request_id"] == answer.headers["X-Request-ID"]


def test_the_query_which_may_name_a_person_is_in_no_line(capfd: Logs, ask: Asker) -> None:
    ask.get("/users?q=lovelace&card_number=2100")
    written = capfd.readouterr().err
    assert "/api/v1/users" in written
    assert "lovelace" not in written
    assert "2100" not in written


@pytest.mark.settings(LOG_FORMAT="text")
def test_a_line_for_people_has_the_same(capfd: Logs, ask: Asker) -> None:
    ask.get("/nowhere", address="192.0.2.7")
    line = capfd.readouterr().err.splitlines()[-1]
    assert "404 not-found GET    /api/v1/nowhere" in line
    assert "192.0.2.7" in line


def numbers(client: FlaskClient) -> dict[str, float]:
    """The samples of `/metrics` by name and labels."""
    lines = client.get("/metrics").text.splitlines()
    split = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in split}


@pytest.mark.settings(RATE_LIMIT_ANONYMOUS="2 per minute")
def test_what_was_refused_is_counted_by_code_and_by_limit(ask: Asker, client: FlaskClient) -> None:
    for _ in range(3):
        ask.get("/books/9")
    found = numbers(client)
    assert found['octavo_problems_total{code="not-found"}'] == 2
    assert found['octavo_problems_total{code="rate-limited"}'] == 1
    assert found['octavo_rate_limited_total{limit="anonymous"}'] == 1


def test_answers_from_the_cache_and_work_of_the_database_are_counted(
    ask: Asker, client: FlaskClient, librarian: Person
) -> None:
    for _ in range(2):
        ask.get("/books")
    ask.post("/books", {"title": "Emma"}, by=librarian)
    found = numbers(client)
    assert found['octavo_response_cache_total{outcome="miss"}'] == 1
    assert found['octavo_response_cache_total{outcome="hit"}'] == 1
    assert found["octavo_database_statements_total"] > 3
    assert found["octavo_database_seconds_total"] > 0
    assert found["octavo_lock_wait_seconds_count"] >= 1


def test_the_state_of_the_library_is_told(
    ask: Asker, client: FlaskClient, copy: dict[str, Any], librarian: Person, member: Person
) -> None:
    lending = {"copy_id": copy["id"], "user_id": member.id}
    assert ask.post("/loans", lending, by=librarian).status_code == 201
    found = numbers(client)
    assert found["octavo_database_up"] == 1
    assert found['octavo_loans{status="open"}'] == 1
    assert found['octavo_loans{status="overdue"}'] == 0
    assert found['octavo_holds{status="waiting"}'] == 0
    assert found['octavo_imports{status="queued"}'] == 0
    assert found["octavo_import_files"] == 0


def test_letters_that_wait_to_be_printed_are_told_from_mails(
    ask: Asker, client: FlaskClient, librarian: Person
) -> None:
    for given in ({"card_number": "C-1"}, {"email": "ada@example.org"}):
        assert ask.post("/users", {"first_name": "Ada", **given}, by=librarian).status_code == 201
    found = numbers(client)
    assert found['octavo_notices{status="queued"}'] == 2
    assert found['octavo_letters{status="queued"}'] == 1


def test_files_that_wait_to_be_imported_are_counted_though_one_is_done_meanwhile(
    app: Octavo, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = app.config["SETTINGS"].var / "imports"
    folder.mkdir(parents=True)
    for name in ("first", "second", import_jobs.LOCK):
        (folder / name).write_bytes(b"1234")
    found = numbers(client)
    assert (found["octavo_import_files"], found["octavo_import_bytes"]) == (2, 8)
    listed = Path.iterdir

    def done_meanwhile(path: Path) -> Iterator[Path]:
        for each in listed(path):
            if each.name == "first":
                each.unlink()
            yield each

    monkeypatch.setattr(Path, "iterdir", done_meanwhile)
    assert numbers(client)["octavo_import_files"] == 1


def test_after_an_import_no_file_waits(client: FlaskClient, ask: Asker, librarian: Person) -> None:
    csv = {"Content-Type": "text/csv"}
    sent = ask.post("/imports", by=librarian, raw=b"title\nEmma\n", headers=csv)
    assert sent.status_code == 202
    assert numbers(client)["octavo_import_files"] == 0


def test_numbers_are_told_without_a_database_too(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.workload.counts", lambda _: 1 / 0)
    found = numbers(client)
    assert found["octavo_database_up"] == 0
    assert 'octavo_loans{status="open"}' not in found


def test_the_age_of_the_nightly_job_is_told_once_it_was_done(
    app: Octavo, client: FlaskClient
) -> None:
    assert "octavo_nightly_age_seconds" not in numbers(client)
    settings = app.config["SETTINGS"]
    jobs.nightly(settings)
    os.utime(settings.var / "nightly", (1_000, 1_000))
    assert numbers(client)["octavo_nightly_age_seconds"] > 100_000


def test_before_its_first_end_the_age_of_the_nightly_job_is_that_of_the_first_start(
    app: Octavo, client: FlaskClient
) -> None:
    app.test_cli_runner().invoke(args=["prepare"])
    os.utime(app.config["SETTINGS"].var / "first-start", (1_000, 1_000))
    assert numbers(client)["octavo_nightly_age_seconds"] > 100_000


def test_it_is_not_ready_while_nothing_can_be_written(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(schema.write_through, "__defaults__", (0.05,))
    other = sqlite3.connect(database.obj.database)
    other.execute("BEGIN IMMEDIATE")
    try:
        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert (ready.json or {})["parts"] == {"database": "failing"}
    finally:
        other.rollback()
        other.close()
    assert client.get("/readyz").status_code == 200


def test_a_database_that_cannot_be_written_to_is_not_ready(client: FlaskClient) -> None:
    database.execute_sql("PRAGMA query_only = ON")
    assert client.get("/readyz").status_code == 503
    database.execute_sql("PRAGMA query_only = OFF")
    assert client.get("/readyz").status_code == 200

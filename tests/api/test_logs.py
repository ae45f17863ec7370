"""Logs: nothing personal and no secret, whatever happens."""

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from peewee import OperationalError
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from models import book as books
from models.database import connect, database
from tests.support import people
from tests.support.asking import Asker
from tests.support.people import Person

Logs = pytest.CaptureFixture[str]
ADA = {
    "email": "ada@private.example",
    "password": "a password nobody may see",
    "first_name": "Adelheid",
    "last_name": "Liebreich",
}
PERSONAL = ("ada@private", "a password nobody", "Adelheid", "Liebreich")


def assert_silent(logs: Logs, *secrets: str) -> None:
    """Fail when the logs hold anything of Ada's, or are empty."""
    written = logs.readouterr()
    text = written.out + written.err
    assert "request" in text
    for secret in (*PERSONAL, *secrets):
        assert secret not in text


def test_registration_and_sign_in_leave_nothing_personal(capfd: Logs, ask: Asker) -> None:
    ask.post("/auth/register", ADA)
    body = {"email": ADA["email"], "password": ADA["password"]}
    pair = ask.post("/auth/login", body).json
    ask.post("/auth/login", body | {"password": "wrong password given"})
    ask.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})
    basic = people.basic(ADA["email"], ADA["password"])
    ask.get("/auth/profile", headers=basic)
    assert_silent(
        capfd,
        pair["access_token"],
        pair["refresh_token"],
        "wrong password given",
        basic["Authorization"].split()[1],
    )


def test_faults_and_conflicts_leave_nothing_personal(capfd: Logs, ask: Asker) -> None:
    for _ in range(2):
        ask.post("/auth/register", ADA)
    ask.post("/auth/register", ADA | {"password": "short", "nickname": "Adelheid"})
    assert_silent(capfd)


def test_a_search_for_a_person_leaves_nothing_personal(
    capfd: Logs, ask: Asker, librarian: Person
) -> None:
    ask.post("/users", ADA, by=librarian)
    ask.get("/users?q=Adelheid%20Liebreich", by=librarian)
    assert_silent(capfd)


def test_an_api_key_leaves_no_trace_of_its_secret(capfd: Logs, ask: Asker, member: Person) -> None:
    key = ask.post("/auth/keys", {"name": "Desk", "scopes": []}, by=member).json["key"]
    ask.get("/books", headers=people.bearer(key))
    assert_silent(capfd, key, key.split("_", 2)[2])


def test_an_unforeseen_error_is_logged_with_its_place_but_not_its_values(
    capfd: Logs, ask: Asker, librarian: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(values: dict[str, Any], _: object) -> None:
        raise RuntimeError(f"cannot store {values}")

    monkeypatch.setattr(books, "create", fail)
    headers = {"X-Request-ID": "desk-9"}
    answer = ask.post("/books", {"title": "Adelheid"}, by=librarian, headers=headers)
    assert answer.status_code == 500
    written = capfd.readouterr().err
    assert "RuntimeError" in written
    assert "test_logs.py" in written
    assert "Adelheid" not in written
    error = next(line for line in written.splitlines() if "RuntimeError" in line)
    assert "desk-9" in error


def test_a_damaged_database_is_told_and_logged(
    capfd: Logs, client: FlaskClient, tmp_path: Path
) -> None:
    (tmp_path / "damaged.db").write_bytes(b"no database" * 1000)
    database.obj.close()
    connect(f"sqlite:///{tmp_path / 'damaged.db'}")
    answer = client.get("/api/v1/posts")
    assert answer.status_code == 503
    assert (answer.json or {})["detail"] == "The database cannot be used at the moment."
    assert "SQLITE_NOTADB (file is not a database)" in capfd.readouterr().err


def test_it_is_logged_why_the_database_cannot_be_used(
    capfd: Logs, client: FlaskClient, tmp_path: Path
) -> None:
    database.obj.close()
    connect(f"sqlite:///{tmp_path / 'nowhere' / 'octavo.db'}")
    answer = client.get("/api/v1/posts", headers={"X-Request-ID": "desk-9"})
    assert (answer.json or {})["detail"] == "The database does not answer."
    (line,) = (line for line in capfd.readouterr().err.splitlines() if "trace" in line)
    told = orjson.loads(line)
    assert told["reason"] == "SQLITE_CANTOPEN (unable to open database file)"
    assert told["request_id"] == "desk-9"


def test_readiness_logs_what_fails_and_why(
    capfd: Logs, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.schema.is_current", lambda: False)
    client.get("/readyz")
    (line,) = (line for line in capfd.readouterr().err.splitlines() if "not ready" in line)
    told = orjson.loads(line)
    assert (told["part"], told["reason"]) == ("database", "migrations are pending")


def test_an_answer_that_breaks_off_is_logged_with_its_request(
    capfd: Logs, client: FlaskClient, librarian: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(*_: Any, **__: Any) -> Iterator[bytes]:
        yield b"{}"
        raise OperationalError("Adelheid")

    monkeypatch.setattr("resources.exports.write", breaking)
    headers = {**librarian.headers, "X-Request-ID": "desk-9"}
    with pytest.raises(OperationalError):
        client.get("/api/v1/exports/books?format=ndjson", headers=headers).get_data()
    error, request = (orjson.loads(line) for line in capfd.readouterr().err.splitlines())
    assert (error["level"], error["message"]) == ("error", "answer broke off")
    assert (error["error"], error["request_id"]) == ("OperationalError", "desk-9")
    assert (request["level"], request["message"]) == ("warning", "request broke off")
    assert (request["status"], request["request_id"]) == (200, "desk-9")


def _asked(client: FlaskClient, person: Person) -> Any:
    """The pieces of an export as a WSGI server has them, of which none has been sent."""
    headers = Headers(person.headers)
    headers["X-Request-ID"] = "desk-9"
    asked = EnvironBuilder("/api/v1/exports/books?format=ndjson", headers=headers)
    application: Any = client.application
    return application(asked.get_environ(), lambda *_: None)


def test_an_answer_that_was_never_sent_is_logged_when_the_server_closes_it(
    capfd: Logs, client: FlaskClient, librarian: Person
) -> None:
    pieces = _asked(client, librarian)
    assert "desk-9" not in capfd.readouterr().err
    pieces.close()
    pieces.close()
    (request,) = (orjson.loads(line) for line in capfd.readouterr().err.splitlines())
    assert (request["message"], request["request_id"]) == ("request broke off", "desk-9")


def test_nothing_is_told_of_an_answer_by_the_garbage_collector(
    capfd: Logs, client: FlaskClient, librarian: Person
) -> None:
    """It may run while this thread has the lock of a counter, which telling would wait for."""
    pieces = iter(_asked(client, librarian))
    next(pieces)
    del pieces
    gc.collect()
    assert "desk-9" not in capfd.readouterr().err

"""What clients send to make others see, store or log something false; see docs/security.md."""

import gzip
from urllib.parse import urlsplit

import orjson
import pytest
from flask.testing import FlaskClient

from tests.support.asking import Asker
from tests.support.people import Person

BOOKS = "/api/v1/books"
FORGED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/evil.example",
    "Forwarded": "host=evil.example",
    "X-Original-URL": "/evil.example",
    "X-HTTP-Method-Override": "DELETE",
}


@pytest.mark.parametrize("header", FORGED)
def test_a_forged_header_gets_into_no_answer(ask: Asker, librarian: Person, header: str) -> None:
    made = ask.post("/books", {"title": "Emma"}, by=librarian, headers={header: FORGED[header]})
    listed = ask.get("/books?limit=1", headers={header: FORGED[header]})
    for answer in (made, listed):
        assert b"evil" not in answer.data
        assert "evil" not in str(answer.headers)
    assert urlsplit(made.headers["Location"]).netloc in ("", "localhost")


@pytest.mark.parametrize("header", FORGED)
def test_a_forged_header_changes_nothing_that_is_kept_for_others(
    ask: Asker, client: FlaskClient, librarian: Person, header: str
) -> None:
    ask.post("/books", {"title": "Emma"}, by=librarian)
    first = client.get(f"{BOOKS}/1", headers={header: FORGED[header]})
    second = client.get(f"{BOOKS}/1")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]


@pytest.mark.parametrize("path", ["%0a{}", "%0d%0aSet-Cookie:%20a=b", "%1b[31m", "%E2%80%A8"])
def test_a_path_begins_no_line_of_its_own_in_the_log(
    client: FlaskClient, capfd: pytest.CaptureFixture[str], path: str
) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 404
    lines = capfd.readouterr().err.splitlines()
    assert [orjson.loads(line)["status"] for line in lines] == [404]
    assert "Set-Cookie" not in answer.headers


def test_a_compressed_body_is_not_unpacked(ask: Asker, librarian: Person) -> None:
    body = gzip.compress(b'{"title": "' + b"x" * 100 + b'"}')
    answer = ask("POST", "/books", raw=body, by=librarian, headers={"Content-Encoding": "gzip"})
    assert answer.status_code in (400, 415)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "DEBUG", "PROPFIND"])
def test_a_method_of_another_trade_is_refused(client: FlaskClient, method: str) -> None:
    assert client.open(BOOKS, method=method).status_code == 405


@pytest.mark.parametrize(
    "field", ["role", "is_active", "blocked", "category", "card_number", "expires_on", "note"]
)
def test_who_registers_gives_themselves_nothing_else(ask: Asker, field: str) -> None:
    person = {
        "email": "eve@example.org",
        "password": "a long enough password",
        "first_name": "Eve",
        "last_name": "Moore",
    }
    answer = ask.post("/auth/register", {**person, field: "admin"})
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")

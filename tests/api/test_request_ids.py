"""Request ids: taken over or made, and told everywhere."""

import pytest

from tests.support.asking import Asker
from tests.support.people import Person

GOOD = ["a", "Z9", "with-dash_underscore.dot", "x" * 64]
BAD = ["", " ", "x" * 65, "two words", "semi;colon", "slash/", "é", '"quoted"', "new\tline"]


@pytest.mark.parametrize("given", GOOD)
def test_a_well_formed_request_id_is_taken_over(ask: Asker, given: str) -> None:
    answer = ask.get("/books/404", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] == given
    assert answer.json["request_id"] == given


@pytest.mark.parametrize("given", BAD)
def test_a_malformed_request_id_is_replaced(ask: Asker, given: str) -> None:
    answer = ask.get("/books", headers={"X-Request-ID": given})
    made = answer.headers["X-Request-ID"]
    assert made != given
    assert made.isalnum()


def test_every_request_gets_an_id_of_its_own(ask: Asker) -> None:
    made = {ask.get("/books").headers["X-Request-ID"] for _ in range(5)}
    assert len(made) == 5


@pytest.mark.parametrize("path", ["/books", "/books/404", "/nowhere", "/users"])
def test_every_answer_carries_it(ask: Asker, path: str) -> None:
    for method in ("GET", "OPTIONS", "HEAD", "BREW"):
        answer = ask(method, path, headers={"X-Request-ID": "mine"})
        assert answer.headers["X-Request-ID"] == "mine"


def test_the_audit_log_keeps_it(ask: Asker, admin: Person) -> None:
    ask.post("/books", {"title": "Emma"}, by=admin, headers={"X-Request-ID": "desk-7"})
    entries = ask.get("/audit?request_id=desk-7", by=admin).json["data"]
    assert [entry["action"] for entry in entries] == ["book.create"]


def test_the_log_line_of_a_request_names_it(ask: Asker, capfd: pytest.CaptureFixture[str]) -> None:
    ask.get("/books", headers={"X-Request-ID": "desk-8"})
    assert '"request_id":"desk-8"' in capfd.readouterr().err

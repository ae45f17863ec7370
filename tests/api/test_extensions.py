"""Flask's hooks run for whoever registers them: extensions work as in any Flask application."""

from collections import Counter
from typing import Any

import pytest
from flask import (
    Flask,
    Response,
    appcontext_popped,
    appcontext_pushed,
    g,
    got_request_exception,
    request,
    request_finished,
)
from flask import request_started as started

from api.app import Octavo
from tests.support.asking import Asker
from tests.support.people import Person


class Counting:
    """An extension that counts every hook and puts a header on answers, as Flask-CORS does."""

    def __init__(self, app: Flask) -> None:
        self.counts: Counter[str] = Counter()
        self.errors: list[Exception] = []
        app.before_request(self._before)
        app.after_request(self._after)
        app.teardown_request(lambda _: self._count("teardown_request"))
        app.teardown_appcontext(lambda _: self._count("teardown_appcontext"))
        for name, signal in (("request_started", started), ("request_finished", request_finished)):
            signal.connect(self._on(name), app, weak=False)
        got_request_exception.connect(self._failed, app, weak=False)

    def _count(self, name: str) -> None:
        self.counts[name] += 1

    def _on(self, name: str) -> Any:
        return lambda *_, **__: self._count(name)

    def _failed(self, _: Flask, exception: Exception) -> None:
        self.errors.append(exception)

    def _before(self) -> None:
        g.counted = True
        self._count("before_request")

    def _after(self, response: Response) -> Response:
        assert g.counted
        self._count("after_request")
        response.headers["X-Counted"] = str(response.status_code)
        return response


HOOKS = {
    *("before_request", "after_request", "teardown_request", "teardown_appcontext"),
    *("request_started", "request_finished"),
}


@pytest.fixture
def counting(app: Octavo) -> Counting:
    """The extension, added to the application."""
    return Counting(app)


ANSWERS = [
    ("GET", "/books/1", 200),
    ("HEAD", "/books/1", 200),
    ("GET", "/books", 200),
    ("GET", "/books/404", 404),
    ("GET", "/nowhere", 404),
    ("GET", "/audit", 401),
    ("OPTIONS", "/books", 204),
    ("DELETE", "/books", 405),
    ("GET", "/books?nonsense=1", 400),
]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_hook_runs_once_for_every_request(
    counting: Counting, ask: Asker, book: dict[str, Any], method: str, path: str, status: int
) -> None:
    answer = ask(method, path)
    assert answer.status_code == status
    assert answer.headers["X-Counted"] == str(status)
    assert counting.counts == dict.fromkeys(HOOKS, 1)


OWN = {"X-Request-ID", "X-Counted", "X-Cache", "RateLimit"}


@pytest.mark.parametrize("path", ["/posts", "/audit", "/nowhere", "/books/1/copies"])
def test_an_answer_that_a_hook_has_seen_is_the_same_answer(
    app: Octavo, ask: Asker, book: dict[str, Any], path: str
) -> None:
    def look(response: Response) -> Response:
        if "X-Look" in request.headers:
            response.headers["X-Counted"] = response.get_data()[:1].decode()
        return response

    app.after_request(look)
    plain, seen = ask.get(path), ask.get(path, headers={"X-Look": "yes"})
    assert seen.headers["X-Counted"] == "{"
    assert {k: v for k, v in seen.headers if k not in OWN} == {
        k: v for k, v in plain.headers if k not in OWN
    }
    assert seen.json.keys() == plain.json.keys()


def test_what_a_client_has_already_stays_304_under_a_hook(
    counting: Counting, ask: Asker, book: dict[str, Any]
) -> None:
    tag = ask.get("/posts").headers["ETag"]
    answer = ask.get("/posts", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data, answer.headers["X-Counted"]) == (304, b"", "304")


def test_a_streamed_answer_passes_through_a_hook(
    counting: Counting, ask: Asker, book: dict[str, Any], librarian: Person
) -> None:
    answer = ask.get("/exports/books?format=ndjson", by=librarian)
    assert answer.headers["X-Counted"] == "200"
    assert b"Emma" in answer.data


def test_a_hook_that_answers_is_what_is_answered(app: Octavo, ask: Asker) -> None:
    app.before_request(lambda: Response("closed", 503) if request.path.endswith("/posts") else None)
    assert ask.get("/posts").data == b"closed"
    assert ask.get("/books").status_code == 200


def test_a_handler_of_errors_that_somebody_registers_is_asked(app: Octavo, ask: Asker) -> None:
    app.register_error_handler(404, lambda _: Response("lost", 404))
    assert ask.get("/nowhere").data == b"lost"
    assert ask.get("/audit").json["code"] == "authentication-required"


def test_an_unforeseen_error_is_signalled_and_a_foreseen_one_is_not(
    counting: Counting, ask: Asker, book: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask.get("/audit")
    ask.get("/books/404")
    assert counting.errors == []
    error = RuntimeError("broken")

    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr("resources.books._embed", fail)
    assert ask.get("/books/1?embed=copies").status_code == 500
    assert counting.errors == [error]


def test_a_hook_finds_all_parts_of_the_request(app: Octavo, ask: Asker) -> None:
    seen: list[Any] = []

    def look() -> None:
        seen.append([request.args["limit"], request.remote_addr, request.host, request.scheme])
        seen.append([request.headers["X-Look"], request.query_string, request.full_path])

    app.before_request(look)
    ask.get("/posts?limit=3", headers={"X-Look": "yes"})
    assert seen == [
        ["3", "127.0.0.1", "localhost", "http"],
        ["yes", b"limit=3", "/api/v1/posts?limit=3"],
    ]


def test_a_part_that_no_request_has_is_missing(app: Octavo) -> None:
    with app.test_request_context("/"):
        assert not hasattr(request, "nonsense")
        with pytest.raises(AttributeError, match="nonsense"):
            _ = request.nonsense  # type: ignore[attr-defined]


def test_who_listens_is_told_of_contexts(app: Octavo, ask: Asker) -> None:
    told: list[str] = []

    def tell(name: str) -> Any:
        return lambda *_, **__: told.append(name)

    listening = [tell("pushed"), tell("popped")]
    appcontext_pushed.connect(listening[0], app)
    appcontext_popped.connect(listening[1], app)
    ask.get("/posts")
    assert {"pushed", "popped"} <= set(told)


def test_a_hook_that_fails_is_answered_with_a_problem(app: Octavo, ask: Asker) -> None:
    def fail(_: Response) -> Response:
        raise RuntimeError("broken")

    app.after_request(fail)
    answer = ask.get("/posts")
    assert (answer.status_code, answer.json["code"]) == (500, "internal")

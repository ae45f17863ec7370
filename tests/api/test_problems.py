"""Problem documents: one shape for every error, on every path."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.problem_codes import PROBLEMS
from models import book as books
from tests.support import people
from tests.support.asking import Asker
from tests.support.people import Person

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id"}
KEY = {"Idempotency-Key": "one"}


def _reused_key(ask: Asker, staff: Person) -> Any:
    ask.post("/books", {"title": "Emma"}, by=staff, headers=KEY)
    return ask.post("/books", {"title": "Persuasion"}, by=staff, headers=KEY)


def _taken_isbn(ask: Asker, staff: Person) -> Any:
    body = {"title": "Emma", "isbn": "9780141439587"}
    ask.post("/books", body, by=staff)
    return ask.post("/books", body, by=staff)


def _stale(ask: Asker, staff: Person) -> Any:
    path = ask.post("/books", {"title": "Emma"}, by=staff).headers["Location"]
    headers = {"If-Match": '"x"'}
    return ask.patch(path.removeprefix("/api/v1"), {}, by=staff, headers=headers)


Asking = Callable[[Asker, Person], Any]
ERRORS: dict[str, tuple[int, set[str], Asking]] = {
    "malformed-body": (400, set(), lambda ask, by: ask.post("/books", raw=b"{", by=by)),
    "invalid": (400, {"errors"}, lambda ask, by: ask.post("/books", {}, by=by)),
    "bad-cursor": (400, set(), lambda ask, by: ask.get("/books?cursor=x")),
    "bad-idempotency-key": (
        400,
        set(),
        lambda ask, by: ask.post("/books", {"title": "x"}, by=by, headers={"Idempotency-Key": ""}),
    ),
    "authentication-required": (401, set(), lambda ask, by: ask.get("/users")),
    "bad-token": (401, set(), lambda ask, by: ask.get("/books", headers=people.bearer("x"))),
    "bad-credentials": (
        401,
        set(),
        lambda ask, by: ask.get("/books", headers=people.basic("a@b.cd")),
    ),
    "forbidden": (403, set(), lambda ask, by: ask.get("/audit", by=by)),
    "insufficient-scope": (
        403,
        {"scope"},
        lambda ask, by: ask.get("/users", headers=people.key(by, [])),
    ),
    "field-not-allowed": (
        403,
        {"fields"},
        lambda ask, by: ask.patch("/auth/profile", {"category": "child"}, by=by),
    ),
    "not-found": (404, set(), lambda ask, by: ask.get("/books/404")),
    "method-not-allowed": (405, set(), lambda ask, by: ask.delete("/books")),
    "not-acceptable": (
        406,
        {"offered"},
        lambda ask, by: ask.get("/books", headers={"Accept": "image/png"}),
    ),
    "isbn-taken": (409, {"existing_id"}, _taken_isbn),
    "stale": (412, set(), _stale),
    "body-too-large": (
        413,
        {"limit"},
        lambda ask, by: ask.post("/books", raw=b" " * 2000000, by=by),
    ),
    "unsupported-media-type": (
        415,
        {"supported"},
        lambda ask, by: ask.post("/books", raw=b"{}", by=by, headers={"Content-Type": "text/csv"}),
    ),
    "idempotency-key-reused": (422, set(), _reused_key),
}


def assert_is_problem(answer: Any, status: int, code: str, *more: str) -> None:
    """Fail unless this is the problem `code` in the one shape all problems have."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json
    assert set(document) == MEMBERS | set(more)
    assert document["type"] == f"/problems/{code}"
    assert (document["status"], document["code"]) == (status, code)
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_the_one_shape(ask: Asker, librarian: Person, code: str) -> None:
    status, more, asking = ERRORS[code]
    assert_is_problem(asking(ask, librarian), status, code, *more)


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/api/v1/nowhere",
        "/api/v1",
        "/api/v1/",
        "/api/v2/books",
        "/books",
    ],
)
def test_a_path_nobody_knows_is_a_problem_too(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert_is_problem(answer, 404, "not-found")
    assert answer.json is not None
    assert answer.json["instance"] == path


@pytest.mark.parametrize("path", ["/api/v1/a%20b", "/api/v1/%00", "/%C4%8D:@!$&'()*+,;="])
def test_the_instance_is_the_path_as_a_uri_has_it(client: FlaskClient, path: str) -> None:
    assert client.get(path).get_json()["instance"] == path


@pytest.mark.parametrize("path", ["/", "/healthz", "/readyz", "/metrics", "/problems/invalid"])
def test_a_wrong_method_on_a_service_page_is_a_problem_too(client: FlaskClient, path: str) -> None:
    answer = client.post(path)
    assert_is_problem(answer, 405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("accept", ["text/html", "image/png", "*/*"])
def test_a_problem_is_json_whatever_was_to_be_accepted(ask: Asker, accept: str) -> None:
    answer = ask.get("/nowhere", headers={"Accept": accept})
    assert_is_problem(answer, 404, "not-found")


def test_an_unforeseen_error_tells_nothing_of_what_is_inside(
    ask: Asker, book: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise RuntimeError("SELECT secret FROM inner_table")

    monkeypatch.setattr(books, "find", fail)
    answer = ask.get(f"/books/{book['id']}")
    assert_is_problem(answer, 500, "internal")
    for inner in ("SELECT", "inner_table", "RuntimeError", "Traceback", ".py"):
        assert inner not in answer.text


def test_401_names_both_schemes(ask: Asker) -> None:
    challenge = ask.get("/users").headers["WWW-Authenticate"]
    assert "Bearer" in challenge
    assert "Basic" in challenge


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_code_has_a_page_for_programs_and_one_for_people(
    client: FlaskClient, code: str
) -> None:
    document = client.get(f"/problems/{code}", headers={"Accept": "application/json"})
    assert document.status_code == 200
    assert document.json is not None
    assert document.json["code"] == code
    assert document.json["status"] == PROBLEMS[code].status
    page = client.get(f"/problems/{code}", headers={"Accept": "text/html,*/*;q=0.1"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert code in page.text


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("loan-refused", "`loan-limit` (`limit`, `open`)"),
        ("renewal-refused", "`hold-waiting` (`free`, `waiting`)"),
        ("hold-refused", "`no-copies`"),
    ],
)
def test_the_page_of_a_refusal_names_its_reasons_with_their_params(
    client: FlaskClient, code: str, named: str
) -> None:
    document = client.get(f"/problems/{code}", headers={"Accept": "application/json"}).json
    assert document is not None
    assert named in document["meaning"]


def test_a_problem_code_nobody_knows_is_404(client: FlaskClient) -> None:
    assert_is_problem(client.get("/problems/no-such-code"), 404, "not-found")


def test_the_page_of_a_problem_can_be_had_in_two_forms_alone(client: FlaskClient) -> None:
    answer = client.get("/problems/invalid", headers={"Accept": "image/png"})
    assert_is_problem(answer, 406, "not-acceptable", "offered")

"""Problem documents: one shape for every error, on every path."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.problem_codes import PROBLEMS
from models.vocabulary import ProblemCode
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
    "bad-entity-tag": (
        400,
        set(),
        lambda ask, by: ask.delete("/books/1", by=by, headers={"If-Match": "book-1.1"}),
    ),
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


def test_the_detail_of_an_invalid_request_names_the_first_fault_and_counts_the_others(
    ask: Asker, librarian: Person
) -> None:
    one = ask.post("/books", {"titel": "Emma", "title": "Emma"}, by=librarian).json
    assert one["detail"] == "titel: There is no such field. Did you mean title?"
    inside = {"title": "Emma", "contributors": [{"role": "editor"}], "pages": 0, "isbn": 1}
    more = ask.post("/books", inside, by=librarian).json
    assert more["detail"].startswith("contributors/0/name: This is required. 2 more faults are")
    query = ask.get("/books?Limit=5").json
    assert query["detail"] == "Limit: There is no such parameter. Did you mean limit?"


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/api/v1/nowhere",
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
    def fail(*_: Any) -> None:
        raise RuntimeError("SELECT secret FROM inner_table")

    monkeypatch.setattr("resources.books._embed", fail)
    answer = ask.get(f"/books/{book['id']}?embed=copies")
    assert_is_problem(answer, 500, "internal")
    for inner in ("SELECT", "inner_table", "RuntimeError", "Traceback", ".py"):
        assert inner not in answer.text


def test_401_names_both_schemes(ask: Asker) -> None:
    challenge = ask.get("/users").headers["WWW-Authenticate"]
    assert "Bearer" in challenge
    assert "Basic" in challenge


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (
            "/api/v1/books/",
            "There is no such path: no path ends with a slash. Did you mean /api/v1/books?",
        ),
        (
            "/api/v1/Books/7",
            "There is no such path: paths are in small letters. Did you mean /api/v1/books/7?",
        ),
        (
            "/books",
            "There is no such path: the API is below /api/v1. Did you mean /api/v1/books?",
        ),
        ("/api/v2/loans", "There is no such path: the API is below /api/v1. Did you mean"),
        (
            "/api/v1//books",
            "There is no such path: slashes do not come twice. Did you mean /api/v1/books?",
        ),
        ("/api/v1/bokes/7", "There is no such path. Did you mean /api/v1/books/7?"),
        (
            "/api/v1/Reports/over-due/",
            "There is no such path: no path ends with a slash, paths are",
        ),
        ("/docz", "There is no such path. Did you mean /docs?"),
        ("/api/v1/zzz", "There is no such path. /api/v1 lists what there is, /docs describes"),
        ("/api/v1/books/0", "There is no such path. /api/v1 lists what there is, /docs describes"),
    ],
)
def test_a_wrong_path_is_told_the_right_one(client: FlaskClient, path: str, told: str) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": path})
    assert_is_problem(answer, 404, "not-found")
    assert (answer.json or {})["detail"].startswith(told)


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    told = "DELETE is not possible here; this path takes GET, HEAD, OPTIONS, POST."
    assert (client.delete("/api/v1/books").json or {})["detail"] == told
    told = "Methods are in capital letters: GET. This path takes GET, HEAD, OPTIONS, POST."
    assert (client.open("/api/v1/books", method="get").json or {})["detail"] == told


def test_who_has_to_sign_in_is_told_how(ask: Asker) -> None:
    told = ask.get("/loans").json["detail"]
    for word in ("Bearer", "/api/v1/auth/login", "API key", "Basic", "email and password"):
        assert word in told


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


def test_all_codes_are_listed_for_programs_and_for_people(client: FlaskClient) -> None:
    listed = client.get("/problems").json or {}
    assert {one["code"]: one["status"] for one in listed["data"]} == {
        code: known.status for code, known in PROBLEMS.items()
    }
    page = client.get("/problems", headers={"Accept": "text/html"})
    assert all(f'href="/problems/{code}"' in page.text for code in PROBLEMS)


@pytest.mark.parametrize("path", ["/", "/problems", "/problems/stale"])
def test_a_page_has_a_style_of_this_server_and_fits_a_small_screen(
    client: FlaskClient, path: str
) -> None:
    page = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.content_type == "text/html; charset=utf-8"
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
    assert '<meta name="viewport"' in page.text
    styles = re.findall(r'<link rel="stylesheet" href="(/[^"]+)"', page.text)
    types = {client.get(style, buffered=True).content_type for style in styles}
    assert types == {"text/css; charset=utf-8"}


def test_a_problem_code_nobody_knows_is_404(client: FlaskClient) -> None:
    assert_is_problem(client.get("/problems/no-such-code"), 404, "not-found")


def test_the_page_of_a_problem_can_be_had_in_two_forms_alone(client: FlaskClient) -> None:
    answer = client.get("/problems/invalid", headers={"Accept": "image/png"})
    assert_is_problem(answer, 406, "not-acceptable", "offered")


def test_every_problem_code_is_explained() -> None:
    assert set(PROBLEMS) == set(ProblemCode)

"""HEAD, OPTIONS, wrong methods, Accept, trailing slashes, paths, and CORS."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from api import __version__
from api.revision import REVISION
from tests.support.asking import Asker
from tests.support.people import Person

CORS = pytest.mark.settings(CORS_ORIGINS="https://one.example,https://two.example")
PREFLIGHT = {"Access-Control-Request-Method": "POST"}


@pytest.mark.parametrize("path", ["/books", "/books/1", "/books/1/copies", "/copies", "/posts"])
def test_head_is_get_without_its_body(ask: Asker, copy: dict[str, Any], path: str) -> None:
    own = {"X-Request-ID", "X-Cache"}
    got, head = ask.get(path), ask("HEAD", path)
    assert (head.status_code, head.data) == (200, b"")
    assert {k: v for k, v in head.headers if k not in own} == {
        k: v for k, v in got.headers if k not in own
    }


def test_head_needs_what_get_needs(ask: Asker) -> None:
    assert ask("HEAD", "/users").status_code == 401
    assert ask("HEAD", "/books/404").status_code == 404


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/books", {"GET", "HEAD", "POST", "OPTIONS"}),
        ("/books/1", {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
        ("/auth/login", {"POST", "OPTIONS"}),
    ],
)
def test_options_and_405_name_the_methods_there_are(
    ask: Asker, path: str, methods: set[str]
) -> None:
    options, wrong = ask("OPTIONS", path), ask("BREW", path)
    assert (options.status_code, options.data) == (204, b"")
    assert wrong.status_code == 405
    for answer in (options, wrong):
        assert set(answer.headers["Allow"].split(", ")) == methods


@pytest.mark.parametrize("path", ["/api/v1/books", "/api/v1/auth/login", "/healthz"])
@pytest.mark.parametrize("method", ["get", "Post", "head", "oPTIONS"])
def test_a_method_in_small_letters_is_another_method(
    client: FlaskClient, method: str, path: str
) -> None:
    answer = client.open(path, environ_overrides={"REQUEST_METHOD": method})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == client.options(path).headers["Allow"]


@pytest.mark.parametrize("path", ["/api/v1/books", "/", "/problems/invalid"])
def test_options_names_no_media_type_for_a_body_it_does_not_have(
    client: FlaskClient, path: str
) -> None:
    answer = client.options(path)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("path", ["//api/v1/books", "///api/v1/auth/login", "//", "//healthz"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_second_slash_in_front_is_another_path(
    client: FlaskClient, method: str, path: str
) -> None:
    answer = client.open("/", method=method, environ_overrides={"PATH_INFO": path})
    assert answer.status_code == 404


def test_options_on_a_path_nobody_knows_is_404(ask: Asker) -> None:
    assert ask("OPTIONS", "/nowhere").status_code == 404


def test_head_where_there_is_no_get_is_a_wrong_method(ask: Asker) -> None:
    answer = ask("HEAD", "/auth/login")
    assert (answer.status_code, answer.data) == (405, b"")


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "*/*",
        "application/*",
        "text/html, application/json;q=0.1",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "",
        "text/html;q=1.0, */*;q=0.001",
    ],
)
def test_an_accept_that_json_satisfies_gets_json(ask: Asker, accept: str) -> None:
    answer = ask.get("/books", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "image/*",
        "application/json;q=0",
        "*/*;q=0",
        "text",
        "application/json;q=0, text/csv;q=0, */*",
    ],
)
def test_an_accept_nothing_satisfies_is_406(ask: Asker, accept: str) -> None:
    assert ask.get("/books", headers={"Accept": accept}).status_code == 406


def test_406_comes_before_anything_is_done(ask: Asker, librarian: Person) -> None:
    answer = ask.post("/books", {"title": "x"}, by=librarian, headers={"Accept": "text/html"})
    assert answer.status_code == 406
    assert ask.get("/books").json["pagination"]["total"] == 0


@pytest.mark.parametrize("path", ["/books/", "/books/1/", "/auth/login/", "/users/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_trailing_slash_is_another_path(
    ask: Asker, admin: Person, method: str, path: str
) -> None:
    assert ask(method, path, by=admin).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "0",
        "-1",
        "01",
        "1.0",
        "1e3",
        "abc",
        "%31%00",
        "1%00",
        "%ff",
        "٣",
        "1" + "0" * 30,
        "9" * 19,
        "1%2f",
    ],
)
@pytest.mark.parametrize("noun", ["books", "copies", "posts", "users"])
def test_what_is_no_id_is_another_path(ask: Asker, admin: Person, noun: str, name: str) -> None:
    assert ask.get(f"/{noun}/{name}", by=admin).status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/templates/nope/eng", "/templates/welcome/ita", "/calendar/plans/2026-13-01"]
)
def test_what_is_no_kind_language_or_day_is_another_path_for_every_method(
    ask: Asker, admin: Person, method: str, path: str
) -> None:
    answer = ask(method, path, by=admin)
    assert answer.status_code == 404
    assert "Did you mean" not in answer.text


def test_the_largest_id_is_one_nobody_has(ask: Asker) -> None:
    assert ask.get(f"/books/{2**63 - 1}").status_code == 404


def test_201_says_where_the_new_record_is(ask: Asker, librarian: Person) -> None:
    made = ask.post("/books", {"title": "Emma"}, by=librarian)
    assert made.headers["Location"] == f"/api/v1/books/{made.json['id']}"


@CORS
@pytest.mark.parametrize("origin", ["https://one.example", "https://two.example"])
def test_pages_of_the_origins_named_may_read_answers(ask: Asker, origin: str) -> None:
    headers = ask.get("/books", headers={"Origin": origin}).headers
    assert headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in ", ".join(headers.getlist("Vary"))
    assert "ETag" in headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in headers


@CORS
def test_caches_learn_that_answers_differ_by_origin_also_where_none_is_told(ask: Asker) -> None:
    headers = ask.get("/books").headers
    assert "Origin" in ", ".join(headers.getlist("Vary"))
    assert not [name for name in headers if name[0].startswith("Access-Control")]


@CORS
def test_they_may_read_errors_too(ask: Asker) -> None:
    answer = ask.get("/users", headers={"Origin": "https://one.example"})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == "https://one.example"


@CORS
def test_a_preflight_is_told_methods_and_headers(ask: Asker) -> None:
    headers = PREFLIGHT | {"Origin": "https://one.example"}
    answer = ask("OPTIONS", "/books", headers=headers)
    assert answer.status_code == 204
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    for name in ("authorization", "content-type", "if-match", "idempotency-key", "x-request-id"):
        assert name in allowed


@CORS
@pytest.mark.parametrize(
    "origin", ["https://three.example", "null", "https://one.example.evil", ""]
)
def test_pages_of_other_origins_may_not(ask: Asker, origin: str) -> None:
    headers = ask("OPTIONS", "/books", headers=PREFLIGHT | {"Origin": origin}).headers
    assert not [name for name in headers if name[0].startswith("Access-Control")]


def test_unless_set_no_origin_is_named(ask: Asker) -> None:
    headers = ask.get("/books", headers={"Origin": "https://one.example"}).headers
    assert not [name for name in headers if name[0].startswith("Access-Control")]


@pytest.mark.settings(CORS_ORIGINS="*")
def test_all_origins_can_be_named(ask: Asker) -> None:
    headers = ask.get("/books", headers={"Origin": "https://any.example"}).headers
    assert headers["Access-Control-Allow-Origin"] in ("*", "https://any.example")


def test_the_start_page_leads_to_what_there_is(client: FlaskClient) -> None:
    links = (client.get("/").json or {})["links"]
    assert {"books", "docs", "openapi", "health", "ready", "metrics", "problems", "api"} == set(
        links
    )
    assert {client.get(link).status_code for link in links.values()} == {200}


def test_the_start_page_is_json_unless_a_page_is_asked_for(client: FlaskClient) -> None:
    for accept in (None, "*/*", "application/json"):
        answer = client.get("/", headers={"Accept": accept} if accept else {})
        assert answer.json == {**(answer.json or {}), "name": "Octavo", "version": __version__}
        assert answer.json["revision"] == REVISION
    page = client.get("/", headers={"Accept": "text/html"})
    assert 'action="/" role="search"' in page.text
    assert 'href="/docs"' in page.text


@pytest.mark.parametrize(
    ("role", "readable", "hidden"),
    [
        (None, {"books", "posts"}, {"loans", "users", "audit"}),
        ("member", {"books", "loans", "holds"}, {"users", "audit", "imports"}),
        ("librarian", {"loans", "users", "imports", "reports_overdue"}, {"audit"}),
        ("admin", {"users", "audit"}, set()),
    ],
)
def test_the_index_has_the_lists_that_the_caller_may_read(
    ask: Asker,
    client: FlaskClient,
    role: str | None,
    readable: set[str],
    hidden: set[str],
    request: pytest.FixtureRequest,
) -> None:
    person = request.getfixturevalue(role) if role else None
    index = ask.get("", by=person)
    assert (index.json["name"], index.json["version"]) == ("Octavo", __version__)
    links = index.json["links"]
    assert readable | {"self", "docs", "openapi", "problems"} <= links.keys()
    assert not hidden & links.keys()
    headers = person.headers if person else {}
    assert {client.get(link, headers=headers).status_code for link in links.values()} == {200}


def test_the_index_tells_when_it_is_the_same(ask: Asker) -> None:
    tag = ask.get("").headers["ETag"]
    assert ask.get("", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.settings(CATALOGUE_PUBLIC="false")
def test_the_index_of_a_library_that_shows_nothing_has_no_books(ask: Asker) -> None:
    assert "books" not in ask.get("").json["links"]


def test_the_service_says_that_it_lives_and_is_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, (ready.json or {})["parts"]) == (200, {"database": "ok"})


def test_a_service_without_its_database_names_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.schema.is_current", lambda: False)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.content_type) == (503, "application/problem+json")
    problem = ready.json or {}
    assert (problem["code"], problem["detail"]) == ("unavailable", "What fails: database.")
    assert problem["parts"] == {"database": "failing"}
    assert client.get("/healthz").status_code == 200


def test_metrics_count_requests_by_route(ask: Asker, client: FlaskClient) -> None:
    ask.get("/books/1")
    line = 'octavo_requests_total{method="GET",route="/api/v1/books/{book_id}",status="404"} 1.0'
    assert line in client.get("/metrics").text

"""ETags: equal for equal representations, and honoured in `If-None-Match` and `If-Match`."""

import re
from typing import Any

import pytest

from api.app import Octavo
from api.registry import operations
from models.database import transaction
from tests.api.test_permissions import TABLE, Row, World, send
from tests.support.asking import Asker
from tests.support.people import Person

MADE = {
    "/books": ({"title": "Emma"}, {"title": "Persuasion"}),
    "/posts": ({"title": "News", "content": "Open."}, {"published": True}),
    "/users": (
        {
            "email": "new@example.org",
            "password": "a new long password",
            "first_name": "New",
            "last_name": "Person",
        },
        {"first_name": "Ada"},
    ),
}


def path_of(answer: Any) -> str:
    """Where the record that was made is, below `/api/v1`."""
    location: str = answer.headers["Location"]
    return location.removeprefix("/api/v1")


@pytest.mark.parametrize("path", MADE)
def test_the_tag_of_a_change_is_the_tag_of_the_next_read(
    ask: Asker, admin: Person, path: str
) -> None:
    new, change = MADE[path]
    made = ask.post(path, new, by=admin)
    read = ask.get(path_of(made), by=admin)
    assert (read.headers["ETag"], read.data) == (made.headers["ETag"], made.data)
    changed = ask.patch(path_of(made), change, by=admin)
    read_again = ask.get(path_of(made), by=admin)
    assert read_again.headers["ETag"] == changed.headers["ETag"] != made.headers["ETag"]


def test_the_tag_of_a_copy_is_the_same_on_every_way_to_it(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    made = ask.post(f"/books/{book['id']}/copies", {"barcode": "7"}, by=librarian)
    assert ask.get(path_of(made), by=librarian).headers["ETag"] == made.headers["ETag"]
    changed = ask.patch(path_of(made), {"location": "Annexe"}, by=librarian)
    assert ask.get(path_of(made), by=librarian).headers["ETag"] == changed.headers["ETag"]


def test_the_tag_of_a_put_is_the_tag_of_the_next_read(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}"
    put = ask.put(path, {"title": "Persuasion"}, by=librarian)
    assert ask.get(path).headers["ETag"] == put.headers["ETag"]


def test_tags_are_strong(ask: Asker, book: dict[str, Any]) -> None:
    for path in ("/books", f"/books/{book['id']}"):
        tag = ask.get(path).headers["ETag"]
        assert tag.startswith('"')
        assert tag.endswith('"')


def test_each_representation_has_a_tag_of_its_own(ask: Asker, copy: dict[str, Any]) -> None:
    one = f"/books/{copy['book_id']}"
    paths = (one, f"{one}?embed=availability", f"{one}?embed=copies", "/books", "/books?fields=id")
    tags = {ask.get(path).headers["ETag"] for path in paths}
    assert len(tags) == len(paths)


def test_the_tag_of_a_list_changes_with_its_records(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    before = ask.get("/books").headers["ETag"]
    assert ask.get("/books").headers["ETag"] == before
    ask.patch(f"/books/{book['id']}", {"author": "Austen"}, by=librarian)
    assert ask.get("/books").headers["ETag"] != before


@pytest.mark.parametrize(
    "path", ["/books", "/books/1", "/books/1?embed=copies", "/copies", "/posts"]
)
@pytest.mark.parametrize(
    "form", ["{}", "W/{}", '"other", {}', '"other",W/{}', "*", '"a,b" , {}'], ids=str
)
def test_what_the_client_has_already_is_304(
    ask: Asker, book: dict[str, Any], path: str, form: str
) -> None:
    tag = ask.get(path).headers["ETag"]
    answer = ask.get(path, headers={"If-None-Match": form.format(tag)})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert "X-Request-ID" in answer.headers


@pytest.mark.parametrize("form", ["-gzip", "-br", ";gzip"])
def test_a_tag_that_a_proxy_marked_as_compressed_is_known(
    ask: Asker, book: dict[str, Any], form: str
) -> None:
    tag = ask.get("/books/1").headers["ETag"]
    for marked in (f'"{tag[1:-1]}{form}"', f'W/"{tag[1:-1]}{form}"'):
        assert ask.get("/books/1", headers={"If-None-Match": marked}).status_code == 304


@pytest.mark.parametrize("given", ['"other"', "", "garbage", '"', 'W/"x"', "**"])
def test_other_tags_get_the_whole_answer(ask: Asker, book: dict[str, Any], given: str) -> None:
    assert ask.get("/books/1", headers={"If-None-Match": given}).status_code == 200


def test_head_is_conditional_too(ask: Asker, book: dict[str, Any]) -> None:
    tag = ask("HEAD", "/books/1").headers["ETag"]
    assert ask("HEAD", "/books/1", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    "form", ['"{}"', 'W/"{}"', '"{}-gzip"', 'W/"{}-gzip"', '"other", "{}"', "*"], ids=str
)
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_goes_through_when_the_tag_is_that_of_the_record(
    ask: Asker, librarian: Person, book: dict[str, Any], method: str, form: str
) -> None:
    path = f"/books/{book['id']}"
    tag = ask.get(path).headers["ETag"].strip('"')
    headers = {"If-Match": form.format(tag)}
    answer = ask(method, path, {"title": "Persuasion"}, by=librarian, headers=headers)
    assert answer.status_code in (200, 204)


@pytest.mark.parametrize("query", ["?embed=copies", "?embed=availability"])
def test_the_tag_of_any_representation_will_do(
    ask: Asker, librarian: Person, copy: dict[str, Any], query: str
) -> None:
    path = f"/books/{copy['book_id']}"
    headers = {"If-Match": ask.get(path + query).headers["ETag"]}
    assert ask.patch(path, {"author": "x"}, by=librarian, headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_change_on_what_has_moved_on_is_stale(
    ask: Asker, librarian: Person, book: dict[str, Any], method: str
) -> None:
    path = f"/books/{book['id']}"
    headers = {"If-Match": ask.get(path).headers["ETag"]}
    ask.patch(path, {"title": "Persuasion"}, by=librarian)
    answer = ask(method, path, {"title": "Sanditon"}, by=librarian, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (412, "stale")
    assert ask.get(path).json["title"] == "Persuasion"


def test_the_tag_of_another_record_does_not_match(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    other = ask.post("/books", {"title": "Emma"}, by=librarian)
    headers = {"If-Match": other.headers["ETag"]}
    answer = ask.patch(f"/books/{book['id']}", {"author": "x"}, by=librarian, headers=headers)
    assert answer.status_code == 412


@pytest.mark.parametrize("given", ["", '"', "book-1.1", "W/", "***", '"a" "b"', '"a", b'])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_tag_that_lost_its_quotes_is_400_and_says_so(
    ask: Asker, librarian: Person, book: dict[str, Any], given: str, method: str
) -> None:
    headers = {"If-Match": given}
    answer = ask(method, f"/books/{book['id']}", {"title": "x"}, by=librarian, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "bad-entity-tag")
    assert "quotes" in answer.json["detail"]


def test_a_tag_is_read_before_the_record_is_looked_for(ask: Asker, librarian: Person) -> None:
    headers = {"If-Match": "book-1.1"}
    assert ask.delete("/books/999", by=librarian, headers=headers).status_code == 400


@pytest.mark.parametrize("given", ['"book-1.1"', '"", ""', 'W/"x"'])
def test_what_is_no_tag_of_the_record_does_not_match(
    ask: Asker, librarian: Person, book: dict[str, Any], given: str
) -> None:
    headers = {"If-Match": given}
    answer = ask.patch(f"/books/{book['id']}", {"author": "x"}, by=librarian, headers=headers)
    assert answer.status_code == 412


WITHOUT_RECORD = {"resetPassword"}
"""Operations that change no record which the caller could have read before."""


def changes() -> list[Row]:
    """The first row of the permission table for each operation that changes a record in place."""
    methods = ("PUT", "PATCH", "DELETE")
    first = {row.operation: row for row in reversed(TABLE) if row.request.startswith(methods)}
    return [row for row in first.values() if row.operation not in WITHOUT_RECORD]


def test_every_change_in_place_is_among_those_tested_here() -> None:
    all_of_them = {o.id for _, method, o in operations() if method in ("put", "patch", "delete")}
    assert {row.operation for row in changes()} | WITHOUT_RECORD == all_of_them


def author_of(row: Row, world: World) -> Person:
    """Who may make a row's request."""
    return world.member if "{key_id}" in row.request else world.admin


@pytest.mark.parametrize("row", changes(), ids=lambda row: row.id)
def test_every_change_in_place_honours_if_match(app: Octavo, ask: Asker, row: Row) -> None:
    with transaction():
        world = World(app)
    headers = author_of(row, world).headers | {"If-Match": '"something-else"'}
    answer = send(ask, world, row, headers)
    assert (answer.status_code, answer.json["code"]) == (412, "stale")
    assert send(ask, world, row, headers | {"If-Match": "*"}).status_code in (200, 204)


def changes_of_what_can_be_read() -> list[Row]:
    """Those of them whose path can be read as well, without its query."""
    readable = {path for path, method, _ in operations() if method == "get"}
    names = re.compile(r"<(?:\w+:)?\w+>")
    patterns = {names.sub("{}", path) for path in readable}
    return [
        row
        for row in changes()
        if re.sub(r"{\w+}", "{}", row.request.split()[1].partition("?")[0]) in patterns
    ]


@pytest.mark.parametrize("row", changes_of_what_can_be_read(), ids=lambda row: row.id)
def test_a_change_goes_through_with_the_tag_of_what_was_read(
    app: Octavo, ask: Asker, row: Row
) -> None:
    with transaction():
        world = World(app)
    headers = author_of(row, world).headers
    read = ask.get(world.filled(row.request.split()[1]), headers=headers)
    answer = send(ask, world, row, headers | {"If-Match": read.headers["ETag"]})
    assert answer.status_code in (200, 204), answer.text


@pytest.mark.settings(REQUIRE_IF_MATCH="true")
@pytest.mark.parametrize("row", changes(), ids=lambda r: r.id)
def test_where_the_library_demands_if_match_a_change_without_is_428(
    app: Octavo, ask: Asker, row: Row
) -> None:
    with transaction():
        world = World(app)
    answer = send(ask, world, row, author_of(row, world).headers)
    assert (answer.status_code, answer.json["code"]) == (428, "precondition-required")


@pytest.mark.settings(REQUIRE_IF_MATCH="true")
def test_what_is_made_anew_needs_no_if_match(ask: Asker, librarian: Person) -> None:
    assert ask.post("/books", {"title": "Emma"}, by=librarian).status_code == 201

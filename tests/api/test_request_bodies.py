"""Request bodies: what is taken, and what is refused as unreadable, of a wrong type, too large."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.asking import Asker
from tests.support.people import Person

UNREADABLE = {
    "nothing": b"",
    "space alone": b" \n",
    "broken off": b'{"title": "Em',
    "followed by more": b'{"title": "Emma"} {}',
    "NaN": b'{"pages": NaN}',
    "Infinity": b'{"pages": Infinity}',
    "minus Infinity": b'{"pages": -Infinity}',
    "a lone surrogate": rb'{"title": "\ud800"}',
    "a lone surrogate as a name": rb'{"\udfff": 1}',
    "an escaped NUL": rb'{"title": "Em\u0000ma"}',
    "an escaped NUL in a name": rb'{"ti\u0000tle": "Emma"}',
    "an escaped NUL deep inside": rb'{"title": "Emma", "subjects": ["a", "\u0000"]}',
    "a NUL": b'{"title": "Em\0ma"}',
    "nested lists": b'{"title":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "nested objects": b'{"title":' * 500 + b"1" + b"}" * 500,
    "lists never closed": b"[" * 100_000,
    "a list": b'[{"title": "Emma"}]',
    "a string": b'"Emma"',
    "a number": b"1",
    "null": b"null",
    "not UTF-8": b'{"title": "caf\xe9"}',
    "UTF-16": '{"title": "Emma"}'.encode("utf-16"),
    "a form": b"title=Emma",
}


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_is_not_one_json_object_is_malformed(
    ask: Asker, librarian: Person, raw: bytes
) -> None:
    answer = ask.post("/books", raw=raw, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed-body")


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"a":'])
def test_patches_are_read_as_strictly(
    ask: Asker, librarian: Person, book: dict[str, Any], raw: bytes
) -> None:
    answer = ask.patch(f"/books/{book['id']}", raw=raw, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed-body")


def test_text_beyond_the_basic_plane_comes_back_as_it_was(ask: Asker, librarian: Person) -> None:
    title = "Ἰλιάς 📚 بيت"
    assert ask.post("/books", {"title": title}, by=librarian).json["title"] == title


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "text/json",
        "application/merge-patch+json",
        "application/x-www-form-urlencoded",
    ],
)
def test_post_and_put_take_json_alone(
    ask: Asker, librarian: Person, book: dict[str, Any], method: str, kind: str
) -> None:
    path = "/books" if method == "POST" else f"/books/{book['id']}"
    headers = {"Content-Type": kind}
    answer = ask(method, path, raw=b'{"title": "Emma"}', by=librarian, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported-media-type")
    assert answer.json["supported"] == ["application/json"]


def test_a_body_without_a_type_is_of_a_wrong_type(ask: Asker, librarian: Person) -> None:
    headers = {"Content-Type": ""}
    answer = ask.post("/books", raw=b'{"title": "Emma"}', by=librarian, headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("sent", "type_sent", "told"),
    [
        (b"", None, "The body is missing."),
        (b'{"title": "Emma"}', "application/x-www-form-urlencoded", "curl"),
        (b'{"title": "Emma"}', None, "Send application/json"),
    ],
)
def test_a_wrong_type_says_what_went_wrong(
    ask: Asker, librarian: Person, sent: bytes, type_sent: str | None, told: str
) -> None:
    answer = ask.post("/books", raw=sent, headers={"Content-Type": type_sent or ""}, by=librarian)
    assert answer.status_code == 415
    assert told in answer.json["detail"]


def test_a_field_without_a_name_is_named_as_such(ask: Asker, librarian: Person) -> None:
    answer = ask.post("/books", {"title": "Emma", "": 1}, by=librarian)
    assert [one["pointer"] for one in answer.json["errors"]] == ["#/"]
    assert answer.json["detail"].startswith('"": There is no such field.')


def test_a_number_where_a_text_belongs_is_told_to_stand_in_quotes(
    ask: Asker, librarian: Person
) -> None:
    answer = ask.post("/returns", {"barcode": 31234}, by=librarian)
    assert answer.json["detail"] == "barcode: This must be a text: put the number in double quotes."
    answer = ask.post("/returns", {"barcode": True}, by=librarian)
    assert answer.json["detail"] == "barcode: This must be a text."


@pytest.mark.parametrize("kind", ["application/merge-patch+json", "application/json"])
def test_patch_takes_merge_patches_under_both_names(
    ask: Asker, librarian: Person, book: dict[str, Any], kind: str
) -> None:
    path, headers = f"/books/{book['id']}", {"Content-Type": kind}
    answer = ask.patch(path, raw=b'{"author": "Austen"}', by=librarian, headers=headers)
    assert (answer.status_code, answer.json["author"]) == (200, "Austen")


def test_patch_takes_nothing_else_and_says_what_it_takes(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    headers = {"Content-Type": "application/json-patch+json"}
    answer = ask.patch(f"/books/{book['id']}", raw=b"[]", by=librarian, headers=headers)
    assert answer.status_code == 415
    assert "application/merge-patch+json" in answer.headers["Accept-Patch"]


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", 'application/json;v="1"']
)
def test_parameters_and_case_of_the_type_change_nothing(
    ask: Asker, librarian: Person, kind: str
) -> None:
    answer = ask.post(
        "/books", raw=b'{"title": "Emma"}', by=librarian, headers={"Content-Type": kind}
    )
    assert answer.status_code == 201


@pytest.mark.settings(MAX_BODY_BYTES="1024")
def test_a_body_over_the_limit_is_refused_and_the_limit_told(ask: Asker, librarian: Person) -> None:
    answer = ask.post("/books", {"title": "x" * 1024}, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")
    assert answer.json["limit"] == 1024


@pytest.mark.settings(MAX_BODY_BYTES="1024")
def test_a_body_of_exactly_the_limit_is_taken(ask: Asker, librarian: Person) -> None:
    raw = b'{"title": "Emma"}'.ljust(1024)
    assert ask.post("/books", raw=raw, by=librarian).status_code == 201


def test_the_limit_is_a_mebibyte_unless_set(ask: Asker, librarian: Person) -> None:
    raw = b'{"title": "Emma"}'
    assert ask.post("/books", raw=raw.ljust(1 << 20), by=librarian).status_code == 201
    assert ask.post("/books", raw=raw.ljust((1 << 20) + 1), by=librarian).status_code == 413


def test_where_all_fields_are_optional_no_body_is_needed(ask: Asker, member: Person) -> None:
    assert (
        ask.post(
            "/auth/logout", raw=b"", headers={**member.headers, "Content-Type": ""}
        ).status_code
        == 204
    )


def test_where_all_fields_are_optional_a_body_that_is_sent_is_read(
    ask: Asker, member: Person
) -> None:
    assert ask.post("/auth/logout", {"nowhere": True}, by=member).status_code == 400


def test_every_fault_of_a_body_and_a_query_is_told_at_once(ask: Asker, librarian: Person) -> None:
    body = {"title": " ", "isbn": "9780141439588", "pages": "many", "colour": "red"}
    answer = ask.post("/books?verbose=1", body, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    places = {fault.get("pointer") or fault["parameter"] for fault in answer.json["errors"]}
    assert places == {"#/title", "#/isbn", "#/pages", "#/colour", "verbose"}


def test_a_fault_deep_in_the_body_is_pointed_at(ask: Asker, librarian: Person) -> None:
    body = {"title": "Emma", "contributors": [{"name": "A"}, {"name": 7}], "a/b~c": 1}
    answer = ask.post("/books", body, by=librarian)
    pointers = [fault["pointer"] for fault in answer.json["errors"]]
    assert pointers == ["#/contributors/1/name", "#/a~1b~0c"]


@pytest.mark.parametrize("name", ["id", "created_at", "updated_at", "revision"])
def test_the_servers_own_fields_are_faults_in_a_post(
    ask: Asker, librarian: Person, name: str
) -> None:
    value: Any = 1 if name in ("id", "revision") else "2026-01-01T00:00:00Z"
    answer = ask.post("/books", {"title": "Emma", name: value}, by=librarian)
    assert [fault["pointer"] for fault in answer.json["errors"]] == [f"#/{name}"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_servers_own_fields_are_ignored_in_a_change(
    ask: Asker, librarian: Person, book: dict[str, Any], method: str
) -> None:
    path = f"/books/{book['id']}"
    own = {"id": 77, "created_at": "x", "updated_at": None, "revision": 12}
    answer = ask(method, path, {"title": "Emma", **own}, by=librarian)
    assert answer.status_code == 200
    assert answer.json["id"] == book["id"]
    assert answer.json["created_at"] == book["created_at"]


def test_a_record_that_was_read_can_be_put_back_as_it_is(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}"
    read = ask.get(path + "?embed=availability,copies", by=librarian).json
    answer = ask.put(path, read, by=librarian)
    assert answer.status_code == 200
    assert answer.json["revision"] == read["revision"]


def test_a_put_empties_what_it_leaves_out(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}"
    ask.patch(path, {"author": "Austen", "subjects": ["Novels"]}, by=librarian)
    answer = ask.put(path, {"title": "Persuasion"}, by=librarian)
    left = (answer.json["author"], answer.json["subjects"], answer.json["isbn"])
    assert left == (None, [], None)


def test_a_put_needs_what_a_post_needs(ask: Asker, librarian: Person, book: dict[str, Any]) -> None:
    answer = ask.put(f"/books/{book['id']}", {"author": "Austen"}, by=librarian)
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["#/title"]


def test_a_patch_leaves_alone_what_it_leaves_out(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    answer = ask.patch(f"/books/{book['id']}", {"author": "Austen"}, by=librarian)
    assert (answer.json["title"], answer.json["isbn"]) == ("Emma", book["isbn"])


def test_null_in_a_patch_empties_a_field(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}"
    ask.patch(path, {"subjects": ["Novels"]}, by=librarian)
    answer = ask.patch(path, {"isbn": None, "subjects": None}, by=librarian)
    assert (answer.json["isbn"], answer.json["subjects"]) == (None, [])


def test_null_in_a_patch_is_a_fault_for_a_field_that_must_be(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    assert ask.patch(f"/books/{book['id']}", {"title": None}, by=librarian).status_code == 400


def test_an_empty_patch_changes_nothing(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    answer = ask.patch(f"/books/{book['id']}", {}, by=librarian)
    assert (answer.status_code, answer.json["revision"]) == (200, book["revision"])


@pytest.mark.parametrize("digits", [19, 5000])
def test_a_length_of_many_digits_is_too_large(
    client: FlaskClient, librarian: Person, digits: int
) -> None:
    announced = {"CONTENT_LENGTH": "9" * digits, "CONTENT_TYPE": "application/json"}
    answer = client.post("/api/v1/books", headers=librarian.headers, environ_overrides=announced)
    assert answer.status_code == 413

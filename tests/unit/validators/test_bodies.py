"""Bodies: what POST, PUT and PATCH take, and every fault of what they do not."""

import re
from typing import Any

import pytest

from validators import auth, books, orders, posts
from validators.engine.bodies import Body, Schema, compile_body, read_only_faults
from validators.engine.errors import Invalid

CREATE = compile_body(books.BOOK, "create")
REPLACE = compile_body(books.BOOK, "replace")
PATCH = compile_body(books.BOOK, "patch")
PAIR = Schema(
    "Pair",
    {
        "a": {"type": "string"},
        "b": {"type": "string"},
        "from": {"type": "string", "coerce": "date"},
        "to": {"type": "string", "coerce": "date"},
    },
    either=(("a", "b"),),
    in_order=(("from", "to"),),
)


def faults(body: Body, document: dict[str, Any]) -> list[tuple[str | None, str]]:
    with pytest.raises(Invalid) as caught:
        body(document)
    return [(fault.pointer, fault.code) for fault in caught.value.errors]


@pytest.mark.parametrize("body", [CREATE, REPLACE])
def test_fields_left_out_get_their_default(body: Body) -> None:
    book = body({"title": "Emma"})
    assert book["title"] == "Emma"
    assert book["subjects"] == []
    assert book["isbn"] is None
    assert book.keys() == body.fields.keys()


def test_no_two_records_share_a_default() -> None:
    CREATE({"title": "Emma"})["subjects"].append("Villages")
    assert CREATE({"title": "Persuasion"})["subjects"] == []


def test_a_patch_holds_only_what_was_sent() -> None:
    assert PATCH({"pages": 3}) == {"pages": 3}
    assert PATCH({}) == {}


def test_null_in_a_patch_removes_what_may_be_missing() -> None:
    assert PATCH({"isbn": None, "subjects": None}) == {"isbn": None, "subjects": []}
    assert compile_body(posts.POST, "patch")({"published": None}) == {"published": False}


def test_null_in_a_patch_cannot_remove_what_is_required() -> None:
    assert faults(PATCH, {"title": None}) == [("#/title", "required")]


def test_null_is_not_a_list() -> None:
    assert faults(CREATE, {"title": "Emma", "subjects": None}) == [("#/subjects", "required")]


def test_the_server_s_own_fields_are_faults_in_a_post() -> None:
    assert faults(CREATE, {"id": 1, "title": "Emma", "revision": 1}) == [
        ("#/id", "read-only"),
        ("#/revision", "read-only"),
    ]


@pytest.mark.parametrize("body", [REPLACE, PATCH])
def test_the_server_s_own_fields_may_come_back_and_are_ignored(body: Body) -> None:
    sent = {"id": 1, "title": "Emma", "created_at": "nonsense", "availability": None}
    assert "id" not in body(sent)
    assert "created_at" not in body(sent)


def test_values_are_stored_in_their_one_form() -> None:
    book = CREATE({"title": "Cafe\u0301", "isbn": "0-306-40615-2", "language": "de", "pages": 3.0})
    assert (book["title"], book["isbn"]) == ("Caf\u00e9", "9780306406157")
    assert (book["language"], repr(book["pages"])) == ("ger", "3")


def test_every_fault_is_told_once_in_the_order_of_the_fields() -> None:
    wrong = {
        "x/~ y": 1,
        "pages": True,
        "subjects": ["Villages", "", 5],
        "contributors": [{"role": 1}, "Austen", {"name": "Austen", "born": 1775}],
        "isbn": "0306406153",
        "published_year": 10**400,
        "language": "xx",
        "title": " ",
    }
    assert faults(CREATE, wrong) == [
        ("#/title", "blank"),
        ("#/contributors/0/name", "required"),
        ("#/contributors/0/role", "type"),
        ("#/contributors/1", "type"),
        ("#/contributors/2/born", "unknown-field"),
        ("#/isbn", "checksum"),
        ("#/published_year", "too-large"),
        ("#/language", "not-allowed"),
        ("#/pages", "type"),
        ("#/subjects/1", "blank"),
        ("#/subjects/2", "type"),
        ("#/x~1~0%20y", "unknown-field"),
    ]


@pytest.mark.parametrize(
    ("document", "nearest"),
    [
        ({"titel": "Emma"}, "title"),
        ({"publishedYear": 1815}, "published_year"),
        ({"isbn_13": "9780306406157"}, "isbn"),
        ({"contributors": [{"name": "Austen", "rôle": "author"}]}, "role"),
        ({"colour": "red"}, "classification"),
        ({"x" * 1_000_000: "red"}, "title"),
    ],
)
def test_of_an_unknown_field_the_nearest_is_named_or_all_are(
    document: dict[str, Any], nearest: str
) -> None:
    with pytest.raises(Invalid) as caught:
        PATCH(document)
    assert re.search(rf"\b{nearest}\b", caught.value.errors[0].detail)


def test_the_server_s_own_fields_come_back_as_they_were_read() -> None:
    sent = {"id": 8, "received": 2, "updated_at": "then", "vendor": "Blackwell"}
    sent_back = compile_body(orders.ORDER, "patch").sent_back(sent)
    assert sent_back == {"received": 2}
    assert read_only_faults(sent_back, {"received": 2}) == []
    told = read_only_faults(sent_back, {"received": 3})
    assert [(fault.pointer, fault.code) for fault in told] == [("#/received", "read-only")]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "x" * 1001, "too-long"),
        ("title", 5, "type"),
        ("title", "", "blank"),
        ("title", "a\0", "format"),
        ("title", "\ud800", "format"),
        ("published_year", -4001, "too-small"),
        ("published_year", "1999", "type"),
        ("published_year", 1999.5, "type"),
        ("published_year", 1e400, "type"),
        ("published_year", float("nan"), "type"),
        ("pages", 0, "too-small"),
        ("subjects", ["x"] * 101, "too-many"),
        ("subjects", "x", "type"),
        ("subjects", {"x": 1}, "type"),
        ("cover_url", "ftp://example.org", "format"),
        ("description", "x" * 20_001, "too-long"),
    ],
)
def test_a_wrong_value_is_told_by_its_code(field: str, value: object, code: str) -> None:
    assert faults(CREATE, {"title": "Emma", field: value}) == [(f"#/{field}", code)]


def test_an_endless_list_is_one_fault() -> None:
    assert faults(CREATE, {"title": "Emma", "subjects": [[]] * 100_000})[0] == (
        "#/subjects",
        "too-many",
    )


def test_of_countless_unknown_fields_a_thousand_are_told() -> None:
    told = faults(CREATE, {f"x{n}": n for n in range(5000)} | {"title": 5})
    assert told[0] == ("#/title", "type")
    assert [code for _, code in told[1:]] == ["unknown-field"] * 1000


def test_absurd_nesting_is_a_fault() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert faults(CREATE, {"title": deep, "contributors": deep}) == [
        ("#/title", "type"),
        ("#/contributors/0", "type"),
    ]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, [("#/a", "required")]),
        ({"a": "1", "b": "2"}, [("#/b", "not-allowed")]),
        ({"a": 1}, [("#/a", "type")]),
        ({"a": None}, [("#/a", "required")]),
    ],
)
def test_of_two_ways_to_name_a_thing_exactly_one_is_given(
    document: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(compile_body(PAIR, "create"), document) == expected


def test_the_end_is_not_before_the_beginning() -> None:
    pair = compile_body(PAIR, "create")
    assert pair({"a": "1", "from": "2026-11-21", "to": "2026-11-21"})
    wrong = {"a": "1", "from": "2026-11-21", "to": "2026-11-20"}
    assert faults(pair, wrong) == [("#/to", "too-small")]


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "too-short"), ("x" * 129, "too-long"), ("Password1", "common-password")],
)
def test_weak_passwords_are_refused(password: str, code: str) -> None:
    change = {"current_password": "x", "new_password": password}
    assert faults(compile_body(auth.PASSWORD_CHANGE, "create"), change) == [
        ("#/new_password", code)
    ]


def test_roles_say_who_may_set_a_field() -> None:
    roles = compile_body(auth.PROFILE, "patch").roles
    assert (roles["role"], roles["is_active"], roles["blocked"]) == ("admin", "admin", "librarian")
    assert "email" not in roles

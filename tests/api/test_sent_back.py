"""Records sent back: as they were read, and with the server's own fields changed."""

from typing import Any

import pytest

from tests.support.asking import Asker
from tests.support.people import Person
from validators.engine.bodies import IGNORED


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("path", ["/books/1", "/books/1?embed=copies,availability", "/posts/1"])
def test_a_record_goes_back_as_it_was_read(
    ask: Asker, librarian: Person, copy: dict[str, Any], method: str, path: str
) -> None:
    news = {"title": "News", "content": "Open.", "published": True}
    assert ask.post("/posts", news, by=librarian).status_code == 201
    read = ask.get(path, by=librarian).json
    answer = ask(method, path.partition("?")[0], read, by=librarian)
    assert answer.status_code == 200
    again = ask.get(path, by=librarian).json
    assert {n: again[n] for n in again if n not in IGNORED} == {
        n: read[n] for n in read if n not in IGNORED
    }


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("path", "field", "other"),
    [
        (
            "/books/1",
            "availability",
            {"copies": 7, "available": 7, "on_loan": 0, "holds": 0, "next_due_at": None},
        ),
        ("/books/1", "copies", []),
        ("/posts/1", "author_id", 999),
        ("/posts/1", "published_at", None),
    ],
)
def test_a_field_of_the_server_s_own_with_another_value_is_a_fault(
    ask: Asker,
    librarian: Person,
    copy: dict[str, Any],
    method: str,
    path: str,
    field: str,
    other: object,
) -> None:
    news = {"title": "News", "content": "Open.", "published": True}
    ask.post("/posts", news, by=librarian)
    whole = ask.get(path, by=librarian).json
    answer = ask(method, path, {**whole, field: other}, by=librarian)
    assert answer.status_code == 400
    assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [
        (f"#/{field}", "read-only")
    ]
    assert ask.get(path, by=librarian).json["revision"] == whole["revision"]


def test_what_every_change_renews_may_come_back_with_any_value(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    odd = {"id": 99, "created_at": "long ago", "updated_at": None, "revision": {"x": []}}
    assert ask.patch(f"/books/{book['id']}", odd, by=librarian).status_code == 200

"""What is told first when several things are wrong with one request.

Path, method, credentials, permission, Accept, Content-Type, body and query, existence,
preconditions, state: each test has two faults, and is answered about the first.
"""

from typing import Any

import pytest

from tests.support import people
from tests.support.asking import Asker
from tests.support.people import Person

BAD_TOKEN = people.bearer("not-a-token")
HTML = {"Accept": "text/html"}
TEXT = {"Content-Type": "text/plain"}
STALE = {"If-Match": '"book-1.99-000000000000000000000000"'}


def test_the_path_comes_before_the_method(ask: Asker) -> None:
    assert ask("BREW", "/nowhere").status_code == 404


def test_the_path_comes_before_the_credentials(ask: Asker) -> None:
    assert ask.get("/nowhere", headers=BAD_TOKEN).status_code == 404


def test_the_method_comes_before_the_credentials(ask: Asker) -> None:
    assert ask.delete("/books", headers=BAD_TOKEN).status_code == 405


def test_credentials_come_before_permission(ask: Asker) -> None:
    assert ask.get("/audit", headers=BAD_TOKEN).status_code == 401


def test_credentials_come_before_the_form_of_the_answer(ask: Asker) -> None:
    assert ask.get("/books", headers=BAD_TOKEN | HTML).status_code == 401


def test_permission_comes_before_the_form_of_the_answer(ask: Asker, member: Person) -> None:
    assert ask.post("/books", {}, by=member, headers=HTML).status_code == 403


def test_the_form_of_the_answer_comes_before_that_of_the_body(
    ask: Asker, librarian: Person
) -> None:
    answer = ask.post("/books", raw=b"{}", by=librarian, headers=HTML | TEXT)
    assert answer.status_code == 406


def test_the_type_of_the_body_comes_before_its_content(ask: Asker, librarian: Person) -> None:
    assert ask.post("/books", raw=b"{", by=librarian, headers=TEXT).status_code == 415


def test_the_type_of_the_body_comes_before_the_query(ask: Asker, librarian: Person) -> None:
    answer = ask.post("/books?nonsense=1", raw=b"{}", by=librarian, headers=TEXT)
    assert answer.status_code == 415


def test_the_form_of_the_answer_comes_before_the_query(ask: Asker) -> None:
    assert ask.get("/books?nonsense=1", headers=HTML).status_code == 406


def test_permission_comes_before_the_body(ask: Asker, member: Person) -> None:
    assert ask.post("/books", raw=b"{", by=member).status_code == 403


def test_permission_on_a_record_comes_before_the_body(
    ask: Asker, member: Person, post: dict[str, Any]
) -> None:
    assert ask.put(f"/posts/{post['id']}", raw=b"{", by=member).status_code == 403


def test_the_body_comes_before_the_existence_of_the_record(ask: Asker, librarian: Person) -> None:
    assert ask.patch("/books/404", {"pages": "many"}, by=librarian).status_code == 400


def test_the_query_comes_before_the_existence_of_the_record(ask: Asker) -> None:
    assert ask.get("/books/404?nonsense=1").status_code == 400


def test_the_idempotency_key_comes_before_the_existence_of_the_record(
    ask: Asker, librarian: Person
) -> None:
    headers = {"Idempotency-Key": "a b"}
    answer = ask.post("/books/404/copies", {"barcode": "1"}, by=librarian, headers=headers)
    assert answer.status_code == 400


def test_existence_comes_before_preconditions(ask: Asker, librarian: Person) -> None:
    answer = ask.patch("/books/404", {"title": "x"}, by=librarian, headers=STALE)
    assert answer.status_code == 404


@pytest.mark.settings(REQUIRE_IF_MATCH="true")
def test_existence_comes_before_a_missing_precondition(ask: Asker, librarian: Person) -> None:
    assert ask.patch("/books/404", {"title": "x"}, by=librarian).status_code == 404


def test_the_body_comes_before_preconditions(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}"
    assert ask.patch(path, {"title": 1}, by=librarian, headers=STALE).status_code == 400


def test_permission_on_a_field_comes_before_preconditions(ask: Asker, member: Person) -> None:
    answer = ask.patch("/auth/profile", {"role": "admin"}, by=member, headers=STALE)
    assert answer.status_code == 403


def test_a_password_that_is_missing_comes_before_preconditions(ask: Asker, member: Person) -> None:
    answer = ask.patch("/auth/profile", {"email": "a@example.org"}, by=member, headers=STALE)
    assert answer.status_code == 400


def test_preconditions_come_before_the_state(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    other = ask.post("/books", {"title": "Persuasion"}, by=librarian).json
    body = {"isbn": book["isbn"]}
    path = f"/books/{other['id']}"
    assert ask.patch(path, body, by=librarian, headers=STALE).status_code == 412
    assert ask.patch(path, body, by=librarian).status_code == 409


@pytest.mark.settings(REQUIRE_IF_MATCH="true")
def test_a_missing_precondition_comes_before_the_state(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    other = ask.post("/books", {"title": "Persuasion"}, by=librarian).json
    body = {"isbn": book["isbn"]}
    assert ask.patch(f"/books/{other['id']}", body, by=librarian).status_code == 428

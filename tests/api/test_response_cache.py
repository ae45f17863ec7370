"""Answers kept in front of the application, for readers of the catalogue without credentials."""

import sqlite3
from contextlib import closing

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import unchanged
from models.database import database, is_sqlite
from tests.support.people import Person

BOOKS = "/api/v1/books"


@pytest.fixture
def book(client: FlaskClient, librarian: Person) -> str:
    """The path of a book in the catalogue."""
    added = client.post(BOOKS, json={"title": "Emma"}, headers=librarian.headers)
    return added.headers["Location"]


def again(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """The second of two equal reads."""
    client.get(path)
    return client.get(path, headers=headers)


def test_the_second_reader_is_answered_from_the_cache(client: FlaskClient, book: str) -> None:
    first, second = client.get(book), client.get(book)
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
    assert second.data == first.data
    own = {"X-Cache", "X-Request-ID", "RateLimit"}
    shown = [{k: v for k, v in answer.headers if k not in own} for answer in (first, second)]
    assert shown[0] == shown[1]


def test_a_change_is_seen_by_the_next_reader(
    client: FlaskClient, librarian: Person, book: str
) -> None:
    again(client, book)
    client.patch(book, json={"title": "Persuasion"}, headers=librarian.headers)
    read = client.get(book)
    assert read.headers["X-Cache"] == "miss"
    assert read.json is not None
    assert read.json["title"] == "Persuasion"


def test_a_change_by_another_process_is_seen_where_the_memory_of_sqlite_is_looked_at(
    client: FlaskClient, book: str
) -> None:
    if not is_sqlite():
        pytest.skip("PostgreSQL is asked each time")
    unchanged.begin()
    try:
        assert again(client, book).headers["X-Cache"] == "hit"
        with closing(sqlite3.connect(database.obj.database)) as other:
            other.execute("UPDATE book SET title = 'Persuasion'")
            assert client.get(book).headers["X-Cache"] == "hit"
            other.commit()
        read = client.get(book)
    finally:
        unchanged.end()
    assert read.headers["X-Cache"] == "miss"
    assert read.get_json()["title"] == "Persuasion"


def test_a_deleted_book_is_gone_for_the_next_reader(
    client: FlaskClient, librarian: Person, book: str
) -> None:
    again(client, book)
    client.delete(book, headers=librarian.headers)
    assert client.get(book).status_code == 404


def test_a_list_is_read_anew_after_a_book_was_added(client: FlaskClient, librarian: Person) -> None:
    again(client, BOOKS)
    client.post(BOOKS, json={"title": "Emma"}, headers=librarian.headers)
    read = client.get(BOOKS)
    assert read.json is not None
    assert read.json["pagination"]["total"] == 1


def test_a_new_barcode_is_found_by_the_next_reader(
    client: FlaskClient, librarian: Person, book: str
) -> None:
    again(client, f"{BOOKS}?q=C123456")
    made = client.post(f"{book}/copies", json={"barcode": "C123456"}, headers=librarian.headers)
    assert client.get(f"{BOOKS}?q=C123456").get_json()["pagination"]["total"] == 1
    again(client, f"{BOOKS}?q=C123456")
    client.patch(made.headers["Location"], json={"status": "withdrawn"}, headers=librarian.headers)
    assert client.get(f"{BOOKS}?q=C123456").get_json()["pagination"]["total"] == 0


def test_a_changed_barcode_is_found_by_the_next_reader(
    client: FlaskClient, librarian: Person, book: str
) -> None:
    made = client.post(f"{book}/copies", json={"barcode": "C1"}, headers=librarian.headers)
    again(client, f"{BOOKS}?q=C123456")
    client.patch(made.headers["Location"], json={"barcode": "C123456"}, headers=librarian.headers)
    assert client.get(f"{BOOKS}?q=C123456").get_json()["pagination"]["total"] == 1


def test_loans_and_returns_leave_what_is_kept(
    client: FlaskClient, librarian: Person, book: str
) -> None:
    client.post(f"{book}/copies", json={"barcode": "C1"}, headers=librarian.headers)
    again(client, book)
    loan = {"barcode": "C1", "user_id": librarian.id}
    assert client.post("/api/v1/loans", json=loan, headers=librarian.headers).status_code == 201
    client.post("/api/v1/returns", json={"barcode": "C1"}, headers=librarian.headers)
    assert client.get(book).headers["X-Cache"] == "hit"


def test_a_known_etag_is_answered_304_from_the_cache(client: FlaskClient, book: str) -> None:
    etag = client.get(book).headers["ETag"]
    answer = again(client, book, **{"If-None-Match": etag})
    assert (answer.status_code, answer.headers["X-Cache"]) == (304, "hit")
    assert answer.headers["ETag"] == etag
    assert answer.data == b""


def test_head_is_answered_from_the_cache_with_the_length_of_get(
    client: FlaskClient, book: str
) -> None:
    read = client.get(book)
    answer = client.head(book)
    assert answer.headers["X-Cache"] == "hit"
    assert answer.headers["Content-Length"] == read.headers["Content-Length"]
    assert answer.data == b""


@pytest.mark.parametrize(
    "query",
    ["embed=availability", "%65mbed=availability", "limit=1&emb%65d=copies", "%61vailable=true"],
)
def test_availability_is_never_kept(client: FlaskClient, book: str, query: str) -> None:
    answer = again(client, f"{BOOKS}?{query}")
    assert answer.status_code == 200
    assert "X-Cache" not in answer.headers


def test_values_may_be_encoded_in_what_is_kept(client: FlaskClient, book: str) -> None:
    assert again(client, f"{BOOKS}?q=%65mma+woodhouse").headers["X-Cache"] == "hit"


def test_readers_with_credentials_are_answered_by_the_application(
    client: FlaskClient, book: str, member: Person
) -> None:
    client.get(book)
    assert "X-Cache" not in client.get(book, headers=member.headers).headers


def test_other_parameters_are_another_answer(client: FlaskClient, book: str) -> None:
    again(client, book)
    assert client.get(f"{BOOKS}?limit=1").headers["X-Cache"] == "miss"


def test_an_unacceptable_form_is_refused_though_another_is_kept(
    client: FlaskClient, book: str
) -> None:
    assert again(client, book, Accept="image/png").status_code == 406


def test_problems_are_not_kept(client: FlaskClient) -> None:
    assert again(client, f"{BOOKS}/99").headers["X-Cache"] == "miss"


@pytest.mark.settings(RATE_LIMIT_ANONYMOUS="2 per minute")
def test_kept_answers_count_against_the_rate_limit(client: FlaskClient) -> None:
    statuses = [client.get(BOOKS).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


@pytest.mark.settings(CATALOGUE_PUBLIC="false")
def test_a_catalogue_kept_to_members_is_answered_to_nobody_else(
    client: FlaskClient, member: Person
) -> None:
    client.get(BOOKS, headers=member.headers)
    assert client.get(BOOKS).status_code == 401

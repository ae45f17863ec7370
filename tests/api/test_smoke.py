"""The first things anyone tries."""

from flask.testing import FlaskClient

from tests.support.people import Person


def test_an_empty_catalogue_is_an_empty_page(client: FlaskClient) -> None:
    answer = client.get("/api/v1/books")
    assert answer.json == {
        "data": [],
        "pagination": {"page": 1, "limit": 20, "total": 0, "pages": 0},
    }


def test_a_librarian_adds_a_book_and_anyone_reads_it(
    client: FlaskClient, librarian: Person
) -> None:
    added = client.post("/api/v1/books", json={"title": "Emma"}, headers=librarian.headers)
    assert added.status_code == 201
    read = client.get(added.headers["Location"])
    assert read.json == added.json
    assert read.headers["ETag"] == added.headers["ETag"]

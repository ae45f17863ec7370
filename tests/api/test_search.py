"""Searching the catalogue, as a reader does it."""

from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.support.people import Person

BOOKS = "/api/v1/books"


@pytest.fixture(autouse=True)
def catalogue(client: FlaskClient, librarian: Person) -> None:
    """Three books."""
    for book in (
        {"title": "Émile", "author": "Rousseau, Jean-Jacques", "language": "fre"},
        {"title": "Pride and prejudice", "author": "Austen, Jane", "language": "eng"},
        {"title": "Emma", "author": "Austen, Jane", "language": "eng", "isbn": "9780141439587"},
    ):
        added = client.post(BOOKS, json=book, headers=librarian.headers)
        assert added.status_code == 201


def found(client: FlaskClient, query: str) -> Any:
    answer = client.get(f"{BOOKS}?{query}")
    assert answer.status_code == 200
    return answer.json


def titles(client: FlaskClient, query: str) -> list[str]:
    return [book["title"] for book in found(client, query)["data"]]


def test_accents_need_not_be_typed(client: FlaskClient) -> None:
    assert titles(client, "q=emile") == ["Émile"]


def test_an_isbn_finds_its_book_in_the_old_form(client: FlaskClient) -> None:
    assert titles(client, "q=0-14-143958-0") == ["Emma"]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_title_as_long_as_may_be_is_found_by_all_of_it(
    client: FlaskClient, librarian: Person, quote: str
) -> None:
    title = " ".join(f"stone{number}" for number in range(200))[:1000]
    client.post(BOOKS, json={"title": title}, headers=librarian.headers)
    assert titles(client, urlencode({"q": f"{quote}{title}{quote}"})) == [title]


@pytest.mark.parametrize("asked", ["q", "author", "subject", "publisher"])
def test_a_mark_that_stands_on_no_letter_is_no_fault(client: FlaskClient, asked: str) -> None:
    assert titles(client, urlencode({asked: "\u0301abc"})) == []


def test_filters_and_search_go_together(client: FlaskClient) -> None:
    assert titles(client, "q=austen&language=en&sort=title") == ["Emma", "Pride and prejudice"]


def test_books_are_asked_for_by_their_ids(client: FlaskClient) -> None:
    ids = [book["id"] for book in found(client, "limit=3&sort=id")["data"]]
    asked = f"id={ids[2]},{ids[0]},999999&sort=id"
    assert [book["id"] for book in found(client, asked)["data"]] == [ids[0], ids[2]]
    repeated = f"id={ids[2]}&id={ids[0]}&sort=id"
    assert found(client, repeated)["pagination"]["total"] == 2


@pytest.mark.parametrize("ids", ["", "x", "0", "1,", ",".join(map(str, range(1, 102)))])
def test_ids_that_are_none_or_too_many_are_faults(client: FlaskClient, ids: str) -> None:
    answer: Any = client.get(f"/api/v1/books?id={ids}")
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (400, "id")


def test_facets_count_what_is_found(client: FlaskClient) -> None:
    facets = found(client, "author=austen&facets=language")["facets"]
    assert facets == {"language": [{"value": "eng", "count": 2}]}


def test_a_typing_error_gets_a_suggestion(client: FlaskClient) -> None:
    answer = found(client, "q=prejudce")
    assert answer["data"] == []
    assert answer["suggestions"] == ["prejudice"]


def test_what_is_found_comes_without_suggestions(client: FlaskClient) -> None:
    assert "suggestions" not in found(client, "q=emma")


def test_a_search_is_walked_by_cursor(client: FlaskClient) -> None:
    first = found(client, "q=austen&limit=1&cursor=")
    cursor = first["pagination"]["next_cursor"]
    second = found(client, f"q=austen&limit=1&cursor={cursor}")
    walked = [book["title"] for page in (first, second) for book in page["data"]]
    assert sorted(walked) == ["Emma", "Pride and prejudice"]
    assert second["pagination"]["next_cursor"] is None


def test_the_order_of_relevance_can_be_asked_for(client: FlaskClient) -> None:
    assert titles(client, "q=emma&sort=relevance") == ["Emma"]

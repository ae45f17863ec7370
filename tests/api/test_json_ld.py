"""A book as schema.org describes it, for search engines."""

from typing import Any

import pytest

from models import copy
from tests.support.asking import Asker
from tests.support.people import Person

JSON_LD = {"Accept": "application/ld+json"}


@pytest.fixture
def book_id(ask: Asker, librarian: Person) -> int:
    """A book with one copy."""
    body = {
        "title": "Faust",
        "subtitle": "Der Tragödie erster Teil",
        "author": "Goethe, Johann Wolfgang von",
        "contributors": [{"name": "Witkowski, Georg", "role": "editor"}],
        "isbn": "9783150000014",
        "language": "ger",
        "published_year": 1808,
        "publisher": "Cotta",
        "subjects": ["Drama"],
        "series": "Works",
        "series_volume": "8",
    }
    made: int = ask.post("/books", body, by=librarian).json["id"]
    copy.create(made, {"barcode": "1"}, librarian.actor)
    return made


def described(ask: Asker, book_id: int) -> Any:
    """The book in JSON-LD."""
    answer = ask.get(f"/books/{book_id}", headers=JSON_LD)
    assert answer.status_code == 200
    assert answer.mimetype == "application/ld+json"
    return answer.json


@pytest.mark.settings(PUBLIC_URL="https://library.example.org", LIBRARY_NAME="Town Library")
def test_a_book_is_described_in_the_words_of_schema_org(ask: Asker, book_id: int) -> None:
    told = described(ask, book_id)
    del told["dateModified"]
    assert told == {
        "@context": "https://schema.org",
        "@type": "Book",
        "@id": f"https://library.example.org/api/v1/books/{book_id}",
        "url": f"https://library.example.org/api/v1/books/{book_id}",
        "name": "Faust",
        "alternativeHeadline": "Der Tragödie erster Teil",
        "author": {"@type": "Person", "name": "Goethe, Johann Wolfgang von"},
        "contributor": [
            {
                "@type": "Role",
                "roleName": "editor",
                "contributor": {"@type": "Person", "name": "Witkowski, Georg"},
            }
        ],
        "isbn": ["9783150000014"],
        "inLanguage": "de",
        "datePublished": "1808",
        "publisher": {"@type": "Organization", "name": "Cotta"},
        "isPartOf": {"@type": "BookSeries", "name": "Works"},
        "position": "8",
        "about": ["Drama"],
        "offers": {
            "@type": "Offer",
            "availability": "https://schema.org/InStock",
            "businessFunction": "http://purl.org/goodrelations/v1#LeaseOut",
            "inventoryLevel": {"@type": "QuantitativeValue", "value": 1, "maxValue": 1},
            "offeredBy": {"@type": "Library", "name": "Town Library"},
        },
    }


def test_what_is_on_loan_is_out_of_stock_at_once(
    ask: Asker, book_id: int, librarian: Person, member: Person
) -> None:
    first = ask.get(f"/books/{book_id}", headers=JSON_LD)
    ask.post("/loans", {"barcode": "1", "user_id": member.id}, by=librarian)
    second = ask.get(f"/books/{book_id}", headers=JSON_LD)
    assert second.json["offers"]["availability"] == "https://schema.org/OutOfStock"
    assert first.headers["ETag"] != second.headers["ETag"]


@pytest.mark.parametrize(
    "accept", ["application/ld+json", "application/*, application/json;q=0", "APPLICATION/LD+JSON"]
)
def test_what_can_be_borrowed_is_never_kept_however_it_was_asked_for(
    ask: Asker, book_id: int, librarian: Person, member: Person, accept: str
) -> None:
    def stock() -> str:
        answer = ask.get(f"/books/{book_id}", headers={"Accept": accept})
        assert (answer.status_code, answer.mimetype) == (200, "application/ld+json")
        return str(answer.json["offers"]["availability"]).rpartition("/")[2]

    before = [stock(), stock()]
    ask.post("/loans", {"barcode": "1", "user_id": member.id}, by=librarian)
    assert (before, stock()) == (["InStock"] * 2, "OutOfStock")


def test_json_is_kept_though_json_ld_would_do(ask: Asker, book_id: int) -> None:
    accept = {"Accept": "application/json, application/ld+json;q=0.5"}
    ask.get(f"/books/{book_id}", headers=accept)
    assert ask.get(f"/books/{book_id}", headers=accept).headers["X-Cache"] == "hit"


def test_a_book_without_copies_is_not_offered(ask: Asker, librarian: Person) -> None:
    book_id = ask.post("/books", {"title": "Faust"}, by=librarian).json["id"]
    assert "offers" not in described(ask, book_id)


@pytest.mark.parametrize(("year", "told"), [(800, "0800"), (1, "0001"), (0, None), (-50, None)])
def test_years_are_told_as_iso_8601_writes_them_or_not_at_all(
    ask: Asker, librarian: Person, year: int, told: str | None
) -> None:
    body = {"title": "Beowulf", "published_year": year}
    book_id = ask.post("/books", body, by=librarian).json["id"]
    assert described(ask, book_id).get("datePublished") == told


def test_json_ld_embeds_nothing(ask: Asker, book_id: int) -> None:
    answer = ask.get(f"/books/{book_id}?embed=copies", headers=JSON_LD)
    assert answer.status_code == 400


def test_plain_json_stays_what_is_given_unasked(ask: Asker, book_id: int) -> None:
    for accept in ("*/*", "application/*", "application/json, application/ld+json;q=0.5"):
        answer = ask.get(f"/books/{book_id}", headers={"Accept": accept})
        assert answer.mimetype == "application/json"

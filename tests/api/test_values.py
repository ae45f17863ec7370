"""Values in their stored form: timestamps, ISBNs, languages, text, numbers, lengths."""

import re
from typing import Any

import pytest

from models.book import Book
from tests.support.asking import Asker
from tests.support.days import year_ahead
from tests.support.people import Person

YEAR = year_ahead(20)


def stored(ask: Asker, by: Person, **fields: Any) -> Any:
    """A book made of these fields, as it was stored."""
    answer = ask.post("/books", {"title": "Emma", **fields}, by=by)
    assert answer.status_code == 201, answer.text
    return answer.json


def fault(ask: Asker, by: Person, **fields: Any) -> tuple[str, str]:
    """Pointer and code of the one fault of a book made of these fields."""
    answer = ask.post("/books", {"title": "Emma", **fields}, by=by)
    assert answer.status_code == 400, answer.text
    (told,) = answer.json["errors"]
    return told["pointer"], told["code"]


def test_timestamps_are_utc_with_a_z(ask: Asker, librarian: Person) -> None:
    book = stored(ask, librarian)
    for name in ("created_at", "updated_at"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", book[name])


@pytest.mark.parametrize(
    "given",
    ["9780306406157", "978-0-306-40615-7", "0-306-40615-2", "0306406152", " 978 0306406157 "],
)
def test_isbns_are_stored_with_13_digits(ask: Asker, librarian: Person, given: str) -> None:
    assert stored(ask, librarian, isbn=given)["isbn"] == "9780306406157"


def test_the_check_digit_x_is_understood(ask: Asker, librarian: Person) -> None:
    for given in ("080442957X", "0-8044-2957-x"):
        assert ask.post("/books", {"title": "x", "isbn": given}, by=librarian).status_code in (
            201,
            409,
        )
    found = ask.get("/books?isbn=080442957X").json["data"]
    assert [book["isbn"] for book in found] == ["9780804429573"]


@pytest.mark.parametrize(
    "given", ["9780306406158", "0306406153", "12345", "", "978030640615X", "9990306406157", "٩٧٨"]
)
def test_what_is_no_isbn_is_a_fault(ask: Asker, librarian: Person, given: str) -> None:
    assert fault(ask, librarian, isbn=given)[0] == "#/isbn"


def test_a_wrong_check_digit_is_called_so(ask: Asker, librarian: Person) -> None:
    assert fault(ask, librarian, isbn="9780306406158") == ("#/isbn", "checksum")


@pytest.mark.parametrize(
    ("given", "kept"), [("en", "eng"), ("de", "ger"), ("fr", "fre"), ("eng", "eng"), ("GER", "ger")]
)
def test_languages_are_stored_as_three_letters(
    ask: Asker, librarian: Person, given: str, kept: str
) -> None:
    assert stored(ask, librarian, language=given)["language"] == kept


@pytest.mark.parametrize("given", ["xx", "english", "", "e", "zzz1"])
def test_what_is_no_language_is_a_fault(ask: Asker, librarian: Person, given: str) -> None:
    assert fault(ask, librarian, language=given)[0] == "#/language"


def test_text_is_stored_in_nfc(ask: Asker, librarian: Person) -> None:
    decomposed = "E\u0301lan"
    book = stored(ask, librarian, title=decomposed, subjects=[decomposed])
    assert (book["title"], book["subjects"]) == ("\u00c9lan", ["\u00c9lan"])


@pytest.mark.parametrize(
    "title",
    [
        *("", "\t\n", "\u2060 \u00ad", "\uffa0\u034f"),
        *" \u00a0\u2003\u200b\u200f\u0001\u007f\u061c\u3164\ufe0f\u2800",
    ],
)
def test_a_title_is_never_blank(ask: Asker, librarian: Person, title: str) -> None:
    assert fault(ask, librarian, title=title) == ("#/title", "blank")


@pytest.mark.parametrize(
    "title",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0915\u094d\u200d\u0937",
        "\u200f\u05d0",
        "\u2801",
        "\u2764\ufe0f",
    ],
)
def test_a_title_may_have_signs_that_show_nothing_among_others(
    ask: Asker, librarian: Person, title: str
) -> None:
    assert ask.post("/books", {"title": title}, by=librarian).json["title"] == title


def test_a_title_that_shows_nothing_from_before_may_stay(ask: Asker, librarian: Person) -> None:
    made = ask.post("/books", {"title": "Emma"}, by=librarian).json["id"]
    Book.update(title="\u200b").where(Book.id == made).execute()
    patched = ask.patch(f"/books/{made}", {"edition": "2"}, by=librarian)
    assert (patched.status_code, patched.json["edition"]) == (200, "2")


@pytest.mark.parametrize("value", [True, False, "300", 1.5, [300], {"n": 300}, 1e30, 10**30, -1, 0])
def test_a_number_of_pages_is_a_whole_number_above_zero(
    ask: Asker, librarian: Person, value: Any
) -> None:
    assert fault(ask, librarian, pages=value)[0] == "#/pages"


def test_a_whole_number_may_be_written_with_a_point(ask: Asker, librarian: Person) -> None:
    assert stored(ask, librarian, pages=300.0)["pages"] == 300


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("title", 1000),
        ("subtitle", 1000),
        ("author", 500),
        ("publisher", 500),
        ("description", 20_000),
    ],
)
def test_texts_may_be_just_so_long(ask: Asker, librarian: Person, name: str, longest: int) -> None:
    assert len(stored(ask, librarian, **{name: "é" * longest})[name]) == longest
    assert fault(ask, librarian, **{name: "é" * (longest + 1)}) == (f"#/{name}", "too-long")


def test_a_hundred_subjects_of_200_characters_are_the_most(ask: Asker, librarian: Person) -> None:
    most = [f"{number:0200}" for number in range(100)]
    assert stored(ask, librarian, subjects=most)["subjects"] == most
    assert fault(ask, librarian, subjects=[*most, "x"])[0] == "#/subjects"
    assert fault(ask, librarian, subjects=["x" * 201])[0] == "#/subjects/0"


def test_a_barcode_has_64_characters_at_most(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}/copies"
    assert ask.post(path, {"barcode": "x" * 64}, by=librarian).status_code == 201
    assert ask.post(path, {"barcode": "x" * 65}, by=librarian).status_code == 400


def test_a_post_has_100_000_characters_at_most(ask: Asker, librarian: Person) -> None:
    post = {"title": "News", "content": "x" * 100_000}
    assert ask.post("/posts", post, by=librarian).status_code == 201
    post["content"] += "x"
    assert ask.post("/posts", post, by=librarian).status_code == 400


@pytest.mark.parametrize("given", ["2026-02-30", "2026-1-1", "20260101", "today", 20260101, ""])
def test_a_date_is_a_day_that_exists(
    ask: Asker, librarian: Person, copy: dict[str, Any], given: Any
) -> None:
    path = f"/copies/{copy['id']}"
    assert ask.patch(path, {"acquired_on": given}, by=librarian).status_code == 400


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"{YEAR}-01-01T00:00:00Z", f"{YEAR}-01-01T00:00:00Z"),
        (f"{YEAR}-01-01T01:30:00+01:30", f"{YEAR}-01-01T00:00:00Z"),
        (f"{YEAR}-01-01t00:00:00.999z", f"{YEAR}-01-01T00:00:00Z"),
    ],
)
def test_a_timestamp_in_any_zone_is_stored_in_utc(
    ask: Asker, member: Person, given: str, kept: str
) -> None:
    body = {"name": "Desk", "scopes": [], "expires_at": given}
    assert ask.post("/auth/keys", body, by=member).json["expires_at"] == kept


@pytest.mark.parametrize(
    "given", [f"{YEAR}-01-01", f"{YEAR}-01-01T00:00:00", f"{YEAR}-13-01T00:00:00Z", 1]
)
def test_a_timestamp_without_a_zone_is_none(ask: Asker, member: Person, given: Any) -> None:
    body = {"name": "Desk", "scopes": [], "expires_at": given}
    assert ask.post("/auth/keys", body, by=member).status_code == 400

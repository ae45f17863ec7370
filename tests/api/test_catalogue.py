"""Books and copies: made, read, changed, withdrawn."""

from typing import Any

import pytest

from tests.support import people
from tests.support.asking import Asker
from tests.support.people import Person

BOOK = {
    "title": "The Moonstone",
    "subtitle": "A romance",
    "part": "First Period",
    "author": "Collins, Wilkie",
    "contributors": [{"name": "Kemp, Sandra", "role": "editor"}, {"name": "Ash", "role": None}],
    "isbn": "9780140434088",
    "isbns": ["9780140434088", "9780141439679"],
    "issn": "0028-0836",
    "publisher": "Penguin",
    "published_year": 1868,
    "language": "eng",
    "edition": "2nd",
    "pages": 528,
    "series": "Penguin Classics",
    "series_volume": "12",
    "material_type": "audio",
    "original_title": "月長石",
    "original_author": "コリンズ",
    "alternative_titles": ["Moonstone", "Der Monddiamant"],
    "contents": "Prologue. First period. Second period.",
    "description": "A diamond is stolen.",
    "subjects": ["Detective stories"],
    "classification": "823.8",
    "cover_url": "https://example.org/moonstone.jpg",
    "control_number": "(DE-627)123",
}
EMPTY_BOOK: dict[str, Any] = {name: None for name in BOOK if name != "title"} | {
    "contributors": [],
    "isbns": [],
    "alternative_titles": [],
    "subjects": [],
    "material_type": "text",
}


def test_a_book_comes_back_as_it_was_made(ask: Asker, librarian: Person) -> None:
    made = ask.post("/books", BOOK, by=librarian)
    assert made.status_code == 201
    own = {"id", "created_at", "updated_at", "revision"}
    assert {k: v for k, v in made.json.items() if k not in own} == BOOK
    assert set(made.json) == set(BOOK) | own
    assert ask.get(f"/books/{made.json['id']}").json == made.json


def test_a_book_that_was_just_made_need_not_be_fetched_again(ask: Asker, librarian: Person) -> None:
    odd = 'Quotes " and \\ and / and <&>,\ttabs,\nlines, \x1b, \x7f, \u2028, é, 月, 😀'
    given = {**BOOK, "title": odd, "description": odd, "subjects": [odd], "published_year": -44}
    made = ask.post("/books", given, by=librarian)
    path = f"/books/{made.json['id']}"
    assert ask.get(path, by=librarian).get_data() == made.get_data()
    known = {"If-None-Match": made.headers["ETag"]}
    assert ask.get(path, by=librarian, headers=known).status_code == 304


def test_a_book_needs_nothing_but_a_title(ask: Asker, librarian: Person) -> None:
    made = ask.post("/books", {"title": "Emma"}, by=librarian).json
    assert {name: made[name] for name in EMPTY_BOOK} == EMPTY_BOOK
    assert made["revision"] == 1


def test_an_isbn_is_taken_in_any_form_and_the_other_book_named(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    for isbn in (book["isbn"], "0-14-143958-0"):
        answer = ask.post("/books", {"title": "Emma again", "isbn": isbn}, by=librarian)
        assert (answer.status_code, answer.json["code"]) == (409, "isbn-taken")
        assert answer.json["existing_id"] == book["id"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_to_an_isbn_that_is_taken_is_refused(
    ask: Asker, librarian: Person, book: dict[str, Any], method: str
) -> None:
    other = ask.post("/books", {"title": "Persuasion"}, by=librarian).json
    body = {"title": "Persuasion", "isbn": book["isbn"]}
    answer = ask(method, f"/books/{other['id']}", body, by=librarian)
    assert (answer.status_code, answer.json["existing_id"]) == (409, book["id"])


def test_the_parts_of_a_work_may_have_one_isbn(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    part = {"title": "Emma", "isbn": book["isbn"], "part": "Volume 2"}
    second = ask.post("/books", part, by=librarian)
    assert second.status_code == 201
    again = ask.post("/books", {**part, "part": "VOLUME 2"}, by=librarian)
    assert (again.status_code, again.json["existing_id"]) == (409, second.json["id"])


def test_an_isbn_alone_takes_the_place_of_the_first(ask: Asker, librarian: Person) -> None:
    first, further, new = "9780140434088", "9780141439679", "9780199535521"
    made = ask.post("/books", {"title": "Emma", "isbns": [first, further]}, by=librarian).json
    path = f"/books/{made['id']}"
    assert made["isbn"] == first
    changed = ask.patch(path, {"isbn": new}, by=librarian).json
    assert (changed["isbn"], changed["isbns"]) == (new, [new, further])
    emptied = ask.patch(path, {"isbn": None}, by=librarian).json
    assert (emptied["isbn"], emptied["isbns"]) == (further, [further])
    whole = {"title": "Emma", "isbn": further}
    assert ask.put(path, whole, by=librarian).json["isbns"] == [further]
    assert ask.patch(path, {"isbns": []}, by=librarian).json["isbn"] is None


def test_a_book_sent_back_with_another_isbn_keeps_the_further_ones(
    ask: Asker, librarian: Person
) -> None:
    isbns = ["9780140434088", "9780141439679"]
    made = ask.post("/books", {"title": "Emma", "isbns": isbns}, by=librarian).json
    sent = {**made, "isbn": "9780199535521"}
    found = ask.put(f"/books/{made['id']}", sent, by=librarian).json
    assert found["isbns"] == ["9780199535521", isbns[1]]


def test_books_without_isbn_do_not_take_it_from_each_other(ask: Asker, librarian: Person) -> None:
    for _ in range(2):
        assert ask.post("/books", {"title": "Emma"}, by=librarian).status_code == 201


def test_each_change_counts_one_revision_and_one_without_effect_none(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}"
    assert ask.patch(path, {"author": "Austen"}, by=librarian).json["revision"] == 2
    assert ask.patch(path, {"author": "Austen"}, by=librarian).json["revision"] == 2


def test_a_deleted_book_is_gone_and_its_isbn_free(
    ask: Asker, librarian: Person, copy: dict[str, Any], book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}"
    assert ask.delete(path, by=librarian).status_code == 204
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert ask(method, path, {"title": "Emma"}, by=librarian).status_code == 404
    assert ask.get(f"{path}/copies").status_code == 404
    assert ask.post(f"{path}/copies", {"barcode": "9"}, by=librarian).status_code == 404
    assert ask.get("/books").json["data"] == []
    assert ask.get(f"/copies/{copy['id']}").json["status"] == "withdrawn"
    again = ask.post("/books", {"title": "Emma", "isbn": book["isbn"]}, by=librarian)
    assert again.status_code == 201
    assert again.json["id"] > book["id"]


@pytest.mark.parametrize(
    "url", ["ftp://example.org/x", "javascript:alert(1)", "example.org", "", "http://"]
)
def test_a_cover_is_on_the_web(ask: Asker, librarian: Person, url: str) -> None:
    answer = ask.post("/books", {"title": "Emma", "cover_url": url}, by=librarian)
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["#/cover_url"]


def test_availability_counts_copies_in_stock(
    ask: Asker, librarian: Person, copy: dict[str, Any]
) -> None:
    path = f"/books/{copy['book_id']}"
    second = ask.post(f"{path}/copies", {"barcode": "2"}, by=librarian).json
    shown = ask.get(f"{path}?embed=availability").json["availability"]
    assert shown == {"copies": 2, "available": 2, "on_loan": 0, "holds": 0, "next_due_at": None}
    ask.patch(f"/copies/{second['id']}", {"status": "in_repair"}, by=librarian)
    ask.delete(f"/copies/{copy['id']}", by=librarian)
    shown = ask.get(f"{path}?embed=availability").json["availability"]
    assert shown == {"copies": 1, "available": 0, "on_loan": 0, "holds": 0, "next_due_at": None}


def test_lost_copies_do_not_count_as_stock(
    ask: Asker, librarian: Person, copy: dict[str, Any]
) -> None:
    ask.patch(f"/copies/{copy['id']}", {"status": "lost"}, by=librarian)
    shown = ask.get(f"/books/{copy['book_id']}?embed=availability").json["availability"]
    assert shown == {"copies": 0, "available": 0, "on_loan": 0, "holds": 0, "next_due_at": None}


def test_a_copy_comes_back_as_it_was_made(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    body = {
        "barcode": " 31234 ",
        "location": "Main",
        "shelfmark": "823",
        "loan_type": "short",
        "status": "in_repair",
        "price": 1250,
        "acquired_on": "2026-01-31",
        "note": "Torn.",
    }
    made = ask.post(f"/books/{book['id']}/copies", body, by=librarian)
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/copies/{made.json['id']}"
    own = {"id", "book_id", "due_at", "last_seen_at", "created_at", "updated_at", "revision"}
    shown = {k: v for k, v in made.json.items() if k not in own}
    assert shown == body | {"barcode": "31234"}
    assert ask.get(f"/copies/{made.json['id']}", by=librarian).json == made.json


def test_a_copy_needs_nothing_but_a_barcode(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    made = ask.post(f"/books/{book['id']}/copies", {"barcode": "1"}, by=librarian).json
    assert (made["status"], made["loan_type"], made["price"]) == ("available", "standard", None)


def test_the_note_is_for_staff(
    ask: Asker, librarian: Person, member: Person, copy: dict[str, Any]
) -> None:
    path = f"/copies/{copy['id']}"
    ask.patch(path, {"note": "Torn."}, by=librarian)
    assert ask.get(path, by=librarian).json["note"] == "Torn."
    for shown in (ask.get(path), ask.get(path, by=member), ask.get("/copies", by=member)):
        assert "Torn." not in shown.text


def test_the_note_is_for_keys_that_keep_the_catalogue(
    ask: Asker, librarian: Person, copy: dict[str, Any]
) -> None:
    path = f"/copies/{copy['id']}"
    ask.patch(path, {"note": "Torn."}, by=librarian)
    keeper, reader = people.key(librarian, ["catalogue:write"]), people.key(librarian, [])
    assert ask.get(path, headers=keeper).json["note"] == "Torn."
    assert "Torn." not in ask.get(path, headers=reader).text


@pytest.mark.parametrize("barcode", ["31234", " 31234 "])
def test_a_barcode_belongs_to_one_copy(
    ask: Asker, librarian: Person, copy: dict[str, Any], barcode: str
) -> None:
    path = f"/books/{copy['book_id']}/copies"
    answer = ask.post(path, {"barcode": barcode}, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (409, "barcode-taken")


def test_barcodes_are_compared_without_case(
    ask: Asker, librarian: Person, book: dict[str, Any]
) -> None:
    path = f"/books/{book['id']}/copies"
    first = ask.post(path, {"barcode": "ab1"}, by=librarian).json
    assert ask.post(path, {"barcode": "AB1"}, by=librarian).status_code == 409
    found = ask.get("/copies?barcode=%20Ab1").json["data"]
    assert [each["id"] for each in found] == [first["id"]]


def test_the_barcode_of_a_withdrawn_copy_may_be_used_again(
    ask: Asker, librarian: Person, copy: dict[str, Any]
) -> None:
    ask.delete(f"/copies/{copy['id']}", by=librarian)
    body = {"barcode": copy["barcode"]}
    again = ask.post(f"/books/{copy['book_id']}/copies", body, by=librarian)
    assert again.status_code == 201
    back = ask.patch(f"/copies/{copy['id']}", {"status": "available"}, by=librarian)
    assert (back.status_code, back.json["code"]) == (409, "barcode-taken")


def test_a_copy_that_is_put_back_into_stock_is_found_by_its_barcode_again(
    ask: Asker, librarian: Person, copy: dict[str, Any]
) -> None:
    found = []
    for status in ("withdrawn", "available"):
        ask.patch(f"/copies/{copy['id']}", {"status": status}, by=librarian)
        found.append(ask.get(f"/books?q={copy['barcode']}").json["pagination"]["total"])
    assert found == [0, 1]


def test_a_withdrawn_copy_is_out_of_lists_unless_asked_for(
    ask: Asker, librarian: Person, copy: dict[str, Any]
) -> None:
    assert ask.delete(f"/copies/{copy['id']}", by=librarian).status_code == 204
    assert ask.get(f"/copies/{copy['id']}").json["status"] == "withdrawn"
    of_book = f"/books/{copy['book_id']}/copies"
    for path in ("/copies", of_book, f"/copies?barcode={copy['barcode']}"):
        assert ask.get(path).json["data"] == []
    for path in ("/copies?status=withdrawn", f"{of_book}?status=available,withdrawn"):
        assert [each["id"] for each in ask.get(path).json["data"]] == [copy["id"]]


@pytest.mark.parametrize("status", ["on_loan", "on_hold_shelf", "burnt", None, 1])
def test_some_statuses_cannot_be_set(
    ask: Asker, librarian: Person, copy: dict[str, Any], status: Any
) -> None:
    made = ask.post(
        f"/books/{copy['book_id']}/copies", {"barcode": "2", "status": status}, by=librarian
    )
    assert made.status_code == 400
    if status is not None:  # in a PATCH null stands for the default
        answer = ask.patch(f"/copies/{copy['id']}", {"status": status}, by=librarian)
        assert answer.status_code == 400


@pytest.mark.parametrize("price", [-1, 1.5, "10", True, 10**30])
def test_a_price_is_in_whole_minor_units(
    ask: Asker, librarian: Person, copy: dict[str, Any], price: Any
) -> None:
    assert ask.patch(f"/copies/{copy['id']}", {"price": price}, by=librarian).status_code == 400


def test_copies_are_filtered(ask: Asker, librarian: Person, copy: dict[str, Any]) -> None:
    ask.patch(f"/copies/{copy['id']}", {"location": "Annexe", "loan_type": "short"}, by=librarian)
    for query, number in (
        ("location=Annexe", 1),
        ("location=Main", 0),
        ("loan_type=short", 1),
        ("status=available,lost", 1),
        ("status=lost", 0),
        ("barcode=31234", 1),
        ("barcode=3123", 0),
    ):
        assert len(ask.get(f"/copies?{query}").json["data"]) == number


def test_copies_of_a_book_that_never_was_are_404(ask: Asker, librarian: Person) -> None:
    assert ask.get("/books/404/copies").status_code == 404
    assert ask.post("/books/404/copies", {"barcode": "1"}, by=librarian).status_code == 404

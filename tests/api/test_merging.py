"""Books that become one, and the report that finds them, as clients see it."""

import csv
import io
from typing import Any

import pytest

from models import copy as copies
from tests.support.asking import Asker
from tests.support.people import Person

Record = dict[str, Any]


@pytest.fixture
def again(ask: Asker, librarian: Person) -> int:
    """The book a second time, under another ISBN."""
    made = ask.post("/books", {"title": "Emma", "isbn": "9780199535521"}, by=librarian)
    return int(made.json["id"])


def merge(ask: Asker, by: Person, book_id: int, *others: Any) -> Any:
    return ask.post(f"/books/{book_id}/merges", {"from": list(others)}, by=by)


def groups(ask: Asker, librarian: Person, query: str = "") -> list[tuple[str, list[int]]]:
    answer = ask.get(f"/reports/duplicates{query}", by=librarian)
    assert answer.status_code == 200, answer.json
    return [(one["reason"], [book["id"] for book in one["books"]]) for one in answer.json["data"]]


def test_the_answer_is_the_book_with_what_came_to_it(
    ask: Asker, librarian: Person, book: Record, again: int
) -> None:
    copies.create(again, {"barcode": "B1"}, librarian.actor)
    answer = merge(ask, librarian, book["id"], again)
    assert (answer.status_code, answer.json["id"]) == (200, book["id"])
    assert answer.json["isbns"] == ["9780141439587", "9780199535521"]
    shown = ask.get(f"/books/{book['id']}")
    assert (shown.json, shown.headers["ETag"]) == (answer.json, answer.headers["ETag"])
    assert [one["barcode"] for one in ask.get(f"/books/{book['id']}/copies").json["data"]] == ["B1"]


def test_an_answer_that_was_kept_for_others_is_not_given_any_more(
    ask: Asker, librarian: Person, book: Record, again: int
) -> None:
    copies.create(again, {"barcode": "B1"}, librarian.actor)
    assert [ask.get(f"/books/{again}").status_code for _ in range(2)] == [200, 200]
    assert [one["id"] for one in ask.get("/books?q=b1").json["data"]] == [again]
    merge(ask, librarian, book["id"], again)
    assert ask.get(f"/books/{again}").status_code == 410
    assert [one["id"] for one in ask.get("/books?q=b1").json["data"]] == [book["id"]]


def test_the_other_book_is_gone_for_every_method(
    ask: Asker, librarian: Person, member: Person, book: Record, again: int
) -> None:
    merge(ask, librarian, book["id"], again)
    path = f"/books/{again}"
    answers = [
        ask.get(path),
        ask.put(path, {"title": "Emma"}, by=librarian),
        ask.patch(path, {"title": "Emma"}, by=librarian),
        ask.delete(path, by=librarian),
        ask.get(f"{path}/copies"),
        ask.post(f"{path}/copies", {"barcode": "B2"}, by=librarian),
        merge(ask, librarian, again, book["id"]),
        ask.post("/holds", {"book_id": again}, by=member),
        ask.post("/orders", {"title": "Emma", "book_id": again}, by=member),
    ]
    assert {answer.status_code for answer in answers} == {410}
    assert {(answer.json["code"], answer.json["into"]) for answer in answers} == {
        ("merged", book["id"])
    }


@pytest.mark.parametrize("others", [[], ["1"], [1.5], [0], [None], [999], 1, None, [2**63]])
def test_what_is_no_list_of_books_is_a_fault(
    ask: Asker, librarian: Person, book: Record, others: Any
) -> None:
    answer = ask.post(f"/books/{book['id']}/merges", {"from": others}, by=librarian)
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    assert answer.json["errors"][0]["pointer"].startswith("#/from")


def test_a_refusal_lists_its_reasons(ask: Asker, librarian: Person, book: Record) -> None:
    answer = merge(ask, librarian, book["id"], book["id"])
    assert (answer.status_code, answer.json["code"]) == (409, "merge-refused")
    assert answer.json["reasons"] == [
        {
            "code": "self",
            "detail": "A book cannot be merged into itself.",
            "overridable": False,
            "params": {"book_id": book["id"]},
        }
    ]


def test_a_merge_is_done_once_for_an_idempotency_key(
    ask: Asker, librarian: Person, book: Record, again: int
) -> None:
    first, second = (
        ask.post(
            f"/books/{book['id']}/merges",
            {"from": [again]},
            by=librarian,
            headers={"Idempotency-Key": "once"},
        )
        for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.get_data() == first.get_data()


def test_events_tell_of_the_book_that_is_gone(
    ask: Asker, librarian: Person, book: Record, again: int
) -> None:
    merge(ask, librarian, book["id"], again)
    found = ask.get("/events?cursor=&types=book.merge", by=librarian).json["data"]
    assert [(one["record_id"], one["data"]) for one in found] == [(again, None)]


def test_one_isbn_of_several_makes_a_group(ask: Asker, librarian: Person, book: Record) -> None:
    isbns = ["9780199535521", book["isbn"]]
    other = ask.post("/books", {"title": "Emma, ed. X", "isbns": isbns}, by=librarian).json["id"]
    third = ask.post("/books", {"title": "Y", "isbn": isbns[0], "part": "2"}, by=librarian).json
    ask.post("/books", {"title": "Alone", "isbn": "9780486406480"}, by=librarian)
    assert groups(ask, librarian) == [("isbn", [book["id"], other, third["id"]])]


def test_titles_are_compared_folded_with_author_part_and_year(
    ask: Asker, librarian: Person
) -> None:
    def add(title: str, **more: Any) -> int:
        made = {"author": "Austen, Jane", "published_year": 1815, "language": "eng", **more}
        return int(ask.post("/books", {"title": title, **made}, by=librarian).json["id"])

    same = [add("The Émma"), add("emma"), add("EMMA", author="austen, jane")]
    for other in ({"author": "Smith"}, {"published_year": 1816}, {"part": "1"}):
        add("Emma", **other)
    assert groups(ask, librarian) == [("title", same)]


def test_books_that_share_an_isbn_are_no_group_by_title_again(
    ask: Asker, librarian: Person, book: Record
) -> None:
    isbns = ["9780199535521", book["isbn"]]
    other = ask.post("/books", {"title": "Emma", "isbns": isbns}, by=librarian).json["id"]
    assert groups(ask, librarian) == [("isbn", [book["id"], other])]


def test_books_that_were_merged_or_deleted_are_in_no_group(ask: Asker, librarian: Person) -> None:
    ids = [
        ask.post("/books", {"title": title}, by=librarian).json["id"]
        for title in ("Emma", "Emma", "Sanditon", "Sanditon")
    ]
    assert len(groups(ask, librarian)) == 2
    merge(ask, librarian, ids[0], ids[1])
    ask.delete(f"/books/{ids[2]}", by=librarian)
    assert groups(ask, librarian) == []


def test_groups_come_in_pages_and_by_cursor(ask: Asker, librarian: Person) -> None:
    for number in range(5):
        for _ in range(2):
            ask.post("/books", {"title": f"Title {number}"}, by=librarian)
    first = ask.get("/reports/duplicates?limit=2", by=librarian)
    assert first.json["pagination"] == {"page": 1, "limit": 2, "total": 5, "pages": 3}
    paged = [one for page in (1, 2, 3) for one in groups(ask, librarian, f"?limit=2&page={page}")]
    cursor: str | None = ""
    walked = []
    while cursor is not None:
        answer = ask.get(f"/reports/duplicates?limit=2&cursor={cursor}", by=librarian).json
        walked += [(one["reason"], [each["id"] for each in one["books"]]) for one in answer["data"]]
        cursor = answer["pagination"]["next_cursor"]
    assert walked == paged
    assert len(paged) == 5


def test_as_a_file_every_book_has_the_number_of_its_group(ask: Asker, librarian: Person) -> None:
    for title in ("Emma", "Sanditon", "Emma", "Sanditon"):
        ask.post("/books", {"title": title}, by=librarian)
    answer = ask.get("/reports/duplicates", by=librarian, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode(), newline="")))
    assert [(row["group"], row["reason"], row["title"]) for row in rows] == [
        ("1", "title", "Emma"),
        ("1", "title", "Emma"),
        ("2", "title", "Sanditon"),
        ("2", "title", "Sanditon"),
    ]
    paged = ask.get("/reports/duplicates?page=1", by=librarian, headers={"Accept": "text/csv"})
    assert paged.status_code == 400

"""Lists by page: how they are cut, linked, sorted, narrowed and embellished."""

import re
from typing import Any

import pytest

from models import book as books
from models.database import transaction
from tests.support.asking import Asker
from tests.support.people import Person

TITLES = ("Emma", "Persuasion", "Élan", "emma", "Zadig", "Candide", "Walden")


@pytest.fixture
def seven(librarian: Person) -> list[int]:
    """The ids of seven books, of which two have no year."""
    with transaction():
        return [
            books.create(
                {"title": title, "published_year": year, "language": "eng"}, librarian.actor
            ).id
            for title, year in zip(TITLES, (1815, 1817, None, 1900, 1747, 1759, None), strict=True)
        ]


def links(answer: Any) -> dict[str, str]:
    """The targets of the Link header by relation."""
    header = answer.headers.get("Link", "")
    return {rel: url for url, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', header)}


def faults(answer: Any) -> list[tuple[str, str]]:
    """Parameter and code of each fault; fails unless the answer is 400 `invalid`."""
    assert (answer.status_code, answer.json["code"]) == (400, "invalid")
    return [(fault["parameter"], fault["code"]) for fault in answer.json["errors"]]


def test_a_page_tells_where_it_is(ask: Asker, seven: list[int]) -> None:
    answer = ask.get("/books?page=2&limit=3").json
    assert answer["pagination"] == {"page": 2, "limit": 3, "total": 7, "pages": 3}
    assert [each["id"] for each in answer["data"]] == seven[3:6]


def test_a_page_has_twenty_records_unless_asked(ask: Asker, librarian: Person) -> None:
    with transaction():
        for number in range(21):
            books.create({"title": str(number)}, librarian.actor)
    answer = ask.get("/books").json
    assert (len(answer["data"]), answer["pagination"]["pages"]) == (20, 2)


def test_there_are_no_links_that_the_server_would_cut(ask: Asker, seven: list[int]) -> None:
    # What is sent as one byte takes three in a link.
    assert links(ask.get("/books?limit=3&q=" + "'" * 800))
    answer = ask.get("/books?limit=3&q=" + "'" * 8_000)
    assert (answer.status_code, links(answer)) == (200, {})


def test_links_lead_through_the_pages_and_keep_the_rest(ask: Asker, seven: list[int]) -> None:
    found = links(ask.get("/books?language=en&limit=3&page=2&sort=-id"))
    assert set(found) == {"first", "prev", "next", "last"}
    ids = []
    url: str | None = found["first"]
    while url is not None:
        answer = ask.get(url.removeprefix("/api/v1"))
        ids += [each["id"] for each in answer.json["data"]]
        url = links(answer).get("next")
    assert ids == seven[::-1]


def test_links_lead_back_too(ask: Asker, seven: list[int]) -> None:
    last = links(ask.get("/books?limit=3"))["last"]
    answer = ask.get(last.removeprefix("/api/v1"))
    assert [each["id"] for each in answer.json["data"]] == seven[6:]
    before = ask.get(links(answer)["prev"].removeprefix("/api/v1"))
    assert [each["id"] for each in before.json["data"]] == seven[3:6]


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("", ""),
        ("page=1", ""),
        ("limit=3&page=1", "limit=3&"),
        ("&&limit=3&", "limit=3&"),
        ("sort=-id,title&limit=3", "sort=-id,title&limit=3&"),
        ("q=&limit=3", "q=&limit=3&"),
        ("p%61ge=1&limit=3", "limit=3&"),
        ("q=a%3Eb|c&limit=3", "q=a%3Eb%7Cc&limit=3&"),
        ("q=a+b%2Cc&limit=3", "q=a+b%2Cc&limit=3&"),
    ],
)
def test_links_have_the_other_parameters_as_a_url_has_them(
    ask: Asker, seven: list[int], query: str, rest: str
) -> None:
    found = links(ask.get(f"/books?{query}"))
    assert found["first"] == f"/api/v1/books?{rest}page=1"


def test_the_first_page_has_no_previous_and_the_last_no_next(ask: Asker, seven: list[int]) -> None:
    assert "prev" not in links(ask.get("/books?limit=3"))
    assert "next" not in links(ask.get("/books?limit=3&page=3"))


def test_a_page_past_the_end_is_empty(ask: Asker, seven: list[int]) -> None:
    answer = ask.get("/books?page=9")
    assert (answer.status_code, answer.json["data"]) == (200, [])
    assert answer.json["pagination"]["total"] == 7


def test_from_a_page_past_the_end_the_way_back_is_the_last(ask: Asker, seven: list[int]) -> None:
    found = links(ask.get("/books?limit=3&page=9"))
    assert found["prev"] == found["last"] == "/api/v1/books?limit=3&page=3"


@pytest.mark.parametrize(
    "value", ["0", "-1", "1.5", "abc", "", "1" + "0" * 30, "%201", "٣", "true"]
)
@pytest.mark.parametrize("name", ["page", "limit"])
def test_a_number_that_is_none_is_a_fault(ask: Asker, name: str, value: str) -> None:
    assert [place for place, _ in faults(ask.get(f"/books?{name}={value}"))] == [name]


def test_a_hundred_records_are_the_most(ask: Asker) -> None:
    assert ask.get("/books?limit=100").status_code == 200
    assert faults(ask.get("/books?limit=101")) == [("limit", "too-large")]


def test_pages_end_at_row_10_000_and_say_to_use_a_cursor(ask: Asker) -> None:
    assert ask.get("/books?page=100&limit=100").status_code == 200
    answer = ask.get("/books?page=101&limit=100")
    assert faults(answer) == [("page", "too-large")]
    assert "cursor" in answer.json["errors"][0]["detail"]


def test_any_page_past_row_10_000_says_to_use_a_cursor(ask: Asker) -> None:
    for page in ("501", "10001", "99999999999"):
        assert "cursor" in ask.get(f"/books?page={page}").text


@pytest.mark.parametrize("query", ["limit=5&limit=5", "q=a&q=b", "sort=id&sort=id"])
def test_a_parameter_given_twice_is_a_fault(ask: Asker, query: str) -> None:
    assert faults(ask.get(f"/books?{query}")) == [(query.split("=")[0], "repeated")]


@pytest.mark.parametrize("path", ["/books?=1", "/books/1?=1", "/exports/copies?="])
def test_a_parameter_without_a_name_is_a_fault_like_any_other(
    ask: Asker, librarian: Person, path: str
) -> None:
    answer = ask.get(path, by=librarian)
    assert answer.status_code == 400
    assert [one["parameter"] for one in answer.json["errors"]] == [""]
    assert answer.json["detail"].startswith('"": There is no such parameter.')


@pytest.mark.parametrize("path", ["/books", "/copies", "/posts", "/books/1", "/posts/1"])
def test_an_unknown_parameter_is_a_fault(ask: Asker, path: str) -> None:
    assert faults(ask.get(f"{path}?colour=red")) == [("colour", "unknown-parameter")]


def test_records_are_sorted_by_several_fields(ask: Asker, seven: list[int]) -> None:
    answer = ask.get("/books?sort=title,-published_year&fields=title,published_year").json
    assert [each["title"] for each in answer["data"]] == [
        "Candide",
        "Élan",
        "emma",
        "Emma",
        "Persuasion",
        "Walden",
        "Zadig",
    ]


@pytest.mark.parametrize(
    "sort", ["colour", "title,colour", "--title", "description", "-", "title,"]
)
def test_a_field_that_cannot_be_sorted_by_is_a_fault(ask: Asker, sort: str) -> None:
    assert [place for place, _ in faults(ask.get(f"/books?sort={sort}"))] == ["sort"]


def test_only_the_fields_asked_for_are_answered(ask: Asker, seven: list[int]) -> None:
    answer = ask.get("/books?fields=id,title&limit=1").json
    assert answer["data"] == [{"id": seven[0], "title": "Emma"}]


def test_a_field_that_is_not_there_is_a_fault(ask: Asker) -> None:
    assert [place for place, _ in faults(ask.get("/books?fields=id,colour"))] == ["fields"]


def test_a_field_for_staff_alone_stays_so_when_asked_for(
    ask: Asker, copy: dict[str, Any], member: Person, librarian: Person
) -> None:
    ask.patch(f"/copies/{copy['id']}", {"note": "Torn."}, by=librarian)
    shown = ask.get("/copies?fields=id,note", by=member)
    assert "Torn" not in shown.text
    assert "Torn" in ask.get("/copies?fields=id,note", by=librarian).text


def test_what_is_embedded_comes_with_each_record(ask: Asker, copy: dict[str, Any]) -> None:
    record = ask.get("/books?embed=availability,copies&fields=id").json["data"][0]
    assert set(record) == {"id", "availability", "copies"}
    assert record["availability"] == {
        "copies": 1,
        "available": 1,
        "on_loan": 0,
        "holds": 0,
        "next_due_at": None,
    }
    assert [each["barcode"] for each in record["copies"]] == ["31234"]


def test_nothing_else_can_be_embedded(ask: Asker) -> None:
    assert [place for place, _ in faults(ask.get("/books?embed=loans"))] == ["embed"]


def test_copies_embedded_keep_the_note_from_readers(
    ask: Asker, copy: dict[str, Any], librarian: Person
) -> None:
    ask.patch(f"/copies/{copy['id']}", {"note": "Torn."}, by=librarian)
    path = f"/books/{copy['book_id']}?embed=copies"
    assert "Torn" not in ask.get(path).text
    assert "Torn" in ask.get(path, by=librarian).text


@pytest.mark.parametrize("query", ["fields=id&fields=title", "fields=id,title"])
def test_a_list_is_given_with_commas_or_by_repeating_the_parameter(
    ask: Asker, book: dict[str, Any], query: str
) -> None:
    assert set(ask.get(f"/books?{query}").json["data"][0]) == {"id", "title"}


@pytest.mark.parametrize("value", ["2", "yes", ""])
def test_a_boolean_is_true_or_false_1_or_0_and_nothing_else(ask: Asker, value: str) -> None:
    assert faults(ask.get(f"/posts?published={value}")) == [("published", "type")]


@pytest.mark.parametrize(
    "value", ["%00", "%ff", "%22", "((", "'", "*", "-", "%F0%9F%93%9A", "a" * 5000]
)
@pytest.mark.parametrize("name", ["q", "author", "subject", "publisher"])
def test_free_text_is_never_a_fault(ask: Asker, name: str, value: str) -> None:
    assert ask.get(f"/books?{name}={value}").status_code == 200

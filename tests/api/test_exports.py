"""Exports over HTTP: filtered, streamed, in order."""

import csv
import io
from typing import Any

import orjson
import pymarc
import pytest
from peewee import OperationalError

from api.app import Octavo
from catalogue import export as catalogue_export
from models import book as books
from models.database import database, transaction
from models.search import book_list
from tests.support.asking import Asker
from tests.support.people import Person
from tests.unit.formats.format_samples import read_as_xml


@pytest.fixture
def shelf(librarian: Person, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of seven books, read two at a time."""
    monkeypatch.setattr(catalogue_export, "BATCH", 2)
    return [
        books.create(
            {"title": f"Novel {number}", "language": "eng" if number % 2 else "fra"},
            librarian.actor,
        ).id
        for number in range(7)
    ]


@pytest.fixture
def export(ask: Asker, librarian: Person) -> Any:
    def send(query: str, **how: Any) -> Any:
        return ask.get(f"/exports/books?{query}", by=librarian, **how)

    return send


def titles(answer: Any) -> list[str]:
    return [orjson.loads(line)["title"] for line in answer.get_data().splitlines()]


@pytest.mark.parametrize(
    ("kind", "media_type", "name"),
    [
        ("marc", "application/marc", "books.mrc"),
        ("marcxml", "application/marcxml+xml", "books.xml"),
        ("csv", "text/csv; charset=utf-8", "books.csv"),
        ("ndjson", "application/x-ndjson", "books.ndjson"),
    ],
)
def test_each_format_comes_as_a_file(
    export: Any, shelf: list[int], kind: str, media_type: str, name: str
) -> None:
    answer = export(f"format={kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_every_book_comes_once_and_in_the_order_of_ids(export: Any, shelf: list[int]) -> None:
    in_order = [f"Novel {number}" for number in range(7)]
    assert titles(export("format=ndjson")) == in_order
    rows = csv.DictReader(io.StringIO(export("format=csv").get_data(as_text=True)))
    assert [row["title"] for row in rows] == in_order
    found = pymarc.MARCReader(export("format=marc").get_data())
    assert [one["245"]["a"] for one in found if one] == [f"{title}." for title in in_order]


def test_the_filters_of_the_catalogue_hold(export: Any, shelf: list[int]) -> None:
    assert titles(export("format=ndjson&language=en")) == ["Novel 1", "Novel 3", "Novel 5"]
    assert titles(export("format=ndjson&q=novel+4")) == ["Novel 4"]


def test_many_matches_of_a_search_come_in_the_order_of_ids(
    export: Any, shelf: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_list, "_MANY", 1)
    assert titles(export("format=ndjson&q=novel")) == [f"Novel {number}" for number in range(7)]


def test_nothing_found_is_a_file_of_no_books(export: Any) -> None:
    assert export("format=marc").get_data() == b""
    assert export("format=csv").get_data().count(b"\n") == 1
    assert read_as_xml(export("format=marcxml").get_data()) == []


def test_a_format_must_be_named_and_known(export: Any) -> None:
    assert export("language=eng").status_code == 400
    assert export("format=xlsx").status_code == 400
    assert export("format=csv&page=2").status_code == 400


def test_an_accept_that_excludes_the_format_is_refused(export: Any) -> None:
    assert export("format=csv", headers={"Accept": "text/csv"}).status_code == 200
    assert export("format=marc", headers={"Accept": "text/csv"}).status_code == 406
    assert export("format=csv", headers={"Accept": "application/json"}).status_code == 406


def test_head_tells_of_the_file_without_it(ask: Asker, librarian: Person, shelf: list[int]) -> None:
    answer = ask("HEAD", "/exports/books?format=csv", by=librarian)
    assert (answer.get_data(), answer.status_code) == (b"", 200)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="books.csv"'


def test_a_batch_takes_two_statements_and_one_without_marc(shelf: list[int], app: Octavo) -> None:
    sent: list[str] = []
    database.obj.query_hooks.append(lambda event: sent.append(event.sql))
    for with_records in (True, False):
        list(catalogue_export.sources({}, with_records=with_records))
        sent.append("")
    # And one for the code of the library, which the records of the whole export say.
    assert (sent.index(""), len(sent)) == (1 + 8, 1 + 8 + 1 + 4 + 1)


def test_a_book_that_is_there_all_the_time_comes_once_whatever_else_happens(
    shelf: list[int], librarian: Person
) -> None:
    found = catalogue_export.sources({}, with_records=False)
    ids = [next(found)[0]["id"] for _ in range(3)]
    with transaction():
        books.delete(books.locked(shelf[4]), librarian.actor)
        books.update(books.locked(shelf[0]), {"title": "Zuletzt"}, librarian.actor)
        books.create({"title": "New"}, librarian.actor)
    ids += [book["id"] for book, *_ in found]
    assert [one for one in ids if one in shelf and one != shelf[4]] == shelf[:4] + shelf[5:]


def test_an_export_that_fails_midway_does_not_end_as_if_complete(
    export: Any, shelf: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([book_list.LISTING.after({}, ["id"], None, limit=2)])
    monkeypatch.setattr(book_list.LISTING, "after", lambda *_, **__: next(answers, None) or gone())
    with pytest.raises(OperationalError):
        export("format=ndjson").get_data()


def test_an_export_that_fails_at_once_is_a_problem(
    export: Any, shelf: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book_list.LISTING, "after", lambda *_, **__: gone())
    assert export("format=ndjson").status_code == 503


def gone() -> Any:
    raise OperationalError("the database went away")


def test_copies_come_too_where_they_are_asked_for(
    ask: Asker, librarian: Person, export: Any
) -> None:
    book = ask.post("/books", {"title": "Emma"}, by=librarian).json
    for barcode in ("B1", "B2"):
        ask.post(f"/books/{book['id']}/copies", {"barcode": barcode, "price": 1250}, by=librarian)
    [line] = export("format=ndjson&copies=true").get_data().splitlines()
    assert [copy["barcode"] for copy in orjson.loads(line)["copies"]] == ["B1", "B2"]
    table = csv.DictReader(io.StringIO(export("format=csv&copies=true").get_data(as_text=True)))
    assert [(row["title"], row["barcode"], row["price"]) for row in table] == [
        ("Emma", "B1", "1250"),
        ("Emma", "B2", "1250"),
    ]
    [record] = pymarc.MARCReader(export("format=marc&copies=true").get_data())
    assert record is not None
    assert [field["p"] for field in record.get_fields("952")] == ["B1", "B2"]
    assert b"952" not in export("format=marc").get_data()[24:100]


def test_books_come_as_unimarc(export: Any, shelf: list[int]) -> None:
    answer = export("format=unimarc")
    assert answer.mimetype == "application/marc"
    assert answer.get_data()[20:24] == b"450 "
    assert b"\x1faNovel 0" in answer.get_data()

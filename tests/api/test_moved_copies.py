"""The MARC records that were kept of two titles, when a copy comes from one to the other."""

import re

import pytest

from formats.marc.fields import Field, MarcRecord, freeze
from models import book, copy, marc_record
from tests.support.asking import Asker
from tests.support.people import Person


@pytest.fixture
def titles(librarian: Person) -> tuple[int, int]:
    """Two titles with records and one copy each, B1 and B2, in Koha's items."""
    return _title("Emma", "B1", librarian), _title("Romola", "B2", librarian)


def _title(named: str, barcode: str, by: Person) -> int:
    book_id = book.create({"title": named}, by.actor).id
    copy.create(book_id, {"barcode": barcode}, by.actor)
    name = Field.of("245", "10", [("a", named)])
    item = Field.of("952", "  ", [("a", "MAIN"), ("p", barcode.lower()), ("8", "local")])
    record = MarcRecord("00000nam a2200000 i 4500", [name, item])
    marc_record.keep([(book_id, freeze(record))])
    return book_id


def items(ask: Asker, book_id: int) -> list[str]:
    """The barcodes in the record of a book, read anew by its tag."""
    answer = ask.get(f"/books/{book_id}", headers={"Accept": "application/marcxml+xml"})
    assert answer.status_code == 200, answer.text
    return re.findall(r'<subfield code="p">(\w+)<', answer.text)


def test_the_item_of_a_copy_that_moves_goes_with_it(
    ask: Asker, librarian: Person, titles: tuple[int, int]
) -> None:
    source, target = titles
    moving = copy.of_books([source])[source][0]
    assert ask.patch(f"/copies/{moving.id}", {"book_id": target}, by=librarian).status_code == 200
    assert (items(ask, source), items(ask, target)) == ([], ["b2", "b1"])


def test_who_kept_the_record_learns_that_it_has_changed(
    ask: Asker, librarian: Person, titles: tuple[int, int]
) -> None:
    source, target = titles
    moving = copy.of_books([source])[source][0]
    accept = {"Accept": "application/marcxml+xml"}
    tags = [ask.get(f"/books/{one}", headers=accept).headers["ETag"] for one in titles]
    ask.patch(f"/copies/{moving.id}", {"book_id": target}, by=librarian)
    for one, tag in zip(titles, tags, strict=True):
        again = ask.get(f"/books/{one}", headers={**accept, "If-None-Match": tag})
        assert again.status_code == 200


def test_a_title_without_a_record_gets_none(
    ask: Asker, librarian: Person, titles: tuple[int, int]
) -> None:
    source, _ = titles
    target = book.create({"title": "Middlemarch"}, librarian.actor).id
    moving = copy.of_books([source])[source][0]
    ask.patch(f"/copies/{moving.id}", {"book_id": target}, by=librarian)
    assert items(ask, source) == []
    assert marc_record.of_books([target]) == {}


def test_the_item_of_a_copy_with_another_barcode_has_it_too(
    ask: Asker, librarian: Person, titles: tuple[int, int]
) -> None:
    source, target = titles
    renamed = copy.of_books([source])[source][0]
    ask.patch(f"/copies/{renamed.id}", {"barcode": "X9"}, by=librarian)
    assert items(ask, source) == ["X9"]
    ask.patch(f"/copies/{renamed.id}", {"barcode": "X8", "book_id": target}, by=librarian)
    assert (items(ask, source), items(ask, target)) == ([], ["b2", "X8"])


def test_items_of_merged_titles_come_to_the_record_that_is_kept(
    ask: Asker, librarian: Person, titles: tuple[int, int]
) -> None:
    kept, other = titles
    merged = ask.post(f"/books/{kept}/merges", {"from": [other]}, by=librarian)
    assert merged.status_code == 200
    assert items(ask, kept) == ["b1", "b2"]
    read = ask.get(f"/books/{kept}", by=librarian)
    assert (read.headers["ETag"], read.json) == (merged.headers["ETag"], merged.json)


def test_items_that_only_the_library_knows_go_by_what_looks_like_a_barcode(
    ask: Asker, librarian: Person, titles: tuple[int, int]
) -> None:
    source, target = titles
    barcode = "31234000012345"
    moving = copy.create(source, {"barcode": barcode}, librarian.actor)
    local: list[tuple[str, str]] = [("i", barcode), ("l", "MAIN")]
    record = MarcRecord("00000nam a2200000 i 4500", [Field.of("999", "  ", local)])
    marc_record.keep([(source, freeze(record))])
    ask.patch(f"/copies/{moving.id}", {"book_id": target}, by=librarian)
    accept = {"Accept": "application/marcxml+xml"}
    shown = ask.get(f"/books/{target}", headers=accept).text
    assert barcode in shown
    assert barcode not in ask.get(f"/books/{source}", headers=accept).text

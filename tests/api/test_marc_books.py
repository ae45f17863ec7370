"""A book as MARC 21: the record it came from, with what was changed since."""

from typing import Any

import pymarc
import pytest

from models import book as books
from models import marc_record
from tests.support.asking import Asker
from tests.support.people import Person
from tests.unit.formats.format_samples import marc, read_as_xml, record

MARC, MARCXML = "application/marc", "application/marcxml+xml"
FIELDS = (
    "001 ocm1",
    "020   $a9780141439587",
    "245 10$aEmma /$cJane Austen.",
    "300   $a474 p. ;$c20 cm.",
    "999   $aLocal",
)


@pytest.fixture
def imported(librarian: Person) -> dict[str, Any]:
    """A book that came from a MARC record."""
    read = record("marc", marc(*FIELDS))
    made = books.create(read.book, librarian.actor).read()
    assert read.original is not None
    marc_record.keep([(made["id"], read.original)])
    return made


def as_marc(answer: Any) -> pymarc.Record:
    [found] = pymarc.MARCReader(answer.get_data())
    assert isinstance(found, pymarc.Record)
    return found


def wanting(kind: str) -> dict[str, str]:
    return {"Accept": kind}


def test_a_book_is_had_as_marc(ask: Asker, book: dict[str, Any]) -> None:
    answer = ask.get(f"/books/{book['id']}", headers=wanting(MARC))
    assert answer.headers["Content-Type"] == MARC
    assert as_marc(answer)["245"]["a"] == "Emma."


def test_a_book_is_had_as_marcxml(ask: Asker, book: dict[str, Any]) -> None:
    answer = ask.get(f"/books/{book['id']}", headers=wanting(MARCXML))
    assert answer.headers["Content-Type"] == MARCXML
    [found] = read_as_xml(answer.get_data())
    assert found["245"]["a"] == "Emma."


def test_fields_that_books_do_not_have_are_still_in_the_record(
    ask: Asker, imported: dict[str, Any]
) -> None:
    found = as_marc(ask.get(f"/books/{imported['id']}", headers=wanting(MARC)))
    assert found["999"]["a"] == "Local"
    assert found["245"]["c"] == "Jane Austen."


def test_what_was_changed_since_is_laid_over_the_record(
    ask: Asker, imported: dict[str, Any], librarian: Person
) -> None:
    ask.patch(f"/books/{imported['id']}", {"pages": 480}, by=librarian)
    found = as_marc(ask.get(f"/books/{imported['id']}", headers=wanting(MARC)))
    assert "480" in found["300"]["a"]
    assert found["999"]["a"] == "Local"


def test_each_media_type_has_a_tag_of_its_own(ask: Asker, book: dict[str, Any]) -> None:
    path = f"/books/{book['id']}"
    tags = {
        kind: ask.get(path, headers=wanting(kind)).headers["ETag"]
        for kind in (MARC, MARCXML, "application/json")
    }
    assert len(set(tags.values())) == 3
    known = ask.get(path, headers={**wanting(MARC), "If-None-Match": tags[MARC]})
    other = ask.get(path, headers={**wanting(MARCXML), "If-None-Match": tags[MARC]})
    assert (known.status_code, other.status_code) == (304, 200)


def test_the_tag_of_any_media_type_lets_a_change_through(
    ask: Asker, book: dict[str, Any], librarian: Person
) -> None:
    path = f"/books/{book['id']}"
    condition = {"If-Match": ask.get(path, headers=wanting(MARC)).headers["ETag"]}
    first, second = (
        ask.patch(path, {"pages": pages}, by=librarian, headers=condition) for pages in (1, 2)
    )
    assert (first.status_code, second.status_code) == (200, 412)


def test_caches_are_told_that_the_answer_depends_on_what_is_accepted(
    ask: Asker, book: dict[str, Any]
) -> None:
    answer = ask.get(f"/books/{book['id']}", headers=wanting(MARC))
    assert "Accept" in answer.headers["Vary"]


def test_head_tells_of_the_record_without_it(ask: Asker, book: dict[str, Any]) -> None:
    path = f"/books/{book['id']}"
    whole = ask.get(path, headers=wanting(MARC))
    head = ask("HEAD", path, headers=wanting(MARC))
    assert head.get_data() == b""
    assert head.headers["Content-Length"] == str(len(whole.get_data()))
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_nothing_is_embedded_in_a_marc_record(ask: Asker, book: dict[str, Any]) -> None:
    answer = ask.get(f"/books/{book['id']}?embed=copies", headers=wanting(MARC))
    assert [fault["parameter"] for fault in answer.json["errors"]] == ["embed"]


def test_a_book_that_is_not_there_is_a_problem_as_ever(ask: Asker) -> None:
    answer = ask.get("/books/99", headers=wanting(MARC))
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")

"""Books that are added together leave what each alone would have left."""

from contextlib import suppress
from typing import Any

import pytest

from models import book, version
from models.audit import Actor
from models.database import rows, run, transaction
from models.errors import Taken
from models.harvest import BookChange
from models.search import tallies
from models.search.tables import BookCount

ACTOR = Actor(None, "test")
ISBN = "9780141439587"
BOOKS: list[dict[str, Any]] = [
    {"title": "Emma", "author": "Austen, Jane", "language": "eng", "subjects": ["A", "B", "A"]},
    {"title": "Persuasion", "author": "Austen, Jane", "published_year": 1817, "subjects": ["B"]},
    {"title": "Figaro", "material_type": "audio", "language": "ita", "published_year": -4},
    {"title": "Nothing said"},
]


def counts() -> set[tuple[Any, ...]]:
    query = BookCount.select(BookCount.name, BookCount.value, BookCount.count)
    return {row for row in rows(query) if row[2]}


def changes() -> int:
    return int(BookChange.select().count())


def test_tallies_are_the_same_together_and_one_by_one(db: Any) -> None:
    with transaction():
        book.create_all(BOOKS, ACTOR)
    together = counts()
    assert ("subject", "A", 1) in together
    assert ("author", "Austen, Jane", 2) in together
    assert changes() == len(BOOKS)
    with transaction():
        for values in BOOKS:
            book.create(values, ACTOR)
    assert counts() == {(name, value, 2 * count) for name, value, count in together}
    assert changes() == 2 * len(BOOKS)


def test_the_version_of_the_catalogue_rises_with_books_added_together(db: Any) -> None:
    before = version.of_catalogue()
    with transaction():
        book.create_all(BOOKS, ACTOR)
    assert version.of_catalogue() > before


def test_books_that_are_changed_among_new_ones_are_counted_as_they_are_at_the_end(db: Any) -> None:
    with transaction(), tallies.together():
        changed, gone = book.create_all(BOOKS[:2], ACTOR)
        book.update(book.locked(changed), {"author": "Sterne, Laurence", "subjects": []}, ACTOR)
        book.delete(book.locked(gone), ACTOR)
        book.create_all(BOOKS[2:], ACTOR)
    assert counts() == {
        ("book", "", 3),
        ("author", "Sterne, Laurence", 1),
        ("language", "eng", 1),
        ("language", "ita", 1),
        ("material_type", "audio", 1),
        ("material_type", "text", 2),
        ("published_year", "-4", 1),
    }


def test_books_of_a_transaction_that_is_undone_are_counted_nowhere(db: Any) -> None:
    with suppress(RuntimeError), transaction(), tallies.together():
        book.create_all(BOOKS, ACTOR)
        raise RuntimeError("undone")
    with transaction(), tallies.together():
        book.create_all(BOOKS[:1], ACTOR)
    assert ("book", "", 1) in counts()


def test_what_could_not_be_added_is_counted_nowhere(db: Any) -> None:
    book.create({"title": "Emma", "isbn": ISBN}, ACTOR)
    before = counts()
    with pytest.raises(Taken), transaction():
        book.create_all([{"title": "New"}, {"title": "Emma again", "isbn": ISBN}], ACTOR)
    assert counts() == before
    book.create({"title": "By itself"}, ACTOR)
    assert ("book", "", 2) in counts()


def test_ids_are_those_of_the_books_in_their_order(db: Any) -> None:
    book.create({"title": "First"}, ACTOR)
    book.delete(book.locked(book.create({"title": "Gone"}, ACTOR).id), ACTOR)
    with transaction():
        ids = book.create_all(BOOKS, ACTOR)
    assert [book.find(one).title for one in ids] == [one["title"] for one in BOOKS]


def test_deleting_takes_off_what_adding_together_counted(sqlite: Any) -> None:
    with transaction():
        ids = book.create_all(BOOKS, ACTOR)
    for one in ids:
        book.delete(book.locked(one), ACTOR)
    assert counts() == set()
    assert run("SELECT COUNT(*) FROM book_bulk").fetchone() == (0,)

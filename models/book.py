"""Books: the title records of the catalogue."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from peewee import IntegerField, TextField

from models import audit, book_index
from models.audit import Actor
from models.clock import timestamp
from models.database import Compiled, Table, for_update, rows, slot, unique
from models.errors import Missing, Taken
from models.text import fold
from models.view import View


class Book(Table):
    """A title record. A deleted one stays as a row, so that past loans keep their title."""

    title = TextField()
    subtitle = TextField(null=True)
    author = TextField(null=True)
    contributors = TextField()
    isbn = TextField(null=True)
    publisher = TextField(null=True)
    published_year = IntegerField(null=True)
    language = TextField(null=True)
    edition = TextField(null=True)
    pages = IntegerField(null=True)
    description = TextField(null=True)
    subjects = TextField()
    classification = TextField(null=True)
    cover_url = TextField(null=True)
    title_key = TextField()
    author_key = TextField()
    year_key = IntegerField()
    created_at = TextField()
    updated_at = TextField()
    deleted_at = TextField(null=True)
    revision = IntegerField()


VIEW = View(
    Book,
    "id title subtitle author contributors isbn publisher published_year language edition pages"
    " description subjects classification cover_url created_at updated_at revision",
    json={"contributors", "subjects"},
)

# The fields a client may write, with what they are when left out.
DEFAULTS: dict[str, Any] = {
    "subtitle": None,
    "author": None,
    "contributors": [],
    "isbn": None,
    "publisher": None,
    "published_year": None,
    "language": None,
    "edition": None,
    "pages": None,
    "description": None,
    "subjects": [],
    "classification": None,
    "cover_url": None,
}


def is_present() -> Any:
    """The condition that a book is in the catalogue."""
    return Book.deleted_at.is_null()


_BY_ID = Compiled(lambda: Book.select(*VIEW.columns).where((Book.id == slot("id")) & is_present()))
_LOCKED = Compiled(
    lambda: for_update(Book.select(*VIEW.columns).where((Book.id == slot("id")) & is_present()))
)
# An index of PostgreSQL takes 2,704 bytes, and a letter has up to four.
_LONGEST_KEY = 500
_COLUMNS = ("title", *DEFAULTS, "title_key", "author_key", "created_at", "updated_at", "revision")
_INSERT = Compiled(lambda: Book.insert({name: slot(name) for name in _COLUMNS}))


def tag(record: Mapping[str, Any]) -> tuple[str, int, int]:
    """What names the present state of the record: noun, id and revision."""
    return ("book", record["id"], record["revision"])


def find(book_id: int) -> dict[str, Any]:
    """The book, as it is shown. Raises Missing."""
    return VIEW.present(_existing(_BY_ID.row(id=book_id)))


def read(book_id: int) -> dict[str, Any]:
    """The book with its lists as lists, to decide and work with. Raises Missing."""
    return VIEW.read(_existing(_BY_ID.row(id=book_id)))


def locked(book_id: int) -> dict[str, Any]:
    """The book, held against other writers until the transaction ends. Raises Missing."""
    return VIEW.read(_existing(_LOCKED.row(id=book_id)))


def create(values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Add a book. Raises Taken `isbn-taken` with `existing_id`."""
    moment = timestamp()
    row = {**DEFAULTS, **values, "created_at": moment, "updated_at": moment, "revision": 1}
    with unique(lambda: _taken(row["isbn"])):
        book_id = _INSERT.insert(**{**_stored(row), **_keys(row)})
    book_index.add([{**row, "id": book_id}])
    audit.record(actor, "book.create", "book", book_id)
    return find(book_id)


def create_all(many: Iterable[Mapping[str, Any]], actor: Actor) -> list[int]:
    """Add many books at once, and give their ids in order; call it with some hundred at a time.

    Raises Taken `isbn-taken` if one of them cannot be added, and then adds none.
    """
    moment = timestamp()
    stamps = {"created_at": moment, "updated_at": moment, "revision": 1}
    new = [{**DEFAULTS, **values, **stamps} for values in many]
    with unique(lambda: Taken("Another book has this ISBN.", code="isbn-taken")):
        ids = _INSERT.insert_many([{**_stored(row), **_keys(row)} for row in new])
        book_index.add([{**row, "id": book_id} for row, book_id in zip(new, ids, strict=True)])
    audit.record_all(actor, "book.create", "book", ids)
    return ids


def with_isbn(isbn: str) -> int | None:
    """The id of the book in the catalogue that has an ISBN, in its stored form."""
    found: int | None = Book.select(Book.id).where((Book.isbn == isbn) & is_present()).scalar()
    return found


def exists(book_id: int) -> bool:
    """Whether a book is in the catalogue."""
    return bool(Book.select().where((Book.id == book_id) & is_present()).exists())


def update(book: dict[str, Any], values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Write changed fields of a book that is `locked`. Raises Taken `isbn-taken`."""
    changed = {name: value for name, value in values.items() if book[name] != value}
    if changed:
        after = {**book, **changed}
        with unique(lambda: _taken(after["isbn"])):
            Book.update(
                {
                    **_stored(changed),
                    **_keys(after),
                    "updated_at": timestamp(),
                    "revision": Book.revision + 1,
                }
            ).where(Book.id == book["id"]).execute()
        book_index.put([after])
        changes = audit.differences(book, after)
        audit.record(actor, "book.update", "book", book["id"], changes=changes)
    return find(book["id"])


def delete(book: dict[str, Any], actor: Actor) -> None:
    """Take a book that is `locked` out of the catalogue; loans and holds are checked before."""
    Book.update(deleted_at=timestamp(), updated_at=timestamp(), revision=Book.revision + 1).where(
        Book.id == book["id"]
    ).execute()
    book_index.remove([book["id"]])
    audit.record(actor, "book.delete", "book", book["id"])


def _existing(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    if row is None:
        raise Missing("There is no such book.")
    return row


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: orjson.dumps(value).decode() if isinstance(value, list) else value
        for name, value in values.items()
    }


def _keys(row: Mapping[str, Any]) -> dict[str, str]:
    """What books are sorted by."""
    return {
        "title_key": fold(row["title"])[:_LONGEST_KEY],
        "author_key": fold(row["author"] or "")[:_LONGEST_KEY],
    }


def _taken(isbn: str) -> Taken:
    return Taken(
        "Another book has this ISBN.",
        code="isbn-taken",
        existing_id=with_isbn(isbn),
    )


def titles(book_ids: Iterable[int]) -> dict[int, str]:
    """The titles of books, deleted ones included, by id."""
    query = Book.select(Book.id, Book.title).where(Book.id.in_(list(book_ids)))
    return dict(rows(query))


def with_isbns(isbns: Iterable[str]) -> dict[str, int]:
    """The ids of the books in the catalogue that have one of these ISBNs, by ISBN."""
    query = Book.select(Book.isbn, Book.id).where(Book.isbn.in_(list(isbns)) & is_present())
    return dict(rows(query))

"""Members, books and copies in few fields, many at once: for records that embed them."""

from collections.abc import Callable, Collection

from peewee import Field

from models.book import Book
from models.copy import Copy
from models.json_lists import among
from models.rows import Json
from models.user import User


def _of(model: type, fields: dict[str, Field]) -> Callable[[Collection[int]], dict[int, Json]]:
    names = ("id", *fields)

    def found(ids: Collection[int]) -> dict[int, Json]:
        if not ids:
            return {}
        key: Field = model.id  # type: ignore[attr-defined]
        query = model.select(key, *fields.values()).where(among(key, ids))  # type: ignore[attr-defined]
        return {row[0]: dict(zip(names, row, strict=True)) for row in query.tuples()}

    return found


BRIEF: dict[str, Callable[[Collection[int]], dict[int, Json]]] = {
    "user": _of(
        User,
        {
            "first_name": User.first_name,
            "last_name": User.last_name,
            "card_number": User.card_number,
        },
    ),
    "book": _of(Book, {"title": Book.title, "author": Book.author}),
    "copy": _of(
        Copy, {"barcode": Copy.barcode, "location": Copy.location, "shelfmark": Copy.shelfmark}
    ),
}
"""By noun: from ids to records, one statement each."""


def languages(book_ids: Collection[int]) -> dict[int, str | None]:
    """The languages of books, deleted ones included, by id."""
    found = Book.select(Book.id, Book.language).where(among(Book.id, book_ids))
    return dict(found.tuples())

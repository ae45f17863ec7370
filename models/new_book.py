"""What is written of a new book, but for its id and the moments.

It depends on nothing but what is said of the book: an import makes it in the process that reads the
file, ahead of the one that writes.
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from models.articles import every_nonfiling, filing
from models.book_fields import FIELDS, LISTS
from models.search.entries import Entry, entry
from models.text import fold

Values = Mapping[str, Any]
"""Fields of `FIELDS` by name, lists as lists."""

# An index of PostgreSQL takes 2,704 bytes, and a letter has up to four.
LONGEST_KEY = 500
COLUMNS = (*FIELDS, "nonfiling", "title_key", "author_key", "part_key")
"""The columns of a book that `NewBook.stored` has."""
_every_field = itemgetter(*FIELDS)
_PLACES = {name: place for place, name in enumerate(COLUMNS)}
_LIST_PLACES = [_PLACES[name] for name in LISTS]
_MATERIAL = _PLACES["material_type"]


class NewBook(NamedTuple):
    """A book as it is added: `stored` are its COLUMNS, as the driver takes them.

    `isbns` are all of them, `subjects` each once, `created_at` when it was created elsewhere.
    """

    stored: tuple[Any, ...]
    entry: Entry
    isbns: tuple[str, ...]
    subjects: tuple[str, ...]
    created_at: str | None

    def get(self, name: str) -> Any:
        """The stored value of a column."""
        return self.stored[_PLACES[name]]

    def read(self) -> dict[str, Any]:
        """Its fields by name, lists as lists."""
        values = dict(zip(FIELDS, self.stored, strict=False))
        for name in LISTS:
            values[name] = orjson.loads(values[name])
        return values


def made(book: Values, *, for_postgresql: bool) -> NewBook:
    """What is to be written of a book, given with every field.

    Beside the fields it may have `nonfiling`, the moment it was `created_at` elsewhere, and
    `barcodes` of copies that are added with it, to be found by them.
    """
    isbns = every_isbn(book)
    if isbns:
        book = {**book, "isbn": isbns[0], "isbns": isbns}
    stored = list(_every_field(book))
    for place in _LIST_PLACES:
        value = stored[place]
        stored[place] = orjson.dumps(value).decode() if value else "[]"
    # A member of an enumeration takes the driver twenty times as long as text.
    stored[_MATERIAL] = str(stored[_MATERIAL])
    keys = sort_keys(book)
    return NewBook(
        (*stored, book.get("nonfiling"), *keys.values()),
        entry(book, for_postgresql=for_postgresql),
        isbns,
        tuple(dict.fromkeys(book["subjects"])),
        book.get("created_at"),
    )


def every_isbn(book: Values) -> tuple[str, ...]:
    """The ISBNs of a book, each once, the first one first."""
    first, others = book["isbn"], book["isbns"]
    if first is None or first in others[:1]:
        return tuple(dict.fromkeys(others)) if others else ()
    return tuple(dict.fromkeys((first, *others))) if others else (first,)


def sort_keys(book: Values) -> dict[str, str]:
    """What books are sorted by, and what tells parts with one ISBN apart.

    `book` has the fields, and `nonfiling` if the title's first characters are known not to count.
    """
    skipped = filing(book["title"], book.get("nonfiling"), book["language"])
    return {
        "title_key": fold(book["title"][skipped:])[:LONGEST_KEY],
        "author_key": fold(book["author"] or "")[:LONGEST_KEY],
        "part_key": fold(book["part"] or "")[:LONGEST_KEY],
    }


def title_keys_by_records(title: str) -> set[str]:
    """Every `title_key` of a book with a title, by its language or by what its record says.

    A record may call each beginning of up to nine characters an article.
    """
    starts = {filing(title, told, None) for told in range(1, 10)}
    return {*title_keys(title), *(fold(title[start:])[:LONGEST_KEY] for start in starts)}


def title_keys(title: str) -> list[str]:
    """Every `title_key` that a book with a title can have, by its language; the longest first."""
    keys = {fold(title[skipped:])[:LONGEST_KEY] for skipped in every_nonfiling(title)}
    return sorted(keys, key=len, reverse=True)

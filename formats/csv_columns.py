"""Which column of a spreadsheet holds which field, and how it is read."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from formats import csv_values as values
from formats.prices import price_in
from formats.records import BOOK_FIELDS, COPY_FIELDS, Note, Unreadable, unreadable

# Headers in common use, Goodreads' and LibraryThing's among them, the best source first.
_KNOWN = {
    "title": "title|book title|original title|titel|titre|título",
    "subtitle": "subtitle|sub title|untertitel",
    "author": "author l f|primary author|author last first|author|autor|auteur|verfasser|creator",
    "contributors": "contributors|additional authors|secondary author|secondary authors",
    "isbn": "isbn13|isbn 13|isbn|isbn10|isbn 10|isbns|ean",
    "publisher": "publisher|verlag|éditeur|editorial",
    "published_year": "published year|year published|publication year|year|pub year|jahr"
    "|erscheinungsjahr|année|original publication year|publication date|date",
    "language": "language|language code|languages|sprache|langue",
    "edition": "edition|auflage",
    "pages": "pages|number of pages|page count|num pages|seiten",
    "description": "description|summary|abstract",
    "subjects": "subjects|subject|subject headings|keywords|schlagwörter",
    "classification": "classification|lc classification|lcc|dewey decimal|dewey|ddc",
    "cover_url": "cover url|image url|cover image",
    "barcode": "barcode|barcodes|item barcode|strichcode",
    "location": "location|branch|standort",
    "shelfmark": "shelfmark|call number|signatur",
    "loan_type": "loan type|item type",
    "price": "price",
    "acquired_on": "acquired on|date acquired",
    "note": "copy note",
}
_SIGNS = re.compile(r"[\W_]+")
_HEADERS = {name: headers.split("|") for name, headers in _KNOWN.items()}
# Lists of names are separated in as many ways.
_SEPARATORS = {
    "additional authors": ",",
    "secondary author": "|",
    "secondary authors": "|",
}
_FROM_GOODREADS = "goodreads book id"

_READ: Mapping[str, Callable[[str], Any]] = {
    "contributors": values.people,
    "subjects": values.texts,
    "published_year": values.year,
    "pages": values.pages,
    "language": values.language,
    "price": price_in,
}


class _Column(NamedTuple):
    """A field, its columns (the best first), and how their cells are read."""

    field: str
    places: list[int]
    read: Callable[[str], Any]


class Columns:
    """How to read the rows under these headers.

    `chosen` names a header for some of our fields; the others are recognised. Raises Unreadable
    `column` if a field or a header that was asked for does not exist, or nothing is the title. If
    the rows `may_correct` books, it is enough that something is the ISBN.
    """

    def __init__(
        self, headers: list[str], chosen: Mapping[str, str], *, may_correct: bool = False
    ) -> None:
        by_header = _places(headers)
        found = _found(by_header)
        for field, header in chosen.items():
            found[field] = _asked_for(field, header, headers, by_header)
        authors = by_header.get("authors", [])
        if "title" not in found and not (may_correct and "isbn" in found):
            raise Unreadable("column", "None of the columns is the title.", "title")
        self._isbn = found.pop("isbn", [])
        self._authors = None if "author" in found or not authors else authors[0]
        self._separator = "," if _FROM_GOODREADS in by_header else ";"
        self._book = [_column(field, found, headers) for field in BOOK_FIELDS if field in found]
        self._copy = [_column(field, found, headers) for field in COPY_FIELDS if field in found]

    def book(self, cells: list[str]) -> tuple[dict[str, Any], list[Note]]:
        """The book in a row, and what could not be read of it."""
        book, notes = _record(self._book, cells)
        numbers = [cells[at].strip() for at in self._isbn if cells[at].strip()]
        if numbers:
            if isbn := values.isbn(numbers):
                book["isbn"] = isbn
            elif mistyped := values.mistyped_isbn(numbers):
                book["isbn"] = mistyped
            else:
                notes.append(Note("isbn", "isbn-unreadable", f"No valid ISBN: {numbers[0][:40]}"))
        if self._authors is not None:
            self._add_authors(book, cells[self._authors])
        return book, notes

    def copies(self, cells: list[str]) -> tuple[list[dict[str, Any]], list[Note]]:
        """The copies in a row, one for each barcode in its cell, and what could not be read."""
        copy, notes = _record(self._copy, cells)
        barcodes = values.texts(copy.pop("barcode", ""), "|")
        return [{"barcode": barcode, **copy} for barcode in barcodes], notes

    def _add_authors(self, book: dict[str, Any], cell: str) -> None:
        names = values.texts(cell.strip(), self._separator)
        if names:
            book["author"] = names[0]
            others = [{"name": name, "role": None} for name in names[1:]]
            if others:
                book["contributors"] = others + book.get("contributors", [])


def understood(headers: list[str]) -> int:
    """How many fields are recognised in these headers."""
    return len(_found(_places(headers)))


def _record(columns: list[_Column], cells: list[str]) -> tuple[dict[str, Any], list[Note]]:
    record: dict[str, Any] = {}
    notes = []
    for field, places, read in columns:
        unread = ""
        for at in places:
            if cell := cells[at].strip():
                value = read(cell)
                if value is not None and value != "" and value != []:
                    record[field] = value
                    break
                unread = cell
        else:
            if unread:
                notes.append(unreadable(field, unread))
    return record, notes


def _column(field: str, found: Mapping[str, list[int]], headers: list[str]) -> _Column:
    places = found[field]
    separator = _SEPARATORS.get(_plain(headers[places[0]]))
    if field == "contributors" and separator:
        return _Column(field, places, partial(values.people, separator=separator))
    return _Column(field, places, _READ.get(field, values.text))


def _asked_for(
    field: str, header: str, headers: list[str], by_header: Mapping[str, list[int]]
) -> list[int]:
    """The column with exactly this header, or one that differs only in case and signs."""
    if field not in (*BOOK_FIELDS, *COPY_FIELDS):
        raise Unreadable("column", f"There is no field {field!a}.", field)
    exact = [at for at, name in enumerate(headers) if name.strip() == header.strip()]
    places = exact or by_header.get(_plain(header), [])
    if not places:
        raise Unreadable("column", f"There is no column {header!a}.", field)
    return places[:1]


def _places(headers: list[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for at, header in enumerate(headers):
        places.setdefault(_plain(header), []).append(at)
    return places


def _found(by_header: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """The columns of the fields that are recognised, the best first."""
    found = {
        field: [at for header in headers for at in by_header.get(header, ())]
        for field, headers in _HEADERS.items()
    }
    return {field: places for field, places in found.items() if places}


def _plain(header: str) -> str:
    """A header without case, underscores, brackets and quotes."""
    return _SIGNS.sub(" ", header).strip().casefold()

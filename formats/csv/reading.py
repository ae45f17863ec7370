"""What the cells of a row say, once it is known which column holds which field."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from formats.csv import cells as values
from formats.csv import columns as names
from formats.csv import words
from formats.csv.amounts import Amounts
from formats.csv.columns import Columns
from formats.csv.headers import LAST_FIRST, OF_OLD
from formats.csv.looks import NO_LOOKS, Looks
from formats.dates import date_in, is_none
from formats.marc.items import REFERENCE
from formats.marc.statements import issn_in
from formats.record import COPY_FIELDS, Note, unreadable
from models.book_fields import FIELDS

MOST_COPIES = 1000
_LONGEST_COUNT = 6
_LISTS = ("subjects", "alternative_titles")
_APART = frozenset({"author", "contributors", "isbn", "isbns", *_LISTS, "barcode"})
_SERIES_DETAILS = "series details"
_LENGTH = "length"
_IN_BRACKETS = re.compile(r"(.*\S)\s*\(([^()]+)\)")
# As LibraryThing has it, publisher and year, then the edition and the extent.
_PUBLICATION = re.compile(r"(?P<publisher>[^(]*?)\s*\((?P<year>[^)]*)\)(?P<rest>.*)", re.DOTALL)
_EDITION = re.compile(r"Edition: ([^,]+)")

# Between cells that are looked at together; and what begins a cell that a spreadsheet has changed.
_END = "\x1f"
_CHANGED = re.compile("(?:^|\x1f)[=']")

Reading = Callable[[str], Any]

_READ: dict[str, Reading] = {
    "published_year": values.year,
    "issn": issn_in,
    "pages": values.pages,
    "language": values.language,
    "description": values.markup,
    "series_volume": values.volume,
    "material_type": words.material_type,
    "status": words.status,
}


class _Column(NamedTuple):
    """A field, its columns (the best first), and how their cells are read."""

    field: str
    places: list[int]
    read: Reading


@dataclass(slots=True)
class Said:
    """What a row says."""

    book: dict[str, Any]
    notes: list[Note]
    copies: list[dict[str, Any]] = field(default_factory=list)
    unlabelled: list[dict[str, Any]] = field(default_factory=list)
    nonfiling: int | None = None


class RowReader:
    """Reads rows under these columns; dates have the `order` that their columns tell.

    Prices are of a currency with so many `decimals`; `looks` tell what whole columns show.
    """

    def __init__(
        self, columns: Columns, order: str, decimals: int = 2, looks: Looks = NO_LOOKS
    ) -> None:
        self._columns = columns
        self._looks = looks
        self._amounts = Amounts(decimals)
        places = columns.places
        self._read: dict[str, Reading] = {**_READ, "acquired_on": partial(_date, order=order)}
        self._read["price"] = self._amounts.read
        if any(columns.headers[at] in OF_OLD for at in places.get("published_year", ())[:1]):
            self._read["published_year"] = values.year_of_old
        self._book = [self._column(name) for name in FIELDS if self._is_simple(name)]
        # Texts from one column, which `values.text` reads, and all else.
        self._texts = [
            (each.field, each.places[0])
            for each in self._book
            if each.read is values.text and len(each.places) == 1
        ]
        texts = {name for name, _ in self._texts}
        self._others = [each for each in self._book if each.field not in texts]
        self._copy = [self._column(name) for name in COPY_FIELDS if self._is_simple(name)]
        self._lists = [
            (name, [(at, self._separator(at) or ";") for at in places[name]])
            for name in _LISTS
            if name in places
        ]
        self._isbns = [*places.get("isbn", ()), *places.get("isbns", ())]
        self._kinds = places.get("material_type", ())
        self._people = bool({"author", "contributors", names.LAST_NAME} & places.keys())
        self._has_series_details = _SERIES_DETAILS in columns.headers
        self._has_length = any(columns.headers[at] == _LENGTH for at in places.get("pages", ()))
        self._flags = columns.flags
        self._priced = "price" in places
        of_copies = {at for name in COPY_FIELDS for at in places.get(name, ())}
        of_copies |= {flag.at for flag in columns.flags}
        of_book = {at for name in FIELDS for at in places.get(name, ())}
        others = [at for at in range(len(columns.headers)) if at in of_book or at not in of_copies]
        # One place alone would give no tuple.
        self._shared: Callable[[list[str]], tuple[str, ...]] = itemgetter(*others, others[0])
        escapes = columns.profile is not None and columns.profile.escapes
        self._cell = values.unescaped if escapes else str.strip
        self._labels = places.get("barcode", ())[:1]
        self._more = bool({names.PUBLICATION, names.SORT_CHARACTER} & places.keys())

    def row(self, cells: list[str]) -> Said:
        """The book in a row, its copies, and what could not be read of them."""
        cells = list(map(self._cell, cells))
        book, notes = self._simple(cells)
        said = Said(book, notes)
        for name, places in self._lists:
            items = [item for at, by in places if cells[at] for item in values.texts(cells[at], by)]
            if items:
                book[name] = list(dict.fromkeys(items))
        if self._isbns:
            self._add_numbers(said, cells)
        if self._people or self._columns.roles:
            self._add_people(book, cells)
        if self._more:
            self._add_more(said, cells)
        if self._has_series_details and "series" in book:
            _divide_series(book)
        if self._has_length and book.get("material_type", "text") != "text":
            book.pop("pages", None)  # Libib has minutes there.
        self._add_copies(said, cells)
        return said

    def sentences(self) -> list[str]:
        """How the rows until now were read, in words."""
        return [*self._looks.sentences, *self._amounts.sentences()]

    def shared(self, cells: list[str]) -> tuple[str, ...] | None:
        """The cells that rows of one title have in common; None if the row has no barcode."""
        for at in self._labels:
            if cells[at]:
                return self._shared(cells)
        return None

    def _simple(self, cells: list[str]) -> tuple[dict[str, Any], list[Note]]:
        """The fields that are read from one cell each, and what could not be read."""
        whole = _END.join(cells)
        may_be_changed = "=" in whole or "'" in whole
        if not whole.isascii() or (may_be_changed and _CHANGED.search(whole)):
            return _record(self._book, cells)
        # Most rows have nothing that is to be mended: their texts are taken as they are.
        book, notes = _record(self._others, cells)
        for name, at in self._texts:
            if cells[at]:
                book[name] = cells[at]
        return book, notes

    def _is_simple(self, name: str) -> bool:
        return name in self._columns.places and name not in _APART

    def _separator(self, at: int) -> str | None:
        return self._looks.separators.get(at) or self._columns.separator(at)

    def _column(self, name: str) -> _Column:
        places = self._columns.places[name]
        return _Column(name, places, self._read.get(name, values.text))

    def _add_numbers(self, said: Said, cells: list[str]) -> None:
        _add_isbns(said, [cells[at] for at in self._isbns if cells[at]])
        if any(cells[at] in words.PARTS for at in self._kinds):
            _leave_isbns(said)

    def _add_people(self, book: dict[str, Any], cells: list[str]) -> None:
        authors = self._authors(cells)
        others: list[dict[str, Any]] = [{"name": name, "role": None} for name in authors[1:]]
        for at in self._columns.places.get("contributors", ()):
            if cells[at]:
                others += values.people(cells[at], self._separator(at) or ";")
        for role in self._columns.roles:
            if cells[role.at]:
                names_here = self._people_in(cells, role.at)
                others += [{"name": name, "role": role.role} for name in names_here]
        if authors:
            book["author"] = authors[0]
        if others:
            each = {(one["name"], one["role"]): one for one in others}
            book["contributors"] = list(each.values())

    def _authors(self, cells: list[str]) -> list[str]:
        found: list[str] = []
        for at in self._columns.places.get("author", ()):
            if cells[at]:
                found += values.beyond(found, self._people_in(cells, at))
        if found:
            return found
        parts = [
            cells[at]
            for name in (names.LAST_NAME, names.FIRST_NAME)
            for at in self._columns.places.get(name, ())[:1]
            if cells[at]
        ]
        return [", ".join(parts)] if parts else []

    def _people_in(self, cells: list[str], at: int) -> list[str]:
        said, separator = values.text(cells[at]), self._separator(at)
        if separator is None:
            found = values.names(said, several=at in self._looks.listed)
        else:
            parts = values.texts(said, separator)
            found = [name for part in parts for name in values.names(part, several=False)]
        if self._columns.headers[at] in LAST_FIRST:
            return [values.upright(name) for name in found]
        return found

    def _add_more(self, said: Said, cells: list[str]) -> None:
        """What LibraryThing says of publication and sorting."""
        for at in self._columns.places.get(names.SORT_CHARACTER, ()):
            if cells[at].isascii() and cells[at].isdigit():
                said.nonfiling = max(int(cells[at][:2]) - 1, 0)
        for at in self._columns.places.get(names.PUBLICATION, ()):
            match = _PUBLICATION.match(cells[at])
            if not match:
                said.book.setdefault("publisher", values.text(cells[at]) or None)
                continue
            edition = _EDITION.search(match["rest"])
            found = {
                "publisher": match["publisher"].strip(" ,;:") or None,
                "published_year": values.year(match["year"]),
                "edition": edition[1].strip() if edition else None,
                "pages": values.pages(match["rest"]),
            }
            for name, value in found.items():
                if value is not None:
                    said.book.setdefault(name, value)

    def _add_copies(self, said: Said, cells: list[str]) -> None:
        copy, notes = _record(self._copy, cells)
        said.notes += notes
        if self._priced and (mixed := self._amounts.mixed()):
            said.notes.append(mixed)
        if self._flags:
            self._add_flags(copy, cells)
        barcodes = [code for at in self._labels for code in values.barcodes(cells[at])]
        read = [values.barcode(code) for code in barcodes]
        for code, barcode in zip(barcodes, read, strict=True):
            if barcode is None:
                detail = f"A spreadsheet has destroyed this barcode: {code[:40]}"
                said.notes.append(Note("barcode", "barcode-destroyed", detail))
            elif barcode:
                said.copies.append({"barcode": barcode, **copy})
        missing = self._missing(cells, len(barcodes))
        if missing > MOST_COPIES:
            detail = f"At most {MOST_COPIES:,} copies without a barcode count."
            said.notes.append(Note("copies", "too-many", detail))
        said.unlabelled = [dict(copy) for _ in range(min(missing, MOST_COPIES))]

    def _add_flags(self, copy: dict[str, Any], cells: list[str]) -> None:
        """What a copy is by the columns that each say so of one state."""
        states = [flag.state for flag in self._flags if words.is_so(cells[flag.at])]
        if REFERENCE in states:
            copy["loan_type"] = REFERENCE
            states.remove(REFERENCE)
        if states:
            copy["status"] = states[0]

    def _missing(self, cells: list[str], labelled: int) -> int:
        """How many copies have no barcode: as many as the row says, else one if none has."""
        for at in self._columns.places.get(names.COPIES, ()):
            said = cells[at].removesuffix(".0")
            if said.isascii() and said.isdigit():
                return max(int(said[:_LONGEST_COUNT]) - labelled, 0)
        return 0 if labelled else 1


def _record(columns: list[_Column], cells: list[str]) -> tuple[dict[str, Any], list[Note]]:
    record: dict[str, Any] = {}
    notes = []
    for name, places, read in columns:
        unread = ""
        for at in places:
            if cell := cells[at]:
                value = read(cell)
                if value is not None and value != "":
                    record[name] = value
                    break
                unread = cell
        else:
            if unread and not _is_empty(unread):
                notes.append(unreadable(name, unread))
    return record, notes


def _is_empty(cell: str) -> bool:
    return cell in ('=""', "[]", "0") or is_none(cell)


def _add_isbns(said: Said, cells: list[str]) -> None:
    numbers = values.numbers(cells)
    every = values.isbns(numbers)
    isbn = every[0] if every else values.mangled_isbn(numbers)
    if isbn:
        said.book["isbn"] = isbn
        if len(every) > 1:
            said.book["isbns"] = every
    elif numbers:
        said.notes.append(Note("isbn", "isbn-unreadable", f"No valid ISBN: {cells[0][:40]}"))


def _leave_isbns(said: Said) -> None:
    """Leave out the ISBNs of the book that this is a part of."""
    said.book.pop("isbns", None)
    if isbn := said.book.pop("isbn", None):
        detail = f"Left out: the ISBN of the book that this is a part of: {isbn}"
        said.notes.append(Note("isbn", "isbn-of-the-whole", detail))


def _divide_series(book: dict[str, Any]) -> None:
    """Series and volume from `Night (2)|Day (1)`, of several the first."""
    first, *_ = values.texts(book["series"])
    match = _IN_BRACKETS.fullmatch(first)
    book["series"] = match[1] if match else first
    if match:
        book.setdefault("series_volume", match[2])


def _date(text: str, order: str) -> str | None:
    return date_in(text, order, is_past=True)

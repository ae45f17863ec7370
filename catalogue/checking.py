"""What a record of a file has to be before it may become a book with its copies."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote

from formats import Fault, Note, Record
from models import copy
from validators.bodies import Schema
from validators.books import BOOK
from validators.copies import COPY
from validators.errors import Invalid
from validators.quick import QuickBody

MOST_FAULTS = 20
"""How many faults of one record are told, and how many of its notes."""
MOST_COPIES = 1000
"""How many copies one record may bring."""

_book = QuickBody(BOOK)
_correction = QuickBody(
    Schema(BOOK.name, {name: rules for name, rules in BOOK.fields.items() if name != "title"})
)
_copy = QuickBody(COPY)
_AT_START = re.compile("^#/?")


class Wrong(NamedTuple):
    """One thing that is wrong with a record; `field` is a path such as `copies/0/barcode`."""

    field: str | None
    code: str
    detail: str


class Rejected(NamedTuple):
    """A record that was not taken: its number from 1, its bytes as they came, and why."""

    number: int
    raw: bytes
    faults: list[Wrong]


class Noted(NamedTuple):
    """A record of which something could not be read: its number from 1, and what."""

    number: int
    notes: list[Note]


@dataclass(slots=True)
class Candidate:
    """A record whose values are in order.

    `book` has every field, or all but the title; `given` are those the record speaks of. `copies`
    are by barcode key.
    """

    number: int
    raw: bytes
    book: dict[str, Any]
    given: Mapping[str, Any]
    copies: dict[str, dict[str, Any]]
    original: bytes | None

    @property
    def isbn(self) -> str | None:
        """The ISBN, with 13 digits."""
        isbn: str | None = self.book["isbn"]
        return isbn

    @property
    def is_correction(self) -> bool:
        """Whether it lacks the title, so that it can change a book and not become one."""
        return "title" not in self.book

    @property
    def changes(self) -> dict[str, Any]:
        """What the record says of the book, in its stored form."""
        return {name: self.book[name] for name in self.given}

    def rejected(self, field: str | None, code: str, detail: str) -> Rejected:
        """The record as one that is not taken after all."""
        return Rejected(self.number, self.raw, [Wrong(field, code, detail)])


def checked(item: Record | Fault, *, may_correct: bool = False) -> Candidate | Rejected:
    """The item as it may be stored, or what is wrong with it.

    If it `may_correct` a book, it needs no title beside the ISBN by which the book is found.
    """
    if isinstance(item, Fault):
        return Rejected(item.number, item.raw, [Wrong(item.field, item.code, item.detail)])
    faults: list[Wrong] = []
    is_correction = may_correct and bool(item.book.get("isbn")) and "title" not in item.book
    book = _read(_correction if is_correction else _book, item.book, "", faults)
    copies: dict[str, dict[str, Any]] = {}
    if len(item.copies) > MOST_COPIES:
        faults.append(Wrong("copies", "too-many", f"At most {MOST_COPIES:,} copies are allowed."))
    for place, given in enumerate(item.copies[:MOST_COPIES]):
        values = _read(_copy, given, f"copies/{place}/", faults)
        key = copy.barcode_key(values["barcode"]) if values else None
        if key in copies:
            detail = "The record has this barcode twice."
            faults.append(Wrong(f"copies/{place}/barcode", "barcode-taken", detail))
        elif key:
            copies[key] = values
    if faults:
        return Rejected(item.number, item.raw, faults[:MOST_FAULTS])
    return Candidate(item.number, item.raw, book, item.book, copies, item.original)


def noted(items: Iterable[Record | Fault]) -> list[Noted]:
    """What could not be read of records that may be taken without it."""
    records = (item for item in items if isinstance(item, Record) and item.notes)
    return [Noted(record.number, record.notes[:MOST_FAULTS]) for record in records]


def _read(
    body: QuickBody, given: Mapping[str, Any], path: str, faults: list[Wrong]
) -> dict[str, Any]:
    try:
        return body(given)
    except Invalid as invalid:
        for error in invalid.errors[: MOST_FAULTS + 1]:
            field = unquote(_AT_START.sub(path, error.pointer or ""))
            faults.append(Wrong(field, error.code, error.detail))
        return {}

"""From a book back to its MARC 21 record: only what the book says differently is rewritten."""

import re
from collections.abc import Mapping
from typing import Any

from pymarc import Record

from formats.fields import record_of, thaw
from formats.layout import set_control, set_fixed
from formats.mapping import book_of
from formats.rewriting import WRITERS

Book = Mapping[str, Any]

_LEADER = "00000nam a2200000 i 4500"


def record_for(book: Book, original: bytes | None) -> Record:
    """The MARC record of a book: its original with the book's changes, or a new one.

    Of the server's own fields `id`, `created_at` and `updated_at` are used where given.
    """
    if original is None:
        record = record_of(_LEADER, [])
        _overlay(record, book, {})
        _identify(record, book)
        return record
    record = thaw(original)
    described, _ = book_of(record)
    if _overlay(record, book, described):
        _stamp(record, book)
    return record


def _overlay(record: Record, book: Book, described: Book) -> bool:
    """Make the record say what the book says; whether anything had to be changed."""
    changed = False
    for names, write in WRITERS:
        wanted = [_value(book, name) for name in names]
        if wanted != [_value(described, name) for name in names]:
            write(record, *wanted)
            changed = True
    return changed


def _value(book: Book, name: str) -> Any:
    value = book.get(name)
    if name == "contributors":
        return [{"name": one["name"], "role": one.get("role")} for one in value or ()]
    return (value or []) if name == "subjects" else value


def _identify(record: Record, book: Book) -> None:
    if book.get("id") is not None:
        set_control(record, "001", str(book["id"]))
    _stamp(record, book)
    set_fixed(record, 0, (book.get("created_at") or "")[2:10].replace("-", "").ljust(6))


def _stamp(record: Record, book: Book) -> None:
    if updated_at := book.get("updated_at"):
        set_control(record, "005", re.sub(r"[^0-9]", "", updated_at)[:14] + ".0")

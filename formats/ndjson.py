"""NDJSON: one book as a JSON object on each line."""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from formats.chunks import Piece, pieces
from formats.marc import in_json
from formats.record import (
    COPY_FIELDS,
    LONGEST_RECORD,
    Item,
    Note,
    Reader,
    Record,
    Unreadable,
    written_status,
)
from formats.text import nfc
from models.book_fields import FIELDS, Kind
from validators.engine.errors import BadValue
from validators.engine.values import normalise_timestamp
from validators.isbn import normalise_isbn
from validators.language import normalise_language

_NORMALISE = {"isbn": normalise_isbn, "language": normalise_language}
# What an export of ours or an answer of the API has, and a file of new books need not lose.
_OF_THE_SERVER = ("id", "updated_at", "revision")
_ORIGIN = ("source_key", "created_at", "nonfiling", "deleted_at", "merged_into_source_key")
_MOMENTS = ("created_at", "deleted_at")
# Other programs name a record `source_key` too, but do not say all this.
_OF_AN_EXPORT = {"source_key", "created_at", *FIELDS}
# Where blanks count: texts without a form, in books, their contributors and copies.
_TEXTS = (Kind.TEXT, Kind.TEXTS, Kind.PEOPLE)
_FREE_TEXTS = frozenset(
    {name for name, field in FIELDS.items() if field.kind in _TEXTS} - {"control_number"}
    | {"name", "role", "location", "shelfmark", "note"}
)
LONGEST_KEY = 200


class NdjsonReader(Reader):
    """Reads a book from each line that is not blank, and its copies if it has `copies`.

    Values that are not what they should be are left for validation to find.
    """

    def __iter__(self) -> Iterator[Item]:
        self.encoding = "utf-8"
        number = 0
        for piece in pieces(self._chunks, b"\n"):
            line = _unmarked(piece) if number == 0 else piece
            if line.data.strip():
                number += 1
                yield _item(number, line)


def _unmarked(piece: Piece) -> Piece:
    """The line without a byte order mark."""
    data = piece.data.removeprefix(codecs.BOM_UTF8)
    return Piece(data, piece.length - len(piece.data) + len(data))


def _item(number: int, piece: Piece) -> Item:
    try:
        book = _book(piece)
        copies = _copies(book)
        record = Record(number, book, piece.data, copies)
        _take_origin(record)
    except Unreadable as error:
        return error.fault(number, piece.data)
    return record


def _take_origin(record: Record) -> None:
    """Take what exports say of a book beside its fields. Raises Unreadable."""
    book = record.book
    nonfiling = book.pop("nonfiling", None)
    record.nonfiling = nonfiling if type(nonfiling) is int and 0 <= nonfiling < 1000 else None
    kept = book.pop("marc", None)
    if kept is not None:
        record.original = in_json.from_json(kept)
        if record.original is None:
            record.notes.append(Note("marc", "unreadable", "Left out: this is no MARC in JSON."))
    _take_keys(record, book)
    _take_moments(record, book)


def _take_keys(record: Record, book: dict[str, Any]) -> None:
    for name in ("source_key", "merged_into_source_key"):
        key = book.pop(name, None)
        if key is not None:
            record.origin[name] = _key(key, name)


def _take_moments(record: Record, book: dict[str, Any]) -> None:
    for name in _MOMENTS:
        said = book.pop(name, None)
        try:
            if isinstance(said, str):
                record.origin[name] = normalise_timestamp(said)
        except BadValue as bad:
            if name == "deleted_at":
                raise Unreadable(bad.code, bad.detail, name) from None
            record.notes.append(Note(name, bad.code, f"Left out: {bad.detail}"))


def _key(said: Any, name: str) -> str:
    if isinstance(said, str) and 0 < len(said) <= LONGEST_KEY:
        return said
    detail = f"A source key is a text of up to {LONGEST_KEY} characters."
    raise Unreadable("type", detail, name)


def _copies(book: dict[str, Any]) -> list[dict[str, Any]]:
    copies = book.pop("copies", None) or []
    if isinstance(copies, list) and all(isinstance(copy, dict) for copy in copies):
        return copies
    raise Unreadable("type", "The copies of a book are a list of objects.", "copies")


def _book(piece: Piece) -> dict[str, Any]:
    if piece.is_too_long:
        raise Unreadable("too-long", f"A line has at most {LONGEST_RECORD:,} bytes.")
    try:
        book = orjson.loads(piece.data)
    except orjson.JSONDecodeError as error:
        raise Unreadable("malformed-json", f"This is not JSON: {error.msg}.") from None
    if not isinstance(book, dict):
        raise Unreadable("malformed-json", "The line is not a JSON object.")
    # An export of ours says what the library has, which may have blanks around it.
    keeps = _FREE_TEXTS if book.keys() >= _OF_AN_EXPORT else frozenset[str]()
    return {
        name: _normalised(name, value, keeps)
        for name, value in book.items()
        if name not in _OF_THE_SERVER
    }


def _normalised(name: str, value: Any, keeps: frozenset[str]) -> Any:
    said = value if name == "marc" else _stripped(name, value, keeps)
    try:
        return _NORMALISE[name](said) if name in _NORMALISE and isinstance(said, str) else said
    except BadValue:
        return said


def _stripped(name: str, value: Any, keeps: frozenset[str]) -> Any:
    """The value in NFC, its texts without blanks around them, but for names that keep them."""
    if isinstance(value, list):
        return [_stripped(name, item, keeps) for item in value]
    if isinstance(value, dict):
        return {key: _stripped(key, item, keeps) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    return nfc(value if name in keeps else value.strip())


def encode(
    book: Mapping[str, Any],
    copies: Sequence[Mapping[str, Any]] | None = None,
    original: bytes | None = None,
) -> bytes:
    """One book as a line, its copies, and the record that is kept of it, as MARC in JSON.

    Of the server's own fields only those that tell where the book comes from.
    """
    line: dict[str, Any] = {name: book.get(name) for name in FIELDS}
    line |= {name: book[name] for name in _ORIGIN if book.get(name) is not None}
    if original is not None:
        line["marc"] = in_json.to_json(original)
    if copies is not None:
        line["copies"] = [
            {name: copy.get(name) for name in COPY_FIELDS if name != "status"}
            | written_status(copy)
            for copy in copies
        ]
    return orjson.dumps(line) + b"\n"

"""NDJSON: one book as a JSON object on each line."""

import codecs
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from formats.records import (
    BOOK_FIELDS,
    LONGEST_RECORD,
    Item,
    Reader,
    Record,
    Unreadable,
)
from formats.streams import Piece, pieces
from formats.text import nfc
from validators.errors import BadValue
from validators.isbn import normalise_isbn
from validators.language import normalise_language

_NORMALISE = {"isbn": normalise_isbn, "language": normalise_language}
# What an export of ours or an answer of the API has, and a file of new books need not lose.
_OF_THE_SERVER = ("id", "created_at", "updated_at", "revision")


class NdjsonReader(Reader):
    """Reads a book from each line that is not blank, and its copies if it has `copies`.

    Values that are not what they should be are left for validation to find.
    """

    def __iter__(self) -> Iterator[Item]:
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
    except Unreadable as error:
        return error.fault(number, piece.data)
    return Record(number, book, piece.data, copies)


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
    return {
        name: _normalised(name, value) for name, value in book.items() if name not in _OF_THE_SERVER
    }


def _normalised(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_normalised("", item) for item in value]
    if isinstance(value, dict):
        return {key: _normalised("", item) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    text = nfc(value.strip())
    try:
        return _NORMALISE[name](text) if name in _NORMALISE else text
    except BadValue:
        return text


def encode(book: Mapping[str, Any]) -> bytes:
    """One book as a line; the server's own fields are left out."""
    return orjson.dumps({name: book.get(name) for name in BOOK_FIELDS}) + b"\n"

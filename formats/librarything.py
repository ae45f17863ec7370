"""The JSON that LibraryThing exports: one object, with a book under each number.

Each book is read as the row of LibraryThing's table that says the same, so that both give the same.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import orjson

from formats.csv.columns import Columns
from formats.csv.reading import RowReader
from formats.record import LONGEST_RECORD, Item, Reader, Record, Unreadable

_START = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"[0-9]+"\s*:\s*\{')
_TOKEN = re.compile(rb'\\[\s\S]|["{}]')
_BEFORE = b" \t\r\n,{}\xef\xbb\xbf"

_MOST = LONGEST_RECORD + 100

Says = Callable[[Any], str]


def is_librarything(start: bytes) -> bool:
    """Whether a file begins as such an export."""
    return bool(_START.match(start))


def _text(value: Any) -> str:
    """The text, in which signs may be as HTML has them: `L&oacute;pez`."""
    return unescape(str(value)) if isinstance(value, (str, int)) else ""


def _values(value: Any) -> list[Any]:
    """The values of a list, of an object that is used as one, or the one value."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else [value]


def _joined(mark: str) -> Says:
    return lambda value: mark.join(filter(None, map(_text, _values(value))))


def _first(value: Any) -> str:
    return next(filter(None, map(_text, _values(value))), "")


def _code(value: Any) -> str:
    return _first(value.get("code")) if isinstance(value, dict) else _first(value)


def _subjects(value: Any) -> str:
    headings = (" -- ".join(map(_text, _values(each))) for each in _values(value))
    return "|".join(filter(None, headings))


def _others(value: Any) -> str:
    """The authors after the first, family names first."""
    people = [one for one in _values(value) if isinstance(one, dict)]
    return "|".join(_text(one.get("lf") or one.get("fl")) for one in people[1:])


def _kind(value: Any) -> str:
    kinds = (one.get("text") for one in _values(value) if isinstance(one, dict))
    return next(filter(None, map(_text, kinds)), "")


# The header of the table, the name in the JSON, and what the cell says.
_CELLS: tuple[tuple[str, str, Says], ...] = (
    ("Book Id", "books_id", _text),
    ("Title", "title", _text),
    ("Sort Character", "sortcharacter", _text),
    ("Primary Author", "primaryauthor", _text),
    ("Secondary Author", "authors", _others),
    ("Publication", "publication", _text),
    ("Date", "date", _text),
    ("Media", "format", _kind),
    ("Page Count", "pages", _text),
    ("Languages", "language", _joined(",")),
    ("LC Classification", "lcc", _code),
    ("Dewey Decimal", "ddc", _code),
    ("ISBN", "isbn", _joined(", ")),
    ("ISBNs", "ean", _joined(", ")),
    ("ISSN", "issn", _first),
    ("Subjects", "subject", _subjects),
    ("Tags", "tags", _joined(",")),
    ("Series Details", "series", _first),
    ("Barcode", "barcode", _first),
    ("Copies", "copies", _text),
)
_KNOWN = frozenset(name for _, name, _ in _CELLS) - {"books_id"}


class LibraryThingReader(Reader):
    """Reads the books of the object, one after the other."""

    def __iter__(self) -> Iterator[Item]:
        self.encoding = "utf-8"
        rows = RowReader(Columns([header for header, _, _ in _CELLS], {}), "ymd")
        unused: dict[str, None] = {}
        for number, raw in enumerate(_entries(self._chunks), 1):
            try:
                key, book = _book(raw)
                said = rows.row([says(book.get(name)) for _, name, says in _CELLS])
            except Unreadable as error:
                yield error.fault(number, raw)
                continue
            unused.update(dict.fromkeys(name for name in book if name not in _KNOWN))
            self.unused = list(unused)
            yield Record(
                number,
                said.book,
                orjson.dumps({key: book}) + b"\n",
                said.copies,
                None,
                said.notes,
                said.nonfiling,
                said.unlabelled,
            )


def _book(raw: bytes) -> tuple[str, dict[str, Any]]:
    if len(raw) > LONGEST_RECORD:
        raise Unreadable("too-long", f"A book has at most {LONGEST_RECORD:,} bytes.")
    try:
        [(key, book)] = orjson.loads(b"{%s}" % raw).items()
    except (ValueError, UnicodeDecodeError):
        raise Unreadable("malformed-json", "This is not JSON.") from None
    if not isinstance(book, dict):
        raise Unreadable("malformed-json", "There is no object with a book.")
    return key, book


def _entries(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The text of each number with its book; of one that is too long the beginning."""
    entry = bytearray()
    depth, in_text, cut_off = 0, False, b""
    for chunk in chunks:
        data, cut_off = _without_half_escape(cut_off + chunk)
        start = 0
        for match in _TOKEN.finditer(data):
            token = match[0]
            if token == b'"':
                in_text = not in_text
            if in_text or token not in b"{}":
                continue
            depth += 1 if token == b"{" else -1
            if depth < 2 and token == b"}":
                entry += data[start : match.end()][: _MOST - len(entry)]
                if depth == 1:
                    yield bytes(entry).lstrip(_BEFORE)
                depth, start = max(depth, 0), match.end()
                entry.clear()
        entry += data[start:][: _MOST - len(entry)]
    if rest := bytes(entry).lstrip(_BEFORE).strip():
        yield rest


def _without_half_escape(data: bytes) -> tuple[bytes, bytes]:
    """The data up to a backslash whose character is still to come, and that backslash."""
    slashes = len(data) - len(data.rstrip(b"\\"))
    return (data[:-1], data[-1:]) if slashes % 2 else (data, b"")

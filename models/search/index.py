"""The search index of books, kept in the transaction that writes the book."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import local
from typing import Any

import orjson

from models import book_fields
from models.book_fields import (
    IN_AUTHOR,
    IN_PUBLISHER,
    IN_REST,
    IN_SERIES,
    IN_SUBJECT,
    IN_TITLE,
    Kind,
)
from models.database import database, is_postgresql, run, transaction
from models.search.parser import LONGEST_WORD, PLAIN, words
from models.text import spelled_out

_MERGED_PAGES = 500

# A book's place in the index is the number of words in its title, then its id: answers come out
# of the index in this order, so that of two titles with all the words the shorter is the first.
ID_BITS = 40
ID_MASK = (1 << ID_BITS) - 1
_LONGEST_TITLE = 200

# Stands between two names or headings, so that no phrase reaches from one into the next.
_BARRIER = "\u00a6"
_BETWEEN = f" {_BARRIER} "
# Ends a text while several are read together; in no text it says anything.
_END = "\x1f"
_PLAIN = {**PLAIN, ord(_END): _END}
_GAP = 2
_LAST_POSITION = 16_000
# Before the words of a publisher, on PostgreSQL, and of a series, where they stand a second time.
PUBLISHER_SIGN, SERIES_SIGN = "=", "\u00a7"

_SEARCHED = {name: field for name, field in book_fields.FIELDS.items() if field.search}
_TAGGED = ("language", "material_type")
FIELDS = frozenset((*_SEARCHED, *_TAGGED))
"""The fields whose change changes the index."""

_FORGET = """
    INSERT INTO book_fts (book_fts, rowid, title, author, subject, publisher, rest)
    SELECT 'delete', place, title, author, subject, publisher, rest FROM book_text WHERE id = ?
"""
_KEEP = """
    INSERT INTO book_text (place, title, author, subject, publisher, rest, id)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_INDEX = """
    INSERT INTO book_fts (rowid, title, author, subject, publisher, rest) VALUES (?, ?, ?, ?, ?, ?)
"""
_KNOW = "INSERT OR IGNORE INTO book_word (term) VALUES (?)"
_COLUMNS = (*_SEARCHED, *_TAGGED)
_TALLIES = ("book_tally", "book_tally_change", "book_cross_tally", "book_cross_tally_change")
_READ = f"""
    SELECT id, {", ".join(_COLUMNS)}, (
        SELECT CAST({{array}}(barcode) AS TEXT) FROM copy
        WHERE copy.book_id = book.id AND copy.status <> 'withdrawn')
    FROM book WHERE id {{among}} AND deleted_at IS NULL
"""  # noqa: S608  names of columns


class _Waiting(local):
    """The rows of the index that are written at the end of `together`, by thread."""

    rows: list[tuple[Any, ...]] | None = None


_waiting = _Waiting()

Parts = dict[str, list[str]]
"""The texts of a book by column, or their words, with blanks between them."""


def add(books: Sequence[Mapping[str, Any]], known: set[str] | None = None) -> None:
    """Index new books, given with their ids and lists read.

    Words that are `known` are in the table of words already, and those of these books are added:
    for callers that bring many books, one lot after the other.
    """
    words_known = set() if known is None else known
    if is_postgresql():
        _add_postgresql(books, words_known)
    else:
        _add_sqlite(books, words_known)


@contextmanager
def together() -> Iterator[None]:
    """A context in a transaction, at the end of which new books are indexed all at once.

    On SQLite, whose index is written in pieces that are merged later: the fewer they are, the less
    there is to merge. Until then they are not found.
    """
    _waiting.rows = []
    try:
        yield
        _write_waiting()
    finally:
        _waiting.rows = None


def remove(book_ids: Sequence[int]) -> None:
    """Take books out of the index."""
    cursor = database.obj.cursor()
    ids = [(book_id,) for book_id in book_ids]
    if is_postgresql():
        cursor.executemany("DELETE FROM book_text WHERE id = %s", ids)
    else:
        _write_waiting()
        cursor.executemany(_FORGET, ids)
        cursor.executemany("DELETE FROM book_text WHERE id = ?", ids)


def refresh(book_ids: Iterable[int]) -> None:
    """Index books, and the barcodes of their copies, as they are now stored."""
    ids = list(book_ids)
    if is_postgresql():
        rows = run(_READ.format(array="json_agg", among="= ANY(?)"), (ids,))
    else:
        among = "IN (SELECT value FROM json_each(?))"
        rows = run(
            _READ.format(array="json_group_array", among=among), (orjson.dumps(ids).decode(),)
        )
    remove(ids)
    add([_book(row) for row in rows.fetchall()])


def tidy() -> None:
    """Put in order what many writes have left of the index, in short steps; for after an import.

    Searches stay right without it and get slower until it is done: on SQLite the index is merged
    into one piece, on PostgreSQL the tallies are summed up and the planner learns of the sizes.
    """
    if is_postgresql():
        with transaction():
            run("SELECT pg_advisory_xact_lock(7403, 1)")
            run("SELECT book_tally_settle()")
            run("SELECT gin_clean_pending_list('book_text_words')")
        run(f"ANALYZE book, book_text, book_word, {', '.join(_TALLIES)}")
        return
    pages = -_MERGED_PAGES
    while _merge(pages):
        pages = _MERGED_PAGES


def _merge(pages: int) -> bool:
    """One step of FTS5's `merge` (below zero: begin anew); whether it found something to do."""
    with transaction():
        before = run("SELECT total_changes()").fetchone()[0]
        run("INSERT INTO book_fts (book_fts, rank) VALUES ('merge', ?)", (pages,))
        changes = run("SELECT total_changes()").fetchone()[0] - before
    return bool(changes > 1)


def _book(row: tuple[Any, ...]) -> dict[str, Any]:
    book: dict[str, Any] = dict(zip(("id", *_COLUMNS, "barcodes"), row, strict=True))
    for name in (*book_fields.LISTS, "barcodes"):
        book[name] = orjson.loads(book[name] or "[]")
    return book


def _texts(book: Mapping[str, Any]) -> Parts:
    """The texts of a book by column as they are; within a column by field, the title first."""
    texts: Parts = {IN_TITLE: [], IN_AUTHOR: [], IN_SUBJECT: [], IN_PUBLISHER: [], IN_REST: []}
    for name, column, kind in _SOURCES:
        value = book[name]
        if not value:
            continue
        if kind is None:
            texts[column].append(value)
        elif kind is Kind.PEOPLE:
            texts[column] += [person["name"] for person in value]
        else:
            texts[column] += value
    texts[IN_REST] += book.get("barcodes", ())
    return texts


def _signed(book: Mapping[str, Any]) -> list[str]:
    """What stands at the end of the last column and cannot be typed."""
    signed = [tag(name, book[name]) for name in _TAGGED if book[name]]
    if book["series"]:
        signed.append(" ".join([SERIES_SIGN + word for word in words(book["series"])]))
    return signed


def _parts(book: Mapping[str, Any]) -> Parts:
    """The words of a book by column; within a column by text, the title's first."""
    parts: Parts = {}
    for column, texts in _texts(book).items():
        parts[column] = []
        for text in texts:
            _add_text(parts[column], text)
    parts[IN_REST] += _signed(book)
    return parts


# Where the words of each field stand, and of which kind its list is.
_SOURCES = [
    (
        name,
        IN_REST if field.search == IN_SERIES else str(field.search),
        field.kind if field.kind.is_list else None,
    )
    for name, field in _SEARCHED.items()
]


def _add_text(parts: list[str], text: str) -> None:
    """Add the words of a text, and once more with its umlauts written as two letters."""
    parts.append(" ".join(words(text)))
    if not text.isascii():
        spelled = spelled_out(text)
        if spelled is not None:
            parts.append(" ".join(words(spelled)))


def tag(name: str, value: str) -> str:
    """What stands in the index for a language or kind of material, and cannot be typed."""
    return (_BARRIER if name == "language" else 2 * _BARRIER) + value


def _place(book_id: int, title: str) -> int:
    return min(len(title.split()), _LONGEST_TITLE) << ID_BITS | book_id


def _add_sqlite(books: Sequence[Mapping[str, Any]], known: set[str]) -> None:
    rows = [_row(book, _plain_column) for book in books]
    new = _words_of(rows) - known
    if max(map(len, new), default=0) > LONGEST_WORD:
        rows = [_row(book, _column) for book in books]
        new = _words_of(rows) - known
    if _waiting.rows is None:
        _write(rows)
    else:
        _waiting.rows += rows
    cursor = database.obj.cursor()
    cursor.executemany(_KNOW, [(word,) for word in sorted(new) if _is_typed(word)])
    known |= new


def _write_waiting() -> None:
    if _waiting.rows:
        _write(_waiting.rows)
        _waiting.rows = []


def _write(rows: list[tuple[Any, ...]]) -> None:
    # FTS5 writes out what it holds whenever a place is lower than the one before, and in triggers.
    rows.sort()
    cursor = database.obj.cursor()
    cursor.executemany(_KEEP, rows)
    cursor.executemany(_INDEX, [row[:-1] for row in rows])


def _row(book: Mapping[str, Any], column: Callable[[list[str]], str]) -> tuple[Any, ...]:
    """The place, the columns, the id."""
    columns = list(map(column, _texts(book).values()))
    signed = _signed(book)
    if signed:
        columns[-1] = _BETWEEN.join([columns[-1], *signed] if columns[-1] else signed)
    place = _place(book["id"], columns[0].partition(_BARRIER)[0])
    return (place, *columns, book["id"])


def _words_of(rows: Iterable[tuple[Any, ...]]) -> set[str]:
    return set(" ".join([text for row in rows for text in row[1:-1]]).split())


def _plain_column(texts: list[str]) -> str:
    """The words of some texts, in which too long ones are not cut yet.

    All texts in one go, if they are ASCII: a quarter of the time that they take one by one.
    """
    whole = _END.join(texts)
    if whole.isascii():
        return whole.translate(_PLAIN).replace(_END, _BETWEEN)
    return _column(texts)


def _column(texts: list[str]) -> str:
    parts: list[str] = []
    for text in texts:
        _add_text(parts, text)
    return _BETWEEN.join(parts)


def _is_typed(word: str) -> bool:
    """Whether it is a word, and not a tag or a word that stands a second time."""
    return word[0] not in (_BARRIER, SERIES_SIGN)


def _add_postgresql(books: Sequence[Mapping[str, Any]], known: set[str]) -> None:
    rows = []
    found: set[str] = set()
    for book in books:
        parts = _parts(book)
        for part in parts.values():
            for text in part:
                found.update(text.split())
        rows.append((book["id"], _place(book["id"], parts[IN_TITLE][0]), _vector(parts)))
    cursor = database.obj.cursor()
    cursor.executemany(
        "INSERT INTO book_text (id, place, words) VALUES (%s, %s, %s::tsvector)",
        rows,
    )
    # Nothing here waits for another writer: the same word may come in twice and does no harm.
    cursor.execute(
        "INSERT INTO book_word (term) SELECT term FROM unnest(%s::text[]) AS new (term)"
        " WHERE NOT EXISTS (SELECT 1 FROM book_word WHERE book_word.term = new.term)",
        (sorted(filter(_is_typed, found - known)),),
    )
    known |= found


def _vector(parts: Parts) -> str:
    """The text of a tsvector; see `models.search.fts` for what its weights mean."""
    weights = {IN_TITLE: "A", IN_AUTHOR: "B", IN_SUBJECT: "C"}
    lexemes = []
    position = 0
    for column, texts in parts.items():
        for text in texts:
            for word in text.split():
                position = min(position + 1, _LAST_POSITION)
                lexemes.append(f"'{word}':{position}{weights.get(column, '')}")
            position += _GAP
    lexemes += [
        f"'{PUBLISHER_SIGN}{word}'" for text in parts[IN_PUBLISHER] for word in text.split()
    ]
    return " ".join(lexemes)

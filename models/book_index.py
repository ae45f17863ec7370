"""The search index of books, kept in the transaction that writes the book."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from peewee import DatabaseError

from models.database import database, is_postgresql, run, transaction
from models.query import words

BATCH = 500
_MERGED_PAGES = 500

# A book's place in the index is the number of words in its title, then its id: answers come out
# of the index in this order, so that of two titles with all the words the shorter is the first.
ID_BITS = 40
ID_MASK = (1 << ID_BITS) - 1
_LONGEST_TITLE = 200

# Stands between two names or headings, so that no phrase reaches from one into the next.
_BARRIER = "\u00a6"
_GAP = 2
_LAST_POSITION = 16_000

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
_NEXT = """
    SELECT id, title, subtitle, author, contributors, isbn, publisher, description, subjects,
        classification, language
    FROM book WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?
"""
_STRANGERS = """
    SELECT id FROM book_text WHERE NOT EXISTS (
        SELECT 1 FROM book WHERE book.id = book_text.id AND book.deleted_at IS NULL)
"""

Parts = dict[str, list[list[str]]]


def add(books: Sequence[Mapping[str, Any]]) -> None:
    """Index new books, given with their ids and lists read."""
    if is_postgresql():
        _add_postgresql(books)
    else:
        _add_sqlite(books)


def put(books: Sequence[Mapping[str, Any]]) -> None:
    """Index books in place of what was indexed of them."""
    remove([book["id"] for book in books])
    add(books)


def remove(book_ids: Sequence[int]) -> None:
    """Take books out of the index."""
    cursor = database.obj.cursor()
    ids = [(book_id,) for book_id in book_ids]
    if is_postgresql():
        cursor.executemany("DELETE FROM book_text WHERE id = %s", ids)
    else:
        cursor.executemany(_FORGET, ids)
        cursor.executemany("DELETE FROM book_text WHERE id = ?", ids)


def reindex(progress: Callable[[int], None] = lambda done: None) -> int:
    """Index every book anew, and give how many there are.

    Works in short transactions while others read and write: each book is found by its old entry
    until its new one is there. `progress` is told how many are done.
    """
    _mend()
    last = done = 0
    while rows := _index_after(last):
        last, done = rows[-1], done + len(rows)
        progress(done)
    _forget_strangers()
    tidy()
    return done


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
        run("ANALYZE book, book_text, book_tally, book_tally_change, book_word")
        return
    pages = -_MERGED_PAGES
    while _merge(pages):
        pages = _MERGED_PAGES


def _mend() -> None:
    """Have SQLite build its index from the indexed texts again if the two do not agree."""
    if is_postgresql():
        return
    try:
        with transaction():
            run("INSERT INTO book_fts (book_fts, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        with transaction():
            run("INSERT INTO book_fts (book_fts) VALUES ('rebuild')")


def _merge(pages: int) -> bool:
    """One step of FTS5's `merge` (below zero: begin anew); whether it found something to do."""
    with transaction():
        before = run("SELECT total_changes()").fetchone()[0]
        run("INSERT INTO book_fts (book_fts, rank) VALUES ('merge', ?)", (pages,))
        changes = run("SELECT total_changes()").fetchone()[0] - before
    return bool(changes > 1)


def _index_after(book_id: int) -> list[int]:
    with transaction():
        rows = run(_NEXT + (" FOR SHARE" if is_postgresql() else ""), (book_id, BATCH)).fetchall()
        put([_read(row) for row in rows])
    return [row[0] for row in rows]


def _read(row: tuple[Any, ...]) -> dict[str, Any]:
    names = _NEXT.partition("FROM")[0].replace("SELECT", "").split(",")
    book = dict(zip((name.strip() for name in names), row, strict=True))
    return {
        **book,
        "contributors": orjson.loads(book["contributors"]),
        "subjects": orjson.loads(book["subjects"]),
    }


def _forget_strangers() -> None:
    with transaction():
        remove([row[0] for row in run(_STRANGERS).fetchall()])


def _parts(book: Mapping[str, Any]) -> Parts:
    """The words of a book by column; within a column by name or heading."""
    contributors = [person["name"] for person in book["contributors"]]
    rest = (book["subtitle"], book["isbn"], book["classification"], book["description"])
    texts = {
        "title": [book["title"]],
        "author": [book["author"], *contributors],
        "subject": book["subjects"],
        "publisher": [book["publisher"]],
        "rest": rest,
    }
    parts = {name: [words(text) for text in many if text] for name, many in texts.items()}
    if book["language"]:
        parts["rest"].append([language_tag(book["language"])])
    return parts


def language_tag(language: str) -> str:
    """What stands in the index for a language, and cannot be typed as a word."""
    return _BARRIER + language


def _place(book_id: int, parts: Parts) -> int:
    return min(len(parts["title"][0]), _LONGEST_TITLE) << ID_BITS | book_id


def _add_sqlite(books: Sequence[Mapping[str, Any]]) -> None:
    rows = []
    for book in books:
        parts = _parts(book)
        columns = [f" {_BARRIER} ".join(map(" ".join, part)) for part in parts.values()]
        rows.append((_place(book["id"], parts), *columns, book["id"]))
    # FTS5 writes out what it holds whenever a place is lower than the one before, and in triggers.
    rows.sort()
    cursor = database.obj.cursor()
    cursor.executemany(_KEEP, rows)
    cursor.executemany(_INDEX, [row[:-1] for row in rows])


def _add_postgresql(books: Sequence[Mapping[str, Any]]) -> None:
    rows = []
    known: set[str] = set()
    for book in books:
        parts = _parts(book)
        known.update(
            word
            for part in parts.values()
            for text in part
            for word in text
            if not word.startswith(_BARRIER)
        )
        rows.append((book["id"], _place(book["id"], parts), _vector(parts)))
    cursor = database.obj.cursor()
    cursor.executemany(
        "INSERT INTO book_text (id, place, words) VALUES (%s, %s, %s::tsvector)",
        rows,
    )
    # Nothing here waits for another writer: the same word may come in twice and does no harm.
    cursor.execute(
        "INSERT INTO book_word (term) SELECT term FROM unnest(%s::text[]) AS new (term)"
        " WHERE NOT EXISTS (SELECT 1 FROM book_word WHERE book_word.term = new.term)",
        (sorted(known),),
    )


def _vector(parts: Parts) -> str:
    """The text of a tsvector; see `models.matching` for what its weights mean."""
    weights = {"title": "A", "author": "B", "subject": "C"}
    lexemes = []
    position = 0
    for column, texts in parts.items():
        for text in texts:
            for word in text:
                position = min(position + 1, _LAST_POSITION)
                lexemes.append(f"'{word}':{position}{weights.get(column, '')}")
            position += _GAP
    lexemes += [f"'={word}'" for text in parts["publisher"] for word in text]
    return " ".join(lexemes)

"""The search index of books, kept in the transaction that writes the book."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import local
from typing import Any

import orjson

from models import book_fields
from models.database import database, is_postgresql, run, transaction
from models.search.entries import SEARCHED, TAGGED, Entry, entry, new_words

_MERGED_PAGES = 500
# So many pieces of about the same size are merged by writing itself: usually, and in imports, of
# which the pieces are merged once by `tidy` instead of several times. And of so many all at once,
# for which every writer waits: 16 usually, in imports never.
_FEW, _MANY = 4, 64
_TOO_MANY, _NEVER = 16, 1999

# A book's place in the index is the number of words in its title, then its id: answers come out
# of the index in this order, so that of two titles with all the words the shorter is the first.
ID_BITS = 40
ID_MASK = (1 << ID_BITS) - 1
_LONGEST_TITLE = 200

FIELDS = frozenset((*SEARCHED, *TAGGED))
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
_COLUMNS = (*SEARCHED, *TAGGED)
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


def add(
    entries: Sequence[tuple[int, Entry]], known: set[str] | None = None, *, knows_all: bool = False
) -> None:
    """Index new books, given by their ids and what is to be indexed of them.

    Words that are `known` are in the table of words already, and those of these books are added:
    for callers that bring many books, one lot after the other. Whoever `knows_all` has seen to the
    table of words.
    """
    if is_postgresql():
        _add_postgresql(entries)
    else:
        _add_sqlite(entries)
    if knows_all:
        return
    made = (one for _, one in entries)
    words_known = set() if known is None else known
    know(new_words(made, words_known, for_postgresql=is_postgresql()))


def know(words: set[str]) -> None:
    """Have words in the table of words, by which misspelt ones are mended."""
    if not words:
        return
    cursor = database.obj.cursor()
    if is_postgresql():
        # Nothing here waits for another writer: the same word may come in twice and does no harm.
        cursor.execute(
            "INSERT INTO book_word (term) SELECT term FROM unnest(%s::text[]) AS new (term)"
            " WHERE NOT EXISTS (SELECT 1 FROM book_word WHERE book_word.term = new.term)",
            (sorted(words),),
        )
    else:
        cursor.executemany(_KNOW, [(word,) for word in sorted(words)])


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
    for_postgresql = is_postgresql()
    books = map(_book, rows.fetchall())
    add([(book["id"], entry(book, for_postgresql=for_postgresql)) for book in books])


@contextmanager
def merged_later() -> Iterator[None]:
    """A context for long imports on SQLite, whose pieces of the index are left to `tidy`.

    It ends what a process left that was killed in such a context, too.
    """
    if is_postgresql():
        yield
        return
    _merge_by_writing(_MANY, _NEVER)
    try:
        yield
    finally:
        _merge_by_writing(_FEW, _TOO_MANY)


def _merge_by_writing(pieces: int, at_most: int) -> None:
    with transaction():
        for name, number in (("automerge", pieces), ("crisismerge", at_most)):
            run("INSERT INTO book_fts (book_fts, rank) VALUES (?, ?)", (name, number))


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
    _merge_by_writing(_FEW, _TOO_MANY)
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


def _place(book_id: int, length: int) -> int:
    return min(length, _LONGEST_TITLE) << ID_BITS | book_id


def _add_sqlite(entries: Sequence[tuple[int, Entry]]) -> None:
    rows = [(_place(book_id, one[0]), *one[1], book_id) for book_id, one in entries]
    if _waiting.rows is None:
        _write(rows)
    else:
        _waiting.rows += rows


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


def _add_postgresql(entries: Sequence[tuple[int, Entry]]) -> None:
    rows = [(book_id, _place(book_id, one[0]), one[1][0]) for book_id, one in entries]
    database.obj.cursor().executemany(
        "INSERT INTO book_text (id, place, words) VALUES (%s, %s, %s::tsvector)",
        rows,
    )

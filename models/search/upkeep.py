"""Building the search index anew: when it was damaged, or when words are folded in another way."""

from collections.abc import Callable
from typing import Any

from peewee import DatabaseError

from models.book import ROWS, Book, is_present
from models.database import Table, for_update, is_postgresql, rows, run, transaction
from models.new_book import sort_keys
from models.post import Post
from models.search import index
from models.text import fold
from models.user import User

VERSION = 4
"""To be raised with each change of how words or sort keys are made."""
BATCH = 500

_VERSION = "SELECT number FROM index_version"
_STRANGERS = """
    SELECT id FROM book_text WHERE NOT EXISTS (
        SELECT 1 FROM book WHERE book.id = book_text.id AND book.deleted_at IS NULL)
"""
Progress = Callable[[int], None]


def version() -> int:
    """The version of the code that made the index and the sort keys."""
    found: int = run(_VERSION).fetchone()[0]
    return found


def is_current() -> bool:
    """Whether index and sort keys were made by this version of the code."""
    return version() >= VERSION


def renew(progress: Progress = lambda done: None) -> int:
    """Build index and sort keys anew if an earlier version made them; the number of books."""
    return 0 if is_current() else reindex(progress)


def reindex(progress: Progress = lambda done: None) -> int:
    """Index every book anew, make its sort keys, and give how many books there are.

    Works in short transactions while others read and write: each book is found by its old entry
    until its new one is there. `progress` is told how many are done.
    """
    _mend()
    for model in (User, Post):
        _fold_again(model)
    last = done = 0
    while found := _next_books(last):
        last, done = found[-1], done + len(found)
        progress(done)
    with transaction():
        index.remove([row[0] for row in run(_STRANGERS).fetchall()])
        run("UPDATE index_version SET number = ?", (VERSION,))
    index.tidy()
    return done


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


def _next_books(last: int) -> list[int]:
    """The ids of the books that were indexed after the one with this id."""
    with transaction():
        query = Book.select(*ROWS.columns, Book.title_key, Book.author_key, Book.part_key)
        query = query.where((Book.id > last) & is_present()).order_by(Book.id).limit(BATCH)
        found = rows(for_update(query))
        for stored in found:
            book = ROWS.read(stored[:-3])
            keys = sort_keys({**book.read(), "nonfiling": book.nonfiling})
            if tuple(keys.values()) != tuple(stored[-3:]):
                Book.update(keys).where(Book.id == book.id).execute()
        ids = [stored[0] for stored in found]
        index.refresh(ids)
    return ids


def _fold_again(model: type[Table]) -> None:
    """Fold what is searched of members and posts; text that was folded before loses nothing."""
    made: Any = model
    last = 0
    while True:
        with transaction():
            query = made.select(made.id, made.search_key).where(made.id > last)
            found = rows(for_update(query.order_by(made.id).limit(BATCH)))
            for row_id, key in found:
                if fold(key) != key:
                    made.update(search_key=fold(key)).where(made.id == row_id).execute()
        if not found:
            return
        last = found[-1][0]

"""Many new books at once: what triggers do for each of them otherwise, in a few statements.

On PostgreSQL the triggers do it: writers there only ever add to the tallies.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import local

from models.database import database, is_postgresql, run
from models.new_book import COLUMNS, NewBook

_COUNT = """
    INSERT INTO book_tally (name, value, count) VALUES (?, ?, ?)
    ON CONFLICT (name, value) DO UPDATE SET count = count + excluded.count
"""
_CHANGED = "INSERT INTO book_change SELECT id, updated_at FROM book WHERE id BETWEEN ? AND ?"
_VALUES = ("language", "author", "published_year", "material_type")
_VERSION = "UPDATE catalogue_version SET number = number + 1"

Counted = Counter[tuple[str, str]]
"""How often each value of each name is there."""


class _Waiting(local):
    """What is written at the end of `together`, by thread."""

    counted: Counted | None = None


_waiting = _Waiting()


@contextmanager
def together() -> Iterator[None]:
    """A context in a transaction, at the end of which new books are counted all at once.

    On SQLite: of thousands of books most have an author, a year and subjects that others of them
    have. Whoever changes books that are there already calls `settle` before.
    """
    _waiting.counted = Counter()
    try:
        yield
        settle()
    finally:
        _waiting.counted = None


def settle() -> None:
    """Write what waits for the end of `together`."""
    if _waiting.counted:
        _write(_waiting.counted)
        _waiting.counted = Counter()


def begin() -> None:
    """Have the books that are added from now on counted by `count`, in this transaction."""
    if not is_postgresql():
        run("INSERT INTO book_bulk DEFAULT VALUES")


def count(books: Sequence[NewBook], first: int, last: int) -> None:
    """Count the new books, which have the ids from the first to the last.

    From now on each is counted by itself again.
    """
    if is_postgresql():
        return
    if _waiting.counted is None:
        _write(_tallied(books))
    else:
        _waiting.counted.update(_tallied(books))
    run(_CHANGED, (first, last))
    run(_VERSION)
    run("DELETE FROM book_bulk")


def _write(counted: Counted) -> None:
    rows = sorted((*key, number) for key, number in counted.items())
    database.obj.cursor().executemany(_COUNT, rows)


def _tallied(books: Sequence[NewBook]) -> Counted:
    """What the triggers of migrations 0002 and 0010 write for new books.

    That of migration 0039 counts those added together by itself.
    """
    counted: Counted = Counter()
    for name in _VALUES:
        place = COLUMNS.index(name)
        values = Counter([book.stored[place] for book in books])
        counted.update({(name, str(value)): n for value, n in values.items() if value is not None})
    subjects = Counter([one for book in books for one in book.subjects])
    counted.update({("subject", value): number for value, number in subjects.items()})
    counted["book", ""] = len(books)
    return counted

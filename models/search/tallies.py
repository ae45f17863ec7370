"""Many new books at once: what triggers do for each of them otherwise, in a few statements.

On PostgreSQL the triggers do it: writers there only ever add to the tallies.
"""

from collections import Counter
from collections.abc import Sequence

from models.database import database, is_postgresql, run
from models.new_book import COLUMNS, NewBook

_COUNT = """
    INSERT INTO book_tally (name, value, count) VALUES (?, ?, ?)
    ON CONFLICT (name, value) DO UPDATE SET count = count + excluded.count
"""
_CHANGED = "INSERT INTO book_change SELECT id, updated_at FROM book WHERE id BETWEEN ? AND ?"
_VALUES = ("language", "author", "published_year", "material_type")
_VERSION = "UPDATE catalogue_version SET number = number + 1"


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
    counted = sorted((*key, number) for key, number in _tallied(books).items())
    database.obj.cursor().executemany(_COUNT, counted)
    run(_CHANGED, (first, last))
    run(_VERSION)
    run("DELETE FROM book_bulk")


def _tallied(books: Sequence[NewBook]) -> Counter[tuple[str, str]]:
    """What the triggers of migrations 0002 and 0010 write for new books.

    That of migration 0039 counts those added together by itself.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for name in _VALUES:
        place = COLUMNS.index(name)
        values = Counter([book.stored[place] for book in books])
        counted.update({(name, str(value)): n for value, n in values.items() if value is not None})
    subjects = Counter([one for book in books for one in book.subjects])
    counted.update({("subject", value): number for value, number in subjects.items()})
    counted["book", ""] = len(books)
    return counted

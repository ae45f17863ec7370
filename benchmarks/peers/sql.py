"""SQL written by hand on one kept connection: what the two bare peers share.

They read Octavo's own tables, with its conditions and its order. Columns are chosen, and objects
made of them, as one does with a cursor: `orjson` writes them, and lists go out as they are stored.
"""

import sqlite3
from typing import Any

import orjson

from benchmarks.peers.common import BOOK, DATABASE_URL, IS_POSTGRESQL, LISTS, SQLITE_PATH

_connection: Any = None
_BOOK = f"SELECT {', '.join(BOOK)} FROM book WHERE deleted_at IS NULL"
_ORDER = {"id": "id", "-id": "id DESC"}
_JSON = [BOOK.index(name) for name in LISTS]


def run(sql: str, *values: Any) -> Any:
    """The cursor of a statement, in a transaction of its own unless one was begun."""
    global _connection
    if _connection is None:
        _connection = _connect()
    return _connection.execute(sql.replace("?", "%s") if IS_POSTGRESQL else sql, values)


def _connect() -> Any:
    if IS_POSTGRESQL:
        import psycopg

        return psycopg.connect(DATABASE_URL, autocommit=True)
    opened = sqlite3.connect(SQLITE_PATH, isolation_level=None)
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "cache_size=-64000",
        "mmap_size=1073741824",
    ):
        opened.execute(f"PRAGMA {pragma}")
    return opened


def book(book_id: int) -> Any:
    """A book as it is answered, or None."""
    row = run(f"{_BOOK} AND id = ?", book_id).fetchone()
    return None if row is None else _as_json(row)


def page(number: int, limit: int, sort: str) -> dict[str, Any]:
    """A page of books with the total."""
    rows = run(
        f"{_BOOK} ORDER BY {_ORDER[sort.partition(',')[0]]} LIMIT ? OFFSET ?",
        limit,
        (number - 1) * limit,
    ).fetchall()
    (total,) = run("SELECT count FROM book_count WHERE name = 'book'").fetchone()
    return {
        "data": [_as_json(row) for row in rows],
        "pagination": {
            "page": number,
            "limit": limit,
            "total": total,
            "pages": -(-total // limit),
        },
    }


def _as_json(row: Any) -> dict[str, Any]:
    values = list(row)
    for place in _JSON:
        values[place] = orjson.Fragment(values[place])
    return dict(zip(BOOK, values, strict=True))

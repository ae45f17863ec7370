"""What was new in a file so far, kept in a temporary file: memory does not grow with it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

_CACHE = "PRAGMA cache_size = -2000"
_TABLE = """CREATE TABLE remembered (what TEXT, key, value BLOB, PRIMARY KEY (what, key))
    WITHOUT ROWID"""
_GET = "SELECT value FROM remembered WHERE what = ? AND key = ?"
_PUT = "INSERT OR REPLACE INTO remembered VALUES (?, ?, ?)"

Key = str | int


class Remembered:
    """Values by what they are and a key, added in parts of which the last can be undone.

    One that is `lasting` is for dry runs, which never find in the database what went before, and
    for what the database does not tell: it keeps all in a file without a name, which ends with the
    process. Others keep one part alone.
    """

    def __init__(self, *, lasting: bool) -> None:
        self._part: dict[tuple[str, Key], Any] = {}
        self._file = _opened() if lasting else None

    def begin(self) -> None:
        """Begin a part: `undo` takes back what is added from here on."""
        if self._file is not None:
            self._file.executemany(
                _PUT,
                [(what, key, orjson.dumps(value)) for (what, key), value in self._part.items()],
            )
        self._part.clear()

    def undo(self) -> None:
        """Forget what was added since `begin`."""
        self._part.clear()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Forget all parts that are added in it where it raises."""
        self.begin()
        self._run("SAVEPOINT kept")
        try:
            yield
        except BaseException:
            self.undo()
            self._run("ROLLBACK TO kept")
            raise
        finally:
            self._run("RELEASE kept")

    def put(self, what: str, key: Key, value: Any = True) -> None:
        """Remember a value, as JSON has them, in place of the one before."""
        self._part[what, key] = value

    def get(self, what: str, key: Key) -> Any:
        """The value, or None."""
        found = self._part.get((what, key))
        if found is not None or self._file is None:
            return found
        row = self._file.execute(_GET, (what, key)).fetchone()
        return None if row is None else orjson.loads(row[0])

    def _run(self, statement: str) -> None:
        if self._file is not None:
            self._file.execute(statement)


def _opened() -> sqlite3.Connection:
    file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    file.execute(_CACHE)
    file.execute(_TABLE)
    # One transaction that never ends: nobody reads it after a crash.
    file.execute("BEGIN")
    return file

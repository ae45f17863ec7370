"""Whether the database is as it was: told by SQLite's own memory, without asking it.

Whoever commits to an SQLite database in WAL mode puts the new end of the log into the header of the
file `-shm` before the commit returns (https://sqlite.org/walformat.html, 2.1): a count of
transactions, the number of frames, salts and a checksum, twice. While these bytes are the same,
whatever was read is what would be read. To look takes 0.6 µs, the shortest SELECT 6 and two system
calls. PostgreSQL has nothing of the kind: there nothing is known to be unchanged.
"""

import mmap
import os
import sys
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from models.database import database, is_sqlite

Value = TypeVar("Value")
_HEADER = 48
_IS_INITIALISED = 12
"""Where a header says that it is one."""
_FORMAT = 3_007_000
"""What a header begins with, in the machine's order of bytes."""


class Look:
    """What this process looks at, if it is on: in workers of uWSGI, which have one thread."""

    is_on = False
    connection: Any = None
    shown: mmap.mmap | None = None


# None is ever closed, nor is what they were mapped by: closing any descriptor of a file ends all
# locks that this process has on the file (POSIX, fcntl), and SQLite has its own there.
_kept: list[mmap.mmap] = []


def begin() -> None:
    """Look from now on, in this process and those it forks."""
    Look.is_on = True


def end() -> None:
    """Look no more."""
    Look.is_on, Look.connection, Look.shown = False, None, None


def mark() -> bytes | None:
    """The same bytes as long as nothing at all was committed; None where that cannot be told."""
    if not Look.is_on:
        return None
    connection = database.obj.connection()
    if connection is not Look.connection:
        # Only while a connection is open is the file certain to be the one in use.
        Look.connection, Look.shown = connection, _mapped()
    if Look.shown is None:
        return None
    both: bytes = Look.shown[: 2 * _HEADER]
    header = both[:_HEADER]
    # They differ while somebody writes them.
    return header if header[_IS_INITIALISED] and header == both[_HEADER:] else None


class WhileUnchanged(Generic[Value]):
    """A value of the database that is read once as long as nothing is committed.

    Where that cannot be told, and in a transaction, which has changes of its own, it is read each
    time. That saves 9 µs of a statement for one row.
    """

    def __init__(self, read: Callable[[], Value]) -> None:
        self._read = read
        self._connection: Any = None
        self._mark: bytes | None = None
        self._value: Any = None

    def __call__(self) -> Value:
        """The value; raises what reading it raises."""
        seen = None if not Look.is_on or database.obj.in_transaction() else mark()
        if seen is None:
            return self._read()
        if seen != self._mark or self._connection is not Look.connection:
            # In this order: what is committed in between is read anew the next time.
            self._value = self._read()
            self._connection, self._mark = Look.connection, seen
        value: Value = self._value
        return value


def _mapped() -> mmap.mmap | None:
    if not is_sqlite():
        return None
    # What was never read has no such file yet.
    database.obj.execute_sql("SELECT 1 FROM sqlite_master").fetchone()
    try:
        descriptor = os.open(f"{database.obj.database}-shm", os.O_RDONLY)
    except OSError:  # It is in memory, or in another mode.
        return None
    if os.fstat(descriptor).st_size < 2 * _HEADER:
        return None
    shown = mmap.mmap(descriptor, 2 * _HEADER, prot=mmap.PROT_READ)
    _kept.append(shown)
    return shown if int.from_bytes(shown[:4], sys.byteorder) == _FORMAT else None

"""SQLite, whose writers come to the write lock soon after it is free."""

import fcntl
import os
from pathlib import Path
from threading import local
from time import monotonic, perf_counter, sleep
from typing import Any

from peewee import OperationalError, SqliteDatabase

from models.database_times import TIMES
from models.outages import kind

LOOKS = 3
"""Milliseconds after which a waiting writer begins anew to look for the lock: at 0, 1 and 3."""
LONG = 0.02
"""Seconds after which a transaction has kept others waiting."""
PAUSE = 0.003
"""Seconds that the lock is left to others after a long transaction."""
_LONGEST_PAUSE = 0.05
"""Seconds that it is left at most to one who is known to wait, and may have to wake up first."""


class Sqlite(SqliteDatabase):
    """One connection per process or thread, which waits up to `timeout` seconds for the write lock.

    SQLite itself looks for a lock after 1, 2, 5, 10 and at last every 100 ms, and has no queue. An
    import leaves less than that between its batches, and an edit waited for hundreds of ms.

    Whoever has looked for the lock in vain holds a shared lock on the folder of the database, by
    which `is_awaited` knows of it in all processes. Where there can be none, nobody is known of.
    """

    def __init__(self, *how: Any, **more: Any) -> None:
        super().__init__(*how, **more)
        self._held = local()

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction; raises OperationalError where the lock was not free in time.

        All of it counts as waiting for a lock: there is no other on SQLite.
        """
        began = perf_counter()
        waiting: int | None = None
        cursor = self.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {min(LOOKS, int(self.timeout * 1000))}")
        try:
            while True:
                last = perf_counter() - began >= self.timeout
                try:
                    super().begin(lock_type)
                    break
                except OperationalError as error:
                    if last or kind(error) != "busy":
                        raise
                if waiting is None:
                    waiting = self._announced()
        finally:
            if waiting is not None:
                os.close(waiting)
            cursor.execute(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")
            took = perf_counter() - began
            TIMES.seconds += took
            TIMES.waiting += took
        self._held.since, self._held.awaited = monotonic(), False

    def commit(self) -> Any:
        """Commit, and if others had to wait let them write first."""
        done = super().commit()
        if self._held.awaited or monotonic() - self._held.since > LONG:
            ends = monotonic() + _LONGEST_PAUSE
            sleep(PAUSE)
            while self.is_awaited() and monotonic() < ends:
                sleep(PAUSE)
        return done

    def is_awaited(self) -> bool:
        """Whether somebody waits for the write lock, which this connection has or had last."""
        try:
            os.close(self._folder_locked(fcntl.LOCK_EX))
        except BlockingIOError:
            self._held.awaited = True
            return True
        except OSError:
            return False
        return False

    def _announced(self) -> int | None:
        """The open file by which others see that this one waits; None if they cannot just now."""
        try:
            return self._folder_locked(fcntl.LOCK_SH)
        except OSError:
            return None

    def _folder_locked(self, how: int) -> int:
        """An open file that has the lock until it is closed.

        Raises OSError where there are no such locks, BlockingIOError if another one has it.
        """
        folder = os.open(Path(self.database).parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, how | fcntl.LOCK_NB)
        except OSError:
            os.close(folder)
            raise
        return folder

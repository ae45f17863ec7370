"""SQLite, whose writers come to the write lock soon after it is free."""

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


class Sqlite(SqliteDatabase):
    """One connection per process or thread, which waits up to `timeout` seconds for the write lock.

    SQLite itself looks for a lock after 1, 2, 5, 10 and at last every 100 ms, and has no queue. An
    import leaves less than that between its batches, and an edit waited for hundreds of ms.
    """

    def __init__(self, *how: Any, **more: Any) -> None:
        super().__init__(*how, **more)
        self._held = local()

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction; raises OperationalError where the lock was not free in time.

        All of it counts as waiting for a lock: there is no other on SQLite.
        """
        began = perf_counter()
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
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")
            took = perf_counter() - began
            TIMES.seconds += took
            TIMES.waiting += took
        self._held.since = monotonic()

    def commit(self) -> Any:
        """Commit, and after a long transaction let those who wait write first."""
        done = super().commit()
        if monotonic() - self._held.since > LONG:
            sleep(PAUSE)
        return done

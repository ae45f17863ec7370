"""A streaming replica for reads of the catalogue, where it is as new as its readers must find it.

Whoever reads is shown all that anybody could have read before, on any node, own writes among it:
the catalogue's version is read from the primary, and with each new one the position in the
write-ahead log at which it is certain to be there. A replica that has not replayed this position,
or is too far behind altogether, is passed by.

Nor is anybody shown more: a replica can show a commit before the primary does, which waits for
others to have it. So what was read counts only if the replica has the same version afterwards.
"""

import logging
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, NamedTuple, NoReturn, TypeVar

from playhouse import db_url

from models import version
from models.database import database
from models.database_times import TIMES, watch
from models.outages import UNAVAILABLE, reason
from models.postgresql import Postgresql

AWAY_SECONDS = 5
"""For so long a replica that failed is not asked again."""
PATIENCE = {"connect_timeout": 2, "tcp_user_timeout": 5000}
"""Of libpq: seconds, milliseconds."""
LOOKS = 1.0
"""Seconds between two looks at how far behind it is; less where it may be only a little behind."""
_START = "'0/0'::pg_lsn"
# What is flushed goes to replicas at once, the rest may lie there for seconds; and nobody sees a
# commit that is not flushed, unless commits do not wait for it.
_WRITTEN = f"""
    SELECT ((CASE current_setting('synchronous_commit') WHEN 'off'
        THEN pg_current_wal_insert_lsn() ELSE pg_current_wal_flush_lsn() END) - {_START})::bigint
"""
_REPLAYED = f"SELECT pg_is_in_recovery(), (pg_last_wal_replay_lsn() - {_START})::bigint"
_BEHIND = """
    SELECT EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8
"""
_T = TypeVar("_T")
_log = logging.getLogger("octavo.replica")


class ReplicaDatabase(Postgresql):
    """A connection that is never replaced in silence: another replica may be further behind."""

    def again(self, error: Any, sql: str, params: Any) -> NoReturn:
        """Raise the error as it came."""
        raise error


class _Note(NamedTuple):
    """At this moment the primary had written up to this position."""

    moment: float
    position: int


class Replica:
    """One replica, as one process sees it; at most `most_behind` seconds behind.

    Positions are bytes of the write-ahead log, moments those of this process's clock.
    """

    def __init__(self, url: str, most_behind: int) -> None:
        self._database = _opened(url)
        self._most_behind = most_behind
        self._every = min(LOOKS, most_behind / 4)
        self._away_until = self._next_look = 0.0
        self._forget()

    def _forget(self) -> None:
        self._version: int | None = None
        self._needed = self._replayed = -1
        self._reached: float | None = None
        self._notes: deque[_Note] = deque(maxlen=1000)

    def read(self, act: Callable[[], _T]) -> _T:
        """What `act` gives, which reads the replica if that is new enough, else the primary.

        Where the replica fails, refuses or was ahead, it is done once more on the primary: it must
        only read. Raises what the primary raises.
        """
        primary = database.obj
        if self._is_new_enough():
            database.obj = self._database
            try:
                result = act()
                is_ahead = version.of_catalogue() != self._version
            except UNAVAILABLE as error:
                self._leave(reason(error) or type(error).__name__)
            except Exception:  # noqa: BLE001, S110  a refusal, which may be ahead too: asked again
                pass
            else:
                if not is_ahead:
                    TIMES.note_read("replica")
                    return result
            finally:
                database.obj = primary
        TIMES.note_read("primary")
        return act()

    def lag(self) -> float | None:
        """How many seconds it is behind, by its own clock; None if it is away or no replica."""
        written = _scalar(database.obj, _WRITTEN)
        try:
            is_replica, replayed = self._ask(_REPLAYED)
            if not is_replica:
                return None
            return 0.0 if replayed >= written else max(0.0, self._ask(_BEHIND)[0] or 0.0)
        except UNAVAILABLE as error:
            self._leave(reason(error) or type(error).__name__)
            return None

    def dispose(self) -> None:
        """Leave the connection to the process that opened it, after a fork."""
        self._database.dispose()
        self._forget()

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _is_new_enough(self) -> bool:
        now = monotonic()
        if now < self._away_until:
            return False
        number = version.of_catalogue()
        is_due = now >= self._next_look
        if number != self._version or is_due:
            # Read after the version: what whoever knows this version may know lies before it.
            written = _scalar(database.obj, _WRITTEN)
            if number != self._version:
                self._version, self._needed = number, written
            if is_due:
                self._notes.append(_Note(now, written))
                self._next_look = now + self._every
        if (is_due or self._replayed < self._needed) and not self._has_looked():
            return False
        is_late = self._reached is None or now - self._reached > self._most_behind
        return self._replayed >= self._needed and not is_late

    def _has_looked(self) -> bool:
        """Ask how far it has come; False where it does not answer, or is no replica."""
        try:
            is_replica, replayed = self._ask(_REPLAYED)
        except UNAVAILABLE as error:
            self._leave(reason(error) or type(error).__name__)
            return False
        if not is_replica:
            self._leave("it is no replica, or no longer")
            return False
        self._replayed = replayed
        while self._notes and self._notes[0].position <= replayed:
            self._reached = self._notes.popleft().moment
        return True

    def _ask(self, sql: str) -> Any:
        return self._database.execute_sql(sql).fetchone()

    def _leave(self, why: str) -> None:
        """Let it alone for a while, and know nothing of it then: it may be another one."""
        _log.warning("the catalogue is read from the primary", extra={"fields": {"reason": why}})
        self._away_until = monotonic() + AWAY_SECONDS
        self._forget()
        try:
            self._database.close()
        except UNAVAILABLE:
            self._database.dispose()


_in_use: Replica | None = None


def use(url: str, most_behind: int) -> None:
    """Have reads of the catalogue go to the replica at `url`; to the primary if it is empty."""
    global _in_use
    _in_use = Replica(url, most_behind) if url else None


def in_use() -> Replica | None:
    """The replica, if there is one."""
    return _in_use


def read(act: Callable[[], _T]) -> _T:
    """What `act` gives, which reads nothing but the catalogue, from the replica where that may be.

    `act` may be called twice. What the primary was asked before is not newer than what it reads.
    """
    return act() if _in_use is None else _in_use.read(act)


def lag() -> float | None:
    """How many seconds the replica is behind; None if there is none, or it does not answer."""
    return None if _in_use is None else _in_use.lag()


def dispose() -> None:
    """After a fork: leave the connection to the parent."""
    if _in_use is not None:
        _in_use.dispose()


def _opened(url: str) -> Any:
    how = {"unquote_password": True, "unquote_user": True, "prefer_psycopg3": True}
    db_url.register_database(ReplicaDatabase, "postgresql+replica")
    opened = db_url.connect(f"postgresql+replica:{url.partition(':')[2]}", **how, **PATIENCE)
    watch(opened)
    return opened


def _scalar(opened: Any, sql: str) -> int:
    value: int = opened.execute_sql(sql).fetchone()[0]
    return value

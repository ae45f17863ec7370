"""Two connections to PostgreSQL in a chosen order: one acts while the other waits."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import psycopg

from models.database import database, transaction
from tests.support import needs


class Meeting(NamedTuple):
    """What the second one got, and whether it waited for the first one's transaction."""

    second: Any
    waited: bool


def second_while_first_is_open(
    first: Callable[[], Any],
    second: Callable[[], Any],
    then: Callable[[], Any] = lambda: None,
) -> Meeting:
    """Do `second` on a connection of its own while the transaction of `first` is open.

    That ends with `then`, as soon as `second` waits for a lock or is done.
    """

    def alone() -> Any:
        try:
            with transaction():
                return second()
        finally:
            database.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            first()
            future = pool.submit(alone)
            waited = _waits(future)
            then()
        return Meeting(future.result(30), waited)


def _waits(future: Future[Any]) -> bool:
    """Whether the other connection waits for a lock, as soon as it does or is done."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"
    )
    with psycopg.connect(needs.POSTGRES, autocommit=True) as server:
        while not future.done():
            found = server.execute(waiting, (database.obj.database,)).fetchone()
            if found is not None and found[0]:
                return True
            time.sleep(0.01)
    return False

"""How much time this process has spent in the database, and how much of it waiting for locks."""

import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Times:
    """Statements and seconds since somebody took them to count.

    `reads` are those of the catalogue that could go to a replica, by where they went.
    """

    statements: int = 0
    seconds: float = 0.0
    waiting: float = 0.0
    reads: dict[str, int] = field(default_factory=dict)

    def note_read(self, source: str) -> None:
        """Add a read of the catalogue from the `replica` or the `primary`."""
        self.reads[source] = self.reads.get(source, 0) + 1

    def note(self, sql: str, seconds: float) -> None:
        """Add a statement. Of one that locks rows the whole time counts as waiting."""
        self.statements += 1
        self.seconds += seconds
        if locks_rows(sql):
            self.waiting += seconds


TIMES = Times()


def locks_rows(sql: str) -> bool:
    """Whether a statement ends with `FOR UPDATE`, `FOR NO KEY UPDATE` or `FOR SHARE`."""
    return sql.rstrip().endswith(("FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE"))


def watch(opened: Any) -> None:
    """Measure the statements that go through `execute_sql`.

    A hook of Peewee's would cost each statement 2 µs, for its event. `models.database.Compiled` and
    the beginning of a transaction measure themselves.
    """
    execute_sql = opened.execute_sql

    def timed(sql: str, params: Any = None, **more: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute_sql(sql, params, **more)
        finally:
            TIMES.note(sql, time.perf_counter() - began)

    opened.execute_sql = timed

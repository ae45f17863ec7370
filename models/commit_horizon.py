"""Up to when the stored moments of changes are complete.

A change carries the moment at which it was made, and is seen when its transaction is committed: a
reader that goes by the moments must not pass one at which a transaction is still at work.
"""

from datetime import UTC, datetime, timedelta

from models.database import database, is_postgresql, transaction
from models.timestamps import now, stamp

# Twice what a clock may be off that of the database: a change is stamped by the clock of one node,
# and looked for by that of another. `octavo doctor` complains of more.
_MARGIN = timedelta(seconds=2)

# A transaction has no id until it writes; one that has only read for a minute will not.
_OLDEST = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND xact_start IS NOT NULL
        AND (backend_xid IS NOT NULL OR xact_start > clock_timestamp() - interval '1 minute')
"""


def complete_before() -> str:
    """The stored moment before which all changes are committed; changes at it may still come.

    On SQLite it waits for the transaction that is writing. Call it outside a transaction.
    """
    if not is_postgresql():
        with transaction():
            return stamp(now())
    at = now()
    oldest: datetime | None = database.execute_sql(_OLDEST).fetchone()[0]
    return stamp((at if oldest is None else min(at, oldest.astimezone(UTC))) - _MARGIN)

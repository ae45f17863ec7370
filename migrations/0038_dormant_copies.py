"""Whether a copy is in the house is compared without a list on SQLite.

The index of dormant copies asks it twice at each change of a copy's status, and for `NOT IN` with
three constants or more SQLite fills a table of its own each time: 3 % of a return.
"""

from models.database import is_sqlite
from models.schema import create

STATEMENTS = """
DROP INDEX copy_dormant;
CREATE INDEX copy_dormant ON copy (
    COALESCE(location, ''), COALESCE(shelfmark, ''), id, last_used_at,
    COALESCE(acquired_on, SUBSTR(created_at, 1, 10))
) WHERE status <> 'on_loan' AND status <> 'on_hold_shelf' AND status <> 'lost'
    AND status <> 'withdrawn';
"""


def up(migrator: object, db: object) -> None:
    """Make the index anew; PostgreSQL needs none of it."""
    if is_sqlite():
        create(STATEMENTS)

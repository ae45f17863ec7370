"""When each copy was used last, and indexes from which reports of copies and of money count."""

from models.database import is_postgresql
from models.schema import create

STATEMENTS = """
ALTER TABLE copy ADD COLUMN last_used_at {text} NOT NULL DEFAULT '';
UPDATE copy SET last_used_at = COALESCE((
    SELECT MAX(borrowed_at) FROM loan WHERE copy_id = copy.id AND cancelled_at IS NULL), '');
UPDATE copy SET last_used_at = (SELECT MAX(used_at) FROM house_use WHERE copy_id = copy.id)
WHERE last_used_at < (SELECT MAX(used_at) FROM house_use WHERE copy_id = copy.id);
CREATE INDEX fee_entry_taken ON fee_entry (method, at, amount) WHERE kind = 'payment';
DROP INDEX fee_entry_voided;
CREATE INDEX fee_entry_voided ON fee_entry (method, voided_at, amount)
    WHERE kind = 'payment' AND voided_at IS NOT NULL;
CREATE INDEX fee_owed_back ON fee (id) WHERE amount < 0;
"""
# All that the report filters and sorts by, of the copies that it may list.
SQLITE = """
CREATE INDEX copy_dormant ON copy (
    COALESCE(location, ''), COALESCE(shelfmark, ''), id, last_used_at,
    COALESCE(acquired_on, SUBSTR(created_at, 1, 10))
) WHERE status NOT IN ('on_loan', 'on_hold_shelf', 'lost', 'withdrawn');
"""
# Here an index of expressions is never read without its rows, one of columns is.
POSTGRESQL = """
CREATE INDEX copy_dormant ON copy (last_used_at) INCLUDE (location, acquired_on, created_at)
    WHERE status NOT IN ('on_loan', 'on_hold_shelf', 'lost', 'withdrawn');
"""


def up(migrator: object, db: object) -> None:
    """Add the column, fill it from loans and uses, and make the indexes."""
    create(STATEMENTS)
    create(POSTGRESQL if is_postgresql() else SQLITE)

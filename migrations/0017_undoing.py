"""Loans that were cancelled, and what lending changed of a title, so that it can be undone."""

from models.database import database, is_postgresql
from models.schema import create, edit_sqlite_table, stored_text

STATEMENTS = """
ALTER TABLE loan ADD COLUMN cancelled_at {text};
ALTER TABLE loan ADD COLUMN effects {text};
CREATE INDEX loan_cancelled ON loan (id) WHERE cancelled_at IS NOT NULL;
CREATE INDEX loan_cancelled_borrowed ON loan (borrowed_at) WHERE cancelled_at IS NOT NULL;
DROP INDEX fee_lost_once;
CREATE UNIQUE INDEX fee_lost_once ON fee (loan_id) WHERE kind = 'lost' AND voided_at IS NULL;
"""
_ENDED = "(ended_at IS NULL) = (lost_at IS NULL AND returned_at IS NULL)"
_ENDED_NOW = (
    "(ended_at IS NULL) = (lost_at IS NULL AND returned_at IS NULL AND cancelled_at IS NULL)"
)
# PostgreSQL keeps the condition in words of its own, with this part in it.
_OF_ENDING = """SELECT conname FROM pg_constraint
    WHERE conrelid = 'loan'::regclass AND contype = 'c'
    AND position('lost_at' in pg_get_constraintdef(oid)) > 0"""


def up(migrator: object, db: object) -> None:
    """Add the columns; let loans end by being cancelled, and a voided charge be made again."""
    create(STATEMENTS)
    if is_postgresql():
        (name,) = database.execute_sql(_OF_ENDING).fetchone()
        database.execute_sql(f"ALTER TABLE loan DROP CONSTRAINT {name}")
        database.execute_sql(f"ALTER TABLE loan ADD CONSTRAINT loan_ended CHECK ({_ENDED_NOW})")
    else:
        edit_sqlite_table("loan", stored_text("loan").replace(_ENDED, _ENDED_NOW))

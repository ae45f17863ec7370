"""An index from which the report of the collection counts copies by the type of loan.

It is of an expression, so that no list that is filtered by the column is planned along it. SQLite
only: there lending, which changes no type, does not write it, where PostgreSQL would write it with
each new status of a copy.
"""

from models.database import is_postgresql
from models.schema import create

STATEMENTS = "CREATE INDEX copy_by_loan_type ON copy (COALESCE(loan_type, ''));"


def up(migrator: object, db: object) -> None:
    """Make the index."""
    if not is_postgresql():
        create(STATEMENTS)

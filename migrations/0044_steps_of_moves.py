"""A due date moved in a batch is known as unchanged by the steps that explain it.

A day may be given to a loan again by hand, so the day tells nothing. Moves of the release before
have no number of steps; these are compared by the day.
"""

from models.schema import create

STATEMENTS = "ALTER TABLE due_date_move ADD COLUMN steps {int};"


def up(migrator: object, db: object) -> None:
    """Add the column."""
    create(STATEMENTS)

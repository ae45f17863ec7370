"""A webhook keeps each replaced secret until its own day is over.

The latest of them stays where the release before looks for it.
"""

from models.schema import create

STATEMENTS = "ALTER TABLE webhook ADD COLUMN older_secrets {text};"


def up(migrator: object, db: object) -> None:
    """Add the column."""
    create(STATEMENTS)

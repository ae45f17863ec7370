"""A hold knows until when its copy is kept, however early it is not needed any more.

The release before writes holds without it; what is not there is reckoned from the policy.
"""

from models.schema import create

STATEMENTS = "ALTER TABLE hold ADD COLUMN kept_until {text};"


def up(migrator: object, db: object) -> None:
    """Add the column."""
    create(STATEMENTS)

"""Sign-ins and password resets are told from those of a lost history that had the same number.

After a backup was put back, or a standby promoted that lacked something, numbers are given out
again. What was signed for the first row with a number must not open the second one. Rows of the
release before have no mark.
"""

from models.schema import create

STATEMENTS = """
ALTER TABLE session ADD COLUMN mark {text};
ALTER TABLE password_reset ADD COLUMN mark {text};
"""


def up(migrator: object, db: object) -> None:
    """Add the columns."""
    create(STATEMENTS)

"""Indexes by which the nightly job finds what still names somebody and should not (rule 35)."""

from models.schema import create

STATEMENTS = """
CREATE INDEX hold_named ON hold (ended_at)
    WHERE ended_at IS NOT NULL AND user_id IS NOT NULL;
CREATE INDEX fee_named ON fee (loan_id)
    WHERE balance = 0 AND loan_id IS NOT NULL AND user_id IS NOT NULL;
"""


def up(migrator: object, database: object) -> None:
    """Create the indexes."""
    create(STATEMENTS)

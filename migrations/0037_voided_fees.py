"""The voided charges, few among all, are listed along an index of their own."""

from models.schema import create

STATEMENTS = "CREATE INDEX fee_void ON fee (id) WHERE voided_at IS NOT NULL;"


def up(migrator: object, db: object) -> None:
    """Add the index."""
    create(STATEMENTS)

"""Copies that were used in the library and not borrowed."""

from models.schema import create

STATEMENTS = """
CREATE TABLE house_use (
    id {id},
    copy_id {int} NOT NULL REFERENCES copy (id),
    used_at {text} NOT NULL
) {strict};
CREATE INDEX house_use_copy ON house_use (copy_id);
CREATE INDEX house_use_used ON house_use (used_at);
"""


def up(migrator: object, db: object) -> None:
    """Create the table."""
    create(STATEMENTS)

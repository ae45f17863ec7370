"""The MARC records that books came from, kept whole for the fields that books do not have."""

from models.schema import create

STATEMENTS = """
CREATE TABLE marc_record (
    book_id {int} PRIMARY KEY REFERENCES book (id),
    record {blob} NOT NULL
) {strict};
"""


def up(migrator: object, database: object) -> None:
    """Create the table."""
    create(STATEMENTS)

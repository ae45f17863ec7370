"""Books that became one: which book a merged one is now."""

from models.schema import create

# A record of a file that names a merged book by its control number still finds the one it is now.
STATEMENTS = """
ALTER TABLE book ADD COLUMN merged_into_id {int} REFERENCES book (id);
CREATE INDEX book_merged_into ON book (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX book_merged_number ON book (control_number)
    WHERE control_number IS NOT NULL AND merged_into_id IS NOT NULL;
"""


def up(migrator: object, db: object) -> None:
    """Add the column and its indexes."""
    create(STATEMENTS)

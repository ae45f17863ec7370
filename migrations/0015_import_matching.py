"""Imports: how a file was read and what was not used of it; which book a skipped record is."""

from models.database import database, is_postgresql
from models.schema import create

STATEMENTS = """
ALTER TABLE import_job ADD COLUMN kind {text} NOT NULL DEFAULT 'books';
ALTER TABLE import_job ADD COLUMN reading {text} NOT NULL DEFAULT '{{}}';
ALTER TABLE import_job ADD COLUMN encoding {text};
ALTER TABLE import_job ADD COLUMN samples {text} NOT NULL DEFAULT '[]';
ALTER TABLE import_job ADD COLUMN unused {text} NOT NULL DEFAULT '[]';
ALTER TABLE import_fault ADD COLUMN existing_id {int};
UPDATE import_job SET match = 'isbn,control_number' WHERE match = 'isbn' AND finished_at IS NULL;
"""

# Truth values as PostgreSQL's own; SQLite's strict tables have none.
_BOOLEANS = (
    "ALTER TABLE import_job ALTER COLUMN dry_run TYPE BOOLEAN USING dry_run = 1",
    "ALTER TABLE post DROP CONSTRAINT post_published_check",
    "ALTER TABLE post ALTER COLUMN published TYPE BOOLEAN USING published = 1",
)


def up(migrator: object, db: object) -> None:
    """Add and change the columns."""
    create(STATEMENTS)
    if is_postgresql():
        for statement in _BOOLEANS:
            database.execute_sql(statement)

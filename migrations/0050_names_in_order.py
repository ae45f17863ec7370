"""Members are sorted by their names as people sort them: whatever the case and the accents.

The release before writes no such key: a member that it adds is sorted by the last name as it
stands, and one that it renames by the name of before, until this version writes the row.
"""

from models.database import run
from models.schema import create
from models.user import name_key

BEFORE = """
ALTER TABLE "user" ADD COLUMN name_key {text};
"""
AFTER = """
CREATE INDEX user_name ON "user" (COALESCE(name_key, last_name, ''), id);
DROP INDEX user_last_name;
"""


def up(migrator: object, db: object) -> None:
    """Add the column, fill it, and index it."""
    create(BEFORE)
    for user_id, last_name, first_name in run(
        'SELECT id, last_name, first_name FROM "user"'
    ).fetchall():
        run(
            'UPDATE "user" SET name_key = ? WHERE id = ?',
            (name_key(last_name, first_name), user_id),
        )
    create(AFTER)

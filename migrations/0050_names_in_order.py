"""Members are sorted by their names as people sort them: whatever the case and the accents.

A member without a key is sorted by the last name as it stands. `octavo prepare` and `octavo db
upgrade` fill the keys in afterwards, a few at a time: here everybody would wait for it. The release
before writes none either: a member that it renames is sorted by the name of before until this
version writes the row.
"""

from models.schema import create

STATEMENTS = """
ALTER TABLE "user" ADD COLUMN name_key {text};
CREATE INDEX user_name ON "user" (COALESCE(name_key, last_name, ''), id);
DROP INDEX user_last_name;
"""


def up(migrator: object, db: object) -> None:
    """Add the column and the index."""
    create(STATEMENTS)

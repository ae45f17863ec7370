"""The first key of a record is the first in an index, for exports that ask it for each row.

Without its last column SQLite looks for the least key among all of a kind.
"""

from models.schema import create

STATEMENTS = """
DROP INDEX source_key_record;
CREATE INDEX source_key_record ON source_key (kind, record_id, source_key);
"""


def up(migrator: object, db: object) -> None:
    """Create the index anew."""
    create(STATEMENTS)

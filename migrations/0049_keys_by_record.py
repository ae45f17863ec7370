"""The keys of a record are found by the record's id first.

With the kind first PostgreSQL looked for one key among all of a kind that it had not counted yet.
"""

from models.schema import create

STATEMENTS = """
DROP INDEX source_key_record;
CREATE INDEX source_key_record ON source_key (record_id, kind, source_key);
"""


def up(migrator: object, db: object) -> None:
    """Create the index anew."""
    create(STATEMENTS)

"""Moving in: what records are called where they came from, and how columns were read."""

import secrets

from models.database import database, is_postgresql, run
from models.schema import create, edit_sqlite_table, stored_text

STATEMENTS = """
CREATE TABLE source_key (
    kind {text} NOT NULL,
    source_key {text} NOT NULL,
    record_id {int},
    PRIMARY KEY (kind, source_key)
) {strict};
CREATE INDEX source_key_record ON source_key (kind, record_id);

CREATE TABLE library (
    id {int} PRIMARY KEY CHECK (id = 1),
    code {text} NOT NULL
) {strict};

ALTER TABLE import_job ADD COLUMN read_as {text} NOT NULL DEFAULT '[]';
"""
ENTRIES = "kind IN ('payment', 'waiver')"
MORE_ENTRIES = "kind IN ('payment', 'waiver', 'opening')"


def up(migrator: object, db: object) -> None:
    """Create the tables, name the library, and let lines begin with what was settled before."""
    create(STATEMENTS)
    run("INSERT INTO library (id, code) VALUES (1, ?)", (secrets.token_hex(4),))
    if is_postgresql():
        check = "fee_entry_kind_check"
        database.execute_sql(f"ALTER TABLE fee_entry DROP CONSTRAINT {check}")
        database.execute_sql(f"ALTER TABLE fee_entry ADD CONSTRAINT {check} CHECK ({MORE_ENTRIES})")
    else:
        edit_sqlite_table("fee_entry", stored_text("fee_entry").replace(ENTRIES, MORE_ENTRIES))

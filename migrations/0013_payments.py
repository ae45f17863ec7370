"""Payments that can be read, given back and counted; charges made by mistake; kinds of fee."""

from models.database import database, is_postgresql
from models.schema import create, edit_sqlite_table, stored_text

COLUMNS = """
ALTER TABLE fee ADD COLUMN refund_of {int} REFERENCES fee (id);
ALTER TABLE fee ADD COLUMN voided_at {text};
ALTER TABLE fee ADD COLUMN void_reason {text};
ALTER TABLE fee_entry ADD COLUMN receipt_id {int};
ALTER TABLE fee_entry ADD COLUMN voided_at {text};
ALTER TABLE fee_entry ADD COLUMN void_reason {text};
UPDATE fee SET refund_of = (
    SELECT MIN(charge.id) FROM fee charge
    WHERE charge.loan_id = fee.loan_id AND charge.kind = 'lost'
) WHERE kind = 'refund';
CREATE INDEX fee_refund_of ON fee (refund_of) WHERE refund_of IS NOT NULL;
CREATE INDEX fee_kind ON fee (kind, id);
CREATE INDEX fee_created ON fee (created_at, id);
CREATE INDEX fee_entry_paid ON fee_entry (at, id) WHERE kind = 'payment';
CREATE INDEX fee_entry_voided ON fee_entry (voided_at, id) WHERE voided_at IS NOT NULL;
"""
KINDS = "kind IN ('overdue', 'lost', 'manual', 'refund')"
MORE_KINDS = "kind IN ('overdue', 'lost', 'manual', 'membership', 'damage', 'refund')"


def up(migrator: object, db: object) -> None:
    """Add the columns, and let fees be of more kinds."""
    create(COLUMNS)
    if is_postgresql():
        database.execute_sql("ALTER TABLE fee DROP CONSTRAINT fee_kind_check")
        database.execute_sql(f"ALTER TABLE fee ADD CONSTRAINT fee_kind_check CHECK ({MORE_KINDS})")
    else:
        edit_sqlite_table("fee", stored_text("fee").replace(KINDS, MORE_KINDS))

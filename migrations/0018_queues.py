"""Holds on one copy, why holds have ended, and when each copy was last seen."""

from models.schema import create

# Before this, a cancelled hold told only by the audit log who cancelled it.
STATEMENTS = """
ALTER TABLE hold ADD COLUMN requested_copy_id {int} REFERENCES copy (id);
ALTER TABLE hold ADD COLUMN end_reason {text} CHECK (end_reason IN (
    'fulfilled', 'cancelled_by_member', 'cancelled_by_staff', 'not_needed', 'shelf_expired',
    'member_gone', 'title_gone'));
DROP INDEX hold_one_per_title;
CREATE UNIQUE INDEX hold_one_per_title ON hold (user_id, book_id)
    WHERE ended_at IS NULL AND requested_copy_id IS NULL;
CREATE UNIQUE INDEX hold_one_per_copy ON hold (user_id, requested_copy_id)
    WHERE ended_at IS NULL AND requested_copy_id IS NOT NULL;
CREATE INDEX hold_user_active ON hold (user_id, book_id) WHERE ended_at IS NULL;
CREATE INDEX hold_requested ON hold (requested_copy_id) WHERE requested_copy_id IS NOT NULL;
CREATE INDEX hold_placed ON hold (placed_at, id);
CREATE INDEX hold_by_expiry ON hold (COALESCE(expires_at, ''), id);
CREATE INDEX hold_by_end ON hold (COALESCE(ended_at, ''), id);
UPDATE hold SET end_reason = CASE
    WHEN status = 'fulfilled' THEN 'fulfilled'
    WHEN status = 'expired' THEN 'shelf_expired'
    WHEN not_needed_after < SUBSTR(ended_at, 1, 10) THEN 'not_needed'
    WHEN EXISTS (SELECT 1 FROM audit WHERE record_type = 'hold' AND record_id = hold.id
        AND action = 'hold.cancel' AND actor_id = hold.user_id) THEN 'cancelled_by_member'
    WHEN EXISTS (SELECT 1 FROM audit JOIN audit AS erased ON erased.request_id = audit.request_id
        AND erased.action = 'user.delete'
        WHERE audit.record_type = 'hold' AND audit.record_id = hold.id
        AND audit.action = 'hold.cancel') THEN 'member_gone'
    ELSE 'cancelled_by_staff' END
WHERE ended_at IS NOT NULL;
ALTER TABLE copy ADD COLUMN last_seen_at {text};
UPDATE copy SET last_seen_at = (
    SELECT MAX(CASE WHEN returned_at > borrowed_at THEN returned_at ELSE borrowed_at END)
    FROM loan WHERE loan.copy_id = copy.id);
"""


def up(migrator: object, db: object) -> None:
    """Add the columns, and fill them from what is known."""
    create(STATEMENTS)

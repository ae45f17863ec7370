"""What stands on the wrong shelf, stocktaking, and indexes for the reports on copies."""

from models.schema import create

# Of holds that ended before this, those count whose copies went back to the shelf unlent since.
STATEMENTS = """
ALTER TABLE copy ADD COLUMN ended_hold_id {int};
UPDATE copy SET ended_hold_id = (
    SELECT MAX(hold.id) FROM hold WHERE hold.copy_id = copy.id
    AND hold.status IN ('cancelled', 'expired')
    AND hold.ended_at >= COALESCE(copy.last_seen_at, hold.ended_at))
WHERE status = 'available';
CREATE INDEX copy_ended_hold ON copy (ended_hold_id) WHERE ended_hold_id IS NOT NULL;
CREATE INDEX copy_in_shelf_order ON copy (COALESCE(location, ''), COALESCE(shelfmark, ''), id);
CREATE INDEX loan_copy_borrowed ON loan (copy_id, borrowed_at);
CREATE INDEX hold_waiting ON hold (book_id) WHERE status = 'waiting' AND ended_at IS NULL;
CREATE TABLE stocktake (
    id {id},
    name {text} NOT NULL,
    location {text},
    status {text} NOT NULL CHECK (status IN ('open', 'closed')),
    created_at {text} NOT NULL,
    closed_at {text},
    revision {int} NOT NULL,
    CHECK ((status = 'closed') = (closed_at IS NOT NULL))
) {strict};
CREATE TABLE stocktake_scan (
    id {id},
    stocktake_id {int} NOT NULL REFERENCES stocktake (id),
    copy_id {int} NOT NULL REFERENCES copy (id),
    scanned_at {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX stocktake_scan_copy ON stocktake_scan (stocktake_id, copy_id);
CREATE INDEX stocktake_scan_of_copy ON stocktake_scan (copy_id);
"""


def up(migrator: object, db: object) -> None:
    """Add the column, the tables and the indexes."""
    create(STATEMENTS)

"""Due dates moved for many loans at once, so that they can be moved back."""

from models.schema import create

STATEMENTS = """
CREATE TABLE due_date_batch (
    id {id},
    created_at {text} NOT NULL,
    reason {text} NOT NULL
) {strict};

CREATE TABLE due_date_move (
    id {id},
    batch_id {int} NOT NULL REFERENCES due_date_batch (id),
    loan_id {int} NOT NULL REFERENCES loan (id),
    due_before {text} NOT NULL,
    due_after {text} NOT NULL
) {strict};
CREATE UNIQUE INDEX due_date_move_loan ON due_date_move (batch_id, loan_id);
CREATE INDEX due_date_move_of_loan ON due_date_move (loan_id);
"""


def up(migrator: object, db: object) -> None:
    """Create the tables."""
    create(STATEMENTS)

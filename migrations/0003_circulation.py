"""Policies, calendar, loans, holds, fees and orders."""

from secrets import randbits

from models.database import database, is_postgresql
from models.schema import create

STATEMENTS = """
CREATE TABLE policy (
    id {id},
    member_category {text} NOT NULL,
    loan_type {text} NOT NULL,
    loan_days {int} NOT NULL CHECK (loan_days >= 0),
    max_loans {int} CHECK (max_loans >= 0),
    max_renewals {int} CHECK (max_renewals >= 0),
    renewal_days {int} CHECK (renewal_days >= 0),
    max_holds {int} CHECK (max_holds >= 0),
    hold_shelf_days {int} NOT NULL CHECK (hold_shelf_days >= 0),
    fine_per_day {int} CHECK (fine_per_day >= 0),
    grace_days {int} CHECK (grace_days >= 0),
    fine_cap {int} CHECK (fine_cap >= 0),
    replacement_fee {int} CHECK (replacement_fee >= 0),
    fees_block_at {int} CHECK (fees_block_at >= 0),
    overdue_block {int} NOT NULL CHECK (overdue_block IN (0, 1)),
    revision {int} NOT NULL,
    UNIQUE (member_category, loan_type)
) {strict};

CREATE TABLE calendar (
    id {int} PRIMARY KEY CHECK (id = 1),
    timezone {text} NOT NULL,
    open_weekdays {text} NOT NULL,
    revision {int} NOT NULL
) {strict};

CREATE TABLE closure (
    id {id},
    starts_on {text} NOT NULL,
    ends_on {text} NOT NULL,
    reason {text} NOT NULL,
    revision {int} NOT NULL,
    CHECK (starts_on <= ends_on)
) {strict};
CREATE INDEX closure_starts ON closure (starts_on, id);

CREATE TABLE rulebook (
    id {int} PRIMARY KEY CHECK (id = 1),
    version {int} NOT NULL
) {strict};

CREATE TABLE loan (
    id {id},
    copy_id {int} NOT NULL REFERENCES copy (id),
    book_id {int} NOT NULL REFERENCES book (id),
    user_id {int} REFERENCES "user" (id) ON DELETE SET NULL,
    policy_id {int} NOT NULL,
    fine_per_day {int},
    grace_days {int},
    fine_cap {int},
    replacement_fee {int},
    borrowed_at {text} NOT NULL,
    due_at {text} NOT NULL,
    due_steps {text} NOT NULL,
    renewals {int} NOT NULL,
    claimed_returned_at {text},
    lost_at {text},
    returned_at {text},
    ended_at {text},
    revision {int} NOT NULL,
    CHECK ((ended_at IS NULL) = (lost_at IS NULL AND returned_at IS NULL))
) {strict};
CREATE UNIQUE INDEX loan_one_per_copy ON loan (copy_id) WHERE ended_at IS NULL;
CREATE INDEX loan_copy ON loan (copy_id, id);
CREATE INDEX loan_book ON loan (book_id, id);
CREATE INDEX loan_user ON loan (user_id, id);
CREATE INDEX loan_user_open ON loan (user_id, id) WHERE ended_at IS NULL;
CREATE INDEX loan_book_open ON loan (book_id, id) WHERE ended_at IS NULL;
CREATE INDEX loan_open ON loan (id) WHERE ended_at IS NULL;
CREATE INDEX loan_out ON loan (id) WHERE returned_at IS NULL;
CREATE INDEX loan_due_ever ON loan (due_at, id);
CREATE INDEX loan_due ON loan (due_at, id) WHERE ended_at IS NULL;
CREATE INDEX loan_lost ON loan (id) WHERE lost_at IS NOT NULL AND returned_at IS NULL;
CREATE INDEX loan_unreturned ON loan (copy_id) WHERE returned_at IS NULL;
CREATE INDEX loan_returned ON loan (returned_at, id) WHERE returned_at IS NOT NULL;
CREATE INDEX loan_named ON loan (returned_at)
    WHERE returned_at IS NOT NULL AND user_id IS NOT NULL;
CREATE INDEX loan_borrowed ON loan (borrowed_at, id);
CREATE INDEX copy_any_barcode ON copy (barcode_key);

CREATE TABLE renewal (
    id {id},
    loan_id {int} NOT NULL REFERENCES loan (id),
    renewed_at {text} NOT NULL,
    policy_id {int} NOT NULL,
    due_before {text} NOT NULL,
    due_after {text} NOT NULL
) {strict};
CREATE INDEX renewal_loan ON renewal (loan_id, id);
CREATE INDEX renewal_at ON renewal (renewed_at);

CREATE TABLE hold (
    id {id},
    book_id {int} NOT NULL REFERENCES book (id),
    user_id {int} REFERENCES "user" (id) ON DELETE SET NULL,
    status {text} NOT NULL CHECK (status IN (
        'waiting', 'ready', 'fulfilled', 'cancelled', 'expired')),
    queue {int} NOT NULL,
    copy_id {int} REFERENCES copy (id),
    placed_at {text} NOT NULL,
    expires_at {text},
    not_needed_after {text},
    suspended_until {text},
    ended_at {text},
    revision {int} NOT NULL,
    CHECK ((ended_at IS NULL) = (status IN ('waiting', 'ready'))),
    CHECK (status <> 'ready' OR (copy_id IS NOT NULL AND expires_at IS NOT NULL)),
    CHECK (status <> 'waiting' OR (copy_id IS NULL AND expires_at IS NULL))
) {strict};
CREATE UNIQUE INDEX hold_one_per_title ON hold (user_id, book_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX hold_queue ON hold (book_id, queue) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX hold_copy ON hold (copy_id) WHERE ended_at IS NULL;
CREATE INDEX hold_book ON hold (book_id, id);
CREATE INDEX hold_user ON hold (user_id, id);
CREATE INDEX hold_status ON hold (status, id);
CREATE INDEX hold_expires ON hold (expires_at) WHERE ended_at IS NULL;
CREATE INDEX hold_not_needed ON hold (not_needed_after) WHERE ended_at IS NULL;

CREATE TABLE fee (
    id {id},
    user_id {int} REFERENCES "user" (id) ON DELETE SET NULL,
    loan_id {int} REFERENCES loan (id),
    kind {text} NOT NULL CHECK (kind IN ('overdue', 'lost', 'manual', 'refund')),
    amount {int} NOT NULL,
    balance {int} NOT NULL,
    waived {int} NOT NULL CHECK (waived >= 0),
    note {text},
    created_at {text} NOT NULL,
    CHECK ((kind = 'refund' AND amount < 0 AND balance BETWEEN amount AND 0)
        OR (kind <> 'refund' AND amount > 0 AND balance BETWEEN 0 AND amount))
) {strict};
CREATE UNIQUE INDEX fee_once ON fee (loan_id, kind) WHERE kind <> 'manual';
CREATE INDEX fee_loan ON fee (loan_id, id);
CREATE INDEX fee_user ON fee (user_id, id);
CREATE INDEX fee_owed ON fee (user_id, balance) WHERE balance <> 0;
CREATE INDEX fee_open ON fee (id) WHERE balance <> 0;
CREATE INDEX fee_waived ON fee (id) WHERE balance = 0 AND waived > 0;

CREATE TABLE fee_entry (
    id {id},
    fee_id {int} NOT NULL REFERENCES fee (id),
    kind {text} NOT NULL CHECK (kind IN ('payment', 'waiver')),
    amount {int} NOT NULL CHECK (amount > 0),
    method {text},
    reason {text},
    at {text} NOT NULL,
    actor_id {int}
) {strict};
CREATE INDEX fee_entry_fee ON fee_entry (fee_id, id);

CREATE TABLE purchase_order (
    id {id},
    user_id {int} REFERENCES "user" (id) ON DELETE SET NULL,
    title {text} NOT NULL,
    author {text},
    isbn {text},
    publisher {text},
    quantity {int} NOT NULL CHECK (quantity > 0),
    note {text},
    status {text} NOT NULL CHECK (status IN (
        'requested', 'approved', 'ordered', 'received', 'declined', 'cancelled')),
    vendor {text},
    unit_price {int},
    book_id {int} REFERENCES book (id),
    received {int} NOT NULL CHECK (received BETWEEN 0 AND quantity),
    reason {text},
    created_at {text} NOT NULL,
    updated_at {text} NOT NULL,
    revision {int} NOT NULL
) {strict};
CREATE INDEX purchase_order_user ON purchase_order (user_id, id);
CREATE INDEX purchase_order_status ON purchase_order (status, id);
CREATE INDEX purchase_order_book ON purchase_order (book_id, id);

CREATE TABLE receipt (
    id {id},
    order_id {int} NOT NULL REFERENCES purchase_order (id),
    copy_id {int} NOT NULL UNIQUE REFERENCES copy (id),
    received_at {text} NOT NULL
) {strict};
CREATE INDEX receipt_order ON receipt (order_id, id);

INSERT INTO policy (member_category, loan_type, loan_days, max_loans, max_renewals, renewal_days,
        max_holds, hold_shelf_days, fine_per_day, grace_days, fine_cap, replacement_fee,
        fees_block_at, overdue_block, revision)
    VALUES ('*', '*', 28, 10, 3, NULL, 10, 7, 0, 0, NULL, 2500, 1000, 0, 1);
INSERT INTO calendar (id, timezone, open_weekdays, revision)
    VALUES (1, 'UTC', '[1,2,3,4,5,6,7]', 1);
"""


def up(migrator: object, db: object) -> None:
    """Create the tables, the policy for everyone and everything, and a calendar always open."""
    create(STATEMENTS)
    place = "%s" if is_postgresql() else "?"
    database.execute_sql(f"INSERT INTO rulebook (id, version) VALUES (1, {place})", (randbits(53),))

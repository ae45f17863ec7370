"""The outbox of notices with their templates, the feed of events, webhooks and deliveries."""

from secrets import token_urlsafe

from models.database import is_postgresql, run
from models.schema import create

STATEMENTS = """
CREATE TABLE notice (
    id {id},
    kind {text} NOT NULL,
    user_id {int} REFERENCES "user" (id) ON DELETE SET NULL,
    channel {text} NOT NULL CHECK (channel IN ('email', 'print')),
    status {text} NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'cancelled', 'printed')),
    language {text} NOT NULL,
    subject {text},
    body {text},
    attempts {int} NOT NULL,
    error {text},
    request_id {text} NOT NULL,
    created_at {text} NOT NULL,
    queued_at {text} NOT NULL,
    next_try_at {text} NOT NULL,
    sent_at {text}
) {strict};
CREATE INDEX notice_user ON notice (user_id, id);
CREATE INDEX notice_status ON notice (status, id);
CREATE INDEX notice_waiting ON notice (next_try_at, id)
    WHERE status = 'queued' AND channel = 'email';
CREATE INDEX notice_nameless ON notice (id) WHERE user_id IS NULL AND body IS NOT NULL;

CREATE TABLE notice_item (
    id {id},
    notice_id {int} NOT NULL REFERENCES notice (id) ON DELETE CASCADE,
    kind {text} NOT NULL,
    record_type {text} NOT NULL,
    record_id {int} NOT NULL,
    stage {text} NOT NULL,
    UNIQUE (kind, record_type, record_id, stage)
) {strict};
CREATE INDEX notice_item_notice ON notice_item (notice_id, id);

CREATE TABLE notice_template (
    id {id},
    kind {text} NOT NULL,
    language {text} NOT NULL,
    subject {text} NOT NULL,
    text {text} NOT NULL,
    html {text},
    updated_at {text} NOT NULL,
    revision {int} NOT NULL,
    UNIQUE (kind, language)
) {strict};

CREATE TABLE feed (
    id {int} PRIMARY KEY CHECK (id = 1),
    cursor_key {text} NOT NULL
) {strict};

CREATE TABLE webhook (
    id {id},
    url {text} NOT NULL,
    types {text} NOT NULL,
    description {text},
    secret {text} NOT NULL,
    old_secret {text},
    old_secret_until {text},
    enabled {int} NOT NULL CHECK (enabled IN (0, 1)),
    disabled_at {text},
    disabled_reason {text},
    position {int} NOT NULL,
    failing_since {text},
    leased_until {text} NOT NULL,
    created_at {text} NOT NULL,
    updated_at {text} NOT NULL,
    revision {int} NOT NULL
) {strict};

CREATE TABLE webhook_delivery (
    id {id},
    webhook_id {int} NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    event_id {int},
    status {text} NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts {int} NOT NULL,
    response_status {int},
    error {text},
    next_try_at {text},
    created_at {text} NOT NULL,
    CHECK ((next_try_at IS NULL) = (status <> 'pending')),
    UNIQUE (webhook_id, event_id)
) {strict};
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (webhook_id, id);
CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook_id, id) WHERE status = 'pending';
CREATE INDEX webhook_delivery_ended ON webhook_delivery (created_at) WHERE status <> 'pending';
"""

# One writer at a time: ids are in the order of the commits.
SQLITE_FEED = """
CREATE VIEW event AS SELECT id AS position, id AS audit_id, action FROM audit;
"""
# The trigger runs when the transaction commits, and its lock is let go when what it wrote can be
# seen by all: positions are given in the order of the commits. Nothing else waits for a lock then,
# so it cannot deadlock, and an open transaction holds nobody up, least of all one of another
# database.
POSTGRESQL_FEED = """
CREATE TABLE event (
    position {id},
    audit_id {int} NOT NULL UNIQUE,
    action {text} NOT NULL
);
CREATE INDEX event_action ON event (action, position);
INSERT INTO event (audit_id, action) SELECT id, action FROM audit ORDER BY id;
CREATE FUNCTION put_into_feed() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN
        PERFORM pg_advisory_xact_lock(837234); INSERT INTO event (audit_id, action)
            VALUES (NEW.id, NEW.action); RETURN NULL; END$$;
CREATE CONSTRAINT TRIGGER audit_into_feed AFTER INSERT ON audit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION put_into_feed();
"""


def up(migrator: object, db: object) -> None:
    """Create the tables, the feed of all events so far, and the key that signs its cursors."""
    create(STATEMENTS)
    create(POSTGRESQL_FEED if is_postgresql() else SQLITE_FEED)
    run("INSERT INTO feed (id, cursor_key) VALUES (1, ?)", (token_urlsafe(32),))

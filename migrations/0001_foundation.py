"""Accounts, the catalogue, posts, the audit log and idempotency keys."""

from models.database import is_postgresql
from models.schema import create

STATEMENTS = """
CREATE TABLE "user" (
    id {id},
    email {text} NOT NULL,
    email_key {text} NOT NULL UNIQUE,
    password_hash {text} NOT NULL,
    first_name {text} NOT NULL,
    last_name {text} NOT NULL,
    role {text} NOT NULL CHECK (role IN ('member', 'librarian', 'admin')),
    category {text} NOT NULL,
    card_number {text},
    card_key {text} UNIQUE,
    is_active {int} NOT NULL CHECK (is_active IN (0, 1)),
    blocked {int} NOT NULL CHECK (blocked IN (0, 1)),
    block_reason {text},
    expires_on {text},
    search_key {text} NOT NULL,
    created_at {text} NOT NULL,
    updated_at {text} NOT NULL,
    revision {int} NOT NULL
) {strict};
CREATE INDEX user_role ON "user" (role, id);
CREATE INDEX user_category ON "user" (category, id);

CREATE TABLE session (
    id {id},
    user_id {int} NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    turn {int} NOT NULL,
    created_at {text} NOT NULL,
    expires_at {text} NOT NULL,
    ended_at {text}
) {strict};
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE api_key (
    id {id},
    user_id {int} NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    name {text} NOT NULL,
    secret_hash {text} NOT NULL,
    scopes {text} NOT NULL,
    created_at {text} NOT NULL,
    expires_at {text}
) {strict};
CREATE INDEX api_key_user ON api_key (user_id);

CREATE TABLE book (
    id {id},
    title {text} NOT NULL,
    subtitle {text},
    author {text},
    contributors {text} NOT NULL,
    isbn {text},
    publisher {text},
    published_year {int},
    language {text},
    edition {text},
    pages {int},
    description {text},
    subjects {text} NOT NULL,
    classification {text},
    cover_url {text},
    title_key {text} NOT NULL,
    author_key {text} NOT NULL,
    created_at {text} NOT NULL,
    updated_at {text} NOT NULL,
    deleted_at {text},
    revision {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX book_isbn ON book (isbn) WHERE deleted_at IS NULL;
CREATE INDEX book_title ON book (title_key, id) WHERE deleted_at IS NULL;
CREATE INDEX book_author ON book (author_key, id) WHERE deleted_at IS NULL;
CREATE INDEX book_year ON book (COALESCE(published_year, -10000), id) WHERE deleted_at IS NULL;
CREATE INDEX book_created ON book (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX book_updated ON book (updated_at, id) WHERE deleted_at IS NULL;

CREATE TABLE catalogue_version (
    id {id},
    number {int} NOT NULL
) {strict};
INSERT INTO catalogue_version (number) VALUES (1);

CREATE TABLE copy (
    id {id},
    book_id {int} NOT NULL REFERENCES book (id),
    barcode {text} NOT NULL,
    barcode_key {text} NOT NULL,
    location {text},
    shelfmark {text},
    loan_type {text} NOT NULL,
    status {text} NOT NULL CHECK (status IN (
        'available', 'on_loan', 'on_hold_shelf', 'in_repair', 'lost', 'withdrawn')),
    price {int},
    acquired_on {text},
    note {text},
    created_at {text} NOT NULL,
    updated_at {text} NOT NULL,
    revision {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX copy_barcode ON copy (barcode_key) WHERE status <> 'withdrawn';
CREATE INDEX copy_book ON copy (book_id, id);
CREATE INDEX copy_status ON copy (status, id);

CREATE TABLE post (
    id {id},
    title {text} NOT NULL,
    content {text} NOT NULL,
    published {int} NOT NULL CHECK (published IN (0, 1)),
    published_at {text},
    author_id {int} REFERENCES "user" (id) ON DELETE SET NULL,
    search_key {text} NOT NULL,
    created_at {text} NOT NULL,
    updated_at {text} NOT NULL,
    revision {int} NOT NULL
) {strict};
CREATE INDEX post_author ON post (author_id, id);

CREATE TABLE audit (
    id {id},
    at {text} NOT NULL,
    actor_id {int},
    action {text} NOT NULL,
    record_type {text} NOT NULL,
    record_id {int},
    request_id {text} NOT NULL,
    reason {text},
    changes {text}
) {strict};
CREATE INDEX audit_request ON audit (request_id, id);
CREATE INDEX audit_actor ON audit (actor_id, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_record ON audit (record_type, record_id, id);

CREATE TABLE idempotency (
    id {text} PRIMARY KEY,
    fingerprint {text} NOT NULL,
    created_at {text} NOT NULL,
    answer {blob} NOT NULL
) {strict};
CREATE INDEX idempotency_created ON idempotency (created_at);
"""

# Whatever changes a book, the import of a million included, raises the version with it.
SQLITE_TRIGGERS = """
CREATE TRIGGER book_inserted AFTER INSERT ON book
    BEGIN UPDATE catalogue_version SET number = number + 1; END;
CREATE TRIGGER book_updated AFTER UPDATE ON book
    BEGIN UPDATE catalogue_version SET number = number + 1; END;
"""
POSTGRESQL_TRIGGERS = """
CREATE FUNCTION raise_catalogue_version() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN UPDATE catalogue_version SET number = number + 1; RETURN NULL; END$$;
CREATE TRIGGER book_changed AFTER INSERT OR UPDATE ON book
    FOR EACH STATEMENT EXECUTE FUNCTION raise_catalogue_version();
"""


def up(migrator: object, db: object) -> None:
    """Create the tables and triggers."""
    create(STATEMENTS)
    create(POSTGRESQL_TRIGGERS if is_postgresql() else SQLITE_TRIGGERS)

"""Members as they are: without email or password, with a PIN, contact data and blocks that end."""

from models.schema import allow_null, create

COLUMNS = """
ALTER TABLE "user" ADD COLUMN contact_email {text};
ALTER TABLE "user" ADD COLUMN phone {text};
ALTER TABLE "user" ADD COLUMN address {text};
ALTER TABLE "user" ADD COLUMN birth_date {text};
ALTER TABLE "user" ADD COLUMN language {text};
ALTER TABLE "user" ADD COLUMN note {text};
ALTER TABLE "user" ADD COLUMN blocked_until {text};
ALTER TABLE "user" ADD COLUMN pin_hash {text};
ALTER TABLE "user" ADD COLUMN notices {text} NOT NULL DEFAULT '{{}}';
CREATE INDEX user_email ON "user" (COALESCE(email_key, ''), id);
CREATE INDEX user_expires ON "user" (COALESCE(expires_on, '9999-12-31'), id);
CREATE INDEX user_last_name ON "user" (COALESCE(last_name, ''), id);
CREATE INDEX user_updated ON "user" (updated_at, id);

ALTER TABLE api_key ADD COLUMN encoding {text} NOT NULL DEFAULT 'utf-8';

CREATE TABLE failed_pin (
    id {text} PRIMARY KEY,
    first_at {text} NOT NULL,
    failures {int} NOT NULL CHECK (failures > 0)
) {strict};

CREATE TABLE password_reset (
    id {id},
    email_hash {text} NOT NULL,
    user_id {int} REFERENCES "user" (id) ON DELETE CASCADE,
    created_at {text} NOT NULL,
    used_at {text}
) {strict};
CREATE INDEX password_reset_email ON password_reset (email_hash, created_at);
CREATE INDEX password_reset_user ON password_reset (user_id);
CREATE INDEX password_reset_created ON password_reset (created_at);
"""
NOW_OPTIONAL = ("email", "email_key", "password_hash", "first_name", "last_name")


def up(migrator: object, db: object) -> None:
    """Add the columns and tables; what must no longer be there may be null."""
    create(COLUMNS)
    allow_null("user", NOW_OPTIONAL)

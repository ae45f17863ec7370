"""A version of the catalogue that writers need not queue up for; how often an import was begun."""

from models.database import database, is_postgresql
from models.schema import create

STATEMENTS = """
ALTER TABLE import_job ADD COLUMN attempts {int} NOT NULL DEFAULT 0;
"""

# The version is the sum of the rows. A transaction adds one row, however much it changes, and
# never updates one, since it would hold the row until its end. The sum grows with each commit and
# with nothing else, so two readers who get the same sum see the same books.
RAISE = """
CREATE OR REPLACE FUNCTION raise_catalogue_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF COALESCE(current_setting('octavo.version_raised', true), '') = '' THEN
        INSERT INTO catalogue_version (number) VALUES (1);
        PERFORM set_config('octavo.version_raised', 'yes', true);
        IF random() < 0.02 AND pg_try_advisory_xact_lock(7403, 2) THEN
            WITH taken AS (DELETE FROM catalogue_version RETURNING number)
            INSERT INTO catalogue_version (number) SELECT SUM(number) FROM taken;
        END IF;
    END IF;
    RETURN NULL;
END $$
"""


def up(migrator: object, db: object) -> None:
    """Add the column, and replace the function of the trigger."""
    create(STATEMENTS)
    if is_postgresql():
        database.execute_sql(RAISE)

"""Books are tallied by language, year and material together, for totals under those filters.

Books without a language have '' for it here, those without a year -10000, as in `year_key`.
"""

from models.database import database, is_postgresql, run
from models.schema import create

_ROW = "COALESCE({row}.language, ''), COALESCE({row}.published_year, -10000), {row}.material_type"
_COLUMNS = "language, year_key, material_type, count"
_COUNTED = f"""
INSERT INTO book_cross_tally ({_COLUMNS})
    SELECT {_ROW.format(row="book")}, COUNT(*) FROM book WHERE deleted_at IS NULL GROUP BY 1, 2, 3
"""

_SQLITE = """
CREATE TABLE book_cross_tally (
    language {text} NOT NULL,
    year_key {int} NOT NULL,
    material_type {text} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (language, year_key, material_type)
) STRICT, WITHOUT ROWID;
CREATE VIEW book_cross_count AS SELECT * FROM book_cross_tally;
ALTER TABLE book_bulk ADD COLUMN after_id {int}
"""
_KNOWN = "ON CONFLICT (language, year_key, material_type) DO UPDATE SET count = count"
_ADD = f"""
    INSERT INTO book_cross_tally ({_COLUMNS})
    SELECT {_ROW.format(row="NEW")}, 1 WHERE NEW.deleted_at IS NULL
    {_KNOWN} + 1;
"""
_HERE = f"(language, year_key, material_type) = ({_ROW.format(row='OLD')})"
_SUBTRACT = f"""
    UPDATE book_cross_tally SET count = count - 1 WHERE {_HERE} AND OLD.deleted_at IS NULL;
    DELETE FROM book_cross_tally WHERE {_HERE} AND count = 0;
"""
# Those that are added together are counted when they are in, also by the release before.
_SQLITE_TRIGGERS = (
    f"CREATE TRIGGER book_cross_removed AFTER DELETE ON book BEGIN {_SUBTRACT} END",
    f"""
    CREATE TRIGGER book_cross_changed
    AFTER UPDATE OF language, published_year, material_type, deleted_at ON book
    BEGIN {_SUBTRACT} {_ADD} END
    """,
    """
    CREATE TRIGGER book_bulk_begun AFTER INSERT ON book_bulk BEGIN
        UPDATE book_bulk SET after_id = (SELECT COALESCE(MAX(id), 0) FROM book) WHERE id = NEW.id;
    END
    """,
    f"""
    CREATE TRIGGER book_bulk_ended AFTER DELETE ON book_bulk BEGIN
        {_COUNTED.replace("WHERE", "WHERE book.id > OLD.after_id AND")}
        {_KNOWN} + excluded.count;
    END
    """,
)

_POSTGRESQL = """
CREATE TABLE book_cross_tally (
    language {text} NOT NULL,
    year_key {int} NOT NULL,
    material_type {text} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (language, year_key, material_type)
);
CREATE TABLE book_cross_tally_change (
    language {text} NOT NULL,
    year_key {int} NOT NULL,
    material_type {text} NOT NULL,
    count {int} NOT NULL
);
CREATE INDEX book_cross_tally_change_language ON book_cross_tally_change (language, year_key);
CREATE VIEW book_cross_count AS
    SELECT * FROM book_cross_tally UNION ALL SELECT * FROM book_cross_tally_change
"""
# The trigger is replaced before books are counted: with its lock nobody writes any until the end.
_POSTGRESQL_CODE = (
    """
    CREATE OR REPLACE TRIGGER book_material AFTER INSERT OR DELETE
        OR UPDATE OF language, published_year, material_type, deleted_at
    ON book FOR EACH ROW EXECUTE FUNCTION book_material_changed()
    """,
    f"""
    CREATE OR REPLACE FUNCTION book_material_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.id IS NOT NULL AND NEW.deleted_at IS NULL THEN
            INSERT INTO book_tally_change (name, value, count)
            VALUES ('material_type', NEW.material_type, 1);
            INSERT INTO book_cross_tally_change VALUES ({_ROW.format(row="NEW")}, 1);
        END IF;
        IF OLD.id IS NOT NULL AND OLD.deleted_at IS NULL THEN
            INSERT INTO book_tally_change (name, value, count)
            VALUES ('material_type', OLD.material_type, -1);
            INSERT INTO book_cross_tally_change VALUES ({_ROW.format(row="OLD")}, -1);
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION book_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO book_tally_change (name, value, count)
            SELECT name, value, 1 FROM book_tallied(NEW);
        ELSE
            INSERT INTO book_tally_change (name, value, count)
            SELECT name, value, SUM(count) FROM (
                SELECT name, value, 1 AS count FROM book_tallied(NEW) WHERE NEW.id IS NOT NULL
                UNION ALL SELECT name, value, -1 FROM book_tallied(OLD) WHERE OLD.id IS NOT NULL
            ) AS changed
            GROUP BY name, value HAVING SUM(count) <> 0;
        END IF;
        IF random() < 0.002 AND pg_try_advisory_xact_lock(7403, 1) THEN
            PERFORM book_tally_settle();
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION book_tally_settle() RETURNS void LANGUAGE sql AS $$
        WITH taken AS (DELETE FROM book_tally_change RETURNING name, value, count)
        INSERT INTO book_tally (name, value, count)
        SELECT name, value, SUM(count) FROM taken GROUP BY name, value HAVING SUM(count) <> 0
        ON CONFLICT (name, value) DO UPDATE SET count = book_tally.count + excluded.count;
        WITH taken AS (DELETE FROM book_cross_tally_change RETURNING *)
        INSERT INTO book_cross_tally
        SELECT language, year_key, material_type, SUM(count) FROM taken
        GROUP BY language, year_key, material_type HAVING SUM(count) <> 0
        ON CONFLICT (language, year_key, material_type)
            DO UPDATE SET count = book_cross_tally.count + excluded.count
    $$
    """,
    _COUNTED,
)


def up(migrator: object, db: object) -> None:
    """Add the tally, what keeps it, and what has come together so far."""
    create(_POSTGRESQL if is_postgresql() else _SQLITE)
    for statement in _POSTGRESQL_CODE if is_postgresql() else _sqlite_code():
        database.execute_sql(statement)


def _sqlite_code() -> list[str]:
    """The statements; what is done for a new book stays in one trigger, as each costs a row."""
    (added,) = run("SELECT sql FROM sqlite_schema WHERE name = 'book_added'").fetchone()
    whole = f"{added.rpartition('END')[0]}{_ADD} END"
    return ["DROP TRIGGER book_added", whole, *_SQLITE_TRIGGERS, _COUNTED]

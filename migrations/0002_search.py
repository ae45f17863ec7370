"""The search index of books, and the tallies that answer totals and facets without counting."""

from models.database import database, is_postgresql
from models.schema import create

# A tally counts the books in the catalogue that have a value: of a language, an author, a year, a
# subject; `book` counts them all.
_TALLIED = {
    "book": "''",
    "language": "{row}.language",
    "author": "{row}.author",
    "published_year": "CAST({row}.published_year AS TEXT)",
}
_ONE = "SELECT '{name}' AS name, {value} AS value WHERE {value} IS NOT NULL"
_SUBJECTS = "SELECT DISTINCT 'subject', {values} WHERE {row}.subjects <> '[]'"
_PRESENT = " AND {row}.deleted_at IS NULL"

_SQLITE = """
CREATE TABLE book_text (
    id {int} PRIMARY KEY,
    place {int} NOT NULL,
    title {text} NOT NULL,
    author {text} NOT NULL,
    subject {text} NOT NULL,
    publisher {text} NOT NULL,
    rest {text} NOT NULL
) {strict};
CREATE VIRTUAL TABLE book_fts USING fts5 (
    title, author, subject, publisher, rest,
    content = 'book_text', content_rowid = 'place', columnsize = 0,
    tokenize = 'ascii', prefix = '1 2 3'
);
CREATE VIRTUAL TABLE book_word USING fts5vocab (book_fts, row);
CREATE TABLE book_tally (
    name {text} NOT NULL,
    value {text} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (name, value)
) STRICT, WITHOUT ROWID;
CREATE VIEW book_count AS SELECT name, value, count FROM book_tally;
"""

_SQLITE_TRIGGERS = (
    "CREATE TRIGGER book_added AFTER INSERT ON book BEGIN {add} END",
    "CREATE TRIGGER book_removed AFTER DELETE ON book BEGIN {subtract} END",
    """
    CREATE TRIGGER book_changed
    AFTER UPDATE OF language, author, published_year, subjects, deleted_at ON book
    BEGIN {subtract} {add} END
    """,
)
_ADD = """
    INSERT INTO book_tally (name, value, count) SELECT *, 1 FROM ({tallied}) WHERE true
    ON CONFLICT (name, value) DO UPDATE SET count = count + 1;
"""
_SUBTRACT = """
    UPDATE book_tally SET count = count - 1 WHERE (name, value) IN ({tallied});
    DELETE FROM book_tally WHERE count = 0 AND (name, value) IN ({tallied});
"""

# On PostgreSQL writers only ever add to the tallies, so that none waits for another; now and then
# one of them sums up what has come together.
_POSTGRESQL = """
CREATE TABLE book_text (
    id {int} PRIMARY KEY,
    place {int} NOT NULL,
    words TSVECTOR NOT NULL
);
CREATE INDEX book_text_words ON book_text USING gin (words) WITH (gin_pending_list_limit = 256);
CREATE UNIQUE INDEX book_text_place ON book_text (place);
CREATE TABLE book_word (term {text} NOT NULL);
CREATE INDEX book_word_term ON book_word (term);
CREATE TABLE book_tally (
    name {text} NOT NULL,
    value {text} NOT NULL,
    count {int} NOT NULL,
    PRIMARY KEY (name, value)
);
CREATE TABLE book_tally_change (name {text} NOT NULL, value {text} NOT NULL, count {int} NOT NULL);
CREATE INDEX book_tally_change_value ON book_tally_change (name, value);
CREATE VIEW book_count AS
    SELECT name, value, CAST(SUM(count) AS BIGINT) AS count
    FROM (
        SELECT name, value, count FROM book_tally
        UNION ALL SELECT name, value, count FROM book_tally_change
    ) AS counted
    GROUP BY name, value HAVING SUM(count) > 0;
"""

_POSTGRESQL_FUNCTIONS = (
    """
    CREATE FUNCTION book_tallied(row_ book) RETURNS TABLE (name TEXT, value TEXT)
    LANGUAGE sql IMMUTABLE AS $$ {of_row} $$
    """,
    """
    CREATE FUNCTION book_tally_settle() RETURNS void LANGUAGE sql AS $$
        WITH taken AS (DELETE FROM book_tally_change RETURNING name, value, count)
        INSERT INTO book_tally (name, value, count)
        SELECT name, value, SUM(count) FROM taken GROUP BY name, value HAVING SUM(count) <> 0
        ON CONFLICT (name, value) DO UPDATE SET count = book_tally.count + excluded.count
    $$
    """,
    """
    CREATE FUNCTION book_tally_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO book_tally_change (name, value, count)
        SELECT name, value, SUM(count) FROM (
            SELECT name, value, 1 AS count FROM book_tallied(NEW) WHERE NEW.id IS NOT NULL
            UNION ALL SELECT name, value, -1 FROM book_tallied(OLD) WHERE OLD.id IS NOT NULL
        ) AS changed
        GROUP BY name, value HAVING SUM(count) <> 0;
        IF random() < 0.002 AND pg_try_advisory_xact_lock(7403, 1) THEN
            PERFORM book_tally_settle();
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER book_tally AFTER INSERT OR DELETE
        OR UPDATE OF language, author, published_year, subjects, deleted_at
    ON book FOR EACH ROW EXECUTE FUNCTION book_tally_changed()
    """,
)

# Lists by year go on from a place by comparing (year_key, id), which takes columns to use an index.
_YEAR_KEY = """
ALTER TABLE book ADD COLUMN year_key {int}
    GENERATED ALWAYS AS (COALESCE(published_year, -10000)) {generated};
DROP INDEX book_year;
CREATE INDEX book_year ON book (year_key, id) WHERE deleted_at IS NULL;
"""

_BOTH = """
CREATE INDEX book_language ON book (language, id) WHERE deleted_at IS NULL;
CREATE INDEX copy_available ON copy (book_id) WHERE status = 'available';
"""


def up(migrator: object, db: object) -> None:
    """Create the index, the tallies and what keeps them."""
    create(_POSTGRESQL if is_postgresql() else _SQLITE)
    create(_YEAR_KEY.replace("{generated}", "STORED" if is_postgresql() else "VIRTUAL"))
    create(_BOTH)
    for statement in _postgresql_code() if is_postgresql() else _sqlite_code():
        database.execute_sql(statement)


def _sqlite_code() -> list[str]:
    parts = {
        "add": _for_each_tally(_ADD, "NEW"),
        "subtract": _for_each_tally(_SUBTRACT, "OLD"),
    }
    return [trigger.format(**parts) for trigger in _SQLITE_TRIGGERS]


def _for_each_tally(statements: str, row: str) -> str:
    """One statement for each, as SQLite is several times slower with their union."""
    tallied = _tallied(row, "value FROM json_each({row}.subjects)")
    return "".join(statements.format(tallied=select) for select in tallied)


def _postgresql_code() -> list[str]:
    tallied = _tallied(
        "row_", "value FROM jsonb_array_elements_text({row}.subjects::jsonb) AS value"
    )
    return [
        statement.format(of_row=" UNION ALL ".join(tallied)) for statement in _POSTGRESQL_FUNCTIONS
    ]


def _tallied(row: str, subjects: str) -> list[str]:
    selects = [_ONE.format(name=name, value=value) for name, value in _TALLIED.items()]
    selects.append(_SUBJECTS.replace("{values}", subjects))
    return [(select + _PRESENT).replace("{row}", row) for select in selects]

"""More fields of books: part, series, kind of material, further ISBNs, other scripts, contents."""

from models.database import database, is_postgresql
from models.schema import create

# `part_key` tells the parts of a work apart that have one ISBN; `nonfiling` is how many characters
# of a title do not count in sorting, where the file it came from said so.
STATEMENTS = """
ALTER TABLE book ADD COLUMN part {text};
ALTER TABLE book ADD COLUMN part_key {text} NOT NULL DEFAULT '';
ALTER TABLE book ADD COLUMN isbns {text} NOT NULL DEFAULT '[]';
ALTER TABLE book ADD COLUMN issn {text};
ALTER TABLE book ADD COLUMN series {text};
ALTER TABLE book ADD COLUMN series_volume {text};
ALTER TABLE book ADD COLUMN material_type {text} NOT NULL DEFAULT 'text'
    CHECK (material_type IN ('text', 'audio', 'video', 'music', 'score', 'map', 'image', 'serial',
        'electronic', 'kit', 'object'));
ALTER TABLE book ADD COLUMN original_title {text};
ALTER TABLE book ADD COLUMN original_author {text};
ALTER TABLE book ADD COLUMN alternative_titles {text} NOT NULL DEFAULT '[]';
ALTER TABLE book ADD COLUMN contents {text};
ALTER TABLE book ADD COLUMN control_number {text};
ALTER TABLE book ADD COLUMN nonfiling {int} CHECK (nonfiling >= 0);
UPDATE book SET isbns = '["' || isbn || '"]' WHERE isbn IS NOT NULL;
DROP INDEX book_isbn;
CREATE UNIQUE INDEX book_isbn ON book (isbn, part_key) WHERE deleted_at IS NULL;
CREATE INDEX book_issn ON book (issn) WHERE issn IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX book_control_number ON book (control_number)
    WHERE control_number IS NOT NULL AND deleted_at IS NULL;
CREATE TABLE further_isbn (
    isbn {text} NOT NULL,
    book_id {int} NOT NULL REFERENCES book (id),
    PRIMARY KEY (isbn, book_id)
) {strict};
CREATE INDEX further_isbn_book ON further_isbn (book_id);
CREATE TABLE index_version (
    id {int} PRIMARY KEY CHECK (id = 1),
    number {int} NOT NULL
) {strict};
INSERT INTO index_version (id, number) VALUES (1, 1);
INSERT INTO book_tally (name, value, count)
    SELECT 'material_type', material_type, COUNT(*) FROM book WHERE deleted_at IS NULL
    GROUP BY material_type;
"""

# Suggestions look up hundreds of spellings, which takes FTS5's own view of its words too long.
_SQLITE = (
    "CREATE TABLE word (term TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    "INSERT INTO word SELECT term FROM book_word WHERE term NOT LIKE '\u00a6%'",
    "DROP TABLE book_word",
    "ALTER TABLE word RENAME TO book_word",
    "CREATE TRIGGER book_material_added AFTER INSERT ON book BEGIN {add} END",
    "CREATE TRIGGER book_material_removed AFTER DELETE ON book BEGIN {subtract} END",
    """
    CREATE TRIGGER book_material_changed AFTER UPDATE OF material_type, deleted_at ON book
    BEGIN {subtract} {add} END
    """,
)
_ADD = """
    INSERT INTO book_tally (name, value, count)
    SELECT 'material_type', NEW.material_type, 1 WHERE NEW.deleted_at IS NULL
    ON CONFLICT (name, value) DO UPDATE SET count = count + 1;
"""
_SUBTRACT = """
    UPDATE book_tally SET count = count - 1
    WHERE name = 'material_type' AND value = OLD.material_type AND OLD.deleted_at IS NULL;
    DELETE FROM book_tally
    WHERE name = 'material_type' AND value = OLD.material_type AND count = 0;
"""

# Facets of many books are counted in one book of so many (models/search/facets.py).
_STEPS = (16, 128, 1024, 8192)
_POSTGRESQL = (
    *(
        f"CREATE INDEX book_text_one_in_{step} ON book_text USING gin (words)"
        f" WHERE (id & {step - 1}) = 0"
        for step in _STEPS
    ),
    """
    CREATE FUNCTION book_material_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO book_tally_change (name, value, count)
        SELECT 'material_type', value, SUM(count) FROM (
            SELECT NEW.material_type AS value, 1 AS count
            WHERE NEW.id IS NOT NULL AND NEW.deleted_at IS NULL
            UNION ALL SELECT OLD.material_type, -1
            WHERE OLD.id IS NOT NULL AND OLD.deleted_at IS NULL
        ) AS changed
        GROUP BY value HAVING SUM(count) <> 0;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER book_material AFTER INSERT OR DELETE OR UPDATE OF material_type, deleted_at
    ON book FOR EACH ROW EXECUTE FUNCTION book_material_changed()
    """,
)


def up(migrator: object, db: object) -> None:
    """Add the columns and tables, and what counts the kinds of material.

    Sort keys and the search index follow when `models.search.upkeep` finds the version of the
    index too low.
    """
    create(STATEMENTS)
    for statement in _POSTGRESQL if is_postgresql() else _SQLITE:
        if not is_postgresql():
            statement = statement.format(add=_ADD, subtract=_SUBTRACT)
        database.execute_sql(statement)

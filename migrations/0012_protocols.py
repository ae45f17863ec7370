"""When books were changed last, for harvesters; payments that machines reported."""

from models.database import database, is_postgresql
from models.schema import create

STATEMENTS = """
CREATE TABLE book_change (
    book_id {int} PRIMARY KEY REFERENCES book (id) ON DELETE CASCADE,
    changed_at {text} NOT NULL
) {strict};
INSERT INTO book_change (book_id, changed_at) SELECT id, updated_at FROM book;
CREATE INDEX book_change_order ON book_change (changed_at, book_id);
CREATE INDEX copy_location ON copy (location, book_id);

CREATE TABLE machine_payment (
    id {id},
    machine {text} NOT NULL,
    user_id {int} NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
    reference {text} NOT NULL,
    amount {int} NOT NULL CHECK (amount > 0),
    noted_at {text} NOT NULL,
    UNIQUE (user_id, machine, reference)
) {strict};
"""

# A copy that is lent or returned changes nothing of what is harvested.
_OTHER_PLACE = """NEW.book_id <> OLD.book_id OR NEW.location {differs} OLD.location
        OR (NEW.status = 'withdrawn') <> (OLD.status = 'withdrawn')"""

SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER book_change_of_new AFTER INSERT ON book BEGIN
        INSERT INTO book_change VALUES (NEW.id, NEW.updated_at);
    END
    """,
    """
    CREATE TRIGGER book_change_of_book AFTER UPDATE OF updated_at, deleted_at ON book BEGIN
        UPDATE book_change SET changed_at = max(changed_at, NEW.updated_at) WHERE book_id = NEW.id;
    END
    """,
    """
    CREATE TRIGGER book_change_of_new_copy AFTER INSERT ON copy BEGIN
        UPDATE book_change SET changed_at = max(changed_at, NEW.updated_at)
        WHERE book_id = NEW.book_id;
    END
    """,
    f"""
    CREATE TRIGGER book_change_of_copy AFTER UPDATE OF book_id, location, status ON copy
    WHEN {_OTHER_PLACE.format(differs="IS NOT")} BEGIN
        UPDATE book_change SET changed_at = max(changed_at, NEW.updated_at)
        WHERE book_id IN (NEW.book_id, OLD.book_id);
    END
    """,
)

POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION note_book_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO book_change VALUES (NEW.id, NEW.updated_at);
        ELSE
            UPDATE book_change SET changed_at = greatest(changed_at, NEW.updated_at)
            WHERE book_id = NEW.id;
        END IF;
        RETURN NULL;
    END$$
    """,
    """
    CREATE FUNCTION note_copy_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
        IF TG_OP = 'UPDATE' THEN
            PERFORM FROM book_change WHERE book_id IN (NEW.book_id, OLD.book_id)
            ORDER BY book_id FOR UPDATE;
        END IF;
        UPDATE book_change SET changed_at = greatest(changed_at, NEW.updated_at)
        WHERE book_id = NEW.book_id OR (TG_OP = 'UPDATE' AND book_id = OLD.book_id);
        RETURN NULL;
    END$$
    """,
    """
    CREATE TRIGGER book_change_of_book AFTER INSERT OR UPDATE OF updated_at, deleted_at ON book
        FOR EACH ROW EXECUTE FUNCTION note_book_change()
    """,
    """
    CREATE TRIGGER book_change_of_new_copy AFTER INSERT ON copy
        FOR EACH ROW EXECUTE FUNCTION note_copy_change()
    """,
    f"""
    CREATE TRIGGER book_change_of_copy AFTER UPDATE OF book_id, location, status ON copy
        FOR EACH ROW WHEN ({_OTHER_PLACE.format(differs="IS DISTINCT FROM")})
        EXECUTE FUNCTION note_copy_change()
    """,
)


def up(migrator: object, db: object) -> None:
    """Create the tables, and the triggers that keep the changes."""
    create(STATEMENTS)
    for statement in POSTGRESQL_TRIGGERS if is_postgresql() else SQLITE_TRIGGERS:
        database.execute_sql(statement)

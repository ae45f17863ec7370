"""The catalogue's version rises with copies too: barcodes are searched, and places are harvested.

Lending and returning change neither, and do not raise it.
"""

from models.database import database, is_postgresql

_CHANGED = """NEW.book_id <> OLD.book_id OR NEW.barcode {differs} OLD.barcode
        OR NEW.location {differs} OLD.location
        OR (NEW.status = 'withdrawn') <> (OLD.status = 'withdrawn')"""
_COLUMNS = "book_id, barcode, location, status"

SQLITE = (
    """
    CREATE TRIGGER catalogue_version_of_new_copy AFTER INSERT ON copy
    BEGIN UPDATE catalogue_version SET number = number + 1; END
    """,
    f"""
    CREATE TRIGGER catalogue_version_of_copy AFTER UPDATE OF {_COLUMNS} ON copy
    WHEN {_CHANGED.format(differs="IS NOT")}
    BEGIN UPDATE catalogue_version SET number = number + 1; END
    """,
)

POSTGRESQL = (
    """
    CREATE TRIGGER catalogue_version_of_new_copy AFTER INSERT ON copy
        FOR EACH STATEMENT EXECUTE FUNCTION raise_catalogue_version()
    """,
    f"""
    CREATE TRIGGER catalogue_version_of_copy AFTER UPDATE OF {_COLUMNS} ON copy
        FOR EACH ROW WHEN ({_CHANGED.format(differs="IS DISTINCT FROM")})
        EXECUTE FUNCTION raise_catalogue_version()
    """,
)


def up(migrator: object, db: object) -> None:
    """Add the triggers."""
    for statement in POSTGRESQL if is_postgresql() else SQLITE:
        database.execute_sql(statement)

"""Books of a language and a range of years are counted in an index, not by reading each."""

from models.schema import create

STATEMENTS = """
CREATE INDEX book_language_year ON book (language, year_key) WHERE deleted_at IS NULL;
"""


def up(migrator: object, db: object) -> None:
    """Add the index."""
    create(STATEMENTS)

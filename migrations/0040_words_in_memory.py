"""SQLite holds more words in memory before it writes a piece of the search index.

As much as the books of a long transaction of an import have, beside 1 MiB as it is otherwise.
"""

from models.database import is_postgresql, run

_BYTES = 8 << 20


def up(migrator: object, db: object) -> None:
    """Change the setting, which SQLite keeps in the table of the index."""
    if not is_postgresql():
        run("INSERT INTO book_fts (book_fts, rank) VALUES ('hashsize', ?)", (_BYTES,))

"""The files in which SQLite keeps the database, which nothing else may write to."""

from pathlib import Path

from models.database import database, is_sqlite

_ENDINGS = ("", "-wal", "-shm", "-journal")
"""The database itself, and what SQLite keeps beside it (sqlite.org/tempfiles.html)."""


def paths() -> list[Path]:
    """The files of the database, of which some are there only for a time; none on PostgreSQL."""
    if not is_sqlite():
        return []
    named = Path(database.obj.database)
    # SQLite puts the others beside the file that a symbolic link leads to.
    return [
        at.with_name(at.name + ending) for at in {named, named.resolve()} for ending in _ENDINGS
    ]


def place(path: Path | str) -> object:
    """What is the same for all names of one file, and of one that is not there yet."""
    at = Path(path).resolve()
    if not at.exists():
        return at
    about = at.stat()
    return about.st_dev, about.st_ino


def has(path: Path) -> bool:
    """Whether a file is one of the database's, by whatever name."""
    return place(path) in map(place, paths())

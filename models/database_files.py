"""The files in which SQLite keeps the database, which nothing else may write to."""

import os
from pathlib import Path

from models.database import database, is_sqlite

_ENDINGS = ("", "-wal", "-shm", "-journal")
"""The database itself, and what SQLite keeps beside it (sqlite.org/tempfiles.html)."""

LEAST_ROOM = 1 << 16
"""Bytes on the disk below which it is full; the index of SQLite's log grows by half of them."""


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


def folder() -> Path | None:
    """Where the file of the database lies; None on PostgreSQL, which may be elsewhere."""
    return Path(database.obj.database).resolve().parent if is_sqlite() else None


def is_disk_full() -> bool:
    """Whether there is no room beside the file; False too where that cannot be told.

    SQLite tells of a full disk where a page cannot be written, but of an I/O error, or of a file
    that cannot be opened, where its log or the index of that cannot be made or grow.
    """
    place = folder()
    try:
        disk = os.statvfs(place) if place else None
    except OSError:
        return False
    return disk is not None and disk.f_bavail * disk.f_frsize < LEAST_ROOM

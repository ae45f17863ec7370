"""Backups tried: put into a database that is there for nothing else, to see that they can be."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from peewee import OperationalError

from models import backup
from models.backup import Unusable
from models.database import connect, database, is_postgresql
from models.outages import reason

_MARK = "CREATE TABLE IF NOT EXISTS public.octavo_trial (made_at TEXT)"
"""Made in the transaction that puts a backup back: only what has it is replaced the next time."""


@contextmanager
def beside(path: Path) -> Iterator[None]:
    """A new file beside a backup of SQLite, with the backup in it, as the database in use.

    Raises Unusable, OSError.
    """
    with TemporaryDirectory(prefix=f".{path.name}.trial-", dir=path.absolute().parent) as folder:
        database.obj.close()
        connect(f"sqlite:///{folder}/octavo.db")
        try:
            backup.put_back(path)
            yield
        finally:
            database.obj.close()


@contextmanager
def within(path: Path, url: str) -> Iterator[None]:
    """The database on PostgreSQL of `url`, with the backup in it, as the database in use.

    Raises Unusable for the library itself, by whatever URL, and for a database that has anything
    which no trial has put there. ValueError for what is no URL.
    """
    _change_to(url)
    try:
        if backup.all_there() and not database.table_exists("octavo_trial"):
            raise Unusable(
                "The database of BACKUP_TEST_URL has something that no trial of a backup put there."
                " Name an empty one, which createdb makes; everything in it is replaced each time."
            )
        backup.put_back(path, then=_MARK)
        yield
    finally:
        database.obj.close()


def _change_to(url: str) -> None:
    """Use another database from now on. Raises Unusable for the one that is in use.

    One is known from the other by a lock, which is a database's own, and not by their URLs: a
    database has many, and a pooler may be between.
    """
    backup.require_primary()
    live, key = database.obj, secrets.randbits(62)
    with live.atomic():
        live.execute_sql("SELECT pg_advisory_xact_lock(%s)", (key,))
        connect(url)
        if not is_postgresql():
            raise Unusable("BACKUP_TEST_URL names no database on PostgreSQL, as DATABASE_URL does.")
        free = _is_free(key)
    live.close()
    if not free:
        database.obj.close()
        raise Unusable(
            "BACKUP_TEST_URL names the library itself, which would become what it was when the"
            " backup was made. Name an empty database."
        )


def _is_free(key: int) -> bool:
    try:
        found = database.execute_sql("SELECT pg_try_advisory_xact_lock(%s)", (key,)).fetchone()
    except OperationalError as error:
        raise Unusable(
            f"The database of BACKUP_TEST_URL cannot be used: {reason(error)}."
        ) from None
    return bool(found[0])

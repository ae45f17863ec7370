"""Broken uniqueness: recognised by the database's codes, whatever language it speaks."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from peewee import IntegrityError

from models.database import database

# SQLSTATE unique_violation (PostgreSQL, appendix A).
_POSTGRESQL = "23505"
_SQLITE = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})


class Unique(NamedTuple):
    """A unique constraint: its name, which PostgreSQL tells, and its columns, which SQLite does."""

    name: str
    columns: str


@contextmanager
def unique(error: Callable[[], Exception]) -> Iterator[None]:
    """Turn a broken uniqueness of the one statement inside into `error()`.

    The savepoint keeps the transaction around it usable on PostgreSQL.
    """
    with unique_or_over(error), database.atomic():
        yield


@contextmanager
def unique_or_over(error: Callable[[], Exception]) -> Iterator[None]:
    """Turn a broken uniqueness into `error()`, with which the transaction has to end.

    For many rows at once: SQLite goes through all that a savepoint holds at the end of each
    statement in it, which took a quarter of an import.
    """
    try:
        yield
    except IntegrityError as broken:
        if not breaks(broken):
            raise
        raise error() from broken


def breaks(error: IntegrityError, constraint: Unique | None = None) -> bool:
    """Whether a statement failed because a value is taken: of this constraint, if one is named."""
    said: Any = error.orig  # The driver's own error, which Peewee puts its own around.
    if isinstance(said, sqlite3.IntegrityError):
        # The one part of SQLite's message that is read: it names the columns, in no language.
        _, _, columns = str(said).partition(": ")
        told = constraint is None or columns == constraint.columns
        return said.sqlite_errorcode in _SQLITE and told
    told = constraint is None or said.diag.constraint_name == constraint.name
    return bool(said.sqlstate == _POSTGRESQL and told)

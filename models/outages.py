"""When the database does not do its work: what it said, and what that means."""

import os
import sqlite3
from typing import Literal

from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded

from models.postgresql import READ_ONLY, OutcomeUnknown, UnusableDatabase

UNAVAILABLE = (OperationalError, InterfaceError, MaxConnectionsExceeded)
"""What is raised when it is the database's fault, and may be over in a moment."""

Kind = Literal["busy", "full", "away", "read_only", "failing", "unknown"]

# SQLite's own words, which quote nothing; others may quote a statement or a search.
_FIXED = (
    "attempt to write a readonly database",
    "database disk image is malformed",
    "database is locked",
    "database or disk is full",
    "database table is locked",
    "disk I/O error",
    "file is not a database",
    "unable to open database file",
)
_SQLITE: dict[str, Kind] = {
    "BUSY": "busy",
    "LOCKED": "busy",
    "FULL": "full",
    "READONLY": "read_only",
    "CANTOPEN": "away",
    "IOERR": "away",
}
# By SQLSTATE, or its class; without one there is no connection.
_POSTGRESQL: dict[str, Kind] = {
    "40": "busy",
    "53300": "busy",
    "55P03": "busy",
    "57014": "busy",
    "53100": "full",
    READ_ONLY: "read_only",
    "08": "away",
    "57": "away",
}
_DEADLOCK = ("40P01", "40001")
_LONGEST_REASON = 300


def kind(error: BaseException) -> Kind:
    """What one of `UNAVAILABLE` means; `unknown`: what was asked for may be done or not."""
    if _is_unknown(error):
        return "unknown"
    said = _said(error)
    if isinstance(said, sqlite3.Error):
        primary = getattr(said, "sqlite_errorname", "").split("_")[1:2]
        return _SQLITE.get("".join(primary), "failing")
    if isinstance(error, MaxConnectionsExceeded):
        return "busy"
    state = getattr(said, "sqlstate", None)
    if state is None:
        return "away"
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2], "failing")


def _is_unknown(error: BaseException | None) -> bool:
    """Whether it began with a COMMIT that had no answer; the rollback after it fails as well."""
    return error is not None and (
        isinstance(error, OutcomeUnknown) or _is_unknown(error.__context__)
    )


def is_deadlock(error: BaseException) -> bool:
    """Whether a transaction was ended because it and another one waited for each other."""
    return getattr(_said(error), "sqlstate", None) in _DEADLOCK


def reason(error: BaseException) -> str | None:
    """Why, in the words of the database or the system; None where they may quote data."""
    said = _said(error)
    if isinstance(said, UnusableDatabase):
        return str(said)
    if isinstance(said, sqlite3.DatabaseError):
        name = getattr(said, "sqlite_errorname", "SQLITE_ERROR")
        return f"{name} ({said})" if str(said) in _FIXED else name
    if hasattr(said, "sqlstate"):
        return _of_postgresql(said)
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno)
    return None


def _said(error: BaseException) -> BaseException:
    """The driver's error; Peewee puts its own around it, twice where it had to connect first."""
    within = getattr(_first(error), "orig", None)
    return _said(within) if isinstance(within, BaseException) else error


def _first(error: BaseException) -> BaseException:
    """What it began with: after a full disk or a lost connection the rollback fails as well."""
    first, before = error, error.__context__
    while before is not None and isinstance(error, UNAVAILABLE):
        if isinstance(before, UNAVAILABLE):
            first = before
        before = before.__context__
    return first


def _of_postgresql(said: BaseException) -> str | None:
    """State and name; without a state it is the client library that tells of the connection."""
    state = getattr(said, "sqlstate", None)
    name = type(said).__name__
    if state is not None:
        return f"{state} {name}"
    if name not in ("OperationalError", "InterfaceError", "ConnectionTimeout"):
        return None
    return " ".join(str(said).split())[:_LONGEST_REASON]

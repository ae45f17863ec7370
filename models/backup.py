"""Copies of the whole database: made and put back while the service goes on.

SQLite is copied by its online backup (sqlite.org/backup.html), PostgreSQL by its own pg_dump and
pg_restore, which must be installed. Both see the database as it was at one moment.
"""

import fcntl
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models import database_files, schema, version
from models.database import database, is_sqlite

WAIT_SECONDS = 60
_TRIES = 5
_MIGRATIONS = "SELECT name FROM schema_migration"
_COPIED = re.compile(r"COPY public\.schema_migration \((.*)\) FROM stdin;")
_END_OF_COPY = "\\."
# All that is there, but for what came with an extension.
_AWAY = """
    WITH extension AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e')
    SELECT 'ROUTINE IF EXISTS ' || oid::regprocedure FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND (tableoid, oid) NOT IN (TABLE extension)
    UNION ALL
    SELECT 'TABLE IF EXISTS ' || oid::regclass FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND (tableoid, oid) NOT IN (TABLE extension)
"""


class Unusable(Exception):
    """A file that is no backup, or a tool that is missing or failed; the text is for people."""


def make(path: Path) -> int:
    """Write a backup, whole or not at all, and give its bytes. Raises Unusable, OSError."""
    _require_other(path)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if is_sqlite():
            with _told_of(f"{path} cannot be written"):
                _copy_sqlite(part)
        else:
            require_primary()
            _run("pg_dump", f"--dbname={_connection()}", "--format=custom", f"--file={part}")
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            part.with_name(part.name + ending).unlink(missing_ok=True)
    return path.stat().st_size


def put_back(path: Path, then: str = "") -> None:
    """Let the database be what it was when the backup was made. Raises Unusable, OSError.

    On PostgreSQL the statement `then` is the last of the same transaction.

    Tables of an older version of Octavo are brought up to date. Answers that were cached meanwhile
    are not given again: what is put back has, from its first moment, a version of the catalogue
    that was never reached before, however much is changed in the meantime.
    """
    _require_other(path)
    before = version.of_catalogue() if database.table_exists("catalogue_version") else 0
    if is_sqlite():
        with _told_of("The backup cannot be put back, and the database is as it was"):
            _replace_sqlite(path, before)
    else:
        _replace_postgresql(path, before, then)
    database.close()
    schema.migrate()


def _require_other(path: Path) -> None:
    """That a file is none of the database's own: a copy in its place is lost with it."""
    if database_files.has(path):
        raise Unusable(f"{path} is a file of the database itself. Name another file.")


def is_filled() -> bool:
    """Whether there is a library in the database that a backup would replace."""
    if not database.table_exists("book"):
        return False
    found = database.execute_sql('SELECT EXISTS (SELECT 1 FROM book UNION SELECT 1 FROM "user")')
    return bool(found.fetchone()[0])


def all_there() -> list[str]:
    """All tables and functions that a database on PostgreSQL has, as `DROP` names them."""
    return [one for (one,) in database.execute_sql(_AWAY).fetchall()]


def require_primary() -> None:
    """That it is no standby, which may be behind, and cannot be written to. Raises Unusable."""
    (is_standby,) = database.execute_sql("SELECT pg_is_in_recovery()").fetchone()
    if is_standby:
        raise Unusable(
            "DATABASE_URL leads to a standby, which may lack what was done last. Name the primary,"
            " or all servers with target_session_attrs=read-write."
        )


@contextmanager
def _told_of(what: str) -> Iterator[None]:
    """What tells of an error of SQLite, such as a full disk, in a sentence. Raises Unusable."""
    try:
        yield
    except sqlite3.Error as error:
        raise Unusable(f"{what}: {error}.") from None


def _copy_sqlite(part: Path) -> None:
    with closing(_sqlite(database.obj.database)) as live, closing(_sqlite(part)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
        _require_sound(copy)


def _replace_sqlite(path: Path, before: int) -> None:
    """Let a copy of the backup, with its new version, replace what is in the database.

    The copy lies beside the database, where there is room for one.
    """
    with closing(_sqlite(path, mode="ro")) as copy:
        try:
            _require_sound(copy)
            names = {name for (name,) in copy.execute(_MIGRATIONS)}
        except sqlite3.DatabaseError:
            raise Unusable(f"{path} is no backup of Octavo on SQLite.") from None
        _require_known(names)
        live_path = Path(database.obj.database)
        with (
            _folder_beside(live_path.absolute()) as folder,
            closing(_sqlite(folder / "octavo.db")) as changed,
            closing(_sqlite(live_path)) as live,
        ):
            copy.backup(changed)
            with changed:
                changed.execute(version.leap_beyond(before))
            changed.backup(live, sleep=0.05)


@contextmanager
def _folder_beside(live_path: Path) -> Iterator[Path]:
    """A folder that is locked while it is used; those that a killed restore left are removed."""
    for left in live_path.parent.glob(".restore-*"):
        with suppress(OSError), _locked(left):
            shutil.rmtree(left)
    with TemporaryDirectory(prefix=".restore-", dir=live_path.parent) as name, _locked(Path(name)):
        yield Path(name)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """A lock that ends with the process. Raises BlockingIOError if another one has it."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(opened)


def _replace_postgresql(path: Path, before: int, then: str) -> None:
    """Run the statements of the backup in one transaction that has all tables to itself.

    Every act holds its members first: once the table of members is locked, those under way have
    ended and no other begins, so that the rest can be locked without a deadlock.

    What a later version made is not in the backup, which takes away only what it brings; it would
    be in the way when the backup is brought up to date. The version is the last thing before the
    transaction ends.
    """
    require_primary()
    _require_known(_names_in(path))
    tables = database.get_tables()
    order = sorted(tables, key=lambda table: table != "user")
    locks = [f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE;' for table in order]
    away = [f"DROP {one} CASCADE;" for one in all_there()]
    database.close()
    with TemporaryDirectory() as folder:
        script, whole = Path(folder) / "backup.sql", Path(folder) / "whole.sql"
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(path))
        last = [f"{one};" for one in (version.leap_beyond(before), then) if one]
        acts = ["BEGIN;", *locks, *away, f"\\i {script}", *last, "COMMIT;", ""]
        whole.write_text("\n".join(acts))
        told = (f"--dbname={_connection()}", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--quiet")
        for tries_left in reversed(range(_TRIES)):
            try:
                _run("psql", *told, f"--file={whole}")
                return
            except Unusable as error:
                if not tries_left or "deadlock" not in str(error):
                    raise


def _names_in(path: Path) -> set[str]:
    """The migrations that a backup of PostgreSQL has. Raises Unusable."""
    with TemporaryDirectory() as folder:
        script = Path(folder) / "migrations.sql"
        table = ("--data-only", "--table=schema_migration")
        _run("pg_restore", *table, f"--file={script}", str(path))
        lines = iter(script.read_text().splitlines())
    for line in lines:
        columns = copied[1].split(", ") if (copied := _COPIED.match(line)) else []
        if "name" in columns:
            place = columns.index("name")
            return {row.split("\t")[place] for row in takewhile(_END_OF_COPY.__ne__, lines)}
    raise Unusable(f"{path} is no backup of Octavo on PostgreSQL.")


def _sqlite(path: Any, mode: str = "rwc") -> sqlite3.Connection:
    opened = sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode={mode}", uri=True)
    opened.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
    return opened


def _require_sound(opened: sqlite3.Connection) -> None:
    (told,) = opened.execute("PRAGMA quick_check(1)").fetchone()
    if told != "ok":
        raise Unusable(f"The copy is damaged: {told}")


def _require_known(names: set[str]) -> None:
    unknown = names - {name for name, _ in schema.status()}
    if unknown:
        raise Unusable(f"The backup is of a newer version of Octavo: it has {min(unknown)}.")


def _connection() -> str:
    """All that the URL says of the connection, for tools of PostgreSQL.

    Everybody on the machine may read it: it has no passwords.
    """
    from psycopg.conninfo import make_conninfo
    from psycopg.pq import Conninfo

    known = {**database.obj.connect_params, "dbname": database.obj.database}
    options = [one.keyword.decode() for one in Conninfo.get_defaults() if one.dispchar != b"*"]
    return make_conninfo(**{name: known[name] for name in options if name in known})


def _password() -> Mapping[str, str]:
    """The environment of a tool, where nobody else sees the password."""
    password = database.obj.connect_params.get("password")
    return {**os.environ, "PGPASSWORD": str(password)} if password else os.environ


def _run(tool: str, *words: str) -> None:
    try:
        subprocess.run(  # noqa: S603  a tool of PostgreSQL, with arguments of our own
            [tool, *words], check=True, capture_output=True, text=True, env=_password()
        )
    except FileNotFoundError:
        raise Unusable(f"{tool} is not installed; it comes with PostgreSQL's client.") from None
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines()
        errors = [line for line in lines if "rror:" in line or "ERROR:" in line]
        said = [*errors, *lines, "it does not say why"][0]
        raise Unusable(f"{tool} failed: {said}") from None

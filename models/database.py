"""The database: which one it is, how a transaction begins, and queries compiled once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from logging import DEBUG
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from peewee import (
    EXCEPTIONS,
    DatabaseProxy,
    ExceptionWrapper,
    Model,
    Node,
    PeeweeException,
    PostgresqlDatabase,
    SqliteDatabase,
    Value,
)
from peewee import logger as _peewee_log
from playhouse import db_url

from models.database_times import TIMES, locks_rows, watch
from models.postgresql import Postgresql
from models.sqlite import Sqlite

database: Any = DatabaseProxy()
db_url.register_database(Postgresql, "postgresql", "postgres")
db_url.register_database(Sqlite, "sqlite")

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    # An acknowledged loan must survive a power cut.
    "synchronous": "FULL",
    "cache_size": -64_000,
    "temp_store": "MEMORY",
    "mmap_size": 1 << 30,
    "wal_autocheckpoint": 1000,
}
LOG_PAGES = 16_000
BUSY_SECONDS = 10
# Makes Peewee's exceptions of the driver's.
_WRAPPED = ExceptionWrapper(EXCEPTIONS)


class Table(Model):
    """A table of ours. Columns are stored as they are answered; see docs/decisions/0003."""

    # Peewee adds the column itself, which the type checker cannot see.
    id: Any

    class Meta:
        database = database
        legacy_table_names = False
        strict_tables = True


def connect(url: str) -> Any:
    """Open the database that `url` names and make every model use it.

    Raises ValueError for a URL that names no database we can use.
    """
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        opened = db_url.connect(
            url, pragmas=SQLITE_PRAGMAS, timeout=BUSY_SECONDS, lock_type="IMMEDIATE"
        )
    elif scheme in ("postgresql", "postgres"):
        opened = db_url.connect(url, unquote_password=True, unquote_user=True, prefer_psycopg3=True)
    else:
        raise ValueError(f"no database is known by the scheme {scheme!r}: use sqlite or postgresql")
    watch(opened)
    database.initialize(opened)
    return opened


def is_postgresql() -> bool:
    """Whether the database in use is PostgreSQL rather than SQLite."""
    return isinstance(database.obj, PostgresqlDatabase)


def is_sqlite() -> bool:
    """Whether the database in use is the embedded SQLite."""
    return isinstance(database.obj, SqliteDatabase)


def run(sql: str, values: Sequence[Any] = ()) -> Any:
    """The cursor of a statement written as SQL with `?` where values go, on either database."""
    return database.execute_sql(sql.replace("?", database.obj.param), values)


def transaction() -> Any:
    """A transaction, or a savepoint inside one. On SQLite it takes the write lock at once."""
    return database.atomic()


@contextmanager
def at_one_moment() -> Iterator[None]:
    """A transaction that only reads, and sees nothing of what others write meanwhile.

    Nobody waits for it. But as long as it goes on SQLite keeps in its log all that others write,
    and PostgreSQL all rows that they replace: it is for commands, which wait for no client.
    """
    with database.transaction("DEFERRED" if is_sqlite() else "REPEATABLE READ"):
        if is_postgresql():
            database.execute_sql("SET TRANSACTION READ ONLY")
        yield


class _Undone(Exception):
    """Ends a transaction of which nothing is to stay."""


@contextmanager
def undone() -> Iterator[None]:
    """A transaction, or a savepoint inside one, of which nothing stays in the end."""
    with suppress(_Undone), transaction():
        yield
        raise _Undone


def is_awaited() -> bool:
    """Whether a transaction keeps others waiting who want to write anything; only on SQLite."""
    return is_sqlite() and bool(database.obj.is_awaited())


@contextmanager
def writing_much() -> Iterator[None]:
    """A context for long imports, in which SQLite copies its log into the file less often.

    After 64 MiB instead of 4: pages that many rows change are copied once for all of them. Not for
    requests, of which one would wait for the copying.
    """
    if not is_sqlite():
        yield
        return
    run(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
    try:
        yield
    finally:
        run(f"PRAGMA wal_autocheckpoint = {SQLITE_PRAGMAS['wal_autocheckpoint']}")


def for_update(query: Any) -> Any:
    """The query that locks its rows until the transaction ends; on SQLite the write lock does."""
    return query.for_update() if is_postgresql() else query


def for_share(query: Any) -> Any:
    """The query that keeps its rows from being changed until the transaction ends.

    Others may ask for the same meanwhile. On SQLite the write lock keeps them.
    """
    return query.for_update("FOR SHARE") if is_postgresql() else query


def as_peewee() -> Any:
    """A context in which what the driver raises becomes one of Peewee's exceptions."""
    return _WRAPPED


def rows(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query that is run once, as tuples in the order of the selected columns."""
    found: list[tuple[Any, ...]] = list(query.tuples())
    return found


def _after(error: Exception, opened: Any, sql: str, bound: Any) -> Any:
    """The cursor that the database gives after a failure; raises the error as one of Peewee's."""
    try:
        with _WRAPPED:
            raise error
    except PeeweeException as wrapped:
        if isinstance(opened, Postgresql):
            return opened.again(wrapped, sql, bound)
        raise


class _Slot:
    """Stands for a value that a compiled query is given at each call."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def slot(name: str) -> Node:
    """A named place in a query for a value to be bound at each call of a `Compiled`."""
    return Value(_Slot(name), converter=False, unpack=False)


class Compiled:
    """A query whose SQL is built once; building costs more than running it.

    `build` gives a Peewee query with `slot(name)` where values go. The text is built again only
    for a database of another kind, which is known by its sign for a value.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._sign = ""
        self._sql = ""
        self._params: tuple[Any, ...] = ()
        self._waits = False
        self._returns = False

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """All rows, as tuples in the order of the selected columns."""
        found: list[tuple[Any, ...]] = self.execute(**values).fetchall()
        return found

    def row(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found: tuple[Any, ...] | None = self.execute(**values).fetchone()
        return found

    def scalar(self, **values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.execute(**values).fetchone()
        return None if found is None else found[0]

    def insert(self, **values: Any) -> int:
        """Run an INSERT and give the new row's id."""
        cursor = self.execute(**values)
        created: int = cursor.fetchone()[0] if self._returns else cursor.lastrowid
        return created

    def insert_many(self, many: Sequence[Mapping[str, Any]]) -> list[int]:
        """Run an INSERT for each of many rows, and give their ids in order.

        PostgreSQL is sent them all at once, instead of waiting for the answer to each. SQLite, on
        which nobody else writes meanwhile, gives ids one after the other.
        """
        if len(many) < 2:
            return [self.insert(**each) for each in many]
        cursor = database.obj.cursor()
        with _WRAPPED:
            if is_sqlite():
                cursor.executemany(self._sql_text(), list(map(self._bound, many)))
                (last,) = cursor.execute("SELECT last_insert_rowid()").fetchone()
                return list(range(last - len(many) + 1, last + 1))
            cursor.executemany(self._sql_text(), list(map(self._bound, many)), returning=True)
        return [result.fetchone()[0] for result in cursor.results()]

    def execute_many(self, many: Sequence[Mapping[str, Any]]) -> int:
        """Run the statement for each of many rows, and give how many rows it changed."""
        cursor = database.obj.cursor()
        with _WRAPPED:
            cursor.executemany(self._sql_text(), list(map(self._bound, many)))
        return int(cursor.rowcount)

    def execute(self, **values: Any) -> Any:
        """The cursor of the executed statement.

        Flat, and past Peewee where nobody listens to it (hooks, its log): that saves 4 µs of each
        statement of the hot paths.
        """
        opened = database.obj
        if self._sign != opened.param:
            self._compile()
        bound = [values[p.name] if type(p) is _Slot else p for p in self._params]
        if opened.query_hooks or _peewee_log.isEnabledFor(DEBUG):
            return opened.execute_sql(self._sql, bound)
        began = perf_counter()
        try:
            cursor = opened.cursor()
            cursor.execute(self._sql, bound)
        except Exception as error:  # noqa: BLE001  whatever the driver raises
            cursor = _after(error, opened, self._sql, bound)
        finally:
            took = perf_counter() - began
            TIMES.statements += 1
            TIMES.seconds += took
            if self._waits:
                TIMES.waiting += took
        return cursor

    def _sql_text(self) -> str:
        if self._sign != database.obj.param:
            self._compile()
        return self._sql

    def _bound(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[p.name] if type(p) is _Slot else p for p in self._params]

    def _compile(self) -> None:
        sql, params = self._build().sql()
        self._sql, self._params = sql, tuple(params)
        self._waits = locks_rows(sql)
        self._sign = database.obj.param
        self._returns = " RETURNING " in sql

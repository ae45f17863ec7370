"""The database: which one it is, how a transaction begins, and queries compiled once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from peewee import (
    EXCEPTIONS,
    DatabaseProxy,
    ExceptionWrapper,
    IntegrityError,
    Model,
    Node,
    PostgresqlDatabase,
    SqliteDatabase,
    Value,
)
from playhouse import db_url

database: Any = DatabaseProxy()

SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "foreign_keys": 1,
    # An acknowledged loan must survive a power cut.
    "synchronous": "FULL",
    "cache_size": -64_000,
    "temp_store": "MEMORY",
    "mmap_size": 1 << 30,
}
BUSY_SECONDS = 10


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
    database.initialize(opened)
    return opened


def recovered() -> bool:
    """Whether the connection had broken; it is let go then, and the next query opens another."""
    opened = database.obj
    if opened.is_closed() or is_sqlite() or not opened.connection().closed:
        return False
    opened.connection().pgconn.finish()
    opened.dispose()
    return True


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


def for_update(query: Any) -> Any:
    """The query holding its rows until the transaction ends; on SQLite the write lock does."""
    return query.for_update() if is_postgresql() else query


def rows(query: Any) -> list[tuple[Any, ...]]:
    """The rows of a query that is run once, as tuples in the order of the selected columns."""
    found: list[tuple[Any, ...]] = list(query.tuples())
    return found


@contextmanager
def unique(error: Callable[[], Exception]) -> Iterator[None]:
    """Turn a broken uniqueness of the one statement inside into `error()`.

    The savepoint keeps the transaction around it usable on PostgreSQL.
    """
    try:
        with database.atomic():
            yield
    except IntegrityError as broken:
        if not _is_uniqueness(broken):
            raise
        raise error() from broken


def _is_uniqueness(error: IntegrityError) -> bool:
    return "unique" in str(error).lower()


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
    when another database has been connected.
    """

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._database: Any = None
        self._sql = ""
        self._params: tuple[Any, ...] = ()

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
        found = self.row(**values)
        return None if found is None else found[0]

    def insert(self, **values: Any) -> int:
        """Run an INSERT and give the new row's id."""
        cursor = self.execute(**values)
        created: int = cursor.lastrowid if is_sqlite() else cursor.fetchone()[0]
        return created

    def insert_many(self, many: Sequence[Mapping[str, Any]]) -> list[int]:
        """Run an INSERT for each of many rows, and give their ids in order.

        PostgreSQL is sent them all at once, instead of waiting for the answer to each.
        """
        if is_sqlite() or not many:
            return [self.insert(**values) for values in many]
        cursor = database.obj.cursor()
        with ExceptionWrapper(EXCEPTIONS):
            cursor.executemany(self._sql_text(), list(map(self._bound, many)), returning=True)
        return [result.fetchone()[0] for result in cursor.results()]

    def execute(self, **values: Any) -> Any:
        """The cursor of the executed statement."""
        return database.obj.execute_sql(self._sql_text(), self._bound(values))

    def _sql_text(self) -> str:
        if self._database is not database.obj:
            self._compile()
        return self._sql

    def _bound(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[p.name] if type(p) is _Slot else p for p in self._params]

    def _compile(self) -> None:
        sql, params = self._build().sql()
        self._sql, self._params = sql, tuple(params)
        self._database = database.obj

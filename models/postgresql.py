"""PostgreSQL as it is found: a pooler between, other defaults, connections cut while idle."""

from time import perf_counter
from typing import Any

from peewee import InterfaceError, InternalError, OperationalError, PostgresqlDatabase

from models.database_times import TIMES
from models.drivers import load_psycopg

ISOLATION = "READ COMMITTED"
"""What the rules are written for; a role or a database may have another default."""


BROKEN = ("08", "57")
"""Classes of SQLSTATE: the connection is gone, or the server ends it."""
CANCELED = "57014"
"""The SQLSTATE of a statement that took too long, after which the connection goes on."""
READ_ONLY = "25006"
"""The SQLSTATE of a write that a standby was asked for."""


class UnusableDatabase(OperationalError):
    """The database can never serve as it is; the text says what to do."""


class OutcomeUnknown(OperationalError):
    """The connection broke during COMMIT: the transaction is done, or it is not."""


class Postgresql(PostgresqlDatabase):
    """One connection per process, opened anew where the server had closed it.

    `begin` and a `SELECT` outside a transaction are sent again on a new connection when the server
    has closed the old one, since nothing had begun. Whatever else fails, fails.

    Behind a pooler that hands out connections per transaction (PgBouncer) no statement is prepared
    by name: the next transaction may run where nobody prepared it.
    """

    def __init__(self, *how: Any, **more: Any) -> None:
        load_psycopg()
        super().__init__(*how, isolation_level=ISOLATION, **more)

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin a transaction, READ COMMITTED unless told otherwise."""
        began = perf_counter()
        try:
            super().begin(isolation_level)
        except (InterfaceError, OperationalError):
            if not self.was_cut():
                raise
            super().begin(isolation_level)
        finally:
            TIMES.seconds += perf_counter() - began

    def commit(self) -> Any:
        """Commit. Raises OutcomeUnknown if the connection breaks before the server has answered."""
        try:
            return super().commit()
        except (InterfaceError, OperationalError) as error:
            state = getattr(error.orig, "sqlstate", None) or BROKEN[0]
            if state[:2] not in BROKEN or state == CANCELED:
                raise
            raise OutcomeUnknown(*error.args) from error

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """The cursor of an executed statement; raises what `again` raises."""
        try:
            return super().execute_sql(sql, params)
        except (InternalError, InterfaceError, OperationalError) as error:
            return self.again(error, sql, params)

    def again(self, error: Any, sql: str, params: Any) -> Any:
        """The cursor of a SELECT that failed on a connection that had been cut, from another one.

        Raises OperationalError for a write on a standby, which may be over in a moment; else the
        error as it came.
        """
        if isinstance(error, InternalError):
            read_only = getattr(error.orig, "sqlstate", None) == READ_ONLY
            raise (_as_outage(error) if read_only else error) from error.orig
        if self.transaction_depth() or not sql.lstrip().startswith("SELECT"):
            raise error
        if not self.was_cut():
            raise error
        return super().execute_sql(sql, params)

    def was_cut(self) -> bool:
        """Whether the connection is gone; it is let go then, so that another is opened."""
        if self.is_closed() or not self.connection().closed:
            return False
        self.connection().pgconn.finish()
        self.dispose()
        return True

    def _connect(self) -> Any:
        connection = super()._connect()
        try:
            self._check(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self, connection: Any) -> None:
        encoding = connection.pgconn.parameter_status(b"server_encoding").decode()
        if encoding != "UTF8":
            raise UnusableDatabase(
                f"it has the encoding {encoding}, and Octavo needs UTF8; make another one with"
                " createdb --encoding=UTF8 --template=template0 NAME"
            )
        (backend,) = connection.execute("SELECT pg_backend_pid()").fetchone()
        # A pooler gives a key of its own for cancelling, not the id of the process behind it.
        if backend != connection.pgconn.backend_pid:
            connection.prepare_threshold = None


def _as_outage(error: InternalError) -> OperationalError:
    outage = OperationalError(*error.args)
    outage.orig = error.orig
    return outage

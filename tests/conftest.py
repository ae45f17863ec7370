"""Fixtures for every test: databases of their own, people, the application, the real server.

A test that is given `postgresql` or `server` is marked accordingly; what a mark needs and this
machine lacks is told at the end of the run, and fails it when CI=true.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any, NoReturn
from uuid import uuid4

import hypothesis
import psycopg
import pytest
from flask.testing import FlaskClient

from api import settings
from api.app import Octavo, create_app
from models import schema
from models.database import connect, database
from tests.support import clusters, needs, people, proxies, servers
from tests.support.asking import Asker
from tests.support.between import Between, once_before_acting

NEEDS_OF_FIXTURE = {
    "postgresql": ("postgres",),
    "server": ("server",),
    "nginx": ("server", "nginx"),
}


def pytest_configure(config: pytest.Config) -> None:
    """Tell of our own mark, and let made-up input take its time: a busy machine is no fault."""
    hypothesis.settings.register_profile(
        "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("patient")
    config.addinivalue_line("markers", "settings(NAME=value): settings of the application")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that are given a server of some kind, and those that are quick."""
    for item in items:
        named = set(getattr(item, "fixturenames", ()))
        parameters = getattr(getattr(item, "callspec", None), "params", {})
        named.update(str(value) for value in parameters.values())
        for fixture in named & NEEDS_OF_FIXTURE.keys():
            for need in NEEDS_OF_FIXTURE[fixture]:
                item.add_marker(need)
        for need, word in (("redis", "redis"), ("postgres", "postgresql"), ("nginx", "nginx")):
            if word in str(parameters.get("server", "")):
                item.add_marker(need)
        if parameters.get("server") == servers.WITH_REPLICA:
            item.add_marker("replica")
        if _is_quick(item):
            item.add_marker("quick")


def _is_quick(item: pytest.Item) -> bool:
    """Whether it needs nothing but SQLite, tries no made-up input, and is not known to be slow."""
    made_up = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    marks = {marker.name for marker in item.iter_markers()}
    return not made_up and not marks & (needs.EXTERNAL | {"slow"})


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out, aloud, what cannot be tested here."""
    for marker in item.iter_markers():
        why = needs.lacking(marker.name) if marker.name in needs.EXTERNAL else None
        if why is not None:
            needs.skip(marker.name, why)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was not tested, so that nobody takes a short run for a whole one."""
    left_out: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        if "NOT TESTED" in reason:
            reason = reason.removeprefix("Skipped: ")
            left_out[reason] = left_out.get(reason, 0) + 1
    for reason, number in sorted(left_out.items()):
        terminalreporter.write_line(f"{reason}: {number} tests left out", yellow=True, bold=True)


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to all tests that are not marked to need one."""
    if any(marker.name in needs.NETWORKED for marker in request.node.iter_markers()):
        return

    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("a test without a mark for it tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied: copying is faster than migrating."""
    path: Path = tmp_path_factory.mktemp("template") / "octavo.db"
    with _connected(f"sqlite:///{path}") as opened:
        schema.migrate()
        opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgresql_library() -> Iterator[str]:
    """The name of a migrated PostgreSQL database; the schema `first` remembers its rows."""
    name = f"octavo_test_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}"')
    _on_server(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    with _connected(_url(name)) as opened:
        schema.migrate()
        opened.execute_sql("CREATE SCHEMA first")
        for table in opened.get_tables():
            opened.execute_sql(f'CREATE TABLE first."{table}" AS TABLE "{table}"')
            if not opened.execute_sql(f'SELECT 1 FROM first."{table}"').fetchone():  # noqa: S608
                opened.execute_sql(f'DROP TABLE first."{table}"')
    yield name
    _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for databases: in memory where there is such a place, since they sync each write."""
    memory = Path("/dev/shm")  # noqa: S108  only a folder made there is used
    with TemporaryDirectory(prefix="octavo-", dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture
def sqlite(sqlite_template: Path, folder: Path) -> Iterator[Any]:
    """An empty SQLite library, connected."""
    path = folder / "octavo.db"
    copyfile(sqlite_template, path)
    with _connected(f"sqlite:///{path}") as opened:
        yield opened


@pytest.fixture
def postgresql(postgresql_library: str) -> Iterator[Any]:
    """An empty PostgreSQL library, connected."""
    with _connected(_url(postgresql_library)) as opened:
        numbered = opened.execute_sql(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE is_identity = 'YES' AND table_schema = 'public'"
        )
        afresh = _afresh(opened.get_tables(), opened.get_tables("first"), dict(numbered.fetchall()))
        opened.execute_sql("; ".join(afresh))
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest) -> Any:
    """An empty library, connected: on SQLite, then on PostgreSQL."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def app(sqlite_template: Path, folder: Path, request: pytest.FixtureRequest) -> Iterator[Octavo]:
    """The application on an empty SQLite library; `@pytest.mark.settings(NAME="…")` sets others."""
    path = folder / "app.db"
    copyfile(sqlite_template, path)
    environ = {
        **servers.QUICK,
        "DATABASE_URL": f"sqlite:///{path}",
        "OCTAVO_VAR": str(folder / "var"),
    }
    for marker in reversed(list(request.node.iter_markers("settings"))):
        environ.update(marker.kwargs)
    yield create_app(settings.read(environ))
    _disconnect()


@pytest.fixture
def client(app: Octavo) -> FlaskClient:
    """A client of the application, in this process."""
    return app.test_client()


@pytest.fixture
def ask(client: FlaskClient) -> Asker:
    """The API, asked in few words."""
    return Asker(client)


@pytest.fixture
def member(app: Octavo) -> people.Person:
    """A member."""
    return people.add("member", "member@example.org")


@pytest.fixture
def other_member(app: Octavo) -> people.Person:
    """Another member."""
    return people.add("member", "other@example.org")


@pytest.fixture
def librarian(app: Octavo) -> people.Person:
    """A librarian."""
    return people.add("librarian", "librarian@example.org")


@pytest.fixture
def admin(app: Octavo) -> people.Person:
    """An administrator."""
    return people.add("admin", "admin@example.org")


@pytest.fixture(scope="session")
def server(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[servers.Server]:
    """The real server under uWSGI, with an administrator (`servers.ADMIN`) in it.

    On SQLite, or on what `@servers.ON_BOTH` asks for.
    """
    kind = getattr(request, "param", "sqlite")
    folder = tmp_path_factory.mktemp("server")
    with _settings_of(kind) as chosen:
        if kind == servers.TWO_NODES:
            with proxies.two_nodes(folder, **chosen) as started:
                yield started
            return
        started = servers.start(folder, **chosen)
        yield started
        started.stop()


@pytest.fixture(scope="module")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """The real server on SQLite behind nginx with the site of deploy/; `url` is that of nginx."""
    with proxies.behind_nginx(
        tmp_path_factory.mktemp("nginx"), RATE_LIMIT_ANONYMOUS="100000 per day"
    ) as started:
        yield started


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Between:
    """Have something happen once, committed, after the first checks of the next request."""
    return once_before_acting(monkeypatch)


@contextmanager
def _settings_of(kind: str) -> Iterator[dict[str, str]]:
    if kind == "sqlite":
        yield {}
        return
    if kind == servers.WITH_REPLICA:
        with clusters.running() as cluster:
            yield {
                "DATABASE_URL": cluster.primary.url,
                "DATABASE_READ_URL": cluster.replica.url,
                "REDIS_URL": needs.REDIS,
            }
        return
    name = f"octavo_test_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}"')
    try:
        yield {"DATABASE_URL": _url(name)} | ({"REDIS_URL": needs.REDIS} if "redis" in kind else {})
    finally:
        _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    yield connect(url)
    _disconnect()


def _disconnect() -> None:
    """Close the database and forget it: what runs without a database of its own shall fail."""
    database.obj.close()
    database.initialize(None)


def _afresh(tables: list[str], filled: list[str], numbered: dict[str, str]) -> Iterator[str]:
    """What makes the tables as they were first, ids included; far faster than a new database."""
    yield "SET session_replication_role = replica"
    for table in tables:
        yield f'DELETE FROM "{table}"'  # noqa: S608
        if table in filled:
            yield f'INSERT INTO "{table}" SELECT * FROM first."{table}"'  # noqa: S608
        if table in numbered:
            # Past the greatest: rows that were there first may have later ids than there are rows.
            column = numbered[table]
            following = f'(SELECT COALESCE(MAX("{column}"), 0) + 1 FROM "{table}")'  # noqa: S608
            sequence = f"pg_get_serial_sequence('\"{table}\"', '{column}')"
            yield f"SELECT setval({sequence}, {following}, false)"
    yield "SET session_replication_role = origin"


def _url(name: str) -> str:
    return f"{needs.POSTGRES.rpartition('/')[0]}/{name}"


def _on_server(statement: str) -> None:
    with psycopg.connect(needs.POSTGRES, autocommit=True, connect_timeout=3) as server:
        server.execute(statement)

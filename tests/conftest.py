"""Fixtures for every test: databases of their own, with all migrations applied."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from api import settings
from api.app import Octavo, create_app
from models import schema
from models.database import connect, database
from tests.support import people, servers

POSTGRES = os.environ.get("OCTAVO_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied: copying is faster than migrating."""
    path: Path = tmp_path_factory.mktemp("template") / "octavo.db"
    opened = connect(f"sqlite:///{path}")
    schema.migrate()
    opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """The name of a migrated PostgreSQL database, to be used as a template; skips without one."""
    name = f"octavo_template_{uuid4().hex[:12]}"
    try:
        _on_server(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NO POSTGRESQL, SO NOT TESTED ON IT: {error}")
    opened = connect(_url(name))
    schema.migrate()
    opened.close()
    yield name
    _on_server(f'DROP DATABASE "{name}"')


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Any]:
    """An empty SQLite library, connected."""
    path = tmp_path / "octavo.db"
    copyfile(sqlite_template, path)
    opened = connect(f"sqlite:///{path}")
    yield opened
    opened.close()


@pytest.fixture
def postgresql(postgresql_template: str) -> Iterator[Any]:
    """An empty PostgreSQL library, connected."""
    name = f"octavo_test_{uuid4().hex[:12]}"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{postgresql_template}" STRATEGY FILE_COPY')
    opened = connect(_url(name))
    yield opened
    opened.close()
    _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest) -> Any:
    """An empty library, connected: on SQLite, then on PostgreSQL."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def app(sqlite_template: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Octavo]:
    """The application on an empty SQLite library; `@pytest.mark.settings(NAME="…")` sets others."""
    path = tmp_path / "app.db"
    copyfile(sqlite_template, path)
    marker = request.node.get_closest_marker("settings")
    environ = {**servers.QUICK, "DATABASE_URL": f"sqlite:///{path}"}
    created = create_app(settings.read(environ | (marker.kwargs if marker else {})))
    yield created
    database.obj.close()


@pytest.fixture
def client(app: Octavo) -> FlaskClient:
    """A client of the application, in this process."""
    return app.test_client()


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
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """The real server under uWSGI, on SQLite, with an administrator (`servers.ADMIN`) in it."""
    started = servers.start(tmp_path_factory.mktemp("server"))
    yield started
    started.stop()


def _url(name: str) -> str:
    return f"{POSTGRES.rpartition('/')[0]}/{name}"


def _on_server(statement: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
        server.execute(statement)

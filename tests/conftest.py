"""Fixtures for every test: databases of their own, with all migrations applied."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from models import schema
from models.database import connect

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


def _url(name: str) -> str:
    return f"{POSTGRES.rpartition('/')[0]}/{name}"


def _on_server(statement: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
        server.execute(statement)

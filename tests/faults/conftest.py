"""Servers of one test each, which it may harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import clusters, servers
from tests.support.servers import Server


@pytest.fixture
def own(folder: Path) -> Iterator[Server]:
    """A server on SQLite with two workers."""
    started = servers.start(folder, WORKERS="2")
    yield started
    if started.process.poll() is None:
        started.stop()


@pytest.fixture
def postgres() -> Iterator[clusters.Member]:
    """A PostgreSQL of this test's own, with an empty database."""
    with clusters.alone() as member:
        yield member


@pytest.fixture
def on_postgres(postgres: clusters.Member, folder: Path) -> Iterator[Server]:
    """A server on that PostgreSQL."""
    started = servers.start(folder, WORKERS="2", DATABASE_URL=postgres.url)
    yield started
    started.stop()

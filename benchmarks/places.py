"""Where benchmarks measure: a new SQLite file, and a new database on a PostgreSQL server."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

import psycopg


def places() -> Iterator[tuple[str, AbstractContextManager[str]]]:
    """Each kind by its name, with what opens an empty one and gives its URL.

    PostgreSQL only where OCTAVO_BENCH_POSTGRES is the URL of a server.
    """
    yield "SQLite", sqlite()
    server = os.environ.get("OCTAVO_BENCH_POSTGRES")
    if server is not None:
        yield "PostgreSQL", postgresql(server)


@contextmanager
def sqlite() -> Iterator[str]:
    """The URL of a file in a folder that is removed in the end."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/octavo.db"


@contextmanager
def postgresql(server: str) -> Iterator[str]:
    """The URL of an empty database on a server, which is dropped in the end."""
    name = f"octavo_bench_{uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as at:
        at.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server.rstrip('/').rpartition('/')[0]}/{name}"
        finally:
            at.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def processor_seconds() -> float:
    """Processor time of this process and of those that it started and that are over."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system

"""What a test may need beyond Python: skipped aloud where it is missing, a failure in CI."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import psycopg
import pytest

from tests.support import clusters

POSTGRES = os.environ.get("OCTAVO_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("OCTAVO_TEST_REDIS", "redis://127.0.0.1:6379/15")
SPANISH = "es_ES.UTF-8"
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)
"""The library that a program is started with whose clock is to be set."""
PEERS = Path(__file__).parents[1] / "peers"
PACKAGES = Path(__file__).parents[2] / "var" / "peers"
"""Where `.ci/run` installs what `tests/peers/package.json` names."""
NETWORKED = frozenset(
    {"server", "postgres", "redis", "nginx", "browser", "peer", "java", "javascript", "prometheus"}
    | {"pgbouncer", "replica"}
)


@cache
def lacking(need: str) -> str | None:
    """Why a test marked so cannot run here, or None when it can."""
    return _CHECKS[need]()


def skip(need: str, why: str) -> NoReturn:
    """Leave the test out, to be told of at the end of the run; in CI it fails instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must test with {need}: {why}", pytrace=False)
    pytest.skip(f"NOT TESTED with {need}: {why}")


@contextmanager
def empty_database() -> Iterator[str]:
    """The URL of a new database of PostgreSQL, dropped at the end."""
    name = f"octavo_test_{uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, connect_timeout=3, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{POSTGRES.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _server() -> str | None:
    uwsgi = Path(sys.executable).parent / "uwsgi"
    return None if uwsgi.exists() else f"there is no {uwsgi}"


def _postgres() -> str | None:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL answers at {POSTGRES} ({str(error).splitlines()[0]})"
    return None


def _redis() -> str | None:
    parts = urlsplit(REDIS)
    try:
        socket.create_connection((parts.hostname, parts.port or 6379), timeout=3).close()
    except OSError as error:
        return f"no Redis answers at {REDIS} ({error})"
    return None


def _javascript() -> str | None:
    if shutil.which("node") is None:
        return "there is no program node"
    names = orjson.loads((PEERS / "package.json").read_bytes())["dependencies"]
    absent = [name for name in names if not (PACKAGES / "node_modules" / name).is_dir()]
    return f"{PACKAGES} has no {', '.join(absent)}" if absent else None


def _program(*names: str) -> str | None:
    if any(shutil.which(name) for name in names):
        return None
    return f"there is no program {' or '.join(names)}"


def _programs(*names: str) -> str | None:
    return next(filter(None, map(_program, names)), None)


def _perl() -> str | None:
    if shutil.which("perl") is None:
        return "there is no program perl"
    modules = ("HTTP::OAI", "SRU::Request")
    asked = ["perl", *(f"-M{module}" for module in modules), "-e", "1"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        return f"Perl has no {' or '.join(modules)}"
    return None


def _spanish() -> str | None:
    """Whether PostgreSQL's messages are to be had in another language than English."""
    absent = _postgres()
    if absent is not None:
        return absent
    with psycopg.connect(POSTGRES, connect_timeout=3, autocommit=True) as server:
        try:
            server.execute(f"SET lc_messages = '{SPANISH}'")
            server.execute("SELECT 1 / 0")
        except psycopg.Error as error:
            return None if "división" in str(error) else f"no messages for {SPANISH}: {error}"
    return "PostgreSQL divides by zero"


_CHECKS: dict[str, Callable[[], str | None]] = {
    "server": _server,
    "peer": lambda: None,
    "javascript": _javascript,
    "postgres": _postgres,
    "redis": _redis,
    "spanish": _spanish,
    "nginx": lambda: _programs("nginx", "openssl", "curl"),
    "prometheus": lambda: _program("prometheus"),
    "faketime": lambda: None if FAKETIME else "there is no libfaketime",
    "replica": lambda: clusters.lacking(),
    "pgbouncer": lambda: _postgres() or _program("pgbouncer"),
    "java": lambda: _program("java"),
    "yaz": lambda: _programs("yaz-client", "yaz-marcdump", "zoomsh"),
    "perl": _perl,
    "browser": lambda: (
        _program("chromium", "chromium-browser", "google-chrome") or _program("chromedriver")
    ),
}
EXTERNAL = NETWORKED | _CHECKS.keys()
"""Every mark of a test that needs more than Python and SQLite."""

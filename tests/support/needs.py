"""What a test may need beyond Python: skipped aloud where it is missing, a failure in CI."""

import os
import shutil
import socket
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import psycopg
import pytest

POSTGRES = os.environ.get("OCTAVO_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("OCTAVO_TEST_REDIS", "redis://127.0.0.1:6379/15")
NETWORKED = frozenset({"server", "postgres", "redis", "nginx", "browser"})


@cache
def lacking(need: str) -> str | None:
    """Why a test marked so cannot run here, or None when it can."""
    return _CHECKS[need]()


def skip(need: str, why: str) -> NoReturn:
    """Leave the test out, to be told of at the end of the run; in CI it fails instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must test with {need}: {why}", pytrace=False)
    pytest.skip(f"NOT TESTED with {need}: {why}")


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


def _program(*names: str) -> str | None:
    if any(shutil.which(name) for name in names):
        return None
    return f"there is no program {' or '.join(names)}"


_CHECKS: dict[str, Callable[[], str | None]] = {
    "server": _server,
    "postgres": _postgres,
    "redis": _redis,
    "nginx": lambda: _program("nginx"),
    "browser": lambda: (
        _program("chromium", "chromium-browser", "google-chrome") or _program("chromedriver")
    ),
}

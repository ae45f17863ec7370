"""Backups of a running library: taken while clients lend, and put back into an empty place."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from models import schema
from models.database import connect, database
from models.loan import Loan
from tests.checker import broken
from tests.support import clerks, needs, servers
from tests.support.servers import BIN, ROOT, Server


def octavo(url: str, *command: str) -> str:
    """What a command says that is given to the library at a URL."""
    environment = {**servers.QUICK, "PATH": f"{BIN}:/usr/bin:/bin", "DATABASE_URL": url}
    done = subprocess.run(
        [str(BIN / "flask"), "--app", "api.app:create_app", *command],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def empty(server: Server, tmp_path: Path) -> Iterator[str]:
    """The URL of a place with nothing in it, of the kind that the server has."""
    url = server.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"octavo_test_{uuid4().hex[:12]}"
    with psycopg.connect(needs.POSTGRES, autocommit=True) as opened:
        opened.execute(f'CREATE DATABASE "{name}"')
        yield f"{url.rpartition('/')[0]}/{name}"
        opened.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@servers.ON_BOTH
def test_a_backup_taken_while_clients_lend_is_a_sound_library_elsewhere(
    server: Server, empty: str, tmp_path: Path
) -> None:
    url, file = server.environment["DATABASE_URL"], str(tmp_path / "backup")
    with clerks.working(server) as at_work:
        before = sum(one.lent for one in at_work)
        octavo(url, "db", "backup", file)
        assert octavo(url, "db", "check") == "Nothing contradicts the rules.\n"
        after = sum(one.lent for one in at_work)
        assert after > before
    said = octavo(empty, "db", "restore", file)
    assert said.endswith("Nothing contradicts the rules.\n")
    opened = connect(empty)
    try:
        assert schema.is_current()
        assert broken(opened) == []
        assert before - clerks.CLERKS <= Loan.select().count() <= after + clerks.CLERKS
    finally:
        opened.close()
        database.initialize(None)

"""SQLite that is held by others: a backup, a program that locks the file."""

import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.lending import lending
from tests.support import servers
from tests.support.servers import Server

pytestmark = pytest.mark.server


def test_desks_go_on_while_a_backup_is_made(own: Server, folder: Path) -> None:
    with lending(own) as desks:
        subprocess.run(
            [servers.BIN / "flask", "--app", "api.cli:create_app", "db", "backup", folder / "copy"],
            cwd=servers.ROOT,
            env=own.environment,
            check=True,
            capture_output=True,
        )
    assert desks.statuses.keys() <= {200, 201}


def test_writes_wait_or_are_refused_while_the_file_is_locked(own: Server, folder: Path) -> None:
    with lending(own) as desks:
        locking = sqlite3.connect(folder / "octavo.db", isolation_level=None, timeout=10)
        locking.execute("BEGIN IMMEDIATE")
        time.sleep(2)
        locking.close()
        desks.is_back()

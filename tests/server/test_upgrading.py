"""The last release on the tables of this version.

OCTAVO_UPGRADE_TESTS names tests of the last release to be run on the tables of this version, such
as `tests`; a few of them are unless it is set.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from models.database import connect, database
from tests.checker import broken
from tests.server.test_backups import octavo
from tests.support import clerks, needs, proxies, releases, servers
from tests.support.servers import Server

FEW = "tests/unit/circulation/test_deciding_loans.py"
# They compare the tables of a release with its own declarations: there is more in them now.
OF_ITS_OWN_TABLES = "not test_the_foreign_keys_are and not test_what_is_unique_is_so"


@pytest.fixture(autouse=True)
def _has_history() -> None:
    releases.require_history()


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.server
def test_the_last_release_keeps_its_promises_on_the_new_tables(tmp_path: Path) -> None:
    asked = os.environ.get("OCTAVO_UPGRADE_TESTS", FEW).split()
    with releases.checked_out(tmp_path, new_tables=True) as tree:
        there = [each for each in asked if (tree / each).exists()]
        done = releases.run_tests(tree, *there, "-k", OF_ITS_OWN_TABLES)
    assert done.returncode == 0, done.stdout[-5000:]


@contextmanager
def last_release(folder: Path, url: str) -> Iterator[tuple[Server, str]]:
    """A node of the last release behind nginx, which knows a second node: the socket of that."""
    ports = [servers.free_port(), servers.free_port()]
    with (
        releases.checked_out(folder) as tree,
        proxies.started(folder, servers.free_port(), *ports) as address,
    ):
        first, second = (f"127.0.0.1:{port}" for port in ports)
        node = start(folder / "old", first, address, url, code=str(tree))
        try:
            yield node, second
        finally:
            node.stop()


def start(folder: Path, socket: str, address: str, url: str, **more: str) -> Server:
    """A node of some version on a database, behind the nginx at an address."""
    folder.mkdir()
    where = {"OCTAVO_SOCKET": socket, "TRUSTED_PROXIES": "1", "DATABASE_URL": url}
    return servers.start(folder, url=address, WORKERS="2", **where, **more)


def lent(node: Server) -> int:
    """How many loans a node has made, by its log."""
    return sum(
        '"POST"' in line and '"/api/v1/loans"' in line for line in node.log.read_text().splitlines()
    )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shared(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The URL of a new database for nodes of two versions."""
    if request.param == "sqlite":
        yield f"sqlite:///{folder / 'octavo.db'}"
    else:
        with needs.empty_database() as url:
            yield url


@pytest.mark.slow
@pytest.mark.nginx
@pytest.mark.server
def test_clerks_work_on_while_this_version_comes_beside_the_last_release(
    shared: str, folder: Path
) -> None:
    with (
        last_release(folder, shared) as (old, socket),
        ExitStack() as ends,
        clerks.working(old) as at_work,
    ):
        new = start(folder / "new", socket, old.url, shared)
        ends.callback(new.stop)
        wanted = [(node, lent(node) + 20) for node in (old, new)]
        servers.wait_for(
            lambda: (
                all(lent(node) > number for node, number in wanted)
                or any(one.faults for one in at_work)
            ),
            60,
        )
    assert octavo(shared, "db", "check") == "Nothing contradicts the rules.\n"
    opened = connect(shared)
    try:
        assert broken(opened) == []
    finally:
        opened.close()
        database.initialize(None)

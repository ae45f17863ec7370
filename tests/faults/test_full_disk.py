"""A disk that is full: the server goes on with what needs no room, and says no to the rest."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.faults.lending import lending
from tests.support import servers
from tests.support.servers import ADMIN, Server

pytestmark = pytest.mark.server


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 64 MiB; mounting one takes root."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "octavo-test", str(folder)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED with a full disk: mounting one takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Leave no room."""
    with (disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(1 << 16))
    with (disk / "filler").open("ab", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(1))


@pytest.fixture
def server(small_disk: Path, tmp_path: Path) -> Iterator[Server]:
    """A server whose folder OCTAVO_VAR is on the small disk, and its database is not."""
    started = servers.start(
        tmp_path, OCTAVO_VAR=str(small_disk), DATABASE_URL=f"sqlite:///{tmp_path / 'octavo.db'}"
    )
    yield started
    started.stop()


def asked_for_every_route(server: Server) -> list[int]:
    """The statuses of reads that were never counted before, of all workers in turn."""
    paths = ("/books", "/posts", "/users", "/payments", "/loans", "/holds", "/fees", "/orders")
    return [
        requests.get(server.api(path), auth=ADMIN, timeout=10).status_code
        for path in paths
        for _ in range(8)
    ]


def test_reads_and_writes_go_on_when_the_folder_of_the_service_is_full(
    server: Server, small_disk: Path
) -> None:
    workers = server.workers()
    fill(small_disk)
    assert set(asked_for_every_route(server)) == {200}
    made = [
        requests.post(server.api("/books"), json={"title": "Emma"}, auth=ADMIN, timeout=10)
        for _ in range(8)
    ]
    assert {answer.status_code for answer in made} == {201}
    assert server.workers().keys() == workers.keys()


def test_workers_that_start_on_a_full_disk_serve(server: Server, small_disk: Path) -> None:
    fill(small_disk)
    before = server.workers()
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    servers.wait_for(lambda: not before.keys() & server.workers().keys())
    servers.wait_for(server.is_whole)
    assert servers.is_ready(server.url)
    assert set(asked_for_every_route(server)) == {200}


@pytest.fixture
def on_small_disk(small_disk: Path, tmp_path: Path) -> Iterator[Server]:
    """A server whose database is on the small disk, and its folder is not."""
    started = servers.start(
        tmp_path, WORKERS="2", DATABASE_URL=f"sqlite:///{small_disk / 'octavo.db'}"
    )
    yield started
    started.stop()


def test_a_write_for_which_the_database_has_no_room_is_refused_and_not_done(
    on_small_disk: Server, small_disk: Path
) -> None:
    with lending(on_small_disk) as desks:
        fill(small_disk)
        desks.until_refused()
        assert requests.get(on_small_disk.api("/books"), timeout=10).status_code == 200
        (small_disk / "filler").unlink()
        desks.is_back()


@pytest.mark.parametrize("command", [("circulation", "nightly"), ("doctor",)])
def test_a_command_says_that_the_disk_of_the_database_is_full(
    small_disk: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    url = f"sqlite:///{small_disk / 'octavo.db'}"
    environ = {**os.environ, **servers.QUICK, "DATABASE_URL": url, "OCTAVO_VAR": str(tmp_path)}
    octavo = str(servers.ROOT / "bin" / "octavo")
    subprocess.run([octavo, "db", "upgrade"], env=environ, capture_output=True, check=True)
    fill(small_disk)
    done = subprocess.run(
        [octavo, *command], env=environ, capture_output=True, text=True, check=False
    )
    told = done.stdout + done.stderr
    full = f"The disk is full at {small_disk}"
    assert done.returncode == 1
    assert full in told or f"WRONG  disk: only 0 MiB are free at {small_disk}" in told
    assert "Traceback" not in told

"""Processes of the service that are killed or reloaded while desks are at work."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults.lending import lending
from tests.support import proxies, servers
from tests.support.servers import ADMIN, Server, wait_for

pytestmark = pytest.mark.server
RECORDS = 6_000
KILLS = 3


@pytest.fixture
def behind(folder: Path) -> Iterator[Server]:
    """A server behind nginx."""
    with proxies.behind_nginx(folder, WORKERS="2") as started:
        yield started


def test_nothing_is_lost_or_done_twice_when_all_workers_are_killed(own: Server) -> None:
    with lending(own) as desks:
        for worker in own.workers():
            os.kill(worker, signal.SIGKILL)
        desks.is_back()
        wait_for(own.is_whole)


def test_nothing_is_lost_or_done_twice_when_the_whole_service_is_killed(
    own: Server, folder: Path
) -> None:
    with lending(own) as desks:
        servers.kill(own)
        again = servers.start(folder, url=own.url, WORKERS="2", PORT=own.environment["PORT"])
        try:
            desks.is_back()
        finally:
            desks.close()
            again.stop()


def spooler(server: Server) -> int | None:
    """The process that does the work of the spool, or None while there is none."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    for pid in children.read_text().split():
        command = Path(f"/proc/{pid}/cmdline")
        if command.exists() and b"spooler" in command.read_bytes():
            return int(pid)
    return None


def kill_spooler(server: Server) -> None:
    """End it, and return when there is another."""
    killed = spooler(server)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: spooler(server) not in (None, killed))


def test_a_file_is_imported_once_though_the_spooler_is_killed_again_and_again(own: Server) -> None:
    lines = "".join(f"Interrupted {number}\n" for number in range(RECORDS))
    with lending(own) as desks:
        answer = requests.post(
            own.api("/imports?format=csv"),
            data=f"title\n{lines}".encode(),
            headers={"Content-Type": "text/csv"},
            auth=ADMIN,
            timeout=30,
        )
        url = own.url + answer.headers["Location"]

        def told() -> dict[str, Any]:
            found: dict[str, Any] = requests.get(url, auth=ADMIN, timeout=30).json()
            return found

        def beyond(processed: int) -> int:
            """How many records are done, as soon as there are more."""
            wait_for(lambda: bool(told()["processed"] > processed))
            return int(told()["processed"])

        processed = 0
        for _ in range(KILLS):
            processed = beyond(processed)
            kill_spooler(own)
        assert processed < RECORDS
        wait_for(lambda: told()["status"] == "done", 120)
        desks.goes_on()
    assert [told()[name] for name in ("processed", "created", "failed")] == [RECORDS, RECORDS, 0]


@pytest.mark.nginx
def test_a_reload_refuses_nothing_behind_nginx(behind: Server) -> None:
    with lending(behind) as desks:
        before = behind.workers()
        behind.process.send_signal(signal.SIGHUP)
        wait_for(lambda: _are_new(behind, before))
        desks.goes_on()
    assert desks.statuses.keys() <= {200, 201}
    assert sum(desk.loans.unanswered for desk in desks.desks) == 0


def _are_new(server: Server, before: dict[int, bool]) -> bool:
    try:
        return not before.keys() & server.workers().keys()
    except ConnectionError:
        return False

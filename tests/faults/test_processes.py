"""Processes of the service that are killed or reloaded while desks are at work."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.lending import lending
from tests.support import proxies, servers
from tests.support.servers import Server, wait_for

pytestmark = pytest.mark.server


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

"""A clock that is set forward and back while desks are at work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.lending import lending
from tests.support import clocks, servers
from tests.support.servers import Server

pytestmark = [pytest.mark.server, pytest.mark.faketime]


@pytest.fixture
def clock(folder: Path) -> Path:
    """The file that says by how much the clock of the server is wrong."""
    path = folder / "clock"
    path.write_text("+0")
    return path


@pytest.fixture
def server(clock: Path, folder: Path) -> Iterator[Server]:
    """A server whose clock can be set."""
    started = servers.start(folder, WORKERS="2", **clocks.reading(clock))
    yield started
    started.stop()


@pytest.mark.parametrize("offsets", [("+2h", "+0"), ("-2h", "+0"), ("+40d", "-3d")])
def test_desks_go_on_when_the_clock_is_set_back_and_forth(
    server: Server, clock: Path, offsets: tuple[str, str]
) -> None:
    with lending(server) as desks:
        for offset in offsets:
            clocks.set_to(clock, offset)
            desks.goes_on(12)

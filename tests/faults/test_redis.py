"""Redis that is killed while desks are at work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.lending import BACK_SECONDS, lending
from tests.support import redises, servers
from tests.support.redises import Redis
from tests.support.servers import Server, wait_for

pytestmark = [pytest.mark.server, pytest.mark.redis]


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """A Redis server of our own."""
    with redises.running() as started:
        yield started


@pytest.fixture
def server(own_redis: Redis, folder: Path) -> Iterator[Server]:
    """A server that counts in that Redis."""
    limit = "1000000 per day"
    started = servers.start(
        folder,
        WORKERS="2",
        REDIS_URL=own_redis.url,
        RATE_LIMIT_ANONYMOUS=limit,
        RATE_LIMIT_CALLER=limit,
    )
    yield started
    started.stop()


def test_desks_go_on_when_redis_is_killed_and_when_it_is_there_again(
    server: Server, own_redis: Redis
) -> None:
    with lending(server) as desks:
        own_redis.stop()
        desks.goes_on(12)
        assert not servers.is_ready(server.url)
        again = redises.run(own_redis.port)
        try:
            wait_for(lambda: servers.is_ready(server.url), BACK_SECONDS)
        finally:
            desks.close()
            again.stop()
    assert desks.statuses.keys() <= {200, 201}

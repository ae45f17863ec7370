"""`/readyz` while a Redis answers but takes no writes."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from api import settings
from api.app import create_app
from tests.support import servers

pytestmark = pytest.mark.redis


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[redis.Redis]:
    """A Redis of this test alone, which may be filled or made a replica."""
    port = servers.free_port()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(tmp_path)]
    running = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
    try:
        servers.wait_for(lambda: servers.listens(port))
        with redis.Redis(port=port, decode_responses=True) as client:
            yield client
    finally:
        running.terminate()
        running.wait(timeout=20)


@pytest.mark.parametrize(
    ("what", "value", "ready"),
    [("maxmemory", "0", True), ("maxmemory", "1", False), ("replicaof", "127.0.0.1 1", False)],
    ids=["well", "full", "a replica"],
)
def test_the_service_is_ready_when_redis_takes_writes(
    own_redis: redis.Redis, tmp_path: Path, what: str, value: str, ready: bool
) -> None:
    port = own_redis.connection_pool.connection_kwargs["port"]
    app = create_app(
        settings.read(
            {
                **servers.QUICK,
                "DATABASE_URL": f"sqlite:///{tmp_path / 'octavo.db'}",
                "REDIS_URL": f"redis://127.0.0.1:{port}/0",
            }
        )
    )
    if what == "replicaof":
        own_redis.replicaof(*value.split())
    else:
        own_redis.config_set(what, value)
    parts = app.test_client().get("/readyz").get_json()["parts"]
    assert parts["cache"] == ("ok" if ready else "failing")

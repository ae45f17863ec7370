"""`/readyz` while a Redis answers but takes no writes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient

from api import settings
from api.app import create_app
from tests.support import redises, servers

pytestmark = pytest.mark.redis


@pytest.fixture
def own_redis() -> Iterator[redis.Redis]:
    """A Redis of this test alone, which may be filled or made a replica."""
    with (
        redises.running() as started,
        redis.Redis(port=started.port, decode_responses=True) as client,
    ):
        yield client


def with_redis(url: str, folder: Path) -> FlaskClient:
    """A client of the application with this Redis."""
    database = f"sqlite:///{folder / 'octavo.db'}"
    environ = {**servers.QUICK, "DATABASE_URL": database, "REDIS_URL": url}
    return create_app(settings.read(environ)).test_client()


def test_a_redis_with_a_socket_file_counts(folder: Path) -> None:
    path = folder / "redis.sock"
    with redises.running("--unixsocket", str(path)):
        parts = with_redis(f"unix://{path}", folder).get("/readyz").get_json()["parts"]
        assert parts["cache"] == "ok"


@pytest.mark.parametrize(
    ("what", "value", "ready"),
    [("maxmemory", "0", True), ("maxmemory", "1", False), ("replicaof", "127.0.0.1 1", False)],
    ids=["well", "full", "a replica"],
)
def test_the_service_is_ready_when_redis_takes_writes(
    own_redis: redis.Redis, tmp_path: Path, what: str, value: str, ready: bool
) -> None:
    port = own_redis.connection_pool.connection_kwargs["port"]
    client = with_redis(f"redis://127.0.0.1:{port}/0", tmp_path)
    if what == "replicaof":
        own_redis.replicaof(*value.split())
    else:
        own_redis.config_set(what, value)
    parts = client.get("/readyz").get_json()["parts"]
    assert parts["cache"] == ("ok" if ready else "failing")

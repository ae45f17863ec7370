"""Rate limits that are counted together, by workers and by nodes, and without Redis."""

import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.support import redises, servers
from tests.support.redises import Redis
from tests.support.servers import Server, wait_for

pytestmark = pytest.mark.server
ALLOWED = 20
CLIENTS = 8
SECONDS = 30
LIMITS = {"RATE_LIMIT_ANONYMOUS": f"{ALLOWED} per day", "WORKERS": "4"}


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """A Redis server of our own."""
    with redises.running() as started:
        yield started


def statuses(nodes: list[Server], number: int) -> Counter[int]:
    """How often each status came, of requests sent at once to all nodes in turn."""

    def ask(each: int) -> int:
        node = nodes[each % len(nodes)]
        return requests.get(node.api("/posts"), timeout=SECONDS).status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(pool.map(ask, range(number)))


def readiness(server: Server) -> tuple[int, dict[str, str]]:
    """What /readyz says."""
    answer = requests.get(f"{server.url}/readyz", timeout=SECONDS)
    return answer.status_code, answer.json()["parts"]


def test_of_requests_at_once_exactly_those_allowed_pass_all_workers(tmp_path: Path) -> None:
    server = servers.start(tmp_path, **LIMITS)
    try:
        assert statuses([server], ALLOWED * 3) == {200: ALLOWED, 429: ALLOWED * 2}
    finally:
        server.stop()


@pytest.mark.redis
def test_nodes_count_together_in_redis(own_redis: Redis, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    nodes = []
    try:
        for folder in folders:
            folder.mkdir()
            nodes.append(servers.start(folder, REDIS_URL=own_redis.url, **LIMITS))
        assert statuses(nodes, ALLOWED * 3) == {200: ALLOWED, 429: ALLOWED * 2}
    finally:
        for node in nodes:
            node.stop()


@pytest.mark.redis
def test_without_redis_requests_go_on_and_readiness_tells(own_redis: Redis, tmp_path: Path) -> None:
    server = servers.start(tmp_path, REDIS_URL=own_redis.url, **LIMITS)
    well, failing = {"database": "ok", "cache": "ok"}, {"database": "ok", "cache": "failing"}
    try:
        assert readiness(server) == (200, well)
        assert "octavo_limits_up 1.0" in requests.get(f"{server.url}/metrics", timeout=10).text
        own_redis.stop()
        assert readiness(server) == (503, failing)
        assert "octavo_limits_up 0.0" in requests.get(f"{server.url}/metrics", timeout=10).text
        assert statuses([server], ALLOWED * 2) == {200: ALLOWED, 429: ALLOWED}
        own_redis = redises.run(own_redis.port)
        assert readiness(server) == (200, well)
        # What was counted in the Redis of before is gone with it.
        wait_for(lambda: statuses([server], 1) == {200: 1})
    finally:
        server.stop()
        own_redis.stop()


@pytest.mark.redis
def test_a_redis_that_hangs_does_not_hang_requests(own_redis: Redis, tmp_path: Path) -> None:
    server = servers.start(tmp_path, REDIS_URL=own_redis.url, **LIMITS)
    try:
        own_redis.process.send_signal(signal.SIGSTOP)
        assert statuses([server], ALLOWED) == {200: ALLOWED}
        assert readiness(server)[0] == 503
        own_redis.process.send_signal(signal.SIGCONT)
        wait_for(lambda: readiness(server)[0] == 200)
    finally:
        server.stop()


def test_attempts_are_counted_for_the_longest_email_too(tmp_path: Path) -> None:
    server = servers.start(tmp_path, RATE_LIMIT_LOGIN="2 per day")
    email = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"
    guess = {"email": email, "password": "wrong password"}
    try:
        tried = [
            requests.post(server.api("/auth/login"), json=guess, timeout=SECONDS) for _ in range(3)
        ]
        assert [answer.status_code for answer in tried] == [401, 401, 429]
    finally:
        server.stop()

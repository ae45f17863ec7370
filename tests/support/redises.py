"""A Redis server of our own, to be stopped and started again."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from tests.support import needs, servers

_SECONDS = 30


@dataclass
class Redis:
    """One that runs, until `stop`."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """What REDIS_URL says."""
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """End it; connections are refused from then on."""
        self.process.kill()
        self.process.wait(timeout=_SECONDS)


def run(port: int, *options: str) -> Redis:
    """Start one that answers."""
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", *options]
    started = Redis(port, subprocess.Popen(command, stdout=subprocess.DEVNULL))
    servers.wait_for(lambda: _answers(started))
    return started


@contextmanager
def running(*options: str) -> Iterator[Redis]:
    """One on a free port, where there is the program."""
    if shutil.which("redis-server") is None:
        needs.skip("redis", "there is no program redis-server")
    started = run(servers.free_port(), *options)
    try:
        yield started
    finally:
        started.stop()


def _answers(server: Redis) -> bool:
    try:
        return bool(redis.Redis(port=server.port).ping())
    except redis.ConnectionError:
        return False

"""The real server: uWSGI with the project's own uwsgi.ini, on a free port, with its own data."""

import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
_LOWEST_PORT, _WORKERS, _PORTS_EACH = 10_000, 16, 1_400
"""Ports for tests, shared out among the processes of one run."""
_IN_TURN = itertools.cycle(random.sample(range(_PORTS_EACH), _PORTS_EACH))
ADMIN = ("admin@example.org", "an administrator's password")
QUICK = {
    "OCTAVO_ENV": "testing",
    "SECRET_KEY": "a key for tests alone and of enough length",
    "PASSWORD_ROUNDS": "4",
    "RATE_LIMIT_LOGIN": "off",
    "RATE_LIMIT_ANONYMOUS": "off",
    "RATE_LIMIT_CALLER": "off",
    "ADMIN_EMAIL": ADMIN[0],
    "ADMIN_PASSWORD": ADMIN[1],
    "DEMO": "false",
}

# Until a server that starts on a busy machine answers.
START_SECONDS = 120
# Until one that is stopped has ended: TimeoutStopSec of its unit.
STOP_SECONDS = 75

TWO_NODES = "postgresql+redis, two nodes behind nginx"
WITH_REPLICA = "postgresql+redis with a replica"
# For what depends on the database, and needs the door of the server itself.
ON_BOTH = pytest.mark.parametrize("server", ["sqlite", "postgresql+redis"], indirect=True)
# For what depends on the database, or on what workers and nodes share.
EVERYWHERE = pytest.mark.parametrize("server", ["sqlite", TWO_NODES], indirect=True)


@dataclass
class Server:
    """A running server."""

    url: str
    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    log: Path
    stats: int

    def api(self, path: str) -> str:
        """The URL of a path of the API."""
        return f"{self.url}/api/v1{path}"

    def workers(self) -> dict[int, bool]:
        """The process ids of its workers, and whether each is busy with a request."""
        return {each["pid"]: each["status"] == "busy" for each in self._told_of_workers()}

    def is_whole(self) -> bool:
        """Whether every worker has started: one that is starting misses it when it is to stop."""
        return all(each["accepting"] for each in self._told_of_workers())

    def _told_of_workers(self) -> list[dict[str, Any]]:
        with socket.create_connection(("127.0.0.1", self.stats), timeout=10) as connection:
            told: list[dict[str, Any]] = orjson.loads(connection.makefile("rb").read())["workers"]
        return told

    def wait_until_busy(self, number: int = 1) -> None:
        """Return when so many workers are busy."""
        wait_for(lambda: sum(self.workers().values()) >= number)

    def kill_a_busy_worker(self) -> None:
        """End one as the kernel does when memory runs out, and wait for another in its place."""
        victim = next(pid for pid, busy in self.workers().items() if busy)
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: victim not in self.workers() and self.is_whole())

    def stop(self) -> int:
        """Stop it as an operator would, and give its exit status."""
        self.process.terminate()
        return self.process.wait(timeout=STOP_SECONDS)


def kill(server: Server) -> None:
    """End every process of a server at once, as when the power fails."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    pids = [server.process.pid, *map(int, children.read_text().split())]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    server.process.wait(timeout=20)


def free_port() -> int:
    """A port nobody listens on, and no other process of this run is given.

    Not one of those that the system takes for outgoing connections, which begin at 32,768: such a
    one can be taken before a server that has to start first comes to listen on it.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = _LOWEST_PORT + _WORKERS * next(_IN_TURN) + worker % _WORKERS
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port


def listens(port: int) -> bool:
    """Whether something takes connections on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(happened: Callable[[], bool], seconds: float = 30) -> None:
    """Return when it has happened. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def ini_for_streams(folder: Path, *changes: tuple[str, str]) -> str:
    """The project's uwsgi.ini, copied into `folder`, but for the application that streams."""
    streams = f"wsgi-file = {ROOT / 'tests' / 'support' / 'streaming.py'}"
    return ini_with(folder, ("module = api.wsgi:application", streams), *changes)


def ini_with(folder: Path, *changes: tuple[str, str]) -> str:
    """The project's uwsgi.ini, copied into `folder` with some of its text replaced."""
    ini = (ROOT / "uwsgi.ini").read_text()
    for written, here in (("chdir = %d", f"chdir = {ROOT}"), *changes):
        assert written in ini
        ini = ini.replace(written, here)
    path = folder / "uwsgi.ini"
    path.write_text(ini)
    return str(path)


def start(
    folder: Path,
    *,
    url: str | None = None,
    ini: str = "uwsgi.ini",
    certificate: str | None = None,
    code: str = str(ROOT),
    **settings: str,
) -> Server:
    """Prepare a database in `folder` (unless DATABASE_URL is given) and start the server on it.

    Returns when it answers and all its processes obey signals. `url` is where clients find it when
    a proxy stands in front; they believe it by `certificate`. `code` is the folder of the version
    that is started.
    """
    server = launch(folder, url=url, ini=ini, code=code, **settings)
    wait_until_ready(server, certificate=certificate)
    # A worker may answer before its master and the other ones have come so far.
    wait_for(lambda: "unix_signal:2 " in server.log.read_text(errors="replace"))
    wait_for(server.is_whole)
    return server


def launch(
    folder: Path,
    *,
    url: str | None = None,
    ini: str = "uwsgi.ini",
    code: str = str(ROOT),
    **settings: str,
) -> Server:
    """Do what `start` does, and return at once."""
    port, stats = free_port(), free_port()
    environment = {
        **_inherited(),
        **QUICK,
        "DATABASE_URL": f"sqlite:///{folder / 'octavo.db'}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "OCTAVO_VAR": str(folder),
        "WORKERS": "4",
        **settings,
    }
    prepare = [str(BIN / "flask"), "--app", "api.app:create_app", "prepare"]
    subprocess.run(prepare, cwd=code, env=environment, check=True, capture_output=True)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(BIN / "uwsgi"), "--ini", ini, "--stats", f"127.0.0.1:{stats}"],
            cwd=code,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Server(url or f"http://127.0.0.1:{port}", process, environment, log, stats)


def _inherited() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def wait_until_ready(
    server: Server, seconds: float = START_SECONDS, certificate: str | None = None
) -> None:
    """Return when the server says it is ready, whatever it answers until then.

    Raises RuntimeError with the end of its log when it has ended, or is not ready in time.
    """
    deadline = time.monotonic() + seconds
    while server.process.poll() is None and time.monotonic() < deadline:
        if is_ready(server.url, certificate):
            return
        time.sleep(0.05)
    server.process.kill()
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()[-3000:]}")


def is_ready(url: str, certificate: str | None = None) -> bool:
    """Whether /readyz says so; no answer, or half of one, is a no."""
    try:
        verify = certificate or True
        return requests.get(f"{url}/readyz", verify=verify, timeout=5).status_code == 200
    except requests.RequestException:
        return False

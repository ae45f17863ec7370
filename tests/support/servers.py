"""The real server: uWSGI with the project's own uwsgi.ini, on a free port, with its own data."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
import requests

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
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

# For what depends on the database, or on where workers share what they count.
ON_BOTH = pytest.mark.parametrize("server", ["sqlite", "postgresql+redis"], indirect=True)


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
        with socket.create_connection(("127.0.0.1", self.stats), timeout=10) as connection:
            told = orjson.loads(connection.makefile("rb").read())
        return {each["pid"]: each["status"] == "busy" for each in told["workers"]}

    def wait_until_busy(self, number: int = 1) -> None:
        """Return when so many workers are busy."""
        wait_for(lambda: sum(self.workers().values()) >= number)

    def kill_a_busy_worker(self) -> None:
        """End one as the kernel does when memory runs out, and wait for another in its place."""
        victim = next(pid for pid, busy in self.workers().items() if busy)
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: victim not in self.workers())

    def stop(self) -> int:
        """Stop it as an operator would, and give its exit status."""
        self.process.terminate()
        return self.process.wait(timeout=20)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


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
    folder: Path, *, url: str | None = None, ini: str = "uwsgi.ini", **settings: str
) -> Server:
    """Prepare a database in `folder` (unless DATABASE_URL is given) and start the server on it.

    `url` is where clients find it when a proxy stands in front.
    """
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
    subprocess.run(prepare, cwd=ROOT, env=environment, check=True, capture_output=True)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(BIN / "uwsgi"), "--ini", ini, "--stats", f"127.0.0.1:{stats}"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(url or f"http://127.0.0.1:{port}", process, environment, log, stats)
    _wait_until_ready(server)
    return server


def _inherited() -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if requests.get(f"{server.url}/readyz", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.05)
    server.process.kill()
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()[-3000:]}")

"""The real server: uWSGI with the project's own uwsgi.ini, on a free port, with its own data."""

import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
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

    def api(self, path: str) -> str:
        """The URL of a path of the API."""
        return f"{self.url}/api/v1{path}"

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


def start(folder: Path, **settings: str) -> Server:
    """Prepare a database in `folder` (unless DATABASE_URL is given) and start the server on it."""
    port = free_port()
    (folder / "spool").mkdir(exist_ok=True)
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
    bin_folder = Path(sys.executable).parent
    prepare = [str(bin_folder / "flask"), "--app", "api.app:create_app", "prepare"]
    subprocess.run(prepare, cwd=ROOT, env=environment, check=True, capture_output=True)
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(bin_folder / "uwsgi"), "--ini", "uwsgi.ini"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", process, environment, log)
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

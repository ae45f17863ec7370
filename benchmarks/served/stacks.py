"""Starting each stack: one worker pinned to one core, nginx before it on the other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from benchmarks.served.library import Library
from tests.support import servers

ROOT = Path(__file__).parents[2]
ENVIRONMENT = ROOT / "var" / "bench-venv"
REQUIREMENTS = ROOT / "benchmarks" / "peers" / "requirements.txt"
WORKER_CORE, LOAD_CORE = "0", "1"
_PARAMETERS = "/etc/nginx/uwsgi_params"
NGINX_HEAD = """
daemon off; master_process off; pid nginx.pid; error_log error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    keepalive_requests 100000000;
"""
"""How a template of nginx begins that works in a folder of its own."""
_NGINX = (
    NGINX_HEAD
    + """\
    upstream stack {{ server 127.0.0.1:{inner}; {keepalive} }}
    server {{
        listen 127.0.0.1:{port};
        location / {{ {passing} }}
    }}
}}
"""
)
_UWSGI = (
    f"""include {_PARAMETERS}; uwsgi_param HTTP_X_FORWARDED_FOR $remote_addr; uwsgi_pass stack;"""
)
_PROXY = 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://stack;'


@dataclass(frozen=True)
class Stack:
    """A way to answer: `module` under benchmarks.peers, or Octavo itself.

    One that `reads_own_tables` runs Octavo's SQL on Octavo's tables, the others have plain ones.
    """

    name: str
    module: str | None
    speaks_http: bool = False
    reads_own_tables: bool = False

    @property
    def is_octavo(self) -> bool:
        """Whether it is the one that is measured against the others."""
        return self.module is None


OCTAVO = Stack("Octavo", None)
EMPTY = Stack("empty WSGI", "empty_wsgi")
BARE_WSGI = Stack("SQL in bare WSGI", "bare_wsgi", reads_own_tables=True)
BARE_FLASK = Stack("bare Flask, same SQL", "bare_flask", reads_own_tables=True)
SQLALCHEMY = Stack("Flask-SQLAlchemy + marshmallow", "flask_sqlalchemy_app")
FASTAPI = Stack("FastAPI + SQLAlchemy", "fastapi_app", speaks_http=True)
DRF = Stack("Django REST framework", "drf_app")
ALL = (EMPTY, BARE_WSGI, BARE_FLASK, OCTAVO, SQLALCHEMY, FASTAPI, DRF)


@dataclass
class Running:
    """A stack that answers at `url`."""

    stack: Stack
    url: str
    workers: list[int]
    process: subprocess.Popen[bytes]
    nginx: int

    def cpu_seconds(self) -> float:
        """Processor time of its workers so far, user and system."""
        return sum(_cpu_seconds(pid) for pid in self.workers)

    def nginx_seconds(self) -> float:
        """Processor time of the nginx before it so far."""
        return _cpu_seconds(self.nginx)


def prepare() -> None:
    """Have the peers' virtual environment, as pinned."""
    mark = ENVIRONMENT / "installed"
    if mark.exists() and mark.read_bytes() == REQUIREMENTS.read_bytes():
        return
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    pip = [str(ENVIRONMENT / "bin" / "pip"), "install", "--quiet", "--require-hashes"]
    subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
    mark.write_bytes(REQUIREMENTS.read_bytes())


@contextmanager
def running(stack: Stack, library: Library, folder: Path, workers: int = 1) -> Iterator[Running]:
    """The stack behind nginx."""
    folder.mkdir(parents=True, exist_ok=True)
    inner, port = servers.free_port(), servers.free_port()
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    environment |= (
        _octavo(library, folder, inner, workers)
        if stack.is_octavo
        else {
            "PEERS_DATABASE_URL": library.octavo_url
            if stack.reads_own_tables
            else library.peers_url
        }
    )
    command = _command(stack, inner, workers)
    cores = WORKER_CORE if workers == 1 else f"{WORKER_CORE},{LOAD_CORE}"
    with (folder / "log").open("wb") as log, _nginx(stack, folder, port, inner) as nginx:
        if stack.is_octavo:
            octavo = [str(ROOT / "bin" / "octavo"), "prepare"]
            if subprocess.run(
                octavo, env=environment, stdout=log, stderr=log, check=False
            ).returncode:
                raise RuntimeError((folder / "log").read_text())
        process = subprocess.Popen(
            ["taskset", "-c", cores, *command], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(url, process, folder)
            yield Running(stack, url, _workers(process.pid, stack, workers), process, nginx)
        finally:
            process.send_signal(signal.SIGINT if stack.speaks_http else signal.SIGTERM)
            process.wait(timeout=30)


def _command(stack: Stack, inner: int, workers: int) -> list[str]:
    if stack.is_octavo:
        return [str(servers.BIN / "uwsgi"), "--ini", "uwsgi.ini"]
    path = f"benchmarks.peers.{stack.module}:application"
    own = str(ENVIRONMENT / "bin")
    if stack.speaks_http:
        quiet = ["--no-access-log", "--log-level", "warning"]
        return [f"{own}/uvicorn", path, "--host", "127.0.0.1", "--port", str(inner), *quiet]
    return [
        *(f"{own}/uwsgi", "--socket", f"127.0.0.1:{inner}", "--module", path),
        *("--master", "--processes", str(workers), "--need-app", "--die-on-term"),
        *("--disable-logging", "--listen", "100", "--home", str(ENVIRONMENT)),
        # Connections are opened after the fork, by each worker for itself.
        "--lazy-apps",
    ]


def _octavo(library: Library, folder: Path, inner: int, workers: int) -> dict[str, str]:
    return {
        "OCTAVO_ENV": "production",
        "SECRET_KEY": "a secret of the benchmarks alone and of enough length",
        "DATABASE_URL": library.octavo_url,
        "OCTAVO_SOCKET": f"127.0.0.1:{inner}",
        "OCTAVO_VAR": str(folder),
        "TRUSTED_PROXIES": "1",
        "WORKERS": str(workers),
        "ADMIN_EMAIL": "admin@example.org",
        "ADMIN_PASSWORD": "an administrator's password",
        "DEMO": "false",
        # On, and never reached.
        "RATE_LIMIT_LOGIN": "1000000000 per minute",
        "RATE_LIMIT_ANONYMOUS": "1000000000 per minute",
        "RATE_LIMIT_CALLER": "1000000000 per minute",
    }


@contextmanager
def _nginx(stack: Stack, folder: Path, port: int, inner: int) -> Iterator[int]:
    passing = _PROXY if stack.speaks_http else _UWSGI
    keepalive = "keepalive 32;" if stack.speaks_http else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        _NGINX.format(port=port, inner=inner, passing=passing, keepalive=keepalive)
    )
    command = ["nginx", "-p", str(folder), "-e", "error.log", "-c", str(configuration)]
    process = subprocess.Popen(["taskset", "-c", LOAD_CORE, *command])
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{url}/api/v1/books/1", timeout=5).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"it did not start:\n{(folder / 'log').read_text()[-3000:]}")


def _workers(master: int, stack: Stack, count: int) -> list[int]:
    """The processes that answer; of Octavo's other children the names tell."""
    if stack.speaks_http:
        return [master]
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    if stack.is_octavo:
        children = [pid for pid in children if "worker" in _title(pid)]
    if len(children) != count:
        raise RuntimeError(f"{stack.name} has {len(children)} workers, not {count}")
    return [int(pid) for pid in children]


def _title(pid: str) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

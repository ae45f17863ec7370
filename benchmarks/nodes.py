"""What two nodes answer beside one, on one PostgreSQL.

    python -m benchmarks.nodes URL [--rounds 7] [--seconds 3] [--redis redis://127.0.0.1:6379/0]

URL is a library that `python -m benchmarks.scale` made. A node is uWSGI with one worker; the first
is pinned to core 0, the second to core 1, behind one nginx that sends requests to the first alone,
or to both in turn. wrk asks for what nobody has asked for before. Rounds alternate and medians are
printed, with the processor time of nodes and of PostgreSQL's for each request.
"""

import argparse
import os
import random
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import requests

from benchmarks.desk import KEY
from benchmarks.scale import WORDS, _words
from benchmarks.served.stacks import NGINX_HEAD
from tests.support import servers

ROOT = Path(__file__).parents[1]
CONNECTIONS = 8
_NGINX = (
    NGINX_HEAD
    + """\
    include /etc/nginx/uwsgi_params;
    uwsgi_param HTTP_X_FORWARDED_FOR $remote_addr;
    upstream one {{ server 127.0.0.1:{first}; }}
    upstream two {{ server 127.0.0.1:{first}; server 127.0.0.1:{second}; }}
    server {{ listen 127.0.0.1:{one}; location / {{ uwsgi_pass one; }} }}
    server {{ listen 127.0.0.1:{two}; location / {{ uwsgi_pass two; }} }}
}}
"""
)
_LUA = """
math.randomseed({seed})
local words = {{{words}}}
function request() return wrk.format("GET", {path}) end
function done(summary, latency, requests)
    local e = summary.errors
    io.write(string.format("RESULT %d %d %d\\n", summary.requests,
        e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50)))
end
"""
_PATHS = {
    "a book by id": '"/api/v1/books/" .. math.random(1, {books})',
    "a search for a word": '"/api/v1/books?q=" .. words[math.random(1, #words)]',
}


def main() -> None:
    """Start both, measure in turn, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("database")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--redis", default="redis://127.0.0.1:6379/0")
    asked = parser.parse_args()
    with psycopg.connect(asked.database) as connection:
        (books,) = connection.execute("SELECT MAX(id) FROM book").fetchone() or (0,)
    with tempfile.TemporaryDirectory(prefix="octavo-nodes-") as name, ExitStack() as started:
        folder = Path(name)
        ports = [servers.free_port() for _ in range(4)]
        nodes = [
            started.enter_context(_node(asked, folder / str(core), core, ports[core]))
            for core in (0, 1)
        ]
        started.enter_context(_nginx(folder, ports))
        for what, path in _PATHS.items():
            rounds: dict[int, list[tuple[float, ...]]] = {1: [], 2: []}
            for seed in range(asked.rounds):
                for count in (1, 2):
                    script = _script(folder, path.format(books=books), seed * 2 + count)
                    url = f"http://127.0.0.1:{ports[1 + count]}"
                    rounds[count].append(_round(asked, url, script, nodes[:count]))
            for count, measured in rounds.items():
                columns = [statistics.median(each) for each in zip(*measured, strict=True)]
                print(
                    f"{what:<22} {count} node(s): {columns[0]:>7,.0f} a second,"
                    f" median {columns[1]:,.1f} ms,"
                    f" node {columns[2]:,.0f} µs, server {columns[3]:,.0f} µs",
                    flush=True,
                )


@contextmanager
def _node(asked: argparse.Namespace, folder: Path, core: int, port: int) -> Iterator[int]:
    """A node that listens on a port; its process."""
    folder.mkdir()
    limits = dict.fromkeys(("RATE_LIMIT_ANONYMOUS", "RATE_LIMIT_CALLER"), "off")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SECRET_KEY": KEY,
        "DATABASE_URL": asked.database,
        "REDIS_URL": asked.redis,
        "OCTAVO_SOCKET": f"127.0.0.1:{port}",
        "OCTAVO_VAR": str(folder),
        "TRUSTED_PROXIES": "1",
        "WORKERS": "1",
        "DEMO": "false",
        **limits,
    }
    with (folder / "log").open("wb") as log:
        prepare = [str(ROOT / "bin" / "octavo"), "prepare"]
        subprocess.run(prepare, env=environment, stdout=log, stderr=log, check=True)
        command = ["taskset", "-c", str(core), str(servers.BIN / "uwsgi"), "--ini", "uwsgi.ini"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@contextmanager
def _nginx(folder: Path, ports: list[int]) -> Iterator[None]:
    names = dict(zip(("first", "second", "one", "two"), ports, strict=True))
    (folder / "nginx.conf").write_text(_NGINX.format(**names))
    process = subprocess.Popen(
        ["nginx", "-p", str(folder), "-e", "error.log", "-c", str(folder / "nginx.conf")]
    )
    try:
        for port in ports[2:] * 2:
            _wait(f"http://127.0.0.1:{port}/api/v1/books/1")
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(url, timeout=5).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {url}")


def _script(folder: Path, path: str, seed: int) -> Path:
    """What wrk asks for; of all words but the commonest."""
    words = random.Random(seed).sample(_words()[200:WORDS], 5000)
    script = folder / "asked.lua"
    listed = ",".join(f'"{word}"' for word in words)
    script.write_text(_LUA.format(seed=seed, words=listed, path=path))
    return script


def _round(
    asked: argparse.Namespace, url: str, script: Path, nodes: list[int]
) -> tuple[float, ...]:
    """Answers a second, milliseconds of half of them, microseconds of nodes and of the server."""
    database, seconds = asked.database, asked.seconds
    before = _times(database, nodes)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = _times(database, nodes)
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("RESULT")]
    count, errors, median = map(int, line.split()[1:])
    if errors:
        raise RuntimeError(f"{errors} of {count} requests failed")
    costs = [(late - early) / count / 1000 for early, late in zip(before, after, strict=True)]
    return count / seconds, median / 1000, *costs


def _times(database: str, nodes: list[int]) -> tuple[int, int]:
    """Nanoseconds that nodes, with their children, and the server's clients have run so far."""
    workers = [child for node in nodes for child in _children(node)]
    return sum(map(_ran, workers)), sum(map(_ran, _servers(database)))


def _children(process: int) -> list[int]:
    return [
        int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def _servers(database: str) -> list[int]:
    """The processes of PostgreSQL, on this machine, that serve a database."""
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in found]


def _ran(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])
    except OSError:
        return 0


if __name__ == "__main__":
    main()

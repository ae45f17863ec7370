"""Kept answers under parallel reading and writing: nobody is ever told what was true before."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.support import servers
from tests.support.servers import ADMIN, Server

pytestmark = pytest.mark.server
WRITES = 120
READERS = 6
SECONDS = 30
ON_REPLICAS_TOO = pytest.mark.parametrize(
    "server", ["sqlite", servers.TWO_NODES, servers.WITH_REPLICA], indirect=True
)


@pytest.fixture(scope="module")
def nodes(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """The servers on one database: one on SQLite, several on PostgreSQL."""
    shared = {
        name: server.environment[name]
        for name in ("DATABASE_URL", "DATABASE_READ_URL", "REDIS_URL")
        if name in server.environment
    }
    if "REDIS_URL" not in shared:
        yield [server]
        return
    second = servers.start(tmp_path_factory.mktemp("second"), **shared)
    yield [server, second]
    second.stop()


class Newest:
    """The newest revision of a book that anybody has been told of."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._revision = 0

    def told(self) -> int:
        """It."""
        with self._lock:
            return self._revision

    def tell(self, revision: int) -> None:
        """Somebody was told of a revision."""
        with self._lock:
            self._revision = max(self._revision, revision)


def post(server: Server, path: str, body: Any) -> Any:
    """What a POST by the administrator made."""
    answer = requests.post(server.api(path), json=body, auth=ADMIN, timeout=SECONDS)
    assert answer.status_code == 201
    return answer.json()


def revision(answer: dict[str, Any], book_id: int) -> int:
    """The revision of the book, in an answer that is the book or a list with it."""
    books = answer.get("data", [answer])
    (found,) = (book["revision"] for book in books if book["id"] == book_id)
    return int(found)


def reads_from_the_replica(nodes: list[Server]) -> float:
    """How many there were, as all nodes tell."""
    told = [requests.get(f"{node.url}/metrics", timeout=SECONDS).text for node in nodes]
    found = re.findall(r'octavo_catalogue_reads_total{source="replica"} (.+)', "".join(told))
    return sum(map(float, found))


@ON_REPLICAS_TOO
def test_nobody_reads_an_older_revision_than_somebody_read_before(
    server: Server, nodes: list[Server]
) -> None:
    title = uuid4().hex
    book_id = post(server, "/books", {"title": title})["id"]
    paths = (f"/books/{book_id}", f"/books?q={title}", "/books?sort=-id&limit=5")
    newest, done = Newest(), Event()

    def write() -> None:
        with requests.Session() as session:
            session.auth = ADMIN
            for number in range(WRITES):
                url = nodes[number % len(nodes)].api(paths[0])
                answer = session.patch(url, json={"edition": str(number)}, timeout=SECONDS)
                assert answer.status_code == 200
                newest.tell(answer.json()["revision"])

    def read(reader: int) -> Counter[str]:
        seen: Counter[str] = Counter()
        with requests.Session() as session:
            while not done.is_set():
                node = nodes[(reader + seen.total()) % len(nodes)]
                path = paths[reader % len(paths)]
                before = newest.told()
                answer = session.get(node.api(path), timeout=SECONDS)
                read = revision(answer.json(), book_id)
                assert read >= before
                newest.tell(read)
                seen[answer.headers["X-Cache"]] += 1
        return seen

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read, number) for number in range(READERS)]
        try:
            write()
        finally:
            done.set()
        seen = sum((reader.result() for reader in readers), Counter[str]())
    assert newest.told() == WRITES + 1
    assert seen["hit"] > 0
    assert seen["miss"] > 0
    if "DATABASE_READ_URL" in server.environment:
        assert reads_from_the_replica(nodes) > 0


@ON_REPLICAS_TOO
def test_a_loan_is_seen_at_once_on_every_node(server: Server, nodes: list[Server]) -> None:
    title, barcode = uuid4().hex, uuid4().hex
    book_id = post(server, "/books", {"title": title})["id"]
    post(server, f"/books/{book_id}/copies", {"barcode": barcode})
    admin = requests.get(server.api("/auth/profile"), auth=ADMIN, timeout=SECONDS).json()["id"]

    def on_loan() -> list[tuple[int, int]]:
        """As every node tells, by the book's id and in a list; and how many are available."""
        told = []
        for node in nodes:
            book = requests.get(
                node.api(f"/books/{book_id}?embed=availability"), timeout=SECONDS
            ).json()
            listed = requests.get(
                node.api(f"/books?q={title}&available=true"), timeout=SECONDS
            ).json()
            told.append((book["availability"]["on_loan"], listed["pagination"]["total"]))
        return told

    for _ in range(5):
        assert on_loan() == [(0, 1)] * len(nodes)
        post(nodes[-1], "/loans", {"barcode": barcode, "user_id": admin})
        assert on_loan() == [(1, 0)] * len(nodes)
        requests.post(
            nodes[0].api("/returns"), json={"barcode": barcode}, auth=ADMIN, timeout=SECONDS
        )


FILLING = """
import os, uwsgi
for name in ("limits", "responses"):
    for number in range(20):
        uwsgi.cache_update(f"{name}-{number}", b"*", 60, name)
    print(name, "keeps", len(uwsgi.cache_keys(name)), flush=True)
os._exit(0)
"""

PAGES = """
import os, uwsgi
from api.middleware.response_cache import NodeStore
store = NodeStore()
for number in range(5_000):
    store.put(f"book-{number}", b"*" * (1 + number % 3) * 1000)
pages = [f"page-{number}" for number in range(100)]
for page in pages:
    store.put(page, b"*" * 15_000)
print(len([page for page in pages if store.get(page)]), "pages are kept", flush=True)
os._exit(0)
"""

CRAWLED = """
import os, uwsgi
from api.middleware.response_cache import NodeStore
store = NodeStore()
def is_kept(path):
    return store.get(f"1\\n{path}\\n\\n") is not None
def ask(path):
    key = f"1\\n{path}\\n\\n"
    if not is_kept(path) and store.wants(key):
        store.put(key, b"*" * 1000)
popular = [f"/popular/{number}" for number in range(100)]
for number in range(20_000):
    if number % 5_000 == 0:
        for path in popular:
            ask(path)
    ask(f"/crawled/{number}")
print(sum(map(is_kept, popular)), "popular ones are kept", flush=True)
for _ in range(2):
    ask("/new")
print("a new one is kept:", is_kept("/new"), flush=True)
os._exit(0)
"""


def log_of(script: str, folder: Path, sizes: str, size: int) -> str:
    """What uWSGI with the memory of uwsgi.ini, but for these sizes, says while a script runs."""
    caches = re.findall("^cache2 = (.+)$", (servers.ROOT / "uwsgi.ini").read_text(), re.MULTILINE)
    options = [
        word
        for cache in caches
        for word in ("--cache2", re.sub(f"({sizes})=[0-9]+", rf"\1={size}", cache))
    ]
    file = folder / "script.py"
    file.write_text(script)
    command = [str(servers.BIN / "uwsgi"), "--socket", "127.0.0.1:0", *options]
    command += ["--pythonpath", str(servers.ROOT), "--wsgi-file", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    return done.stdout + done.stderr


def test_making_room_for_another_entry_writes_nothing_to_the_log(tmp_path: Path) -> None:
    log = log_of(FILLING, tmp_path, "items|blocks", 8)
    assert re.findall("(.*) keeps ([0-9]+)", log) == [("limits", "7"), ("responses", "7")]
    assert "purged" not in log


def test_pages_are_kept_in_memory_that_is_full_of_books(tmp_path: Path) -> None:
    log = log_of(PAGES, tmp_path, "blocks", 8192)
    assert "100 pages are kept" in log, log


def test_what_many_ask_for_stays_in_full_memory_while_a_crawler_passes(tmp_path: Path) -> None:
    log = log_of(CRAWLED, tmp_path, "blocks", 6_144)
    assert "100 popular ones are kept" in log, log


def test_full_memory_takes_what_is_asked_for_a_second_time(tmp_path: Path) -> None:
    log = log_of(CRAWLED, tmp_path, "blocks", 6_144)
    assert "a new one is kept: True" in log, log

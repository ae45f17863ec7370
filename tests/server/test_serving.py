"""The server as a process: stopped, reloaded, crowded, kept waiting, and losing its workers."""

import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from uuid import uuid4

import psycopg
import pytest
import requests

from tests.support import people, proxies, servers, wire
from tests.support.servers import ADMIN, Server, wait_for

pytestmark = pytest.mark.server
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
WELL = b'{"status":"ok"}'
CREDENTIALS = people.basic(*ADMIN)["Authorization"]
CROWD = 200
KILLS = 3
MEBIBYTE = 1 << 20
SECONDS = 30


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server on SQLite for one test, which may stop it."""
    started = servers.start(tmp_path)
    yield started
    if started.process.poll() is None:
        started.stop()


@pytest.fixture(scope="module")
def unset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose variables are there, but empty; its defaults are for a port that is free.

    Its folder has a space in the name, which the shell must not divide.
    """
    folder, port = tmp_path_factory.mktemp("with a space"), servers.free_port()
    (folder / "var" / "spool").mkdir(parents=True)
    ini = servers.ini_with(folder, ("http-port=8000", f"http-port={port}"))
    empty = dict.fromkeys(("HOST", "PORT", "WORKERS", "OCTAVO_VAR", "OCTAVO_SOCKET"), "")
    started = servers.start(folder, url=f"http://127.0.0.1:{port}", ini=ini, **empty)
    yield started
    started.stop()


@contextmanager
def held(server: Server) -> Iterator[None]:
    """New books wait meanwhile: on PostgreSQL half written, on SQLite before they begin."""
    url = server.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        database = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            database.close()
    else:
        with psycopg.connect(url) as connection:
            connection.execute("LOCK TABLE audit IN EXCLUSIVE MODE")
            yield


def add_book(server: Server, title: str, key: str = "") -> requests.Response:
    """The answer to a new book."""
    headers = {"Idempotency-Key": key} if key else {}
    return requests.post(
        server.api("/books"), json={"title": title}, auth=ADMIN, headers=headers, timeout=SECONDS
    )


def ids(server: Server, title: str) -> list[int]:
    """The ids of the books with a word in the title."""
    answer = requests.get(server.api(f"/books?q={title}&limit=100"), timeout=SECONDS)
    return sorted(book["id"] for book in answer.json()["data"])


def total(server: Server, path: str) -> int:
    """How many records a list has."""
    answer = requests.get(server.api(path), auth=ADMIN, timeout=SECONDS)
    number: int = answer.json()["pagination"]["total"]
    return number


def test_in_production_a_start_without_a_key_ends_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    environment = {"PATH": "/bin:/usr/bin", "OCTAVO_ENV": "production", "OCTAVO_VAR": str(tmp_path)}
    done = subprocess.run(
        [servers.BIN / "uwsgi", "--ini", "uwsgi.ini"],
        cwd=servers.ROOT,
        env=environment | {"PORT": str(servers.free_port())},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1].startswith("SECRET_KEY: it is required")


def test_an_empty_port_or_socket_is_one_that_is_not_set(unset: Server) -> None:
    assert requests.get(f"{unset.url}/healthz", timeout=SECONDS).ok


def test_an_empty_host_is_one_that_is_not_set(unset: Server) -> None:
    elsewhere = unset.url.replace("127.0.0.1", "127.0.0.2")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{elsewhere}/healthz", timeout=SECONDS)


def test_an_empty_number_of_workers_is_one_that_is_not_set(unset: Server) -> None:
    assert len(unset.workers()) == 2


def test_an_empty_folder_is_one_that_is_not_set(unset: Server) -> None:
    names = {path.name for path in (unset.log.parent / "var").iterdir()}
    assert names == {"spool", "metrics"}


def test_a_stop_finishes_the_request_in_flight(own: Server) -> None:
    with ThreadPoolExecutor() as pool:
        with held(own):
            answer = pool.submit(add_book, own, "Emma")
            own.wait_until_busy()
            own.process.terminate()
            wait_for(lambda: "Gracefully killing worker" in own.log.read_text())
        assert answer.result().status_code == 201
    assert own.process.wait(timeout=SECONDS) == 0


def test_a_server_that_is_told_to_stop_while_it_starts_does_not_begin_to_serve(
    tmp_path: Path,
) -> None:
    server = servers.launch(tmp_path)
    wait_for(lambda: "main interpreter initialized" in server.log.read_text())
    while server.process.poll() is None:
        server.process.terminate()
        time.sleep(0.05)
    assert "spawned uWSGI worker" not in server.log.read_text()


@pytest.mark.nginx
def test_a_reload_loses_no_request(tmp_path: Path) -> None:
    with proxies.behind_nginx(tmp_path) as server, ThreadPoolExecutor() as pool:
        before, done = server.workers(), Event()

        def read() -> Counter[int]:
            seen: Counter[int] = Counter()
            while not done.is_set():
                seen[requests.get(server.api("/books"), timeout=SECONDS).status_code] += 1
            return seen

        try:
            with held(server):
                write = pool.submit(add_book, server, "Emma")
                server.wait_until_busy()
                readers = [pool.submit(read) for _ in range(4)]
                server.process.send_signal(signal.SIGHUP)
                wait_for(lambda: "killing worker" in server.log.read_text())
            wait_for(lambda: are_new(server, before))
        finally:
            done.set()
        seen = sum((reader.result() for reader in readers), Counter())
        assert write.result().status_code == 201
        assert set(seen) == {200}


def are_new(server: Server, before: dict[int, bool]) -> bool:
    """Whether other workers are at work than before."""
    try:
        return not before.keys() & server.workers().keys()
    except ConnectionError:
        return False


@servers.ON_BOTH
def test_a_write_whose_worker_is_killed_leaves_nothing_and_can_be_sent_again(
    server: Server,
) -> None:
    title, key = uuid4().hex, uuid4().hex
    before = total(server, "/audit?action=book.create")
    with ThreadPoolExecutor() as pool:
        with held(server):
            lost = pool.submit(add_book, server, title, key)
            server.wait_until_busy()
            server.kill_a_busy_worker()
            assert isinstance(lost.exception(), requests.ConnectionError)
            assert ids(server, title) == []
        answer = until_answered(server, title, key)
    assert "Idempotency-Replayed" not in answer.headers
    assert ids(server, title) == [answer.json()["id"]]
    assert total(server, "/audit?action=book.create") == before + 1


def until_answered(server: Server, title: str, key: str) -> requests.Response:
    """The first answer to a new book, which is sent again and again under its key."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            answer = add_book(server, title, key)
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
            continue
        if answer.status_code == 201:
            return answer
        assert answer.json()["code"] == "idempotency-in-progress"


@servers.ON_BOTH
def test_workers_killed_while_they_write_lose_nothing_and_repeat_nothing(server: Server) -> None:
    title, done = uuid4().hex, Event()
    before = total(server, "/audit?action=book.create")

    def write() -> list[int]:
        made = []
        while not done.is_set():
            made.append(until_answered(server, title, uuid4().hex).json()["id"])
        return made

    with ThreadPoolExecutor() as pool:
        writers = [pool.submit(write) for _ in range(4)]
        try:
            for _ in range(KILLS):
                server.wait_until_busy()
                server.kill_a_busy_worker()
        finally:
            done.set()
        acknowledged = [book_id for writer in writers for book_id in writer.result()]
    assert len(set(acknowledged)) == len(acknowledged) == total(server, f"/books?q={title}")
    assert total(server, "/audit?action=book.create") == before + len(acknowledged)


def test_two_hundred_connections_at_once_are_all_answered(server: Server) -> None:
    connections = [wire.connected(server) for _ in range(CROWD)]
    for connection in connections:
        connection.sendall(GET)
    answers = [wire.one_answer(connection) for connection in connections]
    for connection in connections:
        connection.close()
    assert all(answer.endswith(WELL) for answer in answers)


def test_a_header_of_30_kib_is_read(server: Server) -> None:
    headers = {"X-Long": "y" * 30 * 1024}
    assert requests.get(f"{server.url}/healthz", headers=headers, timeout=SECONDS).ok


def test_a_client_that_sends_slowly_does_not_keep_others_waiting(server: Server) -> None:
    head = f"POST /api/v1/books HTTP/1.1\r\nHost: x\r\nAuthorization: {CREDENTIALS}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 17\r\n\r\n"
    with wire.connected(server) as slow:
        slow.sendall(head.encode() + b'{"title":')
        server.wait_until_busy()
        for _ in range(20):
            assert requests.get(server.api("/books"), timeout=SECONDS).status_code == 200
        slow.sendall(b'"Emma" }')
        assert wire.one_answer(slow).startswith(b"HTTP/1.1 201")


def test_many_clients_that_have_not_asked_yet_keep_nobody_waiting(server: Server) -> None:
    silent = [wire.connected(server) for _ in range(20)]
    for connection in silent[::2]:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHo")
    assert requests.get(f"{server.url}/healthz", timeout=SECONDS).ok
    for connection in silent:
        connection.close()


def test_http_1_0_is_answered_and_the_connection_closed(server: Server) -> None:
    answer = wire.sent(server, b"GET /healthz HTTP/1.0\r\n\r\n")
    assert answer.endswith(WELL)
    assert b"transfer-encoding" not in answer.lower()


def test_a_client_that_waits_for_100_continue_gets_it(server: Server) -> None:
    head = f"POST /api/v1/books HTTP/1.1\r\nHost: x\r\nAuthorization: {CREDENTIALS}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 16\r\nExpect: 100-continue\r\n\r\n"
    with wire.connected(server) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 100")
        connection.sendall(b'{"title":"Emma"}')
        assert wire.one_answer(connection).startswith(b"HTTP/1.1 201")


@pytest.mark.parametrize(
    ("path", "status"), [("/api/v1/users", b"401"), ("/nowhere", b"404"), ("/healthz", b"405")]
)
def test_after_a_body_that_nobody_read_the_connection_goes_on(
    server: Server, path: str, status: bytes
) -> None:
    post = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {MEBIBYTE}\r\n\r\n".encode()
    with wire.connected(server) as connection:
        for _ in range(3):
            connection.sendall(post + b"x" * MEBIBYTE)
            assert wire.one_answer(connection)[9:12] == status
            connection.sendall(GET)
            assert wire.one_answer(connection).endswith(WELL)


@pytest.fixture(scope="module")
def streaming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Streams that may break off, over uWSGI's own HTTP."""
    folder = tmp_path_factory.mktemp("streaming")
    started = servers.start(folder, ini=servers.ini_for_streams(folder))
    yield started
    started.stop()


def test_a_stream_arrives_whole_and_the_connection_goes_on(streaming: Server) -> None:
    with requests.Session() as session:
        for _ in range(2):
            answer = session.get(f"{streaming.url}/whole", timeout=SECONDS)
            assert len(answer.content) == 1_000_000


def test_a_stream_that_breaks_off_breaks_the_connection(streaming: Server) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{streaming.url}/breaks", timeout=SECONDS)


def test_a_stream_whose_worker_is_killed_breaks_the_connection(streaming: Server) -> None:
    with requests.get(f"{streaming.url}/hangs", stream=True, timeout=SECONDS) as answer:
        streaming.kill_a_busy_worker()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            assert answer.content


def test_to_http_1_0_a_stream_ends_with_the_connection(streaming: Server) -> None:
    head, _, body = wire.sent(streaming, b"GET /whole HTTP/1.0\r\n\r\n").partition(b"\r\n\r\n")
    assert b"transfer-encoding" not in head.lower()
    assert len(body) == 1_000_000


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Streams, of a server that gives a request less time than the slow one takes in all."""
    folder = tmp_path_factory.mktemp("impatient")
    ini = servers.ini_for_streams(folder, ("request-seconds=60", "request-seconds=3"))
    started = servers.start(folder, ini=ini)
    yield started
    started.stop()


def test_a_stream_may_take_long_while_it_goes_on(impatient: Server) -> None:
    answer = requests.get(f"{impatient.url}/slow", timeout=SECONDS)
    assert len(answer.content) == 1_000_000


def test_a_stream_that_stands_still_is_broken_off(impatient: Server) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{impatient.url}/hangs", timeout=SECONDS)


def test_a_request_that_hangs_is_ended(impatient: Server) -> None:
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{impatient.url}/silent", timeout=SECONDS)

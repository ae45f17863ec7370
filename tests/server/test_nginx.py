"""Behind nginx with the site of deploy/: nothing gets lost, and errors keep their shape."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import pytest
import requests

from api.problem_codes import PROBLEMS
from tests.support import people, proxies, servers, wire
from tests.support.servers import ADMIN, Server

pytestmark = [pytest.mark.server, pytest.mark.nginx]
JSON = {"Content-Type": "application/json"}
MEBIBYTE = 1 << 20
LONG = {"title": "Emma", "description": "A long description." * 500}


@pytest.fixture
def book(nginx: Server) -> str:
    """The URL of a new book that is long enough to be compressed."""
    added = requests.post(nginx.api("/books"), json=LONG, auth=ADMIN, timeout=10)
    return nginx.url + added.headers["Location"]


def assert_is_problem(answer: bytes, status: int) -> None:
    """Whether what was received is one whole problem document."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ", 2)[1] == str(status).encode()
    assert b"content-type: application/problem+json" in head.lower()
    problem = orjson.loads(body)
    assert problem["status"] == status
    assert problem["title"] == PROBLEMS[problem["code"]].title
    assert f"x-request-id: {problem['request_id']}".encode() in head.lower()


def test_a_book_is_read_compressed_with_a_weak_tag(book: str) -> None:
    answer = requests.get(book, timeout=10)
    assert answer.json()["description"] == LONG["description"]
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["ETag"].startswith("W/")


def test_a_weakened_tag_is_known_again(book: str) -> None:
    tag = requests.get(book, timeout=10).headers["ETag"]
    answer = requests.get(book, headers={"If-None-Match": tag}, timeout=10)
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_weakened_tag_guards_a_change_once(book: str) -> None:
    headers = {"If-Match": requests.get(book, timeout=10).headers["ETag"]}
    changes = [
        requests.patch(book, json={"title": title}, headers=headers, auth=ADMIN, timeout=10)
        for title in ("Persuasion", "Sanditon")
    ]
    assert [answer.status_code for answer in changes] == [200, 412]
    assert requests.get(book, timeout=10).json()["title"] == "Persuasion"


def test_both_logs_name_a_request_alike_and_leave_out_the_query(nginx: Server) -> None:
    answer = requests.get(nginx.api("/books?q=lovelace"), timeout=10)
    seen = answer.headers["X-Request-ID"]
    outer = nginx.log.with_name("octavo.log")
    servers.wait_for(lambda: seen in outer.read_text() and seen in nginx.log.read_text())
    (line,) = [line for line in outer.read_text().splitlines() if seen in line]
    told = orjson.loads(line)
    assert (told["path"], told["status"]) == ("/api/v1/books", 200)
    assert "lovelace" not in outer.read_text() + nginx.log.read_text()


def test_what_nginx_refuses_by_itself_is_named_too(nginx: Server) -> None:
    answer = requests.request("TRACE", nginx.url + "/", timeout=10)
    assert answer.status_code == 405
    outer = nginx.log.with_name("octavo.log")
    servers.wait_for(lambda: answer.headers["X-Request-ID"] in outer.read_text())


def test_a_chunked_body_is_read_whole(nginx: Server) -> None:
    body = iter((b'{"title": ', b'"Emma', b' in pieces"', b"}"))
    answer = requests.post(nginx.api("/books"), data=body, headers=JSON, auth=ADMIN, timeout=10)
    assert (answer.status_code, answer.json()["title"]) == (201, "Emma in pieces")


def left(nginx: Server, address: str, forwarded: str = "") -> int:
    """How many requests the rate limit still allows after one more from an address."""
    claimed = f"X-Forwarded-For: {forwarded}\r\n" if forwarded else ""
    request = f"GET /api/v1/posts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{claimed}\r\n"
    with wire.connected(nginx, address) as connection:
        connection.sendall(request.encode())
        answer = wire.until_closed(connection).decode()
    return int(answer.partition('RateLimit: "anonymous";r=')[2].partition(";")[0])


def test_the_address_of_a_client_is_its_own_and_not_that_of_nginx(nginx: Server) -> None:
    assert left(nginx, "127.0.0.2") == left(nginx, "127.0.0.3")


@pytest.mark.parametrize("forged", ["192.0.2.1", "127.0.0.5, 192.0.2.1", ",", "x" * 500])
def test_a_forged_address_is_not_believed(nginx: Server, forged: str) -> None:
    assert left(nginx, "127.0.0.4", forged) == left(nginx, "127.0.0.4") + 1


def test_a_request_id_is_kept(nginx: Server) -> None:
    headers = {"X-Request-ID": "desk-4.7_1"}
    answer = requests.get(nginx.api("/nowhere"), headers=headers, timeout=10)
    assert answer.headers["X-Request-ID"] == answer.json()["request_id"] == "desk-4.7_1"


def test_a_strange_request_id_is_replaced_by_one_that_all_agree_on(nginx: Server) -> None:
    headers = {"X-Request-ID": '"><b>'}
    answer = requests.get(nginx.api("/nowhere"), headers=headers, timeout=10)
    assert len(answer.headers["X-Request-ID"]) == 32
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize("length", [MEBIBYTE + 1, 65 * MEBIBYTE])
def test_a_body_too_large_is_a_problem_whoever_refuses_it(nginx: Server, length: int) -> None:
    with wire.connected(nginx) as connection:
        head = f"POST /api/v1/books HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
        head += f"Authorization: {people.basic(*ADMIN)['Authorization']}\r\nConnection: close\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode())
        if length < 2 * MEBIBYTE:
            connection.sendall(b" " * length)
        answer = wire.one_answer(connection)
    assert_is_problem(answer, 413)


BROKEN = {
    "no HTTP": (b"hello\r\n\r\n", 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "a length that is none": (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400),
    "a header of 30 KiB": (b"GET / HTTP/1.1\r\nHost: x\r\nA: %b\r\n\r\n" % (b"y" * 30_720), 400),
    "a path of 9 KiB": (b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"y" * 9_000), 414),
    "a chunk of no size": (
        b"POST /api/v1/books HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        400,
    ),
    "a strange coding": (
        b"POST /api/v1/books HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        400,
    ),
    "a method to trace": (b"TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 405),
    "a version to come": (b"GET / HTTP/7.0\r\nHost: x\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
    "a path out of the root": (b"GET /../etc HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "a page of its own": (b"GET /_nginx/malformed HTTP/1.0\r\n\r\n", 404),
    "a path with NUL": (b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
}


@pytest.mark.parametrize(("request_", "status"), BROKEN.values(), ids=BROKEN.keys())
def test_what_nginx_refuses_is_a_problem_too(nginx: Server, request_: bytes, status: int) -> None:
    assert_is_problem(wire.sent(nginx, request_), status)


def test_a_method_that_nginx_refuses_is_told_the_others(nginx: Server) -> None:
    request = b"TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert b"\r\nAllow: GET, HEAD, POST" in wire.sent(nginx, request)


def test_the_counts_are_read_on_the_machine_itself(nginx: Server) -> None:
    assert "octavo_requests_total" in requests.get(f"{nginx.url}/metrics", timeout=10).text


def test_the_counts_are_read_from_nowhere_else(nginx: Server) -> None:
    with wire.connected(nginx, "127.0.0.9") as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = wire.until_closed(connection)
    assert_is_problem(answer, 403)


def test_two_slashes_are_another_path_behind_nginx_as_well(nginx: Server) -> None:
    assert requests.get(nginx.url + "/api/v1//books", timeout=10).status_code == 404


def test_a_list_is_answered_however_long_its_url(nginx: Server) -> None:
    for _ in range(3):
        requests.post(nginx.api("/books"), json=LONG, auth=ADMIN, timeout=10)
    words = "+".join(["emma"] * (8_000 // 5))
    answer = requests.get(f"{nginx.api('/books')}?limit=1&page=2&q={words}", timeout=10)
    assert answer.status_code == 200
    assert answer.links.keys() == {"first", "prev", "next", "last"}


def test_bodiless_answers_leave_the_connection_usable(nginx: Server, book: str) -> None:
    path = urlsplit(book).path
    tag = requests.get(book, timeout=10).headers["ETag"]
    ask = f"HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\n"
    answer = wire.sent(
        nginx,
        f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\nGET {path} {ask}\r\n"
        f"OPTIONS {path} {ask}\r\nGET /healthz {ask}Connection: close\r\n\r\n".encode(),
    )
    statuses = [line[9:12] for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    assert statuses == [b"200", b"304", b"204", b"200"]
    assert answer.endswith(b'{"status":"ok"}')


def test_a_connection_serves_many_requests(nginx: Server) -> None:
    with wire.connected(nginx) as connection:
        for _ in range(5):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert wire.one_answer(connection).endswith(b'{"status":"ok"}')


def test_a_server_that_is_down_is_a_problem(tmp_path: Path) -> None:
    with proxies.started(tmp_path, servers.free_port(), servers.free_port()) as url:
        servers.wait_for(lambda: listens(url))
        request_id = uuid4().hex
        answer = requests.get(
            f"{url}/api/v1/books", headers={"X-Request-ID": request_id}, timeout=10
        )
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"] == request_id
    assert "Retry-After" in answer.headers


def listens(url: str) -> bool:
    """Whether anybody answers there."""
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname, parts.port)) == 0


@pytest.fixture(scope="module")
def streaming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Streams that may break off, behind nginx."""
    folder = tmp_path_factory.mktemp("streaming")
    with proxies.behind_nginx(folder, ini=servers.ini_for_streams(folder)) as started:
        yield started


def test_a_stream_arrives_whole(streaming: Server) -> None:
    assert len(requests.get(f"{streaming.url}/whole", timeout=10).content) == 1_000_000


def test_a_stream_that_breaks_off_breaks_the_connection(streaming: Server) -> None:
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(f"{streaming.url}/breaks", timeout=10)


def test_a_stream_whose_worker_is_killed_breaks_the_connection(streaming: Server) -> None:
    # Compressed, so little would wait in nginx for more.
    plain = {"Accept-Encoding": "identity"}
    url = f"{streaming.url}/hangs"
    with requests.get(url, headers=plain, stream=True, timeout=30) as answer:
        streaming.kill_a_busy_worker()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            assert answer.content

"""What HTTP itself asks of the server: bodies chunked, large, broken; connections kept."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from tests.support import wire
from tests.support.servers import ADMIN, Server

pytestmark = pytest.mark.server
JSON = {"Content-Type": "application/json"}
MEBIBYTE = 1 << 20


def chunks(*pieces: bytes) -> Iterator[bytes]:
    """A body that requests sends in chunks, since its length is not known."""
    yield from pieces


def raw(server: Server, request: bytes) -> bytes:
    """What the server sends back to these bytes, until it ends the connection."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    return received


def test_a_search_typed_without_encoding_is_taken_for_utf8(server: Server) -> None:
    requests.post(server.api("/books"), json={"title": "Café"}, auth=ADMIN, timeout=10)
    head = "GET /api/v1/books?q=café HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answer = wire.sent(server, head.encode())
    assert b'"title":"Caf\xc3\xa9"' in answer
    assert b"q=caf%C3%A9&page=1" in answer


def test_a_chunked_body_is_read_whole(server: Server) -> None:
    body = chunks(b'{"title": ', b'"Emma', b' in pieces"', b"}")
    answer = requests.post(server.api("/books"), data=body, headers=JSON, auth=ADMIN, timeout=10)
    assert (answer.status_code, answer.json()["title"]) == (201, "Emma in pieces")


def test_a_chunked_body_of_many_pieces_is_read_whole(server: Server) -> None:
    pieces = (b'{"title": "x"', *[b" " * 1000 for _ in range(300)], b"}")
    answer = requests.post(
        server.api("/books"), data=chunks(*pieces), headers=JSON, auth=ADMIN, timeout=10
    )
    assert answer.status_code == 201


def test_a_chunked_body_that_is_empty_is_malformed(server: Server) -> None:
    answer = requests.post(
        server.api("/books"), data=chunks(), headers=JSON, auth=ADMIN, timeout=10
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-body")


def test_chunks_without_content_are_no_body_where_none_is_needed(server: Server) -> None:
    url = server.api("/auth/logout")
    assert requests.post(url, data=chunks(), auth=ADMIN, timeout=10).status_code == 204
    assert requests.post(url, data=chunks(b"{}"), auth=ADMIN, timeout=10).status_code == 415


@pytest.mark.parametrize("length", [MEBIBYTE + 1, 3 * MEBIBYTE])
def test_a_body_over_the_limit_is_413_with_its_length_told_or_not(
    server: Server, length: int
) -> None:
    with requests.Session() as session:
        session.auth = ADMIN
        for data in (b" " * length, chunks(*[b" " * 65536] * (length // 65536 + 1))):
            answer = session.post(server.api("/books"), data=data, headers=JSON, timeout=20)
            assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
        assert session.get(server.api("/books"), timeout=10).status_code == 200


def test_a_connection_serves_many_requests(server: Server) -> None:
    with requests.Session() as session:
        for path, status in (("/books", 200), ("/nowhere", 404), ("/users", 401), ("/books", 200)):
            assert session.get(server.api(path), timeout=10).status_code == status


def test_head_has_the_length_of_get_and_no_body(server: Server) -> None:
    got = requests.get(server.api("/posts"), timeout=10)
    head = requests.head(server.api("/posts"), timeout=10)
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert head.content == b""


POST = b"POST /api/v1/books HTTP/1.1\r\nHost: x\r\n"
GET = b"GET /api/v1/books%b HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n"
BROKEN = {
    "a length that is none": POST + b"Content-Length: ten\r\n\r\n",
    "a negative length": POST + b"Content-Length: -5\r\n\r\n",
    "a body cut short": POST + b"Content-Length: 50\r\n\r\n{}",
    "a chunk of no size": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "no HTTP": b"hello\r\n\r\n",
    "bytes above ASCII": GET % (b"?q=\xff\xfe", b"Accept: \xff"),
    "a path of bytes": GET % (b"/\xff", b"Accept: */*"),
    "a long header": GET % (b"", b"X-Y: " + b"y" * 200_000),
}


@pytest.mark.parametrize("request_", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_broken_is_never_answered_500_and_harms_nobody_else(
    server: Server, request_: bytes
) -> None:
    try:
        received = raw(server, request_)
    except OSError:
        received = b""  # the server may as well hang up
    assert not received.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5"))
    assert requests.get(server.api("/books"), timeout=10).status_code == 200


def test_the_log_of_the_server_tells_of_no_unforeseen_error(server: Server) -> None:
    written = server.log.read_text(errors="replace")
    assert "unforeseen" not in written
    assert "Traceback" not in written
    assert ADMIN[1] not in written


@pytest.mark.parametrize("target", ["http://x/healthz", "HTTP://x:80/healthz?a=b"])
def test_a_target_in_absolute_form_is_taken_for_its_path(server: Server, target: str) -> None:
    answer = wire.sent(
        server, f"GET {target} HTTP/1.1\r\nHost: y\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 200")


def test_a_query_in_absolute_form_is_read(server: Server) -> None:
    head = "GET http://x/api/v1/books?limit=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert b'"limit":1' in wire.sent(server, head.encode())


def test_a_request_of_http_1_1_without_host_is_refused(server: Server) -> None:
    answer = wire.sent(server, b"GET /api/v1/books HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")
    assert b'"code":"bad-request"' in answer
    assert b"HTTP/1.1 asks for the header Host." in answer


def test_a_request_of_http_1_0_needs_no_host(server: Server) -> None:
    assert b" 200 OK" in wire.sent(server, b"GET /healthz HTTP/1.0\r\n\r\n").splitlines()[0]


def test_a_connection_that_a_client_asks_to_close_is_said_to_close(server: Server) -> None:
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert b"\r\nConnection: close\r\n" in wire.sent(server, head)


def test_a_client_that_goes_on_after_asking_to_close_loses_no_write(server: Server) -> None:
    with requests.Session() as session:
        session.auth = ADMIN
        session.headers["Connection"] = "close"
        made = [
            session.post(server.api("/books"), json={"title": "Emma"}, timeout=10).status_code
            for _ in range(60)
        ]
    assert made == [201] * 60

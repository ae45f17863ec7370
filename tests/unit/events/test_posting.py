"""One try of a delivery, and where it may lead."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest

from events import addresses, posting
from events.posting import Outcome, post
from tests.support.receivers import Receiver, answering, running

pytestmark = pytest.mark.peer
BOTH = ("https", "http")


def sent(url: str, *, allows_private: bool = True) -> Outcome:
    return post(url, "{}", {"content-type": "application/json"}, allows_private=allows_private)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with running() as started:
        yield started


@contextmanager
def saying(pieces: Iterator[bytes]) -> Iterator[str]:
    """A server that says these bytes to whoever connects, and nothing of HTTP; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                except OSError:
                    return

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver) -> None:
    receiver.behave = answering(302, Location=receiver.url)
    assert sent(receiver.url) == Outcome(302, "It redirects, which is not followed.")
    assert len(receiver.received) == 1


def test_an_answer_that_never_ends_is_not_read(receiver: Receiver) -> None:
    ends = Signal()

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 65_536)
        except OSError:
            ends.set()

    receiver.behave = behave
    assert sent(receiver.url) == Outcome(200)
    assert ends.wait(30)


def test_headers_that_never_end_are_a_failure() -> None:
    endless = iter(lambda: b"X-More: and more\r\n", b"")
    with saying(_after(b"HTTP/1.1 200 OK\r\n", endless)) as url:
        assert sent(url) == Outcome(None, "It does not answer as HTTP: HTTPException.")


def test_an_answer_that_drips_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)

    def drips() -> Iterator[bytes]:
        while True:
            yield b"H"
            Signal().wait(0.05)

    with saying(drips()) as url:
        assert sent(url) == Outcome(None, "No answer within 15 seconds.")


def test_continues_that_never_end_are_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.3)
    with saying(iter(lambda: b"HTTP/1.1 100 Continue\r\n\r\n", b"")) as url:
        assert sent(url).error in {
            "No answer within 15 seconds.",
            "It does not answer as HTTP: HTTPException.",
        }


def test_what_is_no_http_is_a_failure() -> None:
    with saying(iter([b"220 mail.example.org ESMTP\r\n"])) as url:
        assert sent(url) == Outcome(None, "It does not answer as HTTP: BadStatusLine.")


def test_where_nobody_listens_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert sent(f"http://127.0.0.1:{port}/").error == "It cannot be reached: Connection refused."


def test_an_address_of_our_own_network_is_refused_when_it_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(port)))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    outcome = sent(f"http://hooks.example.org:{port}/", allows_private=False)
    told = "hooks.example.org leads to an address of this machine or of a private network."
    assert outcome == Outcome(None, told)
    assert receiver.received == []


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(receiver.url.split(":")[2].split("/")[0])
    asked: list[Any] = []

    def changing(*_: Any, **__: Any) -> list[Any]:
        asked.append(1)
        address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    monkeypatch.setattr(socket.socket, "connect", _refuse)
    sent(f"http://hooks.example.org:{port}/", allows_private=False)
    assert (len(asked), receiver.received) == (1, [])


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::"),
    ],
)
def test_addresses_of_this_machine_and_private_networks_are_not_public(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "example.org", ""),
        *("https://", "https:///path", "https://user@example.org/", "https://a:b@example.org/"),
        *("https://example.org/#part", "https://example.org:99999/", "https://exa mple.org/"),
        *("https://example.org/\r\nX: y", "https://127.0.0.1/", "https://localhost/"),
        *(
            "https://localhost./",
            "https://printer.local/",
            "https://2130706433/",
            "https://0x7f.1/",
        ),
        *("https://[::1]/", "https://[fe80::1]/", "https://[::ffff:10.0.0.1]/", "https://[::1/"),
        *("https://10.1.2.3:8443/x", "https://169.254.169.254/latest", "https://müller.example/"),
    ],
)
def test_a_url_that_can_only_lead_astray_is_refused_when_it_is_named(url: str) -> None:
    assert addresses.problem(url, ("https",), allows_private=False) is not None


@pytest.mark.parametrize("url", ["https://example.org/hook?a=1", "https://1.1.1.1:8443/"])
def test_a_url_of_the_internet_is_taken(url: str) -> None:
    assert addresses.problem(url, ("https",), allows_private=False) is None


def test_plain_http_is_taken_where_it_is_allowed() -> None:
    assert addresses.problem("http://example.org/", ("https",), allows_private=False) is not None
    assert addresses.problem("http://localhost:8001/", BOTH, allows_private=True) is None


def _after(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _refuse(*_: Any) -> None:
    raise ConnectionRefusedError

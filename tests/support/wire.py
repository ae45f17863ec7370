"""HTTP written by hand, for what no client library would send."""

import socket
from urllib.parse import urlsplit

from tests.support.servers import Server


def connected(server: Server, address: str = "127.0.0.1") -> socket.socket:
    """A connection to the server, from a loopback address."""
    parts = urlsplit(server.url)
    target = (parts.hostname or "", parts.port or 80)
    return socket.create_connection(target, timeout=20, source_address=(address, 0))


def sent(server: Server, request: bytes) -> bytes:
    """All that is answered to these bytes until the server closes."""
    with connected(server) as connection:
        connection.sendall(request)
        return until_closed(connection)


def until_closed(connection: socket.socket) -> bytes:
    """All that still comes. Raises ConnectionResetError when the connection breaks."""
    received = bytearray()
    while piece := connection.recv(1 << 16):
        received += piece
    return bytes(received)


def one_answer(connection: socket.socket) -> bytes:
    """The next answer of a kept connection, by its Content-Length."""
    with connection.makefile("rb") as source:
        head = b""
        while (line := source.readline()) not in (b"\r\n", b""):
            head += line
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        return head + b"\r\n" + source.read(int(length))

"""What uWSGI leaves to the application of HTTP itself; see docs/decisions/0002-serving.md.

Bodies are read to their end before the answer starts, or the connection would be lost with the
answer still on it. Answers of unknown length are framed here. One that fails while it streams, or
whose process is killed, resets the connection, so that nobody takes it for complete. A request
that hangs is ended with its process; a stream has its time anew whenever a piece was sent.
"""

import os
import re
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from api.http.body import ends_itself

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]

MOST_DRAINED = 128 << 20
CHUNK_SECONDS = 10
_PIECE = 1 << 16
_ABSOLUTE = re.compile(r"https?://(?P<host>[^/?#]+)(?P<rest>[/?].*)?\Z", re.IGNORECASE)
# How closing ends a connection: with RST at once, or with FIN after what was sent.
_RESETS = struct.pack("ii", 1, 0)
_ENDS = struct.pack("ii", 0, 0)


def send_at_once() -> None:
    """Have the listening sockets of this process hand TCP_NODELAY on to what they accept.

    Headers and body leave uWSGI in two pieces, and on a kept connection the second would wait 40 ms
    for the client to acknowledge the first (RFC 896 meeting RFC 1122, 4.2.3.2).
    """
    for descriptor in list(Path("/dev/fd").iterdir()):
        with suppress(OSError), socket.socket(fileno=os.dup(int(descriptor.name))) as each:
            if each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Transport:
    """The outermost WSGI layer under uWSGI, whose `request-seconds` are what a request may take."""

    def __init__(self, app: Callable[..., Iterable[bytes]], uwsgi: Any) -> None:
        self._app = app
        self._uwsgi = uwsgi
        self._seconds = int(uwsgi.opt["request-seconds"])

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        streams = framed = False
        at_the_door = "UWSGI_ROUTER" in environ
        if at_the_door:
            # The router takes an end without an answer for an answer, and the client would wait.
            self._on_closing(_RESETS)
            _to_origin_form(environ)
        self._has_time()

        def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            nonlocal streams, framed
            streams = _is_of_unknown_length(status, headers, environ["REQUEST_METHOD"])
            framed = streams and _has_own_framing(environ)
            if framed:
                headers.append(("Transfer-Encoding", "chunked"))
            if environ.get("CONTENT_LENGTH") or ends_itself(environ):
                self._drain(environ)
            if at_the_door and _ends_connection(environ):
                headers.append(("Connection", "close"))
            if streams and not at_the_door:
                self._on_closing(_RESETS)
            return start_response(status, headers, exc_info)

        body = self._app(environ, start)
        if streams:
            return _Sent(self._streamed(body, framed), body)
        return _Sent(body, body, self._ended) if at_the_door else body

    def _drain(self, environ: Environ) -> None:
        """Read what the application left of the body, up to a bound."""
        left = MOST_DRAINED
        chunked = ends_itself(environ)
        try:
            while left > 0 and (piece := self._read(environ, chunked)):
                left -= len(piece)
        except OSError:
            # The client stalled or went away; what it sent changes nothing any more.
            return

    def _read(self, environ: Environ, chunked: bool) -> bytes:
        piece: bytes = (
            self._uwsgi.chunked_read(CHUNK_SECONDS)
            if chunked
            else environ["wsgi.input"].read(_PIECE)
        )
        return piece

    def _streamed(self, body: Iterable[bytes], framed: bool) -> Iterator[bytes]:
        try:
            for piece in body:
                if piece:
                    yield b"%x\r\n%b\r\n" % (len(piece), piece) if framed else piece
                    self._has_time()
        except Exception:  # noqa: BLE001  logged by RequestLog; uWSGI would print what it says
            return
        else:
            if framed:
                yield b"0\r\n\r\n"
            self._ended()

    def _has_time(self) -> None:
        """Count anew the seconds until uWSGI kills this process; it stops when all is sent."""
        self._uwsgi.set_user_harakiri(self._seconds)

    def _ended(self) -> None:
        """All has been sent: the connection may end as it should."""
        self._on_closing(_ENDS)

    def _on_closing(self, linger: bytes) -> None:
        """Decide how the connection ends, also when it is the kernel that closes it."""
        with socket.socket(fileno=os.dup(self._uwsgi.connection_fd())) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


class _Sent:
    """The pieces of `body`, which is closed once they have been sent, and then `done` is called.

    uWSGI tells by `close`. Sooner, a process that is killed would end its connection as if the
    answer were complete.
    """

    def __init__(
        self, pieces: Iterable[bytes], body: Iterable[bytes], done: Callable[[], None] | None = None
    ) -> None:
        self._pieces = pieces
        self._body = body
        self._done = done

    def __iter__(self) -> Iterator[bytes]:
        """The pieces as they are."""
        return iter(self._pieces)

    def close(self) -> None:
        """No more is sent."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
        if self._done is not None:
            self._done()


def _ends_connection(environ: Environ) -> bool:
    """Whether nothing more is read from this connection, so that the client must hear of it.

    uWSGI closes it when the client asked for that (RFC 9112, 9.6), and after a chunked body.
    """
    return ends_itself(environ) or environ.get("HTTP_CONNECTION", "").strip().lower() == "close"


def _to_origin_form(environ: Environ) -> None:
    """Take `http://host/path` for `/path` at that host (RFC 9112, 3.2.2)."""
    whole = None
    if not environ["PATH_INFO"].startswith("/"):
        whole = _ABSOLUTE.match(environ["REQUEST_URI"])
    if whole is not None:
        environ["HTTP_HOST"] = whole["host"]
        environ["REQUEST_URI"] = "/" + (whole["rest"] or "").removeprefix("/")
        environ["PATH_INFO"] = "/" + environ["PATH_INFO"].partition("://")[2].partition("/")[2]


def _is_of_unknown_length(status: str, headers: Headers, method: str) -> bool:
    if method == "HEAD" or status.startswith(("204", "304")):
        return False
    for name, _ in headers:
        if name == "Content-Length":  # As it is spelt here.
            return False
    return all(name.lower() != "content-length" for name, _ in headers)


def _has_own_framing(environ: Environ) -> bool:
    """Whether nobody between us and the client frames the answer: our own HTTP, version 1.1."""
    return "UWSGI_ROUTER" in environ and environ["SERVER_PROTOCOL"] == "HTTP/1.1"

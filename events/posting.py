"""One try of a delivery: a POST to an address that is checked, over within fifteen seconds."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Timer
from typing import NamedTuple
from urllib.parse import urlsplit

from events import addresses
from events.addresses import Forbidden

SECONDS = 15.0


class Outcome(NamedTuple):
    """How a try went: the status of the answer if there was one, and else why there was none.

    `retry_after` is how many seconds the receiver wants to be left alone.
    """

    status: int | None
    error: str | None = None
    retry_after: int | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: str, headers: Mapping[str, str], *, allows_private: bool) -> Outcome:
    """Send a body, and give how it went; redirects are not followed, what is answered is not read.

    A timer ends the connection, because the time-outs of sockets begin again with every byte.
    """
    connection = _connection(url, allows_private=allows_private)
    timer = Timer(SECONDS, connection.abort)
    timer.start()
    try:
        connection.request("POST", _target(url), body.encode(), dict(headers))
        answer = connection.getresponse()
        return _outcome(answer.status, answer.headers.get("Retry-After"))
    except Forbidden as error:
        return Outcome(None, f"{error}.")
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        late = connection.is_aborted or isinstance(error, TimeoutError)
        return Outcome(None, "No answer within 15 seconds." if late else _why(error))
    finally:
        timer.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection that checks where it leads, and can be ended from another thread."""

    is_aborted = False

    def __init__(self, host: str, port: int, *, is_tls: bool, allows_private: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._is_tls = is_tls
        self._allows_private = allows_private

    def connect(self) -> None:
        """Connect to an address that has been checked."""
        plain = addresses.connected(
            self.host, self.port, SECONDS, allows_private=self._allows_private
        )
        self.sock = plain if not self._is_tls else self._wrapped(plain)
        if self.is_aborted:
            raise TimeoutError
        if isinstance(self.sock, ssl.SSLSocket):
            self.sock.do_handshake()

    def _wrapped(self, plain: socket.socket) -> ssl.SSLSocket:
        context = ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)

    def abort(self) -> None:
        """End the connection; what waits on it fails."""
        self.is_aborted = True
        if self.sock is not None:
            with suppress(OSError):
                # That of the plain socket, which wakes up whoever waits to read or write.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _connection(url: str, *, allows_private: bool) -> _Connection:
    parts = urlsplit(url)
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    return _Connection(parts.hostname or "", port, is_tls=is_tls, allows_private=allows_private)


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _outcome(status: int, retry_after: str | None) -> Outcome:
    if 200 <= status < 300:
        return Outcome(status)
    told = "It redirects, which is not followed." if 300 <= status < 400 else "It was not taken."
    return Outcome(status, told, _seconds(retry_after))


def _seconds(retry_after: str | None) -> int | None:
    """`Retry-After` in seconds, whichever of its two forms it has (RFC 9110, section 10.2.3)."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return int(retry_after[:9])
    try:
        then = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError):
        return None
    return max(0, int((then - datetime.now(UTC)).total_seconds()))


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate is not good: {error.verify_message}."
    if isinstance(error, OSError) and error.strerror:
        return f"It cannot be reached: {error.strerror}."
    return f"It does not answer as HTTP: {type(error).__name__}."

"""The SIP2 server as operators start it, and machines that connect to it."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from protocols.sip2.messages import REQUESTS
from tests.protocols.sip2.frames import Told, frame, read
from tests.support.servers import BIN, QUICK, ROOT, free_port

COMMAND = [str(BIN / "flask"), "--app", "api.cli", "sip2"]


@dataclass
class Sip2Server:
    """A running server, and the connections to it that are to be ended."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    wires: list["Wire"] = field(default_factory=list)

    def wire(self, plain: socket.socket | None = None) -> "Wire":
        """A new connection, over a socket that is given or over one of its own."""
        own = plain or socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.wires.append(Wire(own))
        return self.wires[-1]

    def stop(self) -> int:
        """Stop it as systemd does, and give its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def environment(database_url: str, **settings: str) -> dict[str, str]:
    """What the server is started with."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**inherited, **QUICK, "DATABASE_URL": database_url, **settings}


@contextmanager
def running(database_url: str, folder: Path, **settings: str) -> Iterator[Sip2Server]:
    """Start the server on a database that has its tables."""
    port = free_port()
    log = folder / f"sip2-{port}.log"
    started = environment(database_url, SIP2_PORT=str(port), **settings)
    with log.open("wb") as output:
        process = subprocess.Popen(
            COMMAND, cwd=ROOT, env=started, stdout=output, stderr=subprocess.STDOUT
        )
    server = Sip2Server(process, port, log)
    try:
        _wait_until_listening(process, port, log)
        yield server
    finally:
        for wire in server.wires:
            wire.socket.close()
        if process.poll() is None:
            process.kill()
            process.wait()


def _wait_until_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the SIP2 server did not start:\n{log.read_text()[-3000:]}")


class Wire:
    """A connection of bytes."""

    def __init__(self, plain: socket.socket) -> None:
        self.socket = plain
        self._rest = b""
        self._sequence = -1

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def receive(self) -> bytes:
        """The next answer with its terminator; empty when the connection has ended."""
        while b"\r" not in self._rest:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                return b""
            if not data:
                return b""
            self._rest += data
        answer, _, self._rest = self._rest.partition(b"\r")
        return answer + b"\r"

    def say(self, text: str) -> Told:
        """The answer to a message."""
        self._sequence = (self._sequence + 1) % 10
        self.send(frame(text, self._sequence) + b"\r")
        told = read(self.receive())
        assert told.code == REQUESTS[text[:2]].answer
        return told

    def sign_in(self, key: str, name: str = "kiosk") -> "Wire":
        """Sign in."""
        assert self.say(f"9300CN{name}|CO{key}|")["ok"] == "1"
        return self

"""Starting a server for a test: it is waited for, whatever it answers until it is ready."""

import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.servers import Server, is_ready, wait_until_ready

pytestmark = pytest.mark.server
HANGS_FOR = 6


class Starting(BaseHTTPRequestHandler):
    """A server that starts: it hangs, breaks off, answers nonsense, is busy, and is ready."""

    asked = 0

    def do_GET(self) -> None:
        """Answer as the step says."""
        type(self).asked += 1
        if self.asked == 1:
            time.sleep(HANGS_FOR)
        elif self.asked == 2:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
        elif self.asked == 3:
            self.wfile.write(b"nonsense\r\n\r\n")
        elif self.asked > 3:
            self.send_response(200 if self.asked > 4 else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs."""
    running = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield running
    running.kill()
    running.wait()


@pytest.fixture
def starting() -> Iterator[str]:
    """The URL of a server that starts."""
    Starting.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Starting) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def server_at(url: str, process: subprocess.Popen[bytes], folder: Path) -> Server:
    log = folder / "server.log"
    log.write_text("what it said")
    return Server(url, process, {}, log, 0)


def test_a_server_is_waited_for_whatever_it_answers_meanwhile(
    starting: str, process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    wait_until_ready(server_at(starting, process, tmp_path))
    assert Starting.asked == 5
    assert is_ready(starting)


def test_a_server_that_has_ended_is_not_waited_for(
    process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    process.kill()
    process.wait()
    with pytest.raises(RuntimeError, match="what it said"):
        wait_until_ready(server_at("http://127.0.0.1:9", process, tmp_path))


def test_a_server_that_is_not_ready_in_time_is_ended(
    process: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    with pytest.raises(RuntimeError, match="what it said"):
        wait_until_ready(server_at("http://127.0.0.1:9", process, tmp_path), seconds=0)
    assert process.wait(timeout=30) != 0

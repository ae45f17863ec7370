"""The application over a socket of this process, for programs of others."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from werkzeug.serving import make_server

from api.app import Octavo


@dataclass
class Site:
    """Where the application answers."""

    url: str


@pytest.fixture
def site(app: Octavo) -> Iterator[Site]:
    """The application, answering on a free port of the loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()

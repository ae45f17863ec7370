"""A crowd at a running server, and its database to prepare each race in, checked afterwards."""

from collections.abc import Iterator

import pytest

from models.database import connect, database
from tests.checker import broken
from tests.races.crowd import Crowd
from tests.support import people
from tests.support.servers import ADMIN, Server


@pytest.fixture
def crowd(server: Server) -> Iterator[Crowd]:
    """Clients of the server; what they leave behind must break no rule."""
    opened = connect(server.environment["DATABASE_URL"])
    clients = Crowd(server, people.basic(*ADMIN))
    yield clients
    clients.close()
    assert broken(opened) == []
    opened.close()
    database.initialize(None)

"""Days of the model at two nodes behind nginx, on one PostgreSQL and one Redis.

The clock of both nodes stands still until the model moves it, and the nights are done by a third
process, this one. OCTAVO_MODEL_ACTS says how many acts there are.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
import requests

from models.database import connect, database
from tests.model import desk
from tests.model.chances import DEEDS, WEIGHTS, Chance
from tests.model.machine import START
from tests.model.test_agreement import Everything
from tests.support import clocks, needs, proxies
from tests.support.servers import ADMIN, Server

ACTS = int(os.environ.get("OCTAVO_MODEL_ACTS", "120"))


class SharedClock(desk.Clock):
    """A clock of several processes: a file that libfaketime reads whenever one asks the time."""

    def __init__(self, at: datetime, file: Path) -> None:
        self._file = file
        super().__init__(at)

    @property
    def at(self) -> datetime:
        """What it shows."""
        return self._at

    @at.setter
    def at(self, moment: datetime) -> None:
        self._at = moment
        clocks.set_to(self._file, f"{moment:%Y-%m-%d %H:%M:%S}")


class NodesDesk(desk.Desk):
    """The API as nginx gives it: each request comes to the other node than the one before."""

    def __init__(self, server: Server, clock: desk.Clock) -> None:
        self._server, self.clock = server, clock
        self._session = requests.Session()
        self._session.auth = ADMIN

    def empty(self) -> None:
        """Nothing: the library of a test lives once."""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._session.request(method, self._server.api(path), json=body, timeout=60)
        told = answer.json() if answer.content else None
        return SimpleNamespace(status_code=answer.status_code, json=told)


@pytest.fixture
def nodes(folder: Path) -> Iterator[NodesDesk]:
    """The desk of two nodes, with a clock of their own."""
    clock = SharedClock(START, folder / "clock")
    with needs.empty_database() as url:
        shared = {"DATABASE_URL": url, "REDIS_URL": needs.REDIS}
        with proxies.two_nodes(folder, **shared, **clocks.reading(folder / "clock")) as server:
            connect(url)
            with patch("models.timestamps.datetime", clock):
                yield NodesDesk(server, clock)
            database.obj.close()
            database.initialize(None)


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.nginx
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.faketime
def test_two_nodes_and_the_model_agree_on_days_at_the_desk(nodes: NodesDesk) -> None:
    Everything.desk = nodes
    library, chance = Everything(), Chance(2026)
    library.open()
    done = 0
    while done < ACTS:
        [deed] = chance.choices(DEEDS, WEIGHTS)
        if deed.possible(library.library):
            getattr(library, deed.name)(**deed.given(chance))
            library.both_see_the_same()
            done += 1
    assert nodes.clock.at > START
    library.teardown()

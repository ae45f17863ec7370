"""A library's desk for the model: the API in this process, and a clock that is moved by hand."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, tzinfo
from pathlib import Path
from secrets import randbits
from sqlite3 import connect
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient

from api.app import create_app
from api.settings import read
from models.database import database
from tests.support import people, servers


class Clock:
    """Stands for `datetime` in the one module that asks what time it is."""

    fromisoformat = staticmethod(datetime.fromisoformat)

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, zone: tzinfo) -> datetime:
        """The moment it was moved to."""
        return self.at.astimezone(zone)


class Desk:
    """The application on one database, emptied for every library."""

    def __init__(self, client: FlaskClient, template: Path, clock: Clock) -> None:
        self._client = client
        self._template = template
        self._admin: dict[str, str] = {}
        self.clock = clock

    def empty(self) -> None:
        """A library as on its first day, at the same desk."""
        with closing(connect(self._template)) as first:
            first.backup(database.connection())
        # What the application keeps in memory is known by these numbers.
        database.execute_sql("UPDATE rulebook SET version = ?", (randbits(53),))
        database.execute_sql("UPDATE catalogue_version SET number = ?", (randbits(53),))
        self._admin = people.add("admin", "admin@example.org").headers

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of the API to its administrator, who may do everything."""
        url = f"/api/v1{path}"
        return self._client.open(url, method=method, json=body, headers=self._admin)

    def get(self, path: str) -> Any:
        """What a path shows."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.json
        return answer.json

    def all(self, path: str) -> dict[int, Any]:
        """Every record of a list, by id."""
        found: dict[int, Any] = {}
        page, pages = 0, 1
        while page < pages:
            page += 1
            told = self.get(f"{path}?limit=100&page={page}")
            found.update((record["id"], record) for record in told["data"])
            pages = told["pagination"]["pages"]
        return found

    def make(self, path: str, body: Any) -> Any:
        """The record that was created."""
        answer = self.ask("POST", path, body)
        assert answer.status_code == 201, answer.json
        return answer.json


@contextmanager
def opened(template: Path, folder: Path, at: datetime) -> Iterator[Desk]:
    """A desk whose clock stands still at a moment until it is moved."""
    environ = {**servers.QUICK, "DATABASE_URL": f"sqlite:///{folder / 'model.db'}"}
    clock = Clock(at)
    with patch("models.timestamps.datetime", clock):
        yield Desk(create_app(read(environ)).test_client(), template, clock)
    database.obj.close()
    database.initialize(None)

"""Backups of a running library: taken while clients lend, and put back into an empty place."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import requests

from models import schema
from models.database import connect, database
from models.loan import Loan
from tests.checker import broken
from tests.support import needs, servers
from tests.support.servers import ADMIN, BIN, ROOT, Server

DESKS = 4


def octavo(url: str, *command: str) -> str:
    """What a command says that is given to the library at a URL."""
    environment = {**servers.QUICK, "PATH": f"{BIN}:/usr/bin:/bin", "DATABASE_URL": url}
    done = subprocess.run(
        [str(BIN / "flask"), "--app", "api.app:create_app", *command],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Clerk(Thread):
    """Lends two copies and takes them back, over and over, on one kept connection."""

    def __init__(self, server: Server, number: int, over: Event) -> None:
        super().__init__()
        self._server, self._over = server, over
        self._session = requests.Session()
        self._session.auth = ADMIN
        self.mark = f"{uuid4().hex[:6]}-{number}"
        self.lent = 0
        self.faults: list[str] = []
        member = {"last_name": "Byron", "card_number": f"C{self.mark}"}
        self.ask("/users", member)
        self.barcodes = [f"B{self.mark}-{one}" for one in range(2)]
        for barcode in self.barcodes:
            book = self.ask("/books", {"title": f"Emma {barcode}"}).json()["id"]
            self.ask(f"/books/{book}/copies", {"barcode": barcode})

    def ask(self, path: str, body: Any) -> requests.Response:
        answer = self._session.post(self._server.api(path), json=body, timeout=60)
        if answer.status_code >= 300:
            self.faults.append(answer.text)
        return answer

    def run(self) -> None:
        """Work until it is over."""
        while not self._over.is_set():
            for barcode in self.barcodes:
                self.ask("/loans", {"barcode": barcode, "card_number": f"C{self.mark}"})
                self.lent += 1
            self.ask("/returns", {"barcode": self.barcodes[0]})
            self.ask("/returns", {"barcode": self.barcodes[1]})


@contextmanager
def working(server: Server) -> Iterator[list[Clerk]]:
    """Clerks who lend meanwhile, and none of whom is refused anything."""
    over = Event()
    clerks = [Clerk(server, number, over) for number in range(DESKS)]
    for one in clerks:
        one.start()
    try:
        servers.wait_for(lambda: all(one.lent > 2 for one in clerks))
        yield clerks
    finally:
        over.set()
        for one in clerks:
            one.join()
    assert [one.faults for one in clerks] == [[]] * DESKS


@pytest.fixture
def empty(server: Server, tmp_path: Path) -> Iterator[str]:
    """The URL of a place with nothing in it, of the kind that the server has."""
    url = server.environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"octavo_test_{uuid4().hex[:12]}"
    with psycopg.connect(needs.POSTGRES, autocommit=True) as opened:
        opened.execute(f'CREATE DATABASE "{name}"')
        yield f"{url.rpartition('/')[0]}/{name}"
        opened.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@servers.ON_BOTH
def test_a_backup_taken_while_clients_lend_is_a_sound_library_elsewhere(
    server: Server, empty: str, tmp_path: Path
) -> None:
    url, file = server.environment["DATABASE_URL"], str(tmp_path / "backup")
    with working(server) as clerks:
        before = sum(one.lent for one in clerks)
        octavo(url, "db", "backup", file)
        assert octavo(url, "db", "check") == "Nothing contradicts the rules.\n"
        after = sum(one.lent for one in clerks)
        assert after > before
    said = octavo(empty, "db", "restore", file)
    assert said.endswith("Nothing contradicts the rules.\n")
    opened = connect(empty)
    try:
        assert schema.is_current()
        assert broken(opened) == []
        assert before - DESKS <= Loan.select().count() <= after + DESKS
    finally:
        opened.close()
        database.initialize(None)

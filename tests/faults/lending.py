"""Desks that lend, take back and catalogue without a pause, and remember what they were told.

A write that is answered 200 or 201 must be done, once; one that is refused must not be. Of a write
without an answer, or whose answer says that its outcome is unknown (a connection broke), either may
be true, and nothing else.
"""

import itertools
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import requests

from models.database import connect, database
from tests.checker import broken
from tests.support.servers import ADMIN, Server, wait_for

BACK_SECONDS = float(os.environ.get("OCTAVO_BACK_SECONDS", "60"))
"""How long the service may take to be back when the cause of a fault has gone.

5 on a quiet machine: `OCTAVO_BACK_SECONDS=5`. A busy one takes longer, which is no fault.
"""
SECONDS = 30
_REFUSALS = frozenset({409, 422, 429, 503, 504})


@dataclass
class Told:
    """What was told of one kind of write on one thing: ids that were acknowledged, and the rest."""

    done: list[int] = field(default_factory=list)
    refused: int = 0
    unanswered: int = 0


@dataclass
class Desk:
    """One client, with a member and a copy of its own."""

    server: Server
    member: int
    copy: int
    barcode: str
    titles: dict[str, Told] = field(default_factory=dict)
    loans: Told = field(default_factory=Told)
    strange: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    http: requests.Session = field(default_factory=requests.Session)

    def work(self, closed: Event) -> None:
        """Lend, take back, read, catalogue, until the desk is closed."""
        self.http.auth = ADMIN
        for number in itertools.count():
            if closed.is_set():
                return
            title = uuid4().hex
            self._write(self.loans, "/loans", {"user_id": self.member, "copy_id": self.copy})
            self._read("/loans?status=open&limit=5")
            self._write(Told(), "/returns", {"barcode": self.barcode})
            self._read(f"/books?limit=3&page={number % 3 + 1}")
            self._read(f"/books?q={title[:3]}")
            self._write(self.titles.setdefault(title, Told()), "/books", {"title": title})

    def _write(self, told: Told, path: str, body: dict[str, Any]) -> None:
        try:
            answer = self.http.post(self.server.api(path), json=body, timeout=SECONDS)
        except requests.RequestException:
            told.unanswered += 1
            return
        self._look_at(answer)
        if answer.ok:
            told.done.append(answer.json().get("id", 0))
        elif answer.json().get("outcome") == "unknown":
            told.unanswered += 1
        else:
            told.refused += 1

    def _read(self, path: str) -> None:
        try:
            self._look_at(self.http.get(self.server.api(path), timeout=SECONDS))
        except requests.RequestException:
            self.statuses[0] += 1

    def _look_at(self, answer: requests.Response) -> None:
        """Keep what is neither done nor a clear refusal."""
        self.statuses[answer.status_code] += 1
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code in (200, 201):
            return
        is_clear = kind == "application/problem+json" and answer.json()["code"]
        if answer.status_code not in _REFUSALS or not is_clear:
            self.strange.append(f"{answer.status_code} {answer.text[:200]}")


class Lending:
    """Desks at work at one server."""

    def __init__(self, server: Server, desks: int) -> None:
        self.server = server
        self._closed = Event()
        self.desks = [self._desk() for _ in range(desks)]
        self._threads = [Thread(target=desk.work, args=(self._closed,)) for desk in self.desks]

    def _desk(self) -> Desk:
        name = uuid4().hex[:12]
        member = self._made("/users", {"last_name": "Reader", "card_number": f"C{name}"})
        book = self._made("/books", {"title": "Flatland"})
        copy = self._made(f"/books/{book['id']}/copies", {"barcode": f"B{name}"})
        return Desk(self.server, member["id"], copy["id"], copy["barcode"])

    def _made(self, path: str, body: dict[str, Any]) -> Any:
        answer = requests.post(self.server.api(path), json=body, auth=ADMIN, timeout=SECONDS)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def open(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Come to an end; requests in flight are finished."""
        self._closed.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()
        for desk in self.desks:
            desk.http.close()

    @property
    def statuses(self) -> Counter[int]:
        """How often each status came; 0 for reads that had no answer."""
        return sum((desk.statuses for desk in self.desks), Counter())

    def goes_on(self, more: int = 6, seconds: float = SECONDS) -> None:
        """Return when so many more writes are done. Raises TimeoutError."""
        before = self.statuses[201]
        wait_for(lambda: self.statuses[201] >= before + more, seconds)

    def until_refused(self, status: int = 503) -> None:
        """Return when the fault is felt. Raises TimeoutError."""
        before = self.statuses[status]
        wait_for(lambda: self.statuses[status] > before, SECONDS)

    def is_back(self) -> None:
        """Return when all is well again, in time; `pytest -rP` shows when. Raises TimeoutError."""
        began = time.monotonic()
        self.goes_on(1, BACK_SECONDS)
        print(f"back after {time.monotonic() - began:.1f} s")

    def check(self) -> None:
        """Compare what was told with what there is, and that with the rules."""
        strange = {said for desk in self.desks for said in desk.strange}
        assert not strange, "\n".join(sorted(strange)[:5])
        opened = connect(self.server.environment["DATABASE_URL"])
        try:
            for desk in self.desks:
                _compare(desk, opened)
            assert broken(opened) == []
        finally:
            opened.close()
            database.initialize(None)


def _compare(desk: Desk, opened: Any) -> None:
    """Each write that was acknowledged is there once, and none that was refused."""
    rows = opened.execute_sql(f"SELECT id FROM loan WHERE copy_id = {desk.copy}").fetchall()  # noqa: S608
    _agrees("loans", desk.loans, [row[0] for row in rows])
    kept: dict[str, list[int]] = {}
    for book_id, title in opened.execute_sql("SELECT id, title FROM book").fetchall():
        kept.setdefault(title, []).append(book_id)
    for title, told in desk.titles.items():
        _agrees(title, told, kept.get(title, []))


def _agrees(what: str, told: Told, there: list[int]) -> None:
    assert len(set(told.done)) == len(told.done), f"{what}: told twice of one"
    assert set(told.done) <= set(there), f"{what}: told of, and not there"
    extra = len(there) - len(told.done)
    assert extra <= told.unanswered, f"{what}: {extra} done that were refused"


@contextmanager
def lending(server: Server, desks: int = 3) -> Iterator[Lending]:
    """Desks at work meanwhile; afterwards what they were told is compared with what there is."""
    at_work = Lending(server, desks)
    at_work.open()
    try:
        at_work.goes_on()
        yield at_work
    finally:
        at_work.close()
    at_work.check()

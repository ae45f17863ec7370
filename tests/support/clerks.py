"""Clerks who work without a pause at a server that serves all the time: nothing is refused them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import uuid4

import requests

from tests.support import servers
from tests.support.servers import ADMIN, Server

CLERKS = 4


class Clerk(Thread):
    """Lends a copy to two readers in turn, one of whom waits for it; on one kept connection."""

    def __init__(self, server: Server, number: int, over: Event) -> None:
        super().__init__()
        self._server, self._over = server, over
        self._session = requests.Session()
        self._session.auth = ADMIN
        self.lent = 0
        self.faults: list[str] = []
        mark = f"{uuid4().hex[:6]}-{number}"
        self._cards = [f"C{mark}-{one}" for one in range(2)]
        self._barcode = f"B{mark}"
        self._readers = [
            self._ask("/users", {"last_name": "Byron", "card_number": card})["id"]
            for card in self._cards
        ]
        self._book = self._ask("/books", {"title": f"Emma {mark}"})["id"]
        self._ask(f"/books/{self._book}/copies", {"barcode": self._barcode})

    def _ask(self, path: str, body: Any) -> Any:
        answer = self._session.post(self._server.api(path), json=body, timeout=60)
        if not answer.ok:
            self.faults.append(f"{path}: {answer.text}")
        return answer.json()

    def run(self) -> None:
        """Work until it is over, or a fault was seen."""
        while not self._over.is_set() and not self.faults:
            tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
            loan = self._lend(self._cards[0], due_on=tomorrow)
            self._ask(f"/loans/{loan.get('id')}/renewals", {})
            self._ask("/holds", {"book_id": self._book, "user_id": self._readers[1]})
            self._ask("/returns", {"barcode": self._barcode})
            self._lend(self._cards[1])
            self._ask("/returns", {"barcode": self._barcode})
        self._session.close()

    def _lend(self, card: str, **more: str) -> Any:
        body = {"barcode": self._barcode, "card_number": card, **more}
        self.lent += 1
        return self._ask("/loans", body)


@contextmanager
def working(server: Server) -> Iterator[list[Clerk]]:
    """Clerks who lend meanwhile, and none of whom is refused anything."""
    over = Event()
    clerks = [Clerk(server, number, over) for number in range(CLERKS)]
    for one in clerks:
        one.start()
    try:
        servers.wait_for(lambda: all(one.lent > 2 or one.faults for one in clerks))
        yield clerks
    finally:
        over.set()
        for one in clerks:
            one.join()
    faults = [fault for one in clerks for fault in one.faults]
    assert not faults, "\n".join(faults)

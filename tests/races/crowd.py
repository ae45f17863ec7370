"""Clients that ask a running server at the same moment, each over its own kept connection."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier, local
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.support.servers import Server

# How often each race is run. What a lost race leaves is seldom seen in a few.
ROUNDS = int(os.environ.get("OCTAVO_RACE_ROUNDS", "20"))


class Answer(NamedTuple):
    """An answer: its status, its headers in lower case, and its JSON."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def reasons(self) -> list[str]:
        """The codes of a refusal."""
        return [reason["code"] for reason in self.body["reasons"]]


class Ask(NamedTuple):
    """One request of the API."""

    method: str
    path: str
    body: Any = None
    key: str | None = None


class Crowd:
    """Up to eight clients with the same credentials."""

    def __init__(self, server: Server, credentials: dict[str, str]) -> None:
        parts = urlsplit(server.url)
        self._address = (parts.hostname or "", parts.port)
        self._headers = {"Content-Type": "application/json", **credentials}
        self._pool = ThreadPoolExecutor(8)
        self._own = local()
        self._connections: list[HTTPConnection] = []

    def at_once(self, *asks: Ask) -> list[Answer]:
        """The answers to requests sent at the same moment; none of them an error of the server."""
        start = Barrier(len(asks))

        def run(ask: Ask) -> Answer:
            start.wait(30)
            return self._send(ask)

        answers = list(self._pool.map(run, asks))
        assert all(answer.status < 500 for answer in answers), answers
        return answers

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of one request that is answered well."""
        [answer] = self.at_once(Ask(method, path, body))
        assert answer.status < 300, answer
        return answer.body

    def close(self) -> None:
        """Send the clients home."""
        self._pool.shutdown()
        for connection in self._connections:
            connection.close()

    def _send(self, ask: Ask) -> Answer:
        if not hasattr(self._own, "connection"):
            self._own.connection = HTTPConnection(*self._address, timeout=60)
            self._connections.append(self._own.connection)
        keyed = {} if ask.key is None else {"Idempotency-Key": ask.key}
        content = None if ask.body is None else json.dumps(ask.body)
        connection = self._own.connection
        connection.request(ask.method, f"/api/v1{ask.path}", content, self._headers | keyed)
        answer = connection.getresponse()
        content = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, json.loads(content) if content else None)


def statuses(answers: list[Answer]) -> list[int]:
    """Their statuses, in order."""
    return sorted(answer.status for answer in answers)


def parted(answers: list[Answer]) -> tuple[list[Answer], list[Answer]]:
    """Those answered well, and the refused ones."""
    won = [answer for answer in answers if answer.status < 300]
    return won, [answer for answer in answers if answer.status >= 300]

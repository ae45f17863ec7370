"""Whole requests to the running server on a catalogue that grows tenfold.

    python -m benchmarks.requests [--titles 434531] [books.csv]

loads a tenth of the titles, then all, into SQLite (the CSV as in `benchmarks.search`), starts uWSGI
on each, and prints milliseconds from sending a request to the last byte of its answer, on one kept
connection. No two requests are the same, so none is answered from the cache.
"""

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote_plus, urlsplit

import orjson

from benchmarks.search import _authors, _made, _print, _read, _titles
from models import book, schema
from models.audit import Actor
from models.database import connect, transaction
from models.search import index
from tests.support import servers

BATCH = 500
ROUNDS = 400
DEEP_PAGES = 20_000

Timings = dict[str, tuple[float, float]]
Send = Callable[[str], Any]


def main() -> None:
    """Load, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("csv", nargs="?", type=Path)
    parser.add_argument("--titles", type=int, default=434_531)
    asked = parser.parse_args()
    source = _read(asked.csv) if asked.csv else _made(asked.titles)
    books = list(islice(source, asked.titles))
    random.Random(1).shuffle(books)
    small, large = (_measured(books[:count]) for count in (len(books) // 10, len(books)))
    _print(small, large)


def _measured(books: list[dict[str, Any]]) -> Timings:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = dict(_requests(f"sqlite:///{folder / 'octavo.db'}", books))
        server = servers.start(folder, WORKERS="1")
        try:
            connection = HTTPConnection(urlsplit(server.url).netloc)

            def send(path: str) -> Any:
                connection.request("GET", f"/api/v1/books{path}")
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200 or answer.headers["X-Cache"] == "hit":
                    raise RuntimeError(f"{answer.status} {path}")
                return orjson.loads(body)

            asked["cursor page, deep"] = list(_walked(send, len(books)))
            return {what: _timed(send, paths) for what, paths in asked.items()}
        finally:
            server.stop()


def _requests(url: str, books: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Load the books, and give what to ask for."""
    opened = connect(url)
    schema.migrate()
    for first in range(0, len(books), BATCH):
        with transaction():
            book.create_all(books[first : first + BATCH], Actor(None, "benchmark"))
    index.tidy()
    chance = random.Random(3)
    typed = _titles(chance, len(books))
    yield "book by id", [f"/{n}" for n in chance.sample(range(1, len(books)), ROUNDS)]
    yield "page of 20", [f"?page={n}" for n in range(1, ROUNDS + 1)]
    yield "author with four titles", [f"?author={quote_plus(name)}" for name in set(_authors())]
    for count in (1, 2, 3):
        chosen = {tuple(chance.sample(words, count)) for words in typed if len(words) >= count}
        queries = sorted(quote_plus(" ".join(words)) for words in chosen)
        yield f"search for {count}", [f"?q={query}" for query in queries[:ROUNDS]]
    opened.close()


def _walked(send: Send, count: int) -> Iterator[str]:
    """Pages around the deepest of 20,000 pages, or of as many as there are."""
    skipped = min(DEEP_PAGES * 20, int(count * 0.92)) // 100
    cursor = ""
    for number in range(skipped):
        page = send(f"?limit=100&cursor={cursor}")
        cursor = page["pagination"]["next_cursor"]
        if number >= skipped - ROUNDS // 4:
            yield from (f"?limit={limit}&cursor={cursor}" for limit in (19, 20, 21, 22))


def _timed(send: Send, paths: list[str]) -> tuple[float, float]:
    passed = []
    for path in paths[:ROUNDS]:
        started = perf_counter()
        send(path)
        passed.append((perf_counter() - started) * 1000)
    passed.sort()
    return passed[len(passed) // 2], passed[int(len(passed) * 0.99)]


if __name__ == "__main__":
    main()

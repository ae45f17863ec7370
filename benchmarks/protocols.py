"""How fast other library programs are served: harvested, searched, and at machines.

    python -m benchmarks.protocols [--titles 20000] [--database URL]

makes a catalogue (or takes one that has its tables), harvests all of it in each format, compares
the first page of a search by SRU with the same by the API, and lets 50 machines say 1,000 messages
over sockets. Processor time, but for the machines, who wait.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import quantiles
from xml.etree import ElementTree as ET

from api.auth import tokens
from api.auth.tokens import Signer
from benchmarks.search import _made
from models import api_key, book, copy, schema, user
from models.audit import Actor
from models.database import connect, transaction
from models.search.book_list import LISTING
from protocols.oai.provider import answer
from protocols.oai.repository import Repository
from protocols.sru.parameters import of_pairs
from protocols.sru.retrieval import search_retrieve

NOBODY = Actor(None, "benchmark")
REPOSITORY = Repository(
    "Library", "http://localhost/oai", "localhost", "a@example.org", Signer(["k" * 32], "oai")
)
NAMESPACES = {"o": "http://www.openarchives.org/OAI/2.0/"}
QUERIES = ("history", "war and peace", "dc.creator=smith", "a*")
MACHINES, MESSAGES = 50, 1000
BATCH = 500


def main() -> None:
    """Make or take a library, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--titles", type=int, default=20_000)
    parser.add_argument("--database", default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{folder}/library.db"
        connect(url)
        schema.migrate()
        if asked.database is None:
            _fill(asked.titles)
        _harvests()
        _searches()
        _machines(url, Path(folder))


def _fill(titles: int) -> None:
    books = list(_made(titles))
    for begin in range(0, titles, BATCH):
        with transaction():
            book.create_all(books[begin : begin + BATCH], NOBODY)


def _harvests() -> None:
    for prefix in ("oai_dc", "marcxml"):
        pages = list(_pages(prefix))
        records = sum(count for count, _ in pages)
        spent = sum(seconds for _, seconds in pages)
        tenth = max(len(pages) // 10, 1)
        first, last = (
            sum(seconds for _, seconds in part) / len(part) * 1000
            for part in (pages[:tenth], pages[-tenth - 1 : -1] or pages)
        )
        print(f"harvest {prefix}: {records} records, {records / spent:,.0f} a second,", end=" ")
        print(f"a page {first:.1f} ms in the first tenth, {last:.1f} ms in the last")


def _pages(prefix: str) -> Iterator[tuple[int, float]]:
    """How many records each page had, and the processor time it took, in seconds."""
    asked = [("verb", "ListRecords"), ("metadataPrefix", prefix)]
    while True:
        before = time.process_time()
        text = answer(REPOSITORY, asked)
        spent = time.process_time() - before
        token = ET.fromstring(text).find(".//o:resumptionToken", NAMESPACES)  # noqa: S314  our own answer
        yield text.count("<header"), spent
        if token is None or not token.text:
            return
        asked = [("verb", "ListRecords"), ("resumptionToken", token.text)]


def _searches() -> None:
    for query in QUERIES:
        for schema_name in ("dc", "marcxml"):
            pairs = [("query", query), ("recordSchema", schema_name), ("maximumRecords", "20")]
            request, _ = of_pairs(pairs)
            sru = _timed(partial(search_retrieve, request))
            search = {"author": "smith"} if "=" in query else {"q": query.replace(" and ", " ")}
            api = _timed(partial(_page, search))
            ratio = sru / api
            print(f"{query!r} as {schema_name}: SRU {sru:.2f} ms, search {api:.2f} ms, {ratio:.1f}")


def _page(search: dict[str, str]) -> None:
    LISTING.total(search)
    for row in LISTING.page(search, [], limit=20, offset=0):
        row.to_json()


def _timed(act: Callable[[], object], rounds: int = 20) -> float:
    """Milliseconds of processor time, the least of three turns."""
    turns = []
    for _ in range(3):
        before = time.process_time()
        for _ in range(rounds):
            act()
        turns.append((time.process_time() - before) / rounds * 1000)
    return min(turns)


def _machines(url: str, folder: Path) -> None:
    key, cards, barcodes = _people()
    waits: list[float] = []
    with _server(url, folder) as port:
        threads = [
            threading.Thread(target=_talk, args=(port, key, card, barcode, waits))
            for card, barcode in zip(cards, barcodes, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    cuts = quantiles(sorted(waits), n=100)
    print(f"{len(waits)} messages of {MACHINES} machines:", end=" ")
    print(f"median {cuts[49] * 1000:.1f} ms, 99 of 100 within {cuts[98] * 1000:.1f} ms")


def _people() -> tuple[str, list[str], list[str]]:
    mark = f"{time.time_ns()}"
    with transaction():
        values = {"email": f"{mark}@example.org", "first_name": "Kay", "role": "librarian"}
        owner = user.create(values, None, NOBODY)
        secret = tokens.new_api_key_secret()
        made = api_key.create(
            "machine", ["self-check"], None, tokens.secret_hash(secret), Actor(owner.id, "b")
        )
        shelf = book.create({"title": "Much borrowed"}, NOBODY).id
        cards = [f"C{mark}{number}" for number in range(MACHINES)]
        barcodes = [f"B{mark}{number}" for number in range(MACHINES)]
        for card, barcode in zip(cards, barcodes, strict=True):
            user.create({"first_name": "Ada", "card_number": card}, None, NOBODY)
            copy.create(shelf, {"barcode": barcode}, NOBODY)
    return tokens.api_key(made.id, secret), cards, barcodes


@contextmanager
def _server(url: str, folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    settings = {"OCTAVO_ENV": "testing", "SECRET_KEY": "k" * 32, "DATABASE_URL": url}
    environment = {**os.environ, **settings, "SIP2_PORT": str(port)}
    command = [sys.executable, "-m", "api.cli", "sip2"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(600):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _talk(port: int, key: str, card: str, barcode: str, waits: list[float]) -> None:
    """One machine: signs in, then informs, lends and takes back in turn, a fifth of a second apart.

    Real ones are slower: these are the messages of a busy minute in four seconds.
    """
    date = " " * 18
    said = (
        f"63000{date}{' ' * 10}AO|AA{card}|",
        f"11NN{date}{date}AO|AA{card}|AB{barcode}|AC|",
        f"17{date}AO|AB{barcode}|",
        f"09N{date}{date}AP|AO|AB{barcode}|AC|",
    )
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        _ask(wire, f"9300CNm|CO{key}|")
        for number in range(MESSAGES // MACHINES):
            begin = time.perf_counter()
            _ask(wire, said[number % len(said)])
            waits.append(time.perf_counter() - begin)
            time.sleep(0.2)


def _ask(wire: socket.socket, text: str) -> bytes:
    wire.sendall(text.encode() + b"\r")
    answer = b""
    while not answer.endswith(b"\r"):
        answer += wire.recv(65536)
    return answer


if __name__ == "__main__":
    main()

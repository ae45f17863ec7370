"""How long an edit of a book waits while an import changes all of them.

    python -m benchmarks.waiting [--books 4000] [--edits 300]

On SQLite, and with OCTAVO_BENCH_POSTGRES, a URL of a PostgreSQL server, on a database of its own
there. Prints milliseconds of `PATCH /books/{id}`: of books that the import changes, by one request
after the other, alone and while another process imports with `on_match=update`. Beside each in
parentheses is what of it was waiting for locks; the rest is work, for which both processes share
the machine.
"""

import argparse
import io
import os
import random
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

import orjson

from api import settings
from api.app import create_app
from api.auth.passwords import hashed
from benchmarks.places import places
from catalogue.import_run import Import, Rules
from formats import read
from models import book, schema, user
from models.audit import Actor
from models.database import connect, database, transaction
from models.database_times import TIMES

ACTOR = Actor(None, "benchmark")
_PASSWORD = {"Authorization": "Basic Y2xlcmtAZXhhbXBsZS5vcmc6YSBsb25nIHBhc3N3b3Jk"}
Edit = Callable[[int, int], float]
"""Edits a book by its id, and gives the seconds that it waited for locks."""


def main() -> None:
    """Load, edit alone, edit beside the import, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--books", type=int, default=4000)
    parser.add_argument("--edits", type=int, default=300)
    asked = parser.parse_args()
    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115  the log, for the life of the process
    for name, place in places():
        with place as url:
            _compare(name, url, asked.books, asked.edits)


def _compare(name: str, url: str, books: int, edits: int) -> None:
    edit = _loaded(url, books)
    alone = [_timed(edit, number, books) for number in range(edits)]
    work = get_context("spawn").Process(target=_imported, args=(url, books))
    work.start()
    beside: list[tuple[float, float]] = []
    while work.is_alive():
        beside.append(_timed(edit, len(beside), books))
    work.join()
    print(f"{name}: {books:,} books; the import ended with {work.exitcode}", flush=True)
    for what, times in (("alone", alone), ("beside the import", beside)):
        print(f"  {what:<18}{len(times):>6} edits   {_told(times)}", flush=True)
    database.obj.close()


def _told(times: list[tuple[float, float]]) -> str:
    """Median, 99 of 100, and the longest, each with what of it was waiting."""
    whole = sorted(passed for passed, _ in times)
    waited = sorted(waiting for _, waiting in times)
    places = {"median": len(times) // 2, "p99": int(len(times) * 0.99), "longest": -1}
    return "   ".join(f"{n} {whole[at]:.1f} ({waited[at]:.1f})" for n, at in places.items())


def _loaded(url: str, books: int) -> Edit:
    """What edits a book of the catalogue, once this has been filled."""
    app = create_app(
        settings.read(
            {
                "SECRET_KEY": "a key for benchmarks alone and for nothing else",
                "DATABASE_URL": url,
                "RATE_LIMIT_CALLER": "off",
            }
        )
    )
    schema.migrate()
    account = {"email": "clerk@example.org", "first_name": "A", "last_name": "Clerk"}
    with transaction():
        user.create({**account, "role": "librarian"}, hashed("a long password", 4), ACTOR)
    for first in range(0, books, 500):
        with transaction():
            last = min(first + 500, books)
            book.create_all([_titled(number) for number in range(first, last)], ACTOR)
    waited: list[float] = []
    # When the answer is out the metrics have taken these times to count.
    app.teardown_request(lambda _: waited.append(TIMES.waiting))
    client = app.test_client()

    def edit(book_id: int, number: int) -> float:
        body = {"edition": f"Edition {number}"}
        answer = client.patch(f"/api/v1/books/{book_id}", json=body, headers=_PASSWORD)
        if answer.status_code != 200:
            raise RuntimeError(answer.get_data(as_text=True))
        return waited.pop()

    return edit


def _titled(number: int, **values: Any) -> dict[str, Any]:
    return {"title": f"Volume {number}", "control_number": f"c{number}", **values}


def _timed(edit: Edit, number: int, books: int) -> tuple[float, float]:
    """Milliseconds of one edit, and of these the ones that it waited for locks."""
    book_id = random.randint(1, books)
    began = time.perf_counter()
    waited = edit(book_id, number)
    return (time.perf_counter() - began) * 1000, waited * 1000


def _imported(url: str, books: int) -> None:
    """Change every book, in a process of its own."""
    opened = connect(url)
    lines = (orjson.dumps(_titled(number, pages=7)) for number in range(books))
    rules = Rules(match=("control_number",), on_match="update")
    done = Import(rules, ACTOR, lambda progress, told: None).run(
        read(io.BytesIO(b"\n".join(lines)), "ndjson")
    )
    opened.close()
    if done.updated != books:
        raise RuntimeError(f"of {books} books {done.updated} were changed: {done}")


if __name__ == "__main__":
    main()

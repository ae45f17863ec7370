"""How the catalogue's lists and searches hold up when it grows tenfold.

    python -m benchmarks.search [--titles 434531] [--database URL] [books.csv]

loads a tenth of the titles and then all of them into new SQLite files (or into the database named,
which must be empty, all of them only), times what readers do, and prints milliseconds. The CSV has
the columns title, author and published_year; without one, titles are made from the words of the
demonstration catalogue.
"""

import argparse
import csv
import random
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from models import book, schema
from models.audit import Actor
from models.database import connect, run, transaction
from models.search import index
from models.search.book_list import LISTING
from models.search.facets import facets
from models.search.parser import words

DEMO = Path(__file__).parent.parent / "demo" / "catalogue.csv"
BATCH = 500
ROUNDS = 500
DEEP = 0.92

Step = tuple[str, list[Callable[[], object]]]
Timings = dict[str, tuple[float, float]]


def main() -> None:
    """Load, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("csv", nargs="?", type=Path)
    parser.add_argument("--titles", type=int, default=434_531)
    parser.add_argument("--database", default=None)
    asked = parser.parse_args()
    books = list(islice(_read(asked.csv) if asked.csv else _made(asked.titles), asked.titles))
    random.Random(1).shuffle(books)
    if asked.database:
        _print(_measured(asked.database, books), {})
        return
    with tempfile.TemporaryDirectory() as folder:
        small = _measured(f"sqlite:///{folder}/small.db", books[: len(books) // 10])
        _print(small, _measured(f"sqlite:///{folder}/large.db", books))


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            year = row["published_year"]
            yield {
                "title": row["title"] or "Untitled",
                "author": row["author"] or None,
                "published_year": int(year) if year else None,
                "language": "eng",
            }


def _made(count: int) -> Iterator[dict[str, Any]]:
    """Books that look like books: a few words very often, names that come back."""
    chance = random.Random(2)
    rows = list(csv.DictReader(DEMO.open(encoding="utf-8", newline="")))
    texts = " ".join(f"{row['title']} {row['description']}" for row in rows)
    stems = sorted(set(words(texts)))
    common = words(texts)
    names = sorted({name for row in rows for name in words(row["author"])})
    for number in range(count):
        # One word in four is rare: a stem of the catalogue with an ending of its own.
        title = [
            chance.choice(common)
            if chance.random() < 0.75
            else f"{chance.choice(stems)}{chance.randrange(1 + number // 50)}"
            for _ in range(chance.randint(1, 12))
        ]
        family, given = divmod(chance.randrange(count // 4 + 1), len(names))
        author = f"{names[given]} {names[family % len(names)]}{family // len(names) or ''}"
        yield {
            "title": " ".join(title).capitalize(),
            "author": author.title(),
            "published_year": chance.randint(1850, 2025),
            "language": chance.choice(("eng", "eng", "eng", "ger", "fre")),
        }


def _measured(url: str, books: list[dict[str, Any]]) -> Timings:
    opened = connect(url)
    schema.migrate()
    started, worked = perf_counter(), process_time()
    for first in range(0, len(books), BATCH):
        with transaction():
            book.create_all(books[first : first + BATCH], Actor(None, "benchmark"))
    index.tidy()
    passed, busy = perf_counter() - started, process_time() - worked
    print(
        f"{len(books)} titles loaded in {passed:.1f} s: {len(books) / passed:.0f} a second,"
        f" {len(books) / busy:.0f} a second of processor time"
    )
    timings = {name: _timed(calls) for name, calls in _steps(len(books)) if calls}
    opened.close()
    return timings


def _timed(calls: list[Callable[[], object]]) -> tuple[float, float]:
    """The median and the 99th percentile, in milliseconds."""
    passed = []
    for call in calls:
        started = perf_counter()
        call()
        passed.append((perf_counter() - started) * 1000)
    passed.sort()
    return passed[len(passed) // 2], passed[int(len(passed) * 0.99)]


def _steps(count: int) -> Iterator[Step]:
    chance = random.Random(3)
    ids = [chance.randint(1, count) for _ in range(ROUNDS)]
    yield "book by id", [partial(book.find, book_id) for book_id in ids]
    yield "page 1 and total", [_first_page({})] * ROUNDS
    for key in ("id", "title_key", "year_key"):
        yield f"deep cursor page by {key}", [_deep_page(key, int(count * DEEP))] * ROUNDS
    yield "author with four titles", [_first_page({"author": name}) for name in _authors()]
    titles = _titles(chance, count)
    for size in (1, 2, 3):
        asked = [" ".join(chance.sample(title, size)) for title in titles if len(title) >= size]
        yield f"search for {size}", [_first_page({"q": q}) for q in asked]
    starts = [f"{chance.choice(title)[: chance.randint(1, 5)]}*" for title in titles if title]
    yield "search for a beginning", [_first_page({"q": q}) for q in starts]
    yield "search for the commonest", [_first_page({"q": q}) for q in ("the", "of the", "a*")] * 20
    yield "search for the commonest, by title", [_first_page({"q": "the"}, "title")] * 5
    everything = ["language", "subject", "author", "published_year"]
    yield "facets of all", [lambda: facets({}, everything)] * 20
    yield "facets of a search", [lambda: facets({"q": "history"}, everything)] * 5
    yield "facets of the commonest", [lambda: facets({"q": "the"}, everything)] * 5


def _first_page(asked: dict[str, Any], *sort: str) -> Callable[[], object]:
    def read() -> None:
        if len(LISTING.page(asked, sort, limit=20, offset=0)) == 20:
            LISTING.total(asked)

    return read


def _deep_page(key: str, row: int) -> Callable[[], object]:
    query = book.Book.select(getattr(book.Book, key), book.Book.id).order_by(1, 2).offset(row)
    position = list(query.limit(1).tuples().get())
    sort = {"title_key": "title", "year_key": "published_year"}.get(key, key)
    start = position[1:] if key == "id" else position
    return lambda: LISTING.after({}, (sort,), start, limit=20)


def _authors() -> list[str]:
    query = (
        "SELECT value FROM book_count WHERE name = 'author' AND count = 4 ORDER BY value LIMIT 2000"
    )
    found = [row[0] for row in run(query)]
    random.Random(4).shuffle(found)
    return found[:ROUNDS] * 2


def _titles(chance: random.Random, count: int) -> list[list[str]]:
    ids = [chance.randint(1, count) for _ in range(2000)]
    query = book.Book.select(book.Book.title).where(book.Book.id.in_(ids)).tuples()
    return [words(title) for (title,) in query]


def _print(small: Timings, large: Timings) -> None:
    print(f"{'milliseconds':36}{'small p50':>11}{'p99':>9}{'large p50':>11}{'p99':>9}{'ratio':>7}")
    for name, (median, high) in small.items():
        line = f"{name:36}{median:11.3f}{high:9.3f}"
        if name in large:
            line += f"{large[name][0]:11.3f}{large[name][1]:9.3f}{large[name][0] / median:7.2f}"
        print(line)


if __name__ == "__main__":
    main()

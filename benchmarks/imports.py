"""How fast files come in and go out, and that their size does not show in memory.

    python -m benchmarks.imports [--records 20000] [--existing 0] [--megabytes 300]
        [--postgresql URL] [FILE]

imports CSV and MARC into new SQLite files, search index and audit log included, beside Pymarc's
own loop that only reads the same MARC, and beside the same rows going into a bare table of SQLite
with the same full-text index; with `existing` as many titles are there before; then a large file,
watching the memory of this process; and exports what came in. Processor time is that of the node:
PostgreSQL's own is not in it. The records are made from the words of the
demonstration catalogue; a FILE (`.mrc` or `.csv`) is measured instead of them.
"""

import argparse
import csv
import io
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import count, islice
from pathlib import Path
from time import perf_counter
from typing import Any

import pymarc

from benchmarks.places import postgresql, processor_seconds
from catalogue import import_jobs
from catalogue.export import sources
from formats import write
from models import import_job, schema
from models.audit import Actor
from models.book import create_all
from models.book_fields import FIELDS
from models.database import connect, database, run, transaction
from models.search import index
from models.search.parser import words

DEMO = Path(__file__).parent.parent / "demo" / "catalogue.csv"
KINDS = {".csv": "csv", ".mrc": "marc"}
MEBIBYTE = 1 << 20
IN_BATCH = 500


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--existing", type=int, default=0)
    parser.add_argument("--megabytes", type=int, default=300)
    parser.add_argument("--postgresql", metavar="URL", help="A server to measure on instead.")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.file:
            with _library(folder, "file", asked.postgresql):
                _measure(folder, KINDS[asked.file.suffix], asked.file, asked.existing)
            return
        rows = list(islice(_books(), asked.records))
        _told("bare SQLite with the same index", _timed(lambda: _into_bare_sqlite(folder, rows)))
        for kind in ("csv", "marc"):
            path = _made(folder, kind, iter(rows))
            with _library(folder, kind, asked.postgresql):
                _measure(folder, kind, path, asked.existing)
        if asked.megabytes:
            with _library(folder, "large", None):
                _measure_memory(folder, asked.megabytes)


def _measure(folder: Path, kind: str, path: Path, existing: int) -> None:
    print(f"{kind}, {path.stat().st_size / MEBIBYTE:.1f} MiB:")
    if kind == "marc":
        _told("Pymarc reads it", _timed(lambda: _read_by_pymarc(path)))
    _fill(existing)
    _told("imported", _timed(lambda: _imported(folder, kind, path)))
    _told("exported again", _timed(lambda: _exported(kind)[0]))


def _fill(existing: int) -> None:
    """Put titles into the library that none of the files has."""
    books = islice(_books(), existing)
    while some := [{**one, "isbn": None} for one in islice(books, IN_BATCH)]:
        with transaction():
            create_all(some, Actor(None, "benchmark"))
    index.tidy()


def _into_bare_sqlite(folder: Path, rows: list[dict[str, Any]]) -> int:
    """The rows into a table without any other index, and their texts into the index of words."""
    texts = ("title", "author", "subjects", "publisher", "description")
    with sqlite3.connect(folder / "bare.db") as bare:
        bare.execute("PRAGMA journal_mode = wal")
        bare.execute(f"CREATE TABLE book (id INTEGER PRIMARY KEY, {', '.join(FIELDS)})")
        bare.execute(
            f"CREATE VIRTUAL TABLE words USING fts5 ({', '.join(texts)}, content = '',"
            " columnsize = 0, tokenize = 'ascii', prefix = '1 2 3')"
        )
        places = ", ".join("?" * (len(FIELDS) + 1))
        for first in range(0, len(rows), IN_BATCH):
            some = rows[first : first + IN_BATCH]
            bare.executemany(
                f"INSERT INTO book VALUES ({places})",  # noqa: S608  only places for values
                [[row["id"], *(str(_cell(row.get(name))) for name in FIELDS)] for row in some],
            )
            bare.executemany(
                f"INSERT INTO words (rowid, {', '.join(texts)}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
                [[row["id"], *(_cell(row.get(name)) for name in texts)] for row in some],
            )
            bare.commit()
    return len(rows)


def _measure_memory(folder: Path, megabytes: int) -> None:
    path = _made(folder, "csv", _up_to(megabytes * MEBIBYTE, _books(long=True)))
    # Pages of the file that SQLite maps count as memory, but the system may take them back.
    run("PRAGMA mmap_size = 0")
    print(f"csv, {path.stat().st_size / MEBIBYTE:.0f} MiB:")
    before = _peak_of(lambda: None)[1]
    done, importing = _peak_of(lambda: _imported(folder, "csv", path))
    out, exporting = _peak_of(lambda: _exported("marc"))
    print(f"  {done} records imported, {out[0]} exported as {out[1] / MEBIBYTE:.0f} MiB of MARC")
    print(f"  memory in MiB: {before} before, at most {importing} importing, {exporting} exporting")


def _timed(work: Callable[[], int]) -> tuple[int, float, float]:
    """Records, seconds by the clock, and seconds of processor time."""
    clock, processor = perf_counter(), processor_seconds()
    done = work()
    return done, perf_counter() - clock, processor_seconds() - processor


def _told(what: str, measured: tuple[int, float, float]) -> None:
    done, clock, processor = measured
    rates = f"{done / clock:,.0f} a second by the clock, {done / processor:,.0f} of processor time"
    print(f"  {what}: {done} records, {rates}")


def _peak_of(work: Callable[[], Any]) -> tuple[Any, int]:
    """What the work gives, and the most memory that the process had meanwhile, in MiB."""
    Path("/proc/self/clear_refs").write_text("5")
    done = work()
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return done, int(peak.split()[1]) // 1024


@contextmanager
def _library(folder: Path, name: str, server: str | None) -> Iterator[None]:
    """An empty library: a file in the folder, or a database of the PostgreSQL server."""
    place = postgresql(server) if server else nullcontext(f"sqlite:///{folder}/{name}.db")
    with place as url:
        connect(url)
        schema.migrate()
        yield
        database.obj.close()


def _imported(folder: Path, kind: str, path: Path) -> int:
    waiting = folder / "imports"
    waiting.mkdir(exist_ok=True)
    shutil.copyfile(path, waiting / "file")
    values = {"format": kind, "dry_run": False, "match": "isbn", "on_match": "skip", "columns": {}}
    job = import_job.create({**values, "copies": None, "file": "file"}, Actor(None, "benchmark"))
    import_jobs.work_off(waiting)
    done: int = import_job.find(job.id).processed
    return done


def _exported(kind: str) -> tuple[int, int]:
    """How many books, and how many bytes they are."""
    books = 0

    def counted() -> Iterator[Any]:
        nonlocal books
        for source in sources({}, with_records=kind == "marc"):
            books += 1
            yield source

    size = sum(len(piece) for piece in write(kind, counted()))
    return books, size


def _read_by_pymarc(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in pymarc.MARCReader(file))


def _made(folder: Path, kind: str, books: Iterable[dict[str, Any]]) -> Path:
    path = folder / f"made.{kind}"
    with path.open("wb") as file:
        if kind == "marc":
            file.writelines(write("marc", ((book, None) for book in books)))
            return path
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(FIELDS)
        writer.writerows([_cell(book.get(name)) for name in FIELDS] for book in books)
        text.flush()
    return path


def _cell(value: Any) -> Any:
    return "; ".join(value) if isinstance(value, list) else value


def _up_to(size: int, books: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for book in books:
        size -= sum(len(str(value)) + 1 for value in book.values())
        if size < 0:
            return
        yield book


def _books(*, long: bool = False) -> Iterator[dict[str, Any]]:
    """Books with all the usual fields and an ISBN of their own; `long` ones have 8 kB more."""
    chance = random.Random(1)
    rows = list(csv.DictReader(DEMO.open(encoding="utf-8", newline="")))
    texts = " ".join(f"{row['title']} {row['description']}" for row in rows)
    known = [word for word in words(texts) if word.isascii()]
    people = sorted({row["author"] for row in rows if row["author"]})
    subjects = sorted({one for row in rows for one in row["subjects"].split("|")})
    for number in count(1):
        yield {
            "id": number,
            "title": " ".join(chance.choices(known, k=chance.randint(1, 9))).capitalize(),
            "subtitle": " ".join(chance.choices(known, k=5)) if number % 3 == 0 else None,
            "author": chance.choice(people),
            "isbn": _isbn(number),
            "publisher": " ".join(chance.choices(known, k=2)).title(),
            "published_year": chance.randint(1850, 2025),
            "language": chance.choice(("eng", "eng", "eng", "ger", "fre")),
            "pages": chance.randint(40, 900),
            "description": "x" * 8000 if long else " ".join(chance.choices(known, k=20)),
            "subjects": list(dict.fromkeys(chance.choices(subjects, k=3))),
            "classification": f"{chance.randint(0, 999):03}.{chance.randint(1, 9)}",
            "contributors": [],
        }


def _isbn(number: int) -> str:
    stem = f"978{number:09}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(stem))
    return stem + str(-total % 10)


if __name__ == "__main__":
    main()

"""How fast files come in and go out, and that their size does not show in memory.

    python -m benchmarks.imports [--records 20000] [--megabytes 300] [books.mrc | books.csv]

imports CSV and MARC into new SQLite files, search index and audit log included, beside Pymarc's
own loop that only reads the same MARC; then a large file, watching the memory; and exports what
came in. The records are made from the words of the demonstration catalogue; a file named on the
command line (its ending says what it is) is measured instead of them.
"""

import argparse
import csv
import io
import random
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from pathlib import Path
from time import process_time
from typing import Any

import pymarc

from catalogue import jobs
from catalogue.exporting import sources
from formats import BOOK_FIELDS, write
from models import import_job, schema
from models.audit import Actor
from models.database import connect, run
from models.query import words

DEMO = Path(__file__).parent.parent / "demo" / "catalogue.csv"
KINDS = {".csv": "csv", ".mrc": "marc"}
MEBIBYTE = 1 << 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--megabytes", type=int, default=300)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.file:
            _measure(folder, KINDS[asked.file.suffix], asked.file)
            return
        for kind in ("csv", "marc"):
            _measure(folder, kind, _made(folder, kind, islice(_books(), asked.records)))
        if asked.megabytes:
            _measure_memory(folder, asked.megabytes)


def _measure(folder: Path, kind: str, path: Path) -> None:
    print(f"{kind}, {path.stat().st_size / MEBIBYTE:.1f} MiB:")
    if kind == "marc":
        _told("Pymarc reads it", _timed(lambda: _read_by_pymarc(path)))
    _open(folder, kind)
    _told("imported", _timed(lambda: _imported(folder, kind, path)))
    _told("exported again", _timed(lambda: _exported(kind)[0]))


def _measure_memory(folder: Path, megabytes: int) -> None:
    path = _made(folder, "csv", _up_to(megabytes * MEBIBYTE, _books(long=True)))
    _open(folder, "large")
    # Pages of the file that SQLite maps count as memory, but the system may take them back.
    run("PRAGMA mmap_size = 0")
    print(f"csv, {path.stat().st_size / MEBIBYTE:.0f} MiB:")
    before = _peak_of(lambda: None)[1]
    done, importing = _peak_of(lambda: _imported(folder, "csv", path))
    out, exporting = _peak_of(lambda: _exported("marc"))
    print(f"  {done} records imported, {out[0]} exported as {out[1] / MEBIBYTE:.0f} MiB of MARC")
    print(f"  memory in MiB: {before} before, at most {importing} importing, {exporting} exporting")


def _timed(work: Callable[[], int]) -> tuple[int, float]:
    """Records, and seconds of processor time."""
    started = process_time()
    done = work()
    return done, process_time() - started


def _told(what: str, measured: tuple[int, float]) -> None:
    done, seconds = measured
    print(f"  {what}: {done} records, {done / seconds:,.0f} a second of processor time")


def _peak_of(work: Callable[[], Any]) -> tuple[Any, int]:
    """What the work gives, and the most memory that the process had meanwhile, in MiB."""
    Path("/proc/self/clear_refs").write_text("5")
    done = work()
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return done, int(peak.split()[1]) // 1024


def _open(folder: Path, name: str) -> None:
    connect(f"sqlite:///{folder}/{name}.db")
    schema.migrate()


def _imported(folder: Path, kind: str, path: Path) -> int:
    waiting = folder / "imports"
    waiting.mkdir(exist_ok=True)
    shutil.copyfile(path, waiting / "file")
    values = {"format": kind, "dry_run": 0, "match": "isbn", "on_match": "skip", "columns": "{}"}
    job = import_job.create({**values, "copies": None, "file": "file"}, Actor(None, "benchmark"))
    jobs.work_off(waiting)
    done: int = import_job.find(job["id"])["processed"]
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
        writer.writerow(BOOK_FIELDS)
        writer.writerows([_cell(book.get(name)) for name in BOOK_FIELDS] for book in books)
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

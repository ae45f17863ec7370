"""How fast a library moves in and out, and that its size does not show in memory.

    python -m benchmarks.moving [--members 20000] [--loans 100000] [--postgresql URL]

brings made members and past loans into a new SQLite file as the command line does, search index and
audit log included, first as a dry run, and takes everything out again. With `postgresql`, the URL
of a server, the same into a database of its own there, which is dropped afterwards.
"""

import argparse
import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import orjson

from benchmarks.places import postgresql, processor_seconds
from catalogue.import_run import Import, Rules
from formats import Options, read
from formats.read_ahead import reading
from models import schema
from models.audit import Actor
from models.database import connect, database, run
from moving import run as moving
from moving.folder import take_out
from moving.reading import Wish

TITLES, COPIES_OF_EACH = 10_000, 2
FIRST_DAY, DAYS = datetime(2016, 1, 4, 9, tzinfo=UTC), 3600
DESK = Actor(None, "benchmark")


class Measured(NamedTuple):
    """What a piece of work took: rows, seconds by the clock and of the processor, peak memory."""

    rows: int
    clock: float
    processor: float
    memory: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--postgresql", metavar="URL", help="A server to measure on too.")
    asked = parser.parse_args()
    print(f"| {'database':<10} | {'what':<22} | {'rows':>9} | a second, by the clock", end="")
    print(" | of processor time | memory at most |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _make_files(folder, asked.members, asked.loans)
        connect(f"sqlite:///{folder / 'octavo.db'}")
        # Pages of the file that SQLite maps count as memory, but the system may take them back.
        run("PRAGMA mmap_size = 0")
        _measure("SQLite", folder)
        if asked.postgresql:
            with postgresql(asked.postgresql) as url:
                connect(url)
                _measure("PostgreSQL", folder)
                database.obj.close()


def _measure(name: str, folder: Path) -> None:
    schema.migrate()
    with (folder / "books.ndjson").open("rb") as file:
        Import(Rules(), DESK, lambda progress, told: None).run(read(file, "ndjson"))
    work: dict[str, Callable[[], int]] = {
        "members, dry run": lambda: _bring_in(folder, "members", dry_run=True),
        "members": lambda: _bring_in(folder, "members"),
        "past loans, dry run": lambda: _bring_in(folder, "loans", dry_run=True),
        "past loans": lambda: _bring_in(folder, "loans"),
        "everything, taken out": lambda: _take_out(folder / f"out of {name}"),
    }
    for what, do in work.items():
        done = _measured(do)
        print(
            f"| {name:<10} | {what:<22} | {done.rows:>9,} | {done.rows / done.clock:,.0f}"
            f" | {done.rows / done.processor:,.0f} | {done.memory} MiB |",
            flush=True,
        )


def _measured(work: Callable[[], int]) -> Measured:
    Path("/proc/self/clear_refs").write_text("5")
    clock, processor = perf_counter(), processor_seconds()
    rows = work()
    took = perf_counter() - clock, processor_seconds() - processor
    status = Path("/proc/self/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return Measured(rows, *took, int(peak.split()[1]) // 1024)


def _bring_in(folder: Path, kind: str, *, dry_run: bool = False) -> int:
    about = moving.about(DESK, dry_run=dry_run)
    opening = moving.opening(kind, Wish("csv", Options()), about)
    with (folder / f"{kind}.csv").open("rb") as file, reading(file, opening) as rows:
        done = moving.MoveIn(moving.TAKERS[kind](about)).run(rows)
    if done.created != done.processed:
        raise SystemExit(f"Of {done.processed:,} {kind} only {done.created:,} came.")
    return done.processed


def _take_out(folder: Path) -> int:
    return sum(one.records for one in take_out(folder, "ndjson", lambda kind, records: None))


def _make_files(folder: Path, members: int, loans: int) -> None:
    """Titles with their copies, members and past loans, with the headers of Koha's reports."""
    chance = random.Random(1)
    with (folder / "books.ndjson").open("wb") as file:
        file.writelines(orjson.dumps(one) + b"\n" for one in _books())
    with (folder / "members.csv").open("w", encoding="utf-8") as text:
        text.write(
            "borrowernumber,cardnumber,surname,firstname,email,categorycode,dateofbirth,"
            "dateenrolled,dateexpiry,address,zipcode,city,phone\n"
        )
        text.writelines(_members(chance, members))
    with (folder / "loans.csv").open("w", encoding="utf-8") as text:
        text.write("issue_id,borrowernumber,barcode,issuedate,date_due,returndate,renewals\n")
        text.writelines(_loans(chance, members, loans))


def _books() -> Iterator[dict[str, Any]]:
    for number in range(TITLES):
        copies = [{"barcode": f"B{number:06}{one}"} for one in range(COPIES_OF_EACH)]
        yield {"title": f"Novel {number}", "source_key": str(number), "copies": copies}


def _members(chance: random.Random, number: int) -> Iterator[str]:
    for one in range(number):
        born = 1930 + chance.randrange(85)
        yield (
            f"{one},C{one:07},Surname{chance.randrange(9000)},Name{chance.randrange(900)},"
            f"m{one}@example.org,{chance.choice(('ADULT', 'CHILD'))},{born}-05-{one % 28 + 1:02},"
            f"2015-0{one % 9 + 1}-11,2030-12-31,{one % 300} Main Street,{one % 99999:05},Town,"
            f"555-{one:07}\n"
        )


def _loans(chance: random.Random, members: int, number: int) -> Iterator[str]:
    """In the order in which they were lent, each returned within three weeks."""
    for one in range(number):
        lent = FIRST_DAY + timedelta(days=DAYS * one // number, seconds=chance.randrange(9 * 3600))
        due, back = lent + timedelta(days=28), lent + timedelta(seconds=chance.randrange(1800000))
        barcode = f"B{chance.randrange(TITLES):06}{chance.randrange(COPIES_OF_EACH)}"
        yield (
            f"{one},{chance.randrange(members)},{barcode},{lent:%F %T},{due:%F} 23:59:00,"
            f"{back:%F %T},{chance.randrange(3)}\n"
        )


if __name__ == "__main__":
    main()

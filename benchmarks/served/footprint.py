"""How soon Octavo answers, what memory it takes, and what more workers bring."""

import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.served import load, stacks
from benchmarks.served.library import Library

_MIXED = (load.KEPT, load.BOOK, load.PAGE, load.SEARCH)


class Footprint(NamedTuple):
    """Seconds to the first answer; MiB of master, spooler, mule and two workers; throughput.

    Pages of the database file that SQLite has mapped are counted apart: the system has them in
    memory once for all who read the file, and takes them back when it needs room.
    """

    first_answer: float
    fresh: float
    after_load: float
    mapped: float
    four_workers: float


def measured(library: Library, folder: Path, seconds: float) -> Footprint:
    """Start it, load it for so many seconds, and start it once more with four workers."""
    began = time.monotonic()
    with stacks.running(stacks.OCTAVO, library, folder / "two", workers=2) as started:
        first_answer = time.monotonic() - began
        fresh, _ = _proportional(started.process.pid)
        for work in _MIXED:
            load.measured(work, started, library, "", seconds / len(_MIXED), 1, folder)
        after_load, mapped = _proportional(started.process.pid)
    rates = []
    for workers in (1, 4):
        own = folder / f"workers{workers}"
        with stacks.running(stacks.OCTAVO, library, own, workers=workers) as started:
            cost = load.measured(load.BOOK, started, library, "", max(2, seconds / 4), 2, own)
            rates.append(cost.per_second)
    return Footprint(first_answer, fresh, after_load, mapped, rates[1] / rates[0])


def _proportional(master: int) -> tuple[float, float]:
    """MiB of the master and its children, shared pages divided among those who share them.

    First their own, then those of the database file.
    """
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    own = mapped = 0
    for pid in (str(master), *children):
        name = ""
        for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
            first, *rest = line.split()
            if not first.endswith(":"):
                name = rest[-1]
            elif first == "Pss:" and name.endswith("octavo.db"):
                mapped += int(rest[0])
            elif first == "Pss:":
                own += int(rest[0])
    return own / 1024, mapped / 1024

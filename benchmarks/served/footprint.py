"""How soon Octavo answers, what memory it takes, and what more workers bring."""

import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.served import load, stacks
from benchmarks.served.library import Library

_MIXED = (load.KEPT, load.BOOK, load.PAGE, load.SEARCH)


class Footprint(NamedTuple):
    """Seconds to the first answer; MiB of master, spooler, mules and two workers; throughput."""

    first_answer: float
    fresh: float
    after_load: float
    four_workers: float


def measured(library: Library, folder: Path, seconds: float) -> Footprint:
    """Start it, load it for so many seconds, and start it once more with four workers."""
    began = time.monotonic()
    with stacks.running(stacks.OCTAVO, library, folder / "two", workers=2) as started:
        first_answer = time.monotonic() - began
        fresh = _proportional(started.process.pid)
        for work in _MIXED:
            load.measured(work, started, library, "", seconds / len(_MIXED), 1, folder)
        after_load = _proportional(started.process.pid)
    rates = []
    for workers in (1, 4):
        own = folder / f"workers{workers}"
        with stacks.running(stacks.OCTAVO, library, own, workers=workers) as started:
            cost = load.measured(load.BOOK, started, library, "", max(2, seconds / 4), 2, own)
            rates.append(cost.per_second)
    return Footprint(first_answer, fresh, after_load, rates[1] / rates[0])


def _proportional(master: int) -> float:
    """MiB of the master and its children, shared pages divided among those who share them."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    total = 0
    for pid in (str(master), *children):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024

"""How soon Octavo answers, what memory it takes, and what more workers bring."""

import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.served import load, stacks
from benchmarks.served.library import READER, STAFF, Library
from benchmarks.served.load import Cost
from benchmarks.served.stacks import Running

_IDLE, _TURN = 10, 3
"""Seconds: after a start, until the mule too has done all it does; of each work in its turn."""


class Footprint(NamedTuple):
    """Seconds to the first answer; MiB of master, spooler, mule and two workers.

    Pages of the database file that SQLite has mapped are counted apart: the system has them in
    memory once for all who read the file, and takes them back when it needs room.
    """

    first_answer: float
    fresh: float
    after_load: float
    mapped: float


class MoreWorkers(NamedTuple):
    """What four workers on two cores bring against one on its own, nginx and wrk on the other.

    How many times as many requests; how many there is room for, since nginx and wrk take some of
    the second core; how many times the processor time each takes then.
    """

    times: float
    room: float
    dearer: float


def measured(library: Library, folder: Path, seconds: float) -> Footprint:
    """Start it with two workers, and load it for so many seconds."""
    began = time.monotonic()
    with stacks.running(stacks.OCTAVO, library, folder / "two", workers=2) as started:
        first_answer = time.monotonic() - began
        time.sleep(_IDLE)
        fresh, _ = _proportional(started.process.pid)
        _ask_for_everything(started, library, seconds, folder)
        after_load, mapped = _proportional(started.process.pid)
    return Footprint(first_answer, fresh, after_load, mapped)


def _ask_for_everything(started: Running, library: Library, seconds: float, folder: Path) -> None:
    until = time.monotonic() + seconds
    turns = 0
    while turns == 0 or time.monotonic() < until:
        turns += 1
        # Tokens end before an hour does.
        reader, staff = load.signed_in(started, READER), load.signed_in(started, STAFF)
        for work in load.MIXED:
            token = staff if work in load.CHANGES else reader
            load.measured(work, started, library, token, min(_TURN, seconds), turns, folder)
            if work is load.DESK:
                load.take_back(started, staff)


def more_workers(library: Library, folder: Path, seconds: float, rounds: int) -> MoreWorkers:
    """Ask one worker and four in turn; each figure is the median of its ratios by round."""
    ratios = []
    for round_ in range(rounds):
        one, four = (
            _cost(library, folder / f"{round_}-{workers}", seconds, workers) for workers in (1, 4)
        )
        room = 2 * one.micros / (one.micros + one.around)
        ratios.append((four.per_second / one.per_second, room, four.micros / one.micros))
    return MoreWorkers(*map(median, zip(*ratios, strict=True)))


def _cost(library: Library, folder: Path, seconds: float, workers: int) -> Cost:
    with stacks.running(stacks.OCTAVO, library, folder, workers=workers) as started:
        token = load.signed_in(started, READER)
        return load.measured(load.FACETS, started, library, token, seconds, 1, folder)


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

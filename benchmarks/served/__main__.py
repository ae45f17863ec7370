"""Measure Octavo beside its peers and write benchmarks/RESULTS.md.

    python -m benchmarks.served [--quick] [--seconds 4] [--postgresql URL]

Each stack is one worker pinned to one core, nginx and wrk are on the other; stacks take turns in
each of the rounds, and the median of the rounds counts. The unit is worker processor time, so that
a busy machine distorts little; ratios within one run are what to go by.
"""

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psycopg
import requests

from api import __version__
from benchmarks.served import footprint, load, stacks
from benchmarks.served import library as libraries
from benchmarks.served.footprint import Footprint, MoreWorkers
from benchmarks.served.library import Library
from benchmarks.served.load import Cost, Work
from benchmarks.served.stacks import OCTAVO, Running, Stack

RESULTS = stacks.ROOT / "benchmarks" / "RESULTS.md"
FULL_PEERS = (stacks.SQLALCHEMY, stacks.FASTAPI, stacks.DRF)

_METHOD = """\
{titles:,} titles; worker processor microseconds a request, median of {rounds} round(s) of
{seconds:.0f} s, one worker pinned to one core behind nginx, wrk on the other. In Octavo request
ids, ETags, limits, log, metrics, validation, audit and search index are on; the peers check the
token, validate, and do what the row says."""
_FOOTPRINT = """\
- From the start of nginx, migrations and uWSGI to the first answer: {0.first_answer:.1f} s.
- Memory of master, spooler, mule and two workers (proportional): {0.fresh:.0f} MiB fresh,
  {0.after_load:.0f} MiB after mixed load with writes, and {0.mapped:.0f} MiB of the database file
  mapped."""
_WORKERS = """\
- Searches for two words with facets, four workers on both cores against one on one, nginx and wrk
  on the other: {0.times:.2f} times as many requests, where two cores have room for {0.room:.2f}
  times beside nginx and wrk; each takes {0.dearer:.2f} times the processor time. Median of
  {1} round(s) in turn."""

Costs = dict[tuple[Work, Stack], list[Cost]]


class Plan(NamedTuple):
    """How much is asked."""

    titles: int
    rounds: int
    seconds: float


def main() -> None:
    """Build, compare, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="under three minutes, for a first look"
    )
    parser.add_argument(
        "--postgresql", help="URL of a server; two databases are made there and dropped"
    )
    parser.add_argument(
        "--workers", action="store_true", help="only what four workers bring against one"
    )
    parser.add_argument("--seconds", type=float, default=4, help="of load for each figure")
    parser.add_argument("--soak", type=float, help="seconds of mixed load before memory is read")
    asked = parser.parse_args()
    missing = load.wrk_is_missing()
    if missing:
        sys.exit(f"Not measured: {missing}.")
    stacks.prepare()
    plan = Plan(5_000, 1, 1) if asked.quick else Plan(100_000, 5, asked.seconds)
    sections = []
    with tempfile.TemporaryDirectory(prefix="octavo-bench-") as name:
        folder = Path(name)
        urls = (f"sqlite:///{folder / 'octavo.db'}", f"sqlite:///{folder / 'peers.db'}")
        if asked.workers:
            built = libraries.build(*urls, folder / "var", plan.titles)
            more = footprint.more_workers(built, folder / "workers", plan.seconds, plan.rounds)
            print(_WORKERS.format(more, plan.rounds))
            return
        built, costs = _section(folder, urls, plan)
        sections.append(("SQLite", costs))
        own = footprint.measured(built, folder / "footprint", asked.soak or 4 * plan.seconds)
        more = footprint.more_workers(built, folder / "workers", plan.seconds, plan.rounds)
        _tell(_written(sections, own, more, plan), asked.quick)
        if asked.postgresql:
            with _databases(asked.postgresql) as made:
                sections.append(("PostgreSQL", _section(folder / "postgresql", made, plan)[1]))
            _tell(_written(sections, own, more, plan), asked.quick)


def _tell(text: str, is_quick: bool) -> None:
    print(text, flush=True)
    if not is_quick:
        RESULTS.write_text(text)


def _section(folder: Path, urls: tuple[str, str], plan: Plan) -> tuple[Library, Costs]:
    folder.mkdir(exist_ok=True)
    print(f"Building a library of {plan.titles:,} titles twice.", file=sys.stderr, flush=True)
    built = libraries.build(*urls, folder / "var", plan.titles)
    costs: Costs = defaultdict(list)
    reference: dict[str, object] = {}
    for round_ in range(plan.rounds):
        for stack in (OCTAVO, *(each for each in stacks.ALL if each is not OCTAVO)):
            own = folder / f"{stack.module or 'octavo'}{round_}"
            with stacks.running(stack, built, own) as started:
                reader, staff = _tokens(started, built)
                if stack is not stacks.EMPTY:
                    _compare(started, reader, built, reference)
                for work in _works(stack):
                    if work.by_password:
                        _sign_in_by_password(started)
                    token = staff if work in load.WRITES else reader
                    seed = round_ + 1
                    ask = partial(
                        load.measured, work, started, built, token, plan.seconds, seed, own
                    )
                    try:
                        cost = ask()
                    except RuntimeError:  # One answer of thousands may be late: once more.
                        _settle(started, built, staff)
                        cost = ask()
                    if work is load.DESK:
                        _settle(started, built, staff)
                    costs[work, stack].append(cost)
                    shown = f"{work.name:28} {stack.name:32} {cost.micros:8.0f} µs"
                    print(shown, file=sys.stderr, flush=True)
    return built, costs


def _works(stack: Stack) -> tuple[Work, ...]:
    if stack is stacks.EMPTY:
        return (load.KEPT,)
    if stack in (stacks.BARE_WSGI, stacks.BARE_FLASK):
        return (load.BOOK, load.PAGE)
    both = (*load.READS, *load.WRITES)
    return both if stack.is_octavo else tuple(work for work in both if not work.by_password)


def _sign_in_by_password(started: Running) -> None:
    """The first time, which takes as long as a hash of bcrypt; the second call is measured."""
    url = f"{started.url}/api/v1/books/1"
    requests.get(url, auth=libraries.READER, timeout=10).raise_for_status()


def _tokens(started: Running, built: Library) -> tuple[str, str]:
    """Of the reader, and of who may lend and create: in Octavo a librarian."""
    if not started.stack.is_octavo:
        return (libraries.token(built.reader_id),) * 2
    return load.signed_in(started, libraries.READER), load.signed_in(started, libraries.STAFF)


def _settle(started: Running, built: Library, staff: str) -> None:
    """Take back what the last request lent."""
    if not started.stack.is_octavo:
        libraries.settle(built.peers_url)
        return
    load.take_back(started, staff)


def _compare(started: Running, token: str, built: Library, reference: dict[str, object]) -> None:
    """Have every stack give the answers that Octavo gave. Raises RuntimeError."""
    chance = random.Random(7)
    paths = [f"/books/{chance.randint(1, built.books)}" for _ in range(20)]
    paths += [
        f"/books?sort=id&limit=20&page={chance.randint(1, min(500, built.books // 20))}"
        for _ in range(5)
    ]
    asked: list[tuple[str, dict[str, str]]] = [(path, {}) for path in paths]
    bare = (stacks.BARE_WSGI, stacks.BARE_FLASK)
    if started.stack not in bare:
        asked.append(("/loans?limit=20", {"Authorization": f"Bearer {token}"}))
    for path, headers in asked:
        answer = requests.get(f"{started.url}/api/v1{path}", headers=headers, timeout=10)
        answer.raise_for_status()
        told = answer.json()
        # Books created in an earlier round are in the total alone.
        if isinstance(told.get("pagination"), dict):
            told = told["data"]
        if reference.setdefault(path, told) != told:
            raise RuntimeError(f"{started.stack.name} answers {path} otherwise: {str(told)[:300]}")


def _written(
    sections: list[tuple[str, Costs]], own: Footprint, more: MoreWorkers, plan: Plan
) -> str:
    lines = [
        "# Beside the peers",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}, Octavo {__version__}.",
        _machine(),
        "",
        _METHOD.format(titles=plan.titles, rounds=plan.rounds, seconds=plan.seconds),
    ]
    for name, costs in sections:
        lines += ["", f"## {name}", "", *_table(costs)]
    lines += ["", "## Octavo by itself", "", _FOOTPRINT.format(own)]
    lines += [_WORKERS.format(more, plan.rounds)]
    lines += ["", "Peers: " + _versions() + ".", ""]
    return "\n".join(lines)


def _table(costs: Costs) -> list[str]:
    lines = [
        "| work | " + " | ".join(stack.name for stack in stacks.ALL) + " | Octavo p99 ms |",
        "|---|" + "---|" * (len(stacks.ALL) + 1),
    ]
    for work in (*load.READS, *load.WRITES):
        own = median(cost.micros for cost in costs[work, OCTAVO])
        cells = []
        for stack in stacks.ALL:
            found = [cost.micros for cost in costs.get((work, stack), ())]
            ratio = "" if stack is OCTAVO or not found else f" ({median(found) / own:.2f})"
            cells.append(f"{median(found):.0f}{ratio}" if found else "-")
        slowest = median(cost.p99 for cost in costs[work, OCTAVO])
        lines.append(f"| {work.name} | {' | '.join(cells)} | {slowest:.1f} |")
    return [*lines, "", "In parentheses: how many times what it costs Octavo."]


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}."


def _versions() -> str:
    freeze = [str(stacks.ENVIRONMENT / "bin" / "pip"), "freeze"]
    told = subprocess.run(freeze, capture_output=True, text=True, check=True).stdout.split()
    wanted = "Django djangorestframework fastapi Flask Flask-SQLAlchemy marshmallow SQLAlchemy"
    wanted += " pydantic uvicorn uWSGI"
    named = {each.partition("==")[0].lower(): each for each in told if "==" in each}
    found = [named[name.lower()] for name in wanted.split() if name.lower() in named]
    return ", ".join(each.replace("==", " ") for each in found)


class _databases:  # noqa: N801  a context manager, used like a function
    """Two new databases on a server, dropped at the end."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._names = [f"octavo_bench_{os.getpid()}_{which}" for which in ("octavo", "peers")]

    def __enter__(self) -> tuple[str, str]:
        self._run("CREATE")
        base = self._server.rpartition("/")[0]
        return f"{base}/{self._names[0]}", f"{base}/{self._names[1]}"

    def __exit__(self, *_: object) -> None:
        self._run("DROP")

    def _run(self, verb: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            for name in self._names:
                server.execute(
                    f'{verb} DATABASE "{name}"{" WITH (FORCE)" * (verb == "DROP")}'.encode()
                )


if __name__ == "__main__":
    main()

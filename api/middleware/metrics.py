"""Counts and durations for Prometheus, added up over all workers of a node."""

import logging
import os
import struct
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from models.database_times import TIMES

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_KINDS = ("counter", "histogram")
_FILE_BYTES = 2 << 20  # A count takes about 200 bytes; every route, method and status fits in half.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_write_pair = struct.Struct("dd").pack_into
_log = logging.getLogger("octavo.errors")

Add = Callable[[float], None]


class Adders(NamedTuple):
    """What adds to the counts of one method, route and status."""

    requests: Add
    seconds: Add
    buckets: list[Add]


def has_room() -> bool:
    """Whether what this process counts has its room on the disk; that is reserved here.

    The files are mapped into memory. Where one has holes and the disk is full, a count ends the
    process, after the transaction was committed and before the answer was sent.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return True
    files = [Path(folder, f"{kind}_{os.getpid()}.db") for kind in _KINDS]
    try:
        for file in files:
            with file.open("ab") as opened:
                os.posix_fallocate(opened.fileno(), 0, _FILE_BYTES)
    except OSError as error:
        for file in files:
            with suppress(OSError):
                file.unlink()
        _log.error("nothing is counted for /metrics", extra={"fields": {"reason": error.strerror}})
        return False
    return True


def adder(value: Any) -> Add:
    """What adds to a value of prometheus_client; in its file without a lock, if it has one.

    A worker has one thread, and asks for these after the fork. The library's `inc` takes a lock
    and asks for the process's id each time, which is a system call.
    """
    value.inc(0)  # After a fork the library opens the file of the new process first.
    if not getattr(value, "_multiprocess", False):
        inc: Add = value.inc
        return inc
    # Values lie in a file that is mapped into memory, each a pair of doubles: it and a timestamp.
    # Were the mapping replaced, for more counts than there is room for, both show the same file.
    memory, place = value._file._m, value._file._positions[value._key]

    def add(amount: float) -> None:
        value._value += amount
        _write_pair(memory, place, value._value, 0.0)

    return add


class Metrics:
    """What is counted. In several workers `PROMETHEUS_MULTIPROC_DIR` names their common folder."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._adders: dict[tuple[str, str | None, int], Adders] = {}
        self._fixed: dict[str, Add] = {}
        self._counts = has_room()
        if self._counts:
            self._begin()

    def begin_in_child(self) -> None:
        """After a fork: have room of its own, or stop counting."""
        self._counts = self._counts and has_room()
        if self._counts:
            self._open()

    def _open(self) -> None:
        """Have what adds to the counts, of this process."""
        self._adders.clear()
        counters = {"statements": self._statements, "seconds": self._in_database, **self._cached}
        self._fixed = {name: adder(counter._value) for name, counter in counters.items()}

    def _begin(self) -> None:
        self._requests = self._counter(
            "octavo_requests", "Requests answered.", "method", "route", "status"
        )
        self._seconds = Histogram(
            "octavo_request_seconds",
            "Time from the request's arrival to its answer.",
            ("method", "route"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._problems = self._counter("octavo_problems", "Requests refused, by code.", "code")
        cached = self._counter(
            "octavo_response_cache", "Reads that the response cache was asked for.", "outcome"
        )
        self._cached = {outcome: cached.labels(outcome) for outcome in ("hit", "miss")}
        told = "Reads of the catalogue that could go to the replica, by where they went."
        reads = self._counter("octavo_catalogue_reads", told, "source")
        self._reads = {source: reads.labels(source) for source in ("replica", "primary")}
        self._limited = self._counter(
            "octavo_rate_limited", "Requests refused by a rate limit.", "limit"
        )
        self._statements = self._counter("octavo_database_statements", "SQL statements.")
        self._in_database = self._counter("octavo_database_seconds", "Time spent in the database.")
        self._waiting = Histogram(
            "octavo_lock_wait_seconds",
            "Time that a writing request waited for locks of the database.",
            registry=self._registry,
            buckets=_BUCKETS,
        )
        TIMES.statements, TIMES.seconds, TIMES.waiting = 0, 0.0, 0.0
        self._open()

    def note(
        self,
        method: str,
        route: str | None,
        status: int,
        seconds: float,
        *,
        cache: str | None = None,
        code: str | None = None,
        limit: str | None = None,
    ) -> None:
        """Count a finished request, and what the database was asked since the last one.

        `cache` is what the response cache had, `code` that of the problem answered, `limit` the one
        that refused. Unknown methods and paths share a label, so that labels stay few. Flat: every
        request ends here.
        """
        if not self._counts:
            return
        key = (method if method in _METHODS else "other", route, status)
        adders = self._adders.get(key)
        if adders is None:
            adders = self._adders[key] = self._labelled(*key)
        adders.requests(1)
        adders.seconds(seconds)
        adders.buckets[bisect_left(_BUCKETS, seconds)](1)
        if cache is not None:
            self._fixed[cache](1)
        if code is not None:
            self._problems.labels(code).inc()
        if limit is not None:
            self._limited.labels(limit).inc()
        if TIMES.seconds:
            self._observe_database()

    def _observe_database(self) -> None:
        self._fixed["statements"](TIMES.statements)
        self._fixed["seconds"](TIMES.seconds)
        if TIMES.waiting:
            self._waiting.observe(TIMES.waiting)
        TIMES.statements, TIMES.seconds, TIMES.waiting = 0, 0.0, 0.0
        if TIMES.reads:
            for source, reads in TIMES.reads.items():
                self._reads[source].inc(reads)
            TIMES.reads.clear()

    def text(self, *more: Collector) -> bytes:
        """Everything counted, and what these collect, in the text format of Prometheus."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        collected = bytes(generate_latest(registry))
        asked = CollectorRegistry()
        for collector in more:
            asked.register(collector)
        return collected + bytes(generate_latest(asked))

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self._registry)

    def _labelled(self, method: str, route: str | None, status: int) -> Adders:
        named = route or "none"
        requests = self._requests.labels(method, named, str(status))
        seconds = self._seconds.labels(method, named)
        buckets = [adder(each) for each in seconds._buckets]
        return Adders(adder(requests._value), adder(seconds._sum), buckets)

"""Counts and durations for Prometheus, added up over all workers of a node."""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """What is counted. In several workers `PROMETHEUS_MULTIPROC_DIR` names their common folder."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "octavo_requests_total",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "octavo_request_seconds",
            "Time from the request's arrival to its answer.",
            ("method", "route"),
            registry=self._registry,
            buckets=_BUCKETS,
        )
        self._children: dict[tuple[str, str | None, int], tuple[Counter, Histogram]] = {}

    def observe(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count one request; unknown methods and paths share a label, so that labels stay few."""
        key = (method if method in _METHODS else "other", route, status)
        counters = self._children.get(key)
        if counters is None:
            counters = self._children[key] = self._labelled(key[0], route or "none", str(status))
        counters[0].inc()
        counters[1].observe(seconds)

    def _labelled(self, method: str, route: str, status: str) -> tuple[Counter, Histogram]:
        return self._requests.labels(method, route, status), self._seconds.labels(method, route)

    def text(self) -> bytes:
        """Everything counted, in the text format of Prometheus."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return bytes(generate_latest(self._registry))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return bytes(generate_latest(registry))

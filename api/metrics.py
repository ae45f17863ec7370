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

    def observe(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count one request; unknown methods and paths share a label, so that labels stay few."""
        label = method if method in _METHODS else "other"
        self._requests.labels(label, route or "none", str(status)).inc()
        self._seconds.labels(label, route or "none").observe(seconds)

    def text(self) -> bytes:
        """Everything counted, in the text format of Prometheus."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return bytes(generate_latest(self._registry))
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
        return bytes(generate_latest(registry))

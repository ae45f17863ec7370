"""Counts and durations of SIP2 messages for Prometheus.

With `PROMETHEUS_MULTIPROC_DIR` naming the folder of the HTTP server, `/metrics` shows them.
"""

from prometheus_client import Counter, Gauge, Histogram

_MESSAGES = Counter("octavo_sip2_messages_total", "SIP2 messages answered.", ("message", "result"))
_SECONDS = Histogram(
    "octavo_sip2_seconds",
    "Time from a SIP2 message's arrival to its answer.",
    ("message",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_CONNECTIONS = Gauge("octavo_sip2_connections", "Machines connected.", multiprocess_mode="livesum")


def count_connections(number: int) -> None:
    """Set how many machines are connected."""
    _CONNECTIONS.set(number)


def count_message(message: str, result: str, seconds: float) -> None:
    """Count a message under its name, and how it ended."""
    _MESSAGES.labels(message, result).inc()
    _SECONDS.labels(message).observe(seconds)

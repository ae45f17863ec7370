"""Numbers of the library for Prometheus, read when they are asked for."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from api import __version__, jobs, nightly_marks
from api.middleware.rate_limits import Limits
from api.settings import Settings
from catalogue.import_jobs import LOCK
from models import replica, timestamps, workload


class Library(Collector):
    """Loans, holds, imports, notices and webhooks; the spool; the nightly job; the version.

    What cannot be read is left out, and `octavo_database_up` is 0 then.
    """

    def __init__(self, settings: Settings, limits: Limits) -> None:
        self._settings = settings
        self._limits = limits

    def collect(self) -> Iterable[Metric]:
        """The gauges."""
        yield _gauge("octavo_info", "The version that runs.", {__version__: 1}, label="version")
        yield from self._of_files()
        told = "Whether the counts of rate limits are shared as set: 0 while Redis takes no writes."
        yield _gauge("octavo_limits_up", told, int(self._limits.is_well()))
        try:
            known = workload.counts(timestamps.now())
        except Exception:  # noqa: BLE001  whatever is wrong with it, the other numbers are told
            yield _gauge("octavo_database_up", "Whether the database answers.", 0)
            return
        yield _gauge("octavo_database_up", "Whether the database answers.", 1)
        for noun, counts in known.items():
            yield _gauge(f"octavo_{noun}", f"The {noun} there are, by status.", counts)
        yield from self._of_replica()

    def _of_replica(self) -> Iterator[Metric]:
        lag = replica.lag()
        told = "Whether the catalogue can be read as set: 0 while there is a replica that is away."
        yield _gauge("octavo_replica_up", told, int(lag is not None or replica.in_use() is None))
        if lag is not None:
            told = "Seconds that the replica is behind."
            yield _gauge("octavo_replica_lag_seconds", told, lag)

    def _of_files(self) -> Iterator[Metric]:
        sizes = list(_sizes(jobs.folder(self._settings)))
        yield _gauge("octavo_import_files", "Files waiting to be imported.", len(sizes))
        told = "Bytes of the files waiting to be imported."
        yield _gauge("octavo_import_bytes", told, sum(sizes))
        age = nightly_marks.age(self._settings)
        if age is not None:
            told = "Seconds since the nightly job last came to its end, or since the first start."
            yield _gauge("octavo_nightly_age_seconds", told, age)


def _sizes(folder: Path) -> Iterator[int]:
    """Those of the files that are there; another process may be done with one at any moment."""
    for each in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if each.name != LOCK:
                yield each.stat().st_size


def _gauge(
    name: str, help_text: str, value: float | dict[str, int], *, label: str = "status"
) -> Metric:
    if not isinstance(value, dict):
        return GaugeMetricFamily(name, help_text, value=value)
    family = GaugeMetricFamily(name, help_text, labels=[label])
    for key, number in value.items():
        family.add_metric([key], number)
    return family

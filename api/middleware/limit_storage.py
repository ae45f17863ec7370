"""Where rate limits are counted: this process, the workers of this node, or all nodes."""

import logging
import re
import struct
import time
from collections.abc import Callable
from math import ceil
from typing import Any, Protocol
from urllib.parse import urlsplit

from limits.storage import MemoryStorage, Storage, storage_from_string

from api.settings import Settings

try:
    import uwsgi
except ImportError:
    uwsgi = None

REDIS_SECONDS = 0.25
REDIS_AWAY_SECONDS = 5
_PROBE, _PROBE_SECONDS = "readiness", 60
_ENTRY = struct.Struct("<qd")
_log = logging.getLogger("octavo.limits")


class Counts(Protocol):
    """What rate limits need of a storage of `limits`."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count under a key that is forgotten after `expiry` seconds, and give the count."""

    def get(self, key: str) -> int:
        """The count so far."""

    def check(self) -> bool:
        """Whether the storage answers."""


class UwsgiCacheStorage(Storage):
    """Counts in a cache of uWSGI's shared memory, for all workers: `uwsgi://NAME`.

    An entry is the count and when it expires, as uWSGI does not tell the latter.
    """

    STORAGE_SCHEME = ["uwsgi"]  # noqa: RUF012  as `limits` declares it

    def __init__(self, uri: str = "", wrap_exceptions: bool = False, **_options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._cache = urlsplit(uri).netloc

    @property
    def base_exceptions(self) -> type[Exception]:
        """What uWSGI raises for a cache that does not exist."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count under a key that is forgotten after `expiry` seconds, and give the count."""
        # Reading and writing are two steps, between which another worker would read the same.
        uwsgi.lock()
        try:
            now = time.time()
            count, until = self._entry(key, now) or (0, now + expiry)
            entry = _ENTRY.pack(count + amount, until)
            uwsgi.cache_update(key, entry, max(1, ceil(until - now)), self._cache)
            return count + amount
        finally:
            uwsgi.unlock()

    def get(self, key: str) -> int:
        """The count so far."""
        entry = self._entry(key, time.time())
        return 0 if entry is None else entry[0]

    def get_expiry(self, key: str) -> float:
        """When the count is forgotten, in seconds of the epoch; now where there is none."""
        now = time.time()
        entry = self._entry(key, now)
        return now if entry is None else entry[1]

    def check(self) -> bool:
        """Always: it is this node's memory."""
        return True

    def reset(self) -> None:
        """Forget all counts."""
        uwsgi.cache_clear(self._cache)

    def clear(self, key: str) -> None:
        """Forget one count."""
        uwsgi.cache_del(key, self._cache)

    def _entry(self, key: str, now: float) -> tuple[int, float] | None:
        stored = uwsgi.cache_get(key, self._cache)
        if stored is None:
            return None
        count, until = _ENTRY.unpack(stored)
        return (count, until) if until > now else None


class SharedCounts:
    """Counts in Redis for all nodes; when Redis is away each node counts for itself.

    It is left alone for some seconds then, so that not every request has to wait for it.
    """

    def __init__(self, url: str, fallback: Counts) -> None:
        # Without Redis its client, a tenth of a second and 10 MB, is not wanted.
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        patience: Any = {
            "socket_timeout": REDIS_SECONDS,
            "socket_connect_timeout": REDIS_SECONDS,
            # Once, for a connection that Redis closed while nobody used it.
            "retry": Retry(NoBackoff(), 1),
        }
        # `unix://` is what Redis' own client calls a socket file, and `limits` the other.
        url = re.sub("^unix:", "redis+unix:", url)
        self._redis: Any = storage_from_string(
            url, wrap_exceptions=True, key_prefix="octavo:limits", **patience
        )
        self._fallback = fallback
        self._away_until = 0.0

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count under a key that is forgotten after `expiry` seconds, and give the count."""
        return self._told(lambda counts: counts.incr(key, expiry, amount))

    def get(self, key: str) -> int:
        """The count so far."""
        return self._told(lambda counts: counts.get(key))

    def check(self) -> bool:
        """Whether Redis takes writes: a full one and a replica answer, but count nothing."""
        try:
            return bool(self._redis.incr(_PROBE, _PROBE_SECONDS))
        except Exception:  # noqa: BLE001  whatever is wrong with it, it does not answer
            return False

    def _told(self, ask: Callable[[Counts], int]) -> int:
        if time.monotonic() < self._away_until:
            return ask(self._fallback)
        try:
            return int(ask(self._redis))
        except Exception as error:  # noqa: BLE001  whatever Redis does, requests go on
            _log.warning("rate limits are counted on this node alone: %s", type(error).__name__)
            self._away_until = time.monotonic() + REDIS_AWAY_SECONDS
            return ask(self._fallback)


def counts_for(settings: Settings, cache: str) -> Counts:
    """Where this instance counts: in Redis if it has one, else in uWSGI's `cache`, if under it."""
    local = MemoryStorage() if uwsgi is None else UwsgiCacheStorage(f"uwsgi://{cache}")
    return SharedCounts(settings.redis_url, local) if settings.redis_url else local

"""Rate limits: fixed windows, counted where all workers of a node, or all nodes, see them.

The headers are those of draft-ietf-httpapi-ratelimit-headers.
"""

import logging
import time
from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple, Protocol

from limits import RateLimitItem
from limits.storage import storage_from_string
from redis.backoff import NoBackoff
from redis.retry import Retry

from api.context import Context
from api.problems import Problem
from api.settings import Settings

try:
    import uwsgi
except ImportError:
    uwsgi = None

UWSGI_CACHE = "limits"
LOGIN_TOTAL_FACTOR = 10
REDIS_SECONDS = 0.25
REDIS_AWAY_SECONDS = 5
_log = logging.getLogger("octavo.limits")


class Counter(Protocol):
    """Counts hits under a key that is forgotten after `seconds`."""

    def incr(self, key: str, seconds: int) -> int:
        """Count one hit, and give the count."""

    def count(self, key: str) -> int:
        """The count so far."""

    def is_well(self) -> bool:
        """Whether the place of the counts answers."""


class ProcessCounter:
    """Counts within this process: for the development server and for tests."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, float]] = {}

    def incr(self, key: str, seconds: int) -> int:
        """Count one hit, and give the count."""
        now = time.monotonic()
        if len(self._counts) > 10_000:
            self._counts = {k: v for k, v in self._counts.items() if v[1] > now}
        count, until = self._counts.get(key, (0, now + seconds))
        if until <= now:
            count, until = 0, now + seconds
        self._counts[key] = (count + 1, until)
        return count + 1

    def count(self, key: str) -> int:
        """The count so far."""
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.monotonic() else 0

    def is_well(self) -> bool:
        """Always: it is this process."""
        return True


class NodeCounter:
    """Counts in the shared memory of uWSGI, for all workers of this node."""

    def incr(self, key: str, seconds: int) -> int:
        """Count one hit, and give the count."""
        # Counting and looking are two steps: another worker between them would see this hit twice.
        uwsgi.lock()
        try:
            uwsgi.cache_inc(key, 1, seconds, UWSGI_CACHE)
            return int(uwsgi.cache_num(key, UWSGI_CACHE))
        finally:
            uwsgi.unlock()

    def count(self, key: str) -> int:
        """The count so far."""
        return int(uwsgi.cache_num(key, UWSGI_CACHE))

    def is_well(self) -> bool:
        """Always: it is this node's memory."""
        return True


class SharedCounter:
    """Counts in Redis for all nodes; when Redis is away each node counts for itself.

    It is left alone for some seconds then, so that not every request has to wait for it.
    """

    def __init__(self, url: str, fallback: Counter) -> None:
        patience: Any = {
            "socket_timeout": REDIS_SECONDS,
            "socket_connect_timeout": REDIS_SECONDS,
            # Once, for a connection that Redis closed while nobody used it.
            "retry": Retry(NoBackoff(), 1),
        }
        self._storage: Any = storage_from_string(
            url, wrap_exceptions=True, key_prefix="octavo:limits", **patience
        )
        self._fallback = fallback
        self._away_until = 0.0

    def incr(self, key: str, seconds: int) -> int:
        """Count one hit, and give the count."""
        return self._told(
            lambda: self._storage.incr(key, seconds), lambda: self._fallback.incr(key, seconds)
        )

    def count(self, key: str) -> int:
        """The count so far."""
        return self._told(lambda: self._storage.get(key), lambda: self._fallback.count(key))

    def _told(self, by_redis: Callable[[], int], by_node: Callable[[], int]) -> int:
        if time.monotonic() < self._away_until:
            return by_node()
        try:
            return int(by_redis())
        except Exception as error:  # noqa: BLE001  whatever Redis does, requests go on
            _log.warning("rate limits are counted on this node alone: %s", type(error).__name__)
            self._away_until = time.monotonic() + REDIS_AWAY_SECONDS
            return by_node()

    def is_well(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._storage.check())
        except Exception:  # noqa: BLE001  whatever is wrong with it, it does not answer
            return False


class Standing(NamedTuple):
    """How a limit stands after a hit: its name, quota and window, what is left and till when.

    Past the limit what is left is negative.
    """

    policy: str
    quota: int
    window: int
    remaining: int
    reset: int

    @property
    def is_exceeded(self) -> bool:
        """Whether this was a hit too many."""
        return self.remaining < 0

    @property
    def headers(self) -> list[tuple[str, str]]:
        """`RateLimit-Policy` and `RateLimit`."""
        return [
            ("RateLimit-Policy", f'"{self.policy}";q={self.quota};w={self.window}'),
            ("RateLimit", f'"{self.policy}";r={max(0, self.remaining)};t={self.reset}'),
        ]


class Limit(NamedTuple):
    """One limit for one key: whoever is counted under `who` has `factor` times the quota."""

    policy: str
    item: RateLimitItem
    who: str
    factor: int = 1

    def key(self, now: float) -> str:
        """What it is counted under: short, since longer ones uWSGI does not count; no names."""
        spelt = f"{self.policy} {self.who} {int(now // self.item.get_expiry())}"
        return blake2b(spelt.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def standing(self, count: int, now: float) -> Standing:
        """How it stands after so many hits."""
        quota, window = self.item.amount * self.factor, self.item.get_expiry()
        reset = max(1, int(window - now % window + 1))
        return Standing(self.policy, quota, window, quota - count, reset)


class Limits:
    """The limits of this instance."""

    def __init__(self, settings: Settings) -> None:
        self._login = settings.rate_limit_login
        self._anonymous = settings.rate_limit_anonymous
        self._caller = settings.rate_limit_caller
        self._counter = _counter(settings)

    def is_well(self) -> bool:
        """Whether the place of the counts answers."""
        return self._counter.is_well()

    def charge(self, context: Context) -> None:
        """Count a request against its caller, or its address; note the headers of the answer.

        Raises Problem 429.
        """
        caller = context.caller
        if caller.id is None:
            self._charge("anonymous", self._anonymous, context.address, context)
        else:
            self._charge("caller", self._caller, f"user {caller.id}", context)

    def charge_login(self, context: Context, account: str) -> None:
        """Count an attempt to sign in or register: for the pair, the address and the account.

        Raises Problem 429.
        """
        for limit in self._of_login("login", context, account):
            self._hit(limit, context)

    def note_guess(self, context: Context, account: str) -> None:
        """Count a wrong password, against the limit of `require_guess`."""
        for limit in self._of_login("guess", context, account):
            self._count(limit, time.time())

    def require_guess(self, context: Context, account: str) -> None:
        """Raise Problem 429 where another wrong password would be one too many."""
        now = time.time()
        for limit in self._of_login("guess", context, account):
            standing = limit.standing(self._counter.count(limit.key(now)) + 1, now)
            if standing.is_exceeded:
                raise _exceeded(standing, context)

    def _of_login(self, policy: str, context: Context, account: str) -> Iterator[Limit]:
        if self._login is None:
            return
        account = account.casefold()
        yield Limit(policy, self._login, f"{context.address} {account}")
        yield Limit(f"{policy}-address", self._login, context.address, LOGIN_TOTAL_FACTOR)
        yield Limit(f"{policy}-account", self._login, account, LOGIN_TOTAL_FACTOR)

    def _charge(self, policy: str, item: RateLimitItem | None, who: str, context: Context) -> None:
        if item is not None:
            self._hit(Limit(policy, item, who), context)

    def _hit(self, limit: Limit, context: Context) -> None:
        standing = self._count(limit, time.time())
        if standing.is_exceeded:
            raise _exceeded(standing, context)
        if limit.factor == 1:
            context.note_limit(standing.headers)

    def _count(self, limit: Limit, now: float) -> Standing:
        return limit.standing(self._counter.incr(limit.key(now), limit.item.get_expiry()), now)


def _exceeded(standing: Standing, context: Context) -> Problem:
    context.note_limit(standing.headers)
    detail = f"Try again in {standing.reset} seconds."
    return Problem("rate-limited", detail, headers={"Retry-After": str(standing.reset)})


def _counter(settings: Settings) -> Counter:
    local: Counter = ProcessCounter() if uwsgi is None else NodeCounter()
    return SharedCounter(settings.redis_url, local) if settings.redis_url else local

"""Rate limits: fixed windows, counted where all workers of a node, or all nodes, see them.

The headers are those of draft-ietf-httpapi-ratelimit-headers.
"""

import logging
import time
from typing import Any, NamedTuple, Protocol

from limits import RateLimitItem
from limits.storage import storage_from_string
from redis.backoff import NoBackoff
from redis.retry import Retry

from api.context import Caller, Context
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
        if time.monotonic() < self._away_until:
            return self._fallback.incr(key, seconds)
        try:
            return int(self._storage.incr(key, seconds))
        except Exception as error:  # noqa: BLE001  whatever Redis does, requests go on
            _log.warning("rate limits are counted on this node alone: %s", type(error).__name__)
            self._away_until = time.monotonic() + REDIS_AWAY_SECONDS
            return self._fallback.incr(key, seconds)

    def is_well(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._storage.check())
        except Exception:  # noqa: BLE001  whatever is wrong with it, it does not answer
            return False


class Standing(NamedTuple):
    """How a limit stands after a hit: its name, quota and window, what is left and till when."""

    policy: str
    quota: int
    window: int
    remaining: int
    reset: int

    @property
    def headers(self) -> list[tuple[str, str]]:
        """`RateLimit-Policy` and `RateLimit`."""
        return [
            ("RateLimit-Policy", f'"{self.policy}";q={self.quota};w={self.window}'),
            ("RateLimit", f'"{self.policy}";r={self.remaining};t={self.reset}'),
        ]


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
            self._apply("anonymous", self._anonymous, context.address, context)
        else:
            self._apply("caller", self._caller, _caller_key(caller), context)

    def charge_login(self, context: Context, account: str) -> None:
        """Count an attempt to sign in or register: for the pair, the address and the account.

        Raises Problem 429.
        """
        account = account.casefold()[:254]
        pair = f"{context.address} {account}"
        self._apply("login", self._login, pair, context)
        self._apply("login-address", self._login, context.address, context, LOGIN_TOTAL_FACTOR)
        self._apply("login-account", self._login, account, context, LOGIN_TOTAL_FACTOR)

    def _apply(
        self,
        policy: str,
        item: RateLimitItem | None,
        who: str,
        context: Context,
        factor: int = 1,
    ) -> None:
        if item is None:
            return
        standing, count = self._hit(policy, item, who, item.amount * factor)
        if factor == 1 or count > standing.quota:
            context.note_limit(standing.headers)
        if count > standing.quota:
            raise Problem(
                "rate-limited",
                f"Try again in {standing.reset} seconds.",
                headers={"Retry-After": str(standing.reset)},
            )

    def _hit(self, policy: str, item: RateLimitItem, who: str, quota: int) -> tuple[Standing, int]:
        window = item.get_expiry()
        now = time.time()
        count = self._counter.incr(f"{policy} {who} {int(now // window)}", window)
        reset = max(1, int(window - now % window + 1))
        return Standing(policy, quota, window, max(0, quota - count), reset), count


def _caller_key(caller: Caller) -> str:
    return f"user {caller.id}"


def _counter(settings: Settings) -> Counter:
    local: Counter = ProcessCounter() if uwsgi is None else NodeCounter()
    return SharedCounter(settings.redis_url, local) if settings.redis_url else local

"""Rate limits: fixed windows, counted where all workers of a node, or all nodes, see them.

The headers are those of draft-ietf-httpapi-ratelimit-headers. Windows begin at full multiples of
their length, so that one count tells how a limit stands; the strategies of `limits` ask three
times, of Redis as well.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple

from limits import RateLimitItem

from api.context import Context
from api.middleware.limit_storage import Counts, counts_for
from api.problems import Problem
from api.settings import Settings

UWSGI_CACHE = "limits"
LOGIN_TOTAL_FACTOR = 10
_MOST_KEYS = 4096
_COUNTED = {
    "anonymous": "requests without credentials from this address",
    "caller": "requests of this caller",
    "login": "wrong passwords for this account from this address",
    "login-address": "wrong passwords from this address",
    "login-account": "wrong passwords for this account",
    "sign-in-address": "sign-ins from this address",
    "sign-in-account": "sign-ins to this account",
    "registration": "registrations of this email from this address",
    "registration-address": "registrations from this address",
    "registration-account": "registrations of this email",
    "reset-address": "requests for a new password from this address",
}


class Standing(NamedTuple):
    """How a limit stands after a hit: what is left of it, and for how many seconds.

    Past the limit what is left is negative.
    """

    limit: "Limit"
    remaining: int
    reset: int

    @property
    def is_exceeded(self) -> bool:
        """Whether this was a hit too many."""
        return self.remaining < 0

    @property
    def headers(self) -> list[tuple[str, str]]:
        """`RateLimit-Policy` and `RateLimit`."""
        name, quota, window = self.limit.policy, self.limit.quota, self.limit.window
        return [
            ("RateLimit-Policy", f'"{name}";q={quota};w={window}'),
            ("RateLimit", f'"{name}";r={max(0, self.remaining)};t={self.reset}'),
        ]

    @property
    def detail(self) -> str:
        """Which limit it is, and until when."""
        until = datetime.fromtimestamp(time.time() + self.reset, UTC)
        return (
            f"Too many {_COUNTED[self.limit.policy]}: {self.limit.quota:,} in {self.limit.span} are"
            f" allowed. Try again after {until:%Y-%m-%dT%H:%M:%SZ}, in {self.reset} seconds."
        )


class Limit(NamedTuple):
    """One limit for one key: whoever is counted under `who` has `factor` times the quota."""

    policy: str
    item: RateLimitItem
    who: str
    factor: int = 1

    @property
    def quota(self) -> int:
        """How many hits are allowed in a window."""
        return self.item.amount * self.factor

    @property
    def window(self) -> int:
        """How long a window is, in seconds."""
        return self.item.get_expiry()

    @property
    def span(self) -> str:
        """How long a window is, in words."""
        length = self.item.multiples or 1
        return f"{length} {self.item.GRANULARITY.name}{'' if length == 1 else 's'}"

    def key(self, now: float) -> str:
        """What it is counted under: short, since longer ones uWSGI does not count; no names."""
        spelt = f"{self.policy} {self.who} {int(now // self.window)}"
        return blake2b(spelt.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def standing(self, count: int, now: float) -> Standing:
        """How it stands after so many hits."""
        reset = max(1, int(self.window - now % self.window + 1))
        return Standing(self, self.quota - count, reset)


class Policy:
    """What of a limit is the same for all it is counted for, and under which keys it counts now.

    Keys are kept as long as their window lasts, so that few are made.
    """

    def __init__(self, name: str, item: RateLimitItem) -> None:
        self.name = name
        self.item = item
        limit = Limit(name, item, "")
        self.quota, self.window = limit.quota, limit.window
        self.header = limit.standing(0, 0).headers[0]
        self._number = -1
        self._keys: dict[str, str] = {}

    def hit(self, counts: Counts, who: str) -> tuple[int, list[tuple[str, str]]]:
        """Count a request of this one: how many are left, negative past the limit; its headers."""
        now = time.time()
        number = int(now // self.window)
        if number != self._number or len(self._keys) >= _MOST_KEYS:
            self._number = number
            self._keys.clear()
        key = self._keys.get(who)
        if key is None:
            key = self._keys[who] = Limit(self.name, self.item, who).key(now)
        left = self.quota - counts.incr(key, self.window)
        reset = int(self.window - now % self.window + 1)
        return left, [self.header, ("RateLimit", f'"{self.name}";r={left};t={reset}')]


class Limits:
    """The limits of this instance."""

    def __init__(self, settings: Settings) -> None:
        self._login = settings.rate_limit_login
        self._prefix = settings.rate_limit_ipv6_prefix
        self._counts = counts_for(settings, UWSGI_CACHE)
        anonymous, caller = settings.rate_limit_anonymous, settings.rate_limit_caller
        self._anonymous = None if anonymous is None else Policy("anonymous", anonymous)
        self._caller = None if caller is None else Policy("caller", caller)

    def is_well(self) -> bool:
        """Whether the place of the counts answers."""
        return self._counts.check()

    def charge(self, context: Context) -> None:
        """Count a request against its caller, or its address; note the headers of the answer.

        Raises Problem 429.
        """
        caller_id = context.caller.id
        if caller_id is None:
            policy, who = self._anonymous, context.address
            if ":" in who:
                who = network_of(who, self._prefix)
        else:
            policy, who = self._caller, f"user {caller_id}"
        if policy is None:
            return
        left, headers = policy.hit(self._counts, who)
        if left < 0:
            limit = Limit(policy.name, policy.item, who)
            _require(limit.standing(policy.quota - left, time.time()), context)
        context.headers += headers

    def charge_address(self, address: str) -> list[tuple[str, str]] | None:
        """Count a request without credentials, and give its headers; None for one too many."""
        policy = self._anonymous
        if policy is None:
            return []
        if ":" in address:
            address = network_of(address, self._prefix)
        left, headers = policy.hit(self._counts, address)
        return headers if left >= 0 else None

    def charge_registration(self, context: Context, email: str) -> None:
        """Count a registration: for the pair, the address and the email. Raises Problem 429."""
        for limit in self._of_account("registration", context, email):
            self._hit(limit, context)

    def charge_sign_in(self, context: Context, account: str) -> None:
        """Count an attempt to sign in, right or wrong: for the address and for the account.

        Raises Problem 429.
        """
        for limit in self._of_account("sign-in", context, account):
            if limit.factor > 1:
                self._hit(limit, context)

    def charge_reset(self, context: Context) -> None:
        """Count a request for a password by mail, for its address alone. Raises Problem 429."""
        if self._login is not None:
            who = self._address(context)
            self._hit(Limit("reset-address", self._login, who, LOGIN_TOTAL_FACTOR), context)

    def require_guess(self, context: Context, account: str) -> None:
        """Raise Problem 429 where another wrong password would be one too many."""
        now = time.time()
        for limit in self._of_account("login", context, account):
            count = self._counts.get(limit.key(now))
            _require(limit.standing(count + 1, now), context)
            _note(limit.standing(count, now), context)

    def note_guess(self, context: Context, account: str) -> None:
        """Count a wrong password, against the limit of `require_guess`."""
        for limit in self._of_account("login", context, account):
            _note(self._count(limit, time.time()), context)

    def _of_account(self, policy: str, context: Context, account: str) -> Iterator[Limit]:
        """The limits for the pair of address and account, and the tenfold ones for either."""
        if self._login is None:
            return
        account, address = account.casefold(), self._address(context)
        yield Limit(policy, self._login, f"{address} {account}")
        yield Limit(f"{policy}-address", self._login, address, LOGIN_TOTAL_FACTOR)
        yield Limit(f"{policy}-account", self._login, account, LOGIN_TOTAL_FACTOR)

    def _hit(self, limit: Limit, context: Context) -> None:
        standing = self._count(limit, time.time())
        _require(standing, context)
        _note(standing, context)

    def _count(self, limit: Limit, now: float) -> Standing:
        return limit.standing(self._counts.incr(limit.key(now), limit.window), now)

    def _address(self, context: Context) -> str:
        return network_of(context.address, self._prefix)


def network_of(address: str, prefix: int) -> str:
    """What an address is counted under: IPv6 by its first `prefix` bits, IPv4 as it is."""
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address)
    except AddressValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> (128 - prefix):x}/{prefix}"


def _require(standing: Standing, context: Context) -> None:
    """Raise Problem 429 past a limit."""
    if standing.is_exceeded:
        context.note_limit(standing.headers)
        context.limit = standing.limit.policy
        headers = {"Retry-After": str(standing.reset)}
        raise Problem("rate-limited", standing.detail, headers=headers)


def _note(standing: Standing, context: Context) -> None:
    """Note the headers of a limit; tenfold ones are told only where they are passed."""
    if standing.limit.factor == 1:
        context.note_limit(standing.headers)

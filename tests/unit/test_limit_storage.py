"""Counts of rate limits in uWSGI's cache, as a storage of `limits`."""

import time
from typing import Any

import pytest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from api.middleware import limit_storage
from api.middleware.limit_storage import UwsgiCacheStorage


class Cache:
    """uWSGI's cache, lock and clock, as far as they are used."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[bytes, float]] = {}
        self.locked = False

    def lock(self) -> None:
        assert not self.locked
        self.locked = True

    def unlock(self) -> None:
        self.locked = False

    def cache_get(self, key: str, name: str) -> bytes | None:
        assert name == "limits"
        value, until = self.kept.get(key, (b"", 0.0))
        return value if until > time.time() else None

    def cache_update(self, key: str, value: bytes, seconds: int, name: str) -> None:
        assert self.locked
        assert name == "limits"
        self.kept[key] = (value, time.time() + seconds)

    def cache_del(self, key: str, _name: str) -> None:
        self.kept.pop(key, None)

    def cache_clear(self, _name: str) -> None:
        self.kept.clear()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The time, to be set."""
    clock = {"now": 1_000_000.0}
    monkeypatch.setattr(time, "time", lambda: clock["now"])
    return clock


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch, clock: dict[str, float]) -> Any:
    """A storage in a cache of its own, found by its scheme."""
    monkeypatch.setattr(limit_storage, "uwsgi", Cache())
    found = storage_from_string("uwsgi://limits")
    assert isinstance(found, UwsgiCacheStorage)
    return found


def test_hits_are_counted_until_the_window_ends(storage: Any, clock: dict[str, float]) -> None:
    assert [storage.incr("a", 60) for _ in range(3)] == [1, 2, 3]
    assert (storage.get("a"), storage.get("b")) == (3, 0)
    clock["now"] += 59
    assert storage.incr("a", 60) == 4
    clock["now"] += 1
    assert storage.get("a") == 0
    assert storage.incr("a", 60) == 1


def test_a_count_tells_when_it_is_forgotten(storage: Any, clock: dict[str, float]) -> None:
    assert storage.get_expiry("a") == clock["now"]
    storage.incr("a", 60)
    clock["now"] += 10
    storage.incr("a", 60)
    assert storage.get_expiry("a") == clock["now"] + 50


def test_counts_can_be_forgotten_one_by_one_or_all(storage: Any) -> None:
    for key in ("a", "b", "c"):
        storage.incr(key, 60)
    storage.clear("a")
    assert (storage.get("a"), storage.get("b")) == (0, 1)
    storage.reset()
    assert storage.get("c") == 0
    assert storage.check()


def test_the_strategies_of_limits_count_in_it(storage: Any, clock: dict[str, float]) -> None:
    limiter, item = FixedWindowRateLimiter(storage), parse("2 per minute")
    assert [limiter.hit(item, "ada") for _ in range(3)] == [True, True, False]
    assert limiter.get_window_stats(item, "ada").reset_time == clock["now"] + 60
    clock["now"] += 60
    assert limiter.test(item, "ada")

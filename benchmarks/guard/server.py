"""A stand-in for the module that uWSGI gives its workers, so that what they run is what is counted.

The caches are dictionaries here: what uWSGI itself does is not counted.
"""

import sys
from types import ModuleType
from typing import Any

_caches: dict[str, dict[str, bytes]] = {"limits": {}, "responses": {}}


def cache_get(key: str, cache: str) -> bytes | None:
    """What is kept."""
    return _caches[cache].get(key)


def cache_update(key: str, value: bytes, _seconds: int, cache: str) -> bool:
    """Keep it, and say so."""
    _caches[cache][key] = value
    return True


def nothing(*_: Any) -> None:
    """Lock, unlock, or count the seconds of a request."""


def install() -> Any:
    """Put the module where the application looks for it, and give it."""
    module: Any = ModuleType("uwsgi")
    module.opt = {"request-seconds": b"60"}
    module.cache_get, module.cache_update = cache_get, cache_update
    module.lock = module.unlock = module.set_user_harakiri = nothing
    sys.modules["uwsgi"] = module
    return module

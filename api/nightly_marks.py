"""When the nightly job of a node last came to its end, or since when it could have."""

import time

from api.settings import Settings

_DONE = "nightly"
_FIRST_START = "first-start"


def set_done(settings: Settings) -> None:
    """Note that the job came to its end just now."""
    settings.var.mkdir(parents=True, exist_ok=True)
    (settings.var / _DONE).touch()


def set_first_start(settings: Settings) -> None:
    """Note the first start of a node, in a folder that is there; a later one changes nothing."""
    mark = settings.var / _FIRST_START
    if not mark.exists():
        mark.touch()


def ever_done(settings: Settings) -> bool:
    """Whether the job ever came to its end."""
    return (settings.var / _DONE).exists()


def age(settings: Settings) -> float | None:
    """Seconds since the job last came to its end, before the first time since the first start.

    None for a node that was never started.
    """
    for name in (_DONE, _FIRST_START):
        mark = settings.var / name
        if mark.exists():
            return time.time() - mark.stat().st_mtime
    return None

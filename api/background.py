"""Imports in the background: by uWSGI's spooler process, or where there is none at once."""

import logging
from pathlib import Path

from api.settings import Settings
from catalogue import jobs
from models.outages import steadily

try:
    import uwsgi
except ImportError:
    uwsgi = None

SIGNAL = 1
"""The uWSGI signal that wakes the spooler; a timer raises it too, for what a crash left behind."""
_log = logging.getLogger("octavo.imports")


def folder(settings: Settings) -> Path:
    """Where files wait to be imported."""
    return settings.var / "imports"


def wake(settings: Settings) -> None:
    """Have the waiting imports done; call it when they are committed."""
    if uwsgi is None:
        work_off(settings)
    else:
        uwsgi.signal(SIGNAL)


def work_off(settings: Settings) -> None:
    """Do the waiting imports, here and now."""
    try:
        steadily(lambda: jobs.work_off(folder(settings)))
    except Exception:  # noqa: BLE001  logged, and tried again when the timer raises the signal
        _log.exception("imports have to wait")

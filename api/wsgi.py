"""What uWSGI loads: the application, and its work without requests.

The nightly job has uWSGI's cron, imports its spooler, notices and webhooks a mule each. Every
process opens its own connections after the fork.
"""

import gc
import signal

# uWSGI ignores SIGTERM until its workers run. Until then nothing has begun that has to be ended.
signal.signal(signal.SIGTERM, signal.SIG_DFL)
# While the application is made nothing of it is garbage: looking for some takes a tenth of a start.
gc.disable()

import logging
import os
import sys
import time
from collections.abc import Callable
from threading import Event
from typing import NoReturn

import uwsgi
import uwsgidecorators

from api import jobs
from api.app import create_app
from api.middleware.uwsgi_http import Transport, send_at_once
from api.settings import SettingsError
from models import replica, unchanged
from models.database import database

SHORTEST_PAUSE, LONGEST_PAUSE = 3, 60
"""Seconds."""
_log = logging.getLogger("octavo.nightly")

if "OCTAVO_LOG_FD" in os.environ:
    # `octavo serve` keeps what uWSGI says in a file; requests and errors are shown where it runs.
    sys.stderr = os.fdopen(int(os.environ["OCTAVO_LOG_FD"]), "w", buffering=1, closefd=False)

try:
    _app = create_app()
except SettingsError as error:
    sys.exit(str(error))

send_at_once()
unchanged.begin()
application = Transport(_app, uwsgi)
uwsgidecorators.postfork(database.obj.dispose)
uwsgidecorators.postfork(replica.dispose)
uwsgidecorators.postfork(_app.extensions["octavo.metrics"].begin_in_child)


def _linger() -> None:
    """Give uWSGI's HTTP process time to pass the last answer on: it ends with the last worker."""
    if uwsgi.worker_id() and "http" in uwsgi.opt:
        time.sleep(1)


uwsgi.atexit = _linger


@uwsgidecorators.cron(30, 2, -1, -1, -1, target="spooler")
def nightly(_signal: int) -> None:
    """At half past two, by the machine's clock; in the spooler, so that no worker waits for it."""
    try:
        done = jobs.nightly(_app.config["SETTINGS"])
    except Exception:  # noqa: BLE001  logged, and tried again the next night
        _log.exception("the nightly job failed")
    else:
        _log.info(" ".join(done.sentences()))


def _again_and_again(what: str, work: Callable[[], object]) -> NoReturn:
    """Do it every few seconds until told to stop; what fails has to wait for longer.

    Left to uWSGI, a signal would end the mule in the middle of whatever Python does at the moment,
    and wait for its threads.
    """
    over = Event()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    pause = SHORTEST_PAUSE
    while not over.wait(pause):
        try:
            work()
        except Exception:
            logging.getLogger(f"octavo.{what}").exception("%s have to wait", what)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            pause = SHORTEST_PAUSE
    os._exit(0)


@uwsgidecorators.mule(1)
def notices() -> None:
    """Send what is queued, in a process of its own: a mail server may take its time."""
    _again_and_again("notices", lambda: jobs.send_notices(_app.config["SETTINGS"]))


@uwsgidecorators.mule(2)
def webhooks() -> None:
    """Tell webhooks of events, in a process of its own with a thread for each."""
    _again_and_again("webhooks", jobs.deliverer(_app.config["SETTINGS"]).start)


@uwsgidecorators.timer(10, signum=jobs.SIGNAL, target="spooler")
def imports(_signal: int) -> None:
    """Work off the files that wait to be imported, those of before a crash among them."""
    jobs.work_off(_app.config["SETTINGS"])


# What is there now lives as long as its process, so that no collection need go through it.
gc.collect()
gc.freeze()
gc.enable()

"""What uWSGI loads: the application, and its work without requests.

The nightly job has uWSGI's cron, imports its spooler, notices and webhooks a mule. Every process
opens its own connections after the fork.
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
from functools import partial
from threading import Event, Thread

import uwsgi
import uwsgidecorators

from api import jobs, memory, warming
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


@uwsgidecorators.postfork
def _heed_the_end() -> None:
    """A worker that is told to end before uWSGI listens for that ends: it has begun nothing."""
    if uwsgi.worker_id():
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


uwsgidecorators.postfork(database.obj.dispose)
uwsgidecorators.postfork(replica.dispose)


@uwsgidecorators.postfork
def _begin_to_count() -> None:
    """Workers alone answer requests and count them."""
    if uwsgi.worker_id():
        _app.extensions["octavo.metrics"].begin_in_child()


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


def _again_and_again(over: Event, what: str, work: Callable[[], object]) -> None:
    """Do it every few seconds until it is over; what fails has to wait for longer."""
    pause = SHORTEST_PAUSE
    while not over.wait(pause):
        try:
            work()
        except Exception:
            logging.getLogger(f"octavo.{what}").exception("%s have to wait", what)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            pause = SHORTEST_PAUSE


@uwsgidecorators.mule(1)
def telling() -> None:
    """Send notices and tell webhooks of events, in one process: each more takes 7 MiB.

    Notices have a thread, since a mail server may take its time, and so has each webhook. Left to
    uWSGI, a signal would end the mule in the middle of whatever Python does at the moment.
    """
    unchanged.end()  # It is for processes of one thread.
    over = Event()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    chosen = _app.config["SETTINGS"]
    send = partial(jobs.send_notices, chosen)
    notices = Thread(target=_again_and_again, args=(over, "notices", send))
    notices.start()
    _again_and_again(over, "webhooks", jobs.deliverer(chosen).start)
    notices.join()
    os._exit(0)


@uwsgidecorators.timer(10, signum=jobs.SIGNAL, target="spooler")
def imports(_signal: int) -> None:
    """Work off the files that wait to be imported, those of before a crash among them."""
    jobs.work_off(_app.config["SETTINGS"])


warming.warm_up(_app)
database.obj.close()

# What is there now lives as long as its process, so that no collection need go through it. None is
# made before, which would leave gaps.
memory.give_back()
memory.fill_gaps()
gc.freeze()
gc.enable()

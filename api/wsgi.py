"""What uWSGI loads: the application, the night's work for its cron, imports for its spooler.

Every process opens its own connections after the fork.
"""

import logging
import sys
import time

import uwsgi
import uwsgidecorators

from api import background, maintenance
from api.app import create_app
from api.settings import SettingsError
from api.transport import Transport, send_at_once
from models.database import database

_log = logging.getLogger("octavo.nightly")

try:
    _app = create_app()
except SettingsError as error:
    sys.exit(str(error))

send_at_once()
application = Transport(_app, uwsgi)
uwsgidecorators.postfork(database.obj.dispose)


def _linger() -> None:
    """Let the HTTP door pass the last answer on: it goes when the last worker has gone."""
    if uwsgi.worker_id() and "http" in uwsgi.opt:
        time.sleep(0.3)


uwsgi.atexit = _linger


@uwsgidecorators.cron(30, 2, -1, -1, -1, target="spooler")
def nightly(_signal: int) -> None:
    """Half past two, by the clock of the machine; in the spooler, so that no worker is held up."""
    try:
        done = maintenance.nightly(_app.config["SETTINGS"])
    except Exception:  # noqa: BLE001  logged, and tried again the next night
        _log.exception("the nightly job failed")
    else:
        _log.info(" ".join(done.sentences()))


@uwsgidecorators.timer(10, signum=background.SIGNAL, target="spooler")
def imports(_signal: int) -> None:
    """Work off the files that wait to be imported, those of before a crash among them."""
    background.work_off(_app.config["SETTINGS"])

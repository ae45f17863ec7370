"""What uWSGI loads: the application, and the night's work for its cron.

Every process opens its own connections after the fork.
"""

import logging
import sys

import uwsgi
import uwsgidecorators

from api import maintenance
from api.app import create_app
from api.settings import SettingsError
from api.transport import Transport
from models.database import database

_log = logging.getLogger("octavo.nightly")

try:
    _app = create_app()
except SettingsError as error:
    sys.exit(str(error))

application = Transport(_app, uwsgi)
uwsgidecorators.postfork(database.obj.dispose)


@uwsgidecorators.cron(30, 2, -1, -1, -1, target="spooler")
def nightly(_signal: int) -> None:
    """Half past two, by the clock of the machine; in the spooler, so that no worker is held up."""
    try:
        done = maintenance.nightly(_app.config["SETTINGS"])
    except Exception:  # noqa: BLE001  logged, and tried again the next night
        _log.exception("the nightly job failed")
    else:
        _log.info(" ".join(done.sentences()))

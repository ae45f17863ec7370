"""What uWSGI loads: the application; every worker opens its own connections after the fork."""

import sys

import uwsgi
import uwsgidecorators

from api.app import create_app
from api.settings import SettingsError
from api.transport import Transport
from models.database import database

try:
    application = Transport(create_app(), uwsgi)
except SettingsError as error:
    sys.exit(str(error))

uwsgidecorators.postfork(database.obj.dispose)

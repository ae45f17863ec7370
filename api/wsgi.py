"""What uWSGI loads: the application; every worker opens its own connections after the fork."""

import sys

from api.app import create_app
from api.settings import SettingsError
from models.database import database

try:
    import uwsgidecorators
except ImportError:
    uwsgidecorators = None

try:
    application = create_app()
except SettingsError as error:
    sys.exit(str(error))

if uwsgidecorators is not None:
    uwsgidecorators.postfork(database.obj.dispose)

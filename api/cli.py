"""The commands, and an application that has nothing else and is there in an instant."""

from flask import Flask

from api import settings as settings_module
from api.commands.catalogue import catalogue
from api.commands.circulation import circulation
from api.commands.db import db
from api.commands.prepare import start
from api.commands.show import show
from api.commands.user import user
from models import database


def register(app: Flask) -> None:
    """Add the commands to an application that has its settings in `config["SETTINGS"]`."""
    for group in (db, user, catalogue, circulation):
        app.cli.add_command(group)
    for group in (start, show):
        for command in group.commands.values():
            app.cli.add_command(command)


def create_app() -> Flask:
    """An application for commands alone: `flask --app api.cli prepare` before each start.

    Raises SettingsError.
    """
    settings = settings_module.read()
    database.connect(settings.database_url)
    app = Flask("octavo", root_path=str(settings_module.ROOT), static_folder=None)
    app.config["SETTINGS"] = settings
    register(app)
    return app

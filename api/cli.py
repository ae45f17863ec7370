"""The commands, and an application that has nothing else and is there in an instant.

`bin/octavo` runs this module.
"""

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo

from api import __version__, outgoing
from api import settings as settings_module
from api.commands.catalogue import catalogue
from api.commands.circulation import circulation
from api.commands.db import db
from api.commands.doctor import doctoring
from api.commands.moving import moving
from api.commands.notices import notices
from api.commands.prepare import start
from api.commands.show import show
from api.commands.sip2 import machines
from api.commands.user import user
from api.commands.webhooks import webhooks
from models import database


def register(app: Flask) -> None:
    """Add the commands to an application that has its settings in `config["SETTINGS"]`."""
    _add_to(app.cli)


def _add_to(group: click.Group) -> None:
    for noun in (db, user, catalogue, circulation, notices, webhooks):
        group.add_command(noun)
    for several in (start, show, doctoring, machines, moving):
        for command in several.commands.values():
            group.add_command(command)


def create_app() -> Flask:
    """An application for commands alone: `octavo prepare` before each start.

    Raises SettingsError.
    """
    settings = settings_module.read()
    database.connect(settings.database_url)
    outgoing.begin(settings)
    app = Flask("octavo", root_path=str(settings_module.ROOT), static_folder=None)
    app.config["SETTINGS"] = settings
    register(app)
    return app


@click.group(cls=AppGroup, context_settings={"max_content_width": 100})
@click.version_option(__version__, prog_name="Octavo", message="%(prog)s %(version)s")
def octavo() -> None:
    """Run a lending library's API and look after it.

    Settings come from the environment; docs/configuration.md lists them. `octavo doctor` checks an
    installation, `octavo COMMAND --help` tells more of a command.
    """


_add_to(octavo)

if __name__ == "__main__":
    octavo(prog_name="octavo", obj=ScriptInfo(create_app=create_app, set_debug_flag=False))

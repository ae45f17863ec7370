"""The commands, and an application that has nothing else and is there in an instant.

`bin/octavo` runs this module.
"""

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo

from api import outgoing
from api import settings as settings_module
from api.revision import running
from circulation import rulebook
from models import database

# The module of each command and its name there. `prepare` and `serve` come before every start, and
# what the others import takes as long as the server itself.
_COMMANDS = {
    "catalogue": ("catalogue", "catalogue"),
    "circulation": ("circulation", "circulation"),
    "db": ("db", "db"),
    "doctor": ("doctor", "doctor"),
    "export": ("moving", "take_out"),
    "import": ("moving", "take_in"),
    "kiosk": ("sip2", "kiosk"),
    "move-in": ("moving", "come"),
    "notices": ("notices", "notices"),
    "openapi": ("show", "openapi"),
    "operations": ("show", "operations"),
    "prepare": ("prepare", "prepare"),
    "serve": ("prepare", "serve"),
    "sip2": ("sip2", "sip2"),
    "user": ("user", "user"),
    "webhooks": ("webhooks", "webhooks"),
}


class Commands(AppGroup):
    """The commands, each loaded when it is asked for."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words ask for. Raises NoSuchCommand, which tells what is like it.

        Click itself looks for that among the commands that were added to the group.
        """
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            names = self.list_commands(ctx)
            raise click.NoSuchCommand(error.command_name, possibilities=names, ctx=ctx) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"api.commands.{module}"), name)
        return command


def register(app: Flask) -> None:
    """Give the commands to an application that has its settings in `config["SETTINGS"]`."""
    app.cli = Commands("octavo")


def create_app() -> Flask:
    """An application for commands alone: `octavo prepare` before each start.

    Raises SettingsError.
    """
    settings = settings_module.read()
    database.connect(settings.database_url)
    rulebook.use_currency(settings.currency)
    outgoing.begin(settings)
    app = Flask("octavo", root_path=str(settings_module.ROOT), static_folder=None)
    app.config["SETTINGS"] = settings
    register(app)
    return app


@click.group(cls=Commands, context_settings={"max_content_width": 100})
@click.version_option(running(), prog_name="Octavo", message="%(prog)s %(version)s")
def octavo() -> None:
    """Run a lending library's API and look after it.

    Settings come from the environment; docs/configuration.md lists them. `octavo doctor` checks an
    installation, `octavo COMMAND --help` tells more of a command.
    """


if __name__ == "__main__":
    octavo(prog_name="octavo", obj=ScriptInfo(create_app=create_app, set_debug_flag=False))

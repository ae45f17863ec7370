"""What all commands share: errors in sentences, the settings at hand, who acts in the audit log."""

import secrets
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from peewee import DatabaseError, ImproperlyConfigured

from api.settings import Settings
from models import schema
from models.audit import Actor
from models.errors import DomainError


class Command(click.Command):
    """A command that ends with a sentence and status 1 where the database or a rule says no."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DomainError as error:
            raise click.ClickException(error.detail) from error
        except (DatabaseError, ImproperlyConfigured) as error:
            reason = (str(error).splitlines() or ["it does not say why"])[0]
            message = f"The database cannot be used: {reason}. DATABASE_URL says which one it is."
            raise click.ClickException(message) from error


class Group(AppGroup):
    """Commands that belong together."""

    command_class = Command


def settings() -> Settings:
    """The settings in force."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def actor() -> Actor:
    """Whoever sits at the command line, as the audit log names them: nobody, in one run."""
    return Actor(None, f"command-{secrets.token_hex(6)}")


def require_tables() -> None:
    """Stop unless every migration has been applied."""
    if not schema.is_current():
        raise click.ClickException(
            "The database is not up to date. Run `flask --app api.app db upgrade` first."
        )

"""What all commands share: errors in sentences, the settings at hand, who acts in the audit log."""

import errno
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from flask import current_app
from flask.cli import AppGroup
from peewee import DatabaseError, ImproperlyConfigured

from api.settings import Settings
from models import database_files, name_keys, schema
from models.audit import Actor
from models.errors import DomainError
from models.schema import LaterTables
from models.search import book_list, upkeep

_FULL = (errno.ENOSPC, errno.EDQUOT)


class Command(click.Command):
    """A command that ends with a sentence and status 1 where the database or a rule says no.

    And where a disk is full, or a file cannot be used.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LaterTables as error:
            raise click.ClickException(str(error)) from error
        except DomainError as error:
            raise click.ClickException(error.detail) from error
        except (DatabaseError, ImproperlyConfigured) as error:
            raise click.ClickException(_told(error)) from error
        except OSError as error:
            if error.filename is not None:
                message = f"{os.fsdecode(error.filename)} cannot be used: {error.strerror}."
                raise click.ClickException(message) from error
            if error.errno not in _FULL:
                raise
            raise click.ClickException(f"A file cannot be written: {error.strerror}.") from error


def _told(error: Exception) -> str:
    """Why the database cannot be used, and which one that is."""
    reason = (str(error).splitlines() or ["it does not say why"])[0]
    if database_files.is_disk_full():
        reason = f"{reason}. The disk is full at {database_files.folder()}"
    return f"The database cannot be used: {reason}. DATABASE_URL says which one it is."


@contextmanager
def ending_well() -> Iterator[None]:
    """What takes away what is half done when a signal ends it, as it does after an error."""
    heard = (signal.SIGTERM, signal.SIGHUP)
    # Under nohup one of them is ignored, and stays so.
    before = {one: signal.getsignal(one) for one in heard if signal.getsignal(one)}
    before = {one: how for one, how in before.items() if how is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: Any) -> NoReturn:
    raise SystemExit(128 + number)


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


def index_anew() -> int:
    """Build the search index anew, showing how far it is; the number of books."""
    shown: Any = click.progressbar(
        length=book_list.LISTING.total({}), label="Indexing", file=sys.stderr
    )
    with shown as bar:
        return upkeep.reindex(lambda so_far: bar.update(so_far - bar.pos))


def renew_index() -> None:
    """Build the search index anew if an earlier version of the code made it.

    And give members their place among others where the release before added them.
    """
    name_keys.fill()
    if book_list.LISTING.total({}) == 0:
        upkeep.renew()
    elif not upkeep.is_current():
        from catalogue.kept_records import fill_fields

        fill_fields()
        index_anew()


def require_tables() -> None:
    """Stop unless every migration has been applied."""
    if not schema.is_current():
        raise click.ClickException(
            "The database is not up to date. Run `bin/octavo db upgrade` first."
        )

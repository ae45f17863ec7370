"""`prepare`: what `make run` does before the server starts."""

import os
import secrets

import click

from api.commands.group import Group, actor, settings
from api.settings import ROOT, Settings, SettingsError
from models import schema, user
from models.database import transaction
from models.errors import Taken

start = Group()
DEMO = ROOT / "demo" / "catalogue.csv"
_TOLD_AS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  told, not listened on


@start.command()
def prepare() -> None:
    """Bring the tables up to date; the first time make an administrator and a catalogue."""
    chosen = settings()
    _make_spool(chosen)
    if not schema.is_current():
        schema.migrate()
    if not user.is_anybody():
        _first_start(chosen)
    if not os.environ.get("OCTAVO_SOCKET"):  # Else it is nginx that knows the address.
        where = f"http://{_TOLD_AS.get(chosen.host, chosen.host)}:{chosen.port}"
        click.echo(f"The API is at {where}/api/v1, its reference at {where}/docs.")


def _make_spool(chosen: Settings) -> None:
    """UWSGI does not start without it, too late for whoever was told a password just before."""
    try:
        (chosen.var / "spool").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"OCTAVO_VAR: {chosen.var} cannot be used: {error.strerror}.") from None


def _first_start(chosen: Settings) -> None:
    """All of it in one transaction: a start that breaks off leaves nothing half done."""
    password = chosen.admin_password or secrets.token_urlsafe(12)
    values, hashed = _administrator(chosen, password)
    try:
        with transaction():
            user.create(values, hashed, actor())
            books = _load_demo() if chosen.demo else 0
    except Taken:
        return  # Another node has its first start at this moment, and makes all this.
    if books:
        click.echo(f"Loaded {books} books for demonstration; DEMO=false starts without them.")
    click.echo(f"Made the administrator {values['email']}.")
    if not chosen.admin_password:
        click.echo(f"The password, shown this once: {password}")


def _administrator(chosen: Settings, password: str) -> tuple[dict[str, str], str]:
    from api import passwords
    from api.commands.user import checked

    given = {"email": chosen.admin_email, "first_name": "Library", "last_name": "Administrator"}
    try:
        values = checked({**given, "password": password, "role": "admin"})
    except click.UsageError as error:
        raise SettingsError(f"ADMIN_EMAIL or ADMIN_PASSWORD: {error.message}") from None
    return values, passwords.hashed(values.pop("password"), chosen.password_rounds)


def _load_demo() -> int:
    from catalogue.importing import Import, Rules
    from formats import read

    with DEMO.open("rb") as file:
        done = Import(Rules(), actor(), keep=lambda *_: None).run(read(file, "csv"))
    return done.created

"""`prepare` and `serve`: what comes before the server starts, and starting it."""

import errno
import os
import secrets
import socket
import sys
from pathlib import Path

import click

from api import nightly_marks
from api.commands.group import Group, actor, renew_index, settings
from api.revision import running
from api.settings import ROOT, Settings, SettingsError, misspelt, socket_address
from circulation import members
from models import schema, timestamps, user
from models.database import transaction
from models.errors import Taken

start = Group()
_TOLD_AS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  told, not listened on


@start.command()
def prepare() -> None:
    """Bring the tables up to date; the first time make an administrator and a catalogue."""
    chosen = settings()
    _warn()
    told = _prepare(chosen)
    if not os.environ.get("OCTAVO_SOCKET"):  # Else it is nginx that knows the address.
        where = _url(chosen)
        told = {"Address": f"{where}/", "Reference": f"{where}/docs", **told}
    _tell(told)


@start.command()
def serve() -> None:
    """Prepare, and start the server on HOST and PORT; Ctrl-C stops it.

    Requests are logged here, what uWSGI has to say to `uwsgi.log` in the folder OCTAVO_VAR.
    """
    chosen = settings()
    _warn()
    behind_proxy = os.environ.get("OCTAVO_SOCKET", "")
    if behind_proxy:
        _require_free(*socket_address(behind_proxy), "OCTAVO_SOCKET=127.0.0.1:")
    else:
        _require_free(chosen.host, chosen.port, "PORT=")
    told = _prepare(chosen)
    log = chosen.var / "uwsgi.log"
    where = _url(chosen)
    address = {} if behind_proxy else {"Address": f"{where}/", "Reference": f"{where}/docs"}
    _tell({**address, **told, "Stop": "Ctrl-C", "Server log": _shown(log)})
    _become_uwsgi(log)


def _warn() -> None:
    for sentence in misspelt(os.environ):
        click.echo(f"Warning: {sentence}", err=True)


def _prepare(chosen: Settings) -> dict[str, str]:
    """Make everything ready; what is to be told of it."""
    _make_spool(chosen)
    nightly_marks.set_first_start(chosen)
    if not schema.is_current():
        schema.migrate()
    renew_index()
    return {} if user.is_anybody() else _first_start(chosen)


def _tell(told: dict[str, str]) -> None:
    """One block, after which nothing but requests is shown."""
    click.echo(f"\nOctavo {running()}")
    for name, value in told.items():
        click.echo(f"  {name:<14} {value}")
    click.echo()
    sys.stdout.flush()


def _url(chosen: Settings) -> str:
    return f"http://{_TOLD_AS.get(chosen.host, chosen.host)}:{chosen.port}"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _require_free(told: str, port: int, setting: str) -> None:
    """Stop where another program listens; uWSGI would say so in its log only."""
    host = told.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(_why_not(error, f"port {port} of {told}", port, setting)) from None


def _why_not(error: OSError, where: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else port - 1
        return f"Another program uses {where}; choose another one, such as {setting}{other}."
    if error.errno == errno.EACCES:
        return f"You may not listen on {where}; choose one above 1023, such as {setting}8000."
    name = setting.partition("=")[0].replace("PORT", "HOST")
    return f"{name}: it is not possible to listen on {where}: {error.strerror}."


def _become_uwsgi(log: Path) -> None:
    """Give this process to uWSGI: its messages go to the log, the application's where they did."""
    told = os.dup(sys.stderr.fileno())
    os.set_inheritable(told, True)
    with log.open("ab") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    os.chdir(ROOT)
    uwsgi = str(Path(sys.executable).with_name("uwsgi"))
    environment = {**os.environ, "OCTAVO_LOG_FD": str(told)}
    os.execve(uwsgi, [uwsgi, "--ini", "uwsgi.ini"], environment)  # noqa: S606  no shell is needed


def _make_spool(chosen: Settings) -> None:
    """UWSGI does not start without it, too late for whoever was told a password just before."""
    try:
        (chosen.var / "spool").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"OCTAVO_VAR: {chosen.var} cannot be used: {error.strerror}.") from None


def _first_start(chosen: Settings) -> dict[str, str]:
    """All of it in one transaction: a start that breaks off leaves nothing half done."""
    password = chosen.admin_password or secrets.token_urlsafe(12)
    values, hashed = _administrator(chosen, password)
    try:
        with transaction():
            members.enrol(values, hashed, actor(), timestamps.now())
            books = _load_demo(chosen) if chosen.demo else 0
    except Taken:
        return {}  # Another node has its first start at this moment, and makes all this.
    told = {"Administrator": values["email"]}
    if not chosen.admin_password:
        told["Password"] = f"{password} (shown this once)"
    where = chosen.public_url or ("" if os.environ.get("OCTAVO_SOCKET") else _url(chosen))
    if where:
        told["First steps"] = f"{where}/start"
    if books:
        told["Demonstration"] = f"{books} books; DEMO=false starts without them"
    return told


def _administrator(chosen: Settings, password: str) -> tuple[dict[str, str], str]:
    from api.auth import passwords
    from api.commands.user import checked

    given = {"email": chosen.admin_email, "first_name": "Library", "last_name": "Administrator"}
    try:
        values = checked({**given, "password": password, "role": "admin"})
    except click.UsageError as error:
        raise SettingsError(f"ADMIN_EMAIL or ADMIN_PASSWORD: {error.message}") from None
    return values, passwords.hashed(values.pop("password"), chosen.password_rounds)


def _load_demo(chosen: Settings) -> int:
    """The catalogue; and members with passwords that everybody knows, but not in production."""
    from api.commands import demo

    books = demo.load_catalogue(actor())
    if chosen.environment != "production":
        demo.load_library(chosen, timestamps.now())
    return books

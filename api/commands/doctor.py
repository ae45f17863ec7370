"""`doctor`: whether an installation is sound, and what to do where it is not."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import click

from api import jobs, nightly_marks
from api.commands.group import Group, settings
from api.settings import Settings, misspelt
from models import database_files, schema, soundness
from models.database import database, is_postgresql
from models.outages import reason
from notices import smtp

doctoring = Group()
LEAST_FREE = 1 << 30
"""Bytes."""
MOST_SECONDS_APART = 1
NIGHTLY_HOURS = 26

Check = Callable[[Settings], Iterator[str]]


@doctoring.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check settings, database, rules, Redis, mail server, spool, disk and more; say what to mend.

    Ends with 1 if anything is wrong. Changes nothing.
    """
    chosen = settings()
    wrong, is_readable = 0, True
    for name, check in CHECKS.items():
        if name in OF_DATABASE and not is_readable:
            click.echo(f"?      {name}: not known without the database")
            continue
        found = list(_done(check, chosen))
        is_readable = is_readable and not (name == "database" and found)
        wrong += len(found)
        for sentence in found:
            click.echo(f"WRONG  {name}: {sentence}")
        if not found:
            click.echo(f"ok     {name}")
    ctx.exit(1 if wrong else 0)


def _done(check: Check, chosen: Settings) -> Iterator[str]:
    """The findings of a check; one that fails is a finding itself."""
    try:
        yield from check(chosen)
    except Exception as error:  # noqa: BLE001  told, and the other checks go on
        yield f"{reason(error) or type(error).__name__}. DATABASE_URL says which database it is."


def _settings(_: Settings) -> Iterator[str]:
    yield from misspelt(os.environ)


def _database(_: Settings) -> Iterator[str]:
    database.execute_sql("SELECT 1")
    told = soundness.damage()
    if told:
        yield f"the file is damaged ({told}). Stop the server and restore the last backup."


def _migrations(_: Settings) -> Iterator[str]:
    pending = [name for name, is_applied in schema.status() if not is_applied]
    if pending:
        yield f"{', '.join(pending)} not applied. Run `bin/octavo db upgrade`."


def _writing(_: Settings) -> Iterator[str]:
    schema.write_through()
    yield from ()


def _rules(_: Settings) -> Iterator[str]:
    for contradiction in soundness.contradictions():
        yield f"{contradiction}. Keep a copy of the database and report it."


def _redis(chosen: Settings) -> Iterator[str]:
    from api.middleware.limit_storage import counts_for

    if chosen.redis_url and not counts_for(chosen, "").check():
        yield "it does not answer, or takes no writes: each node counts for itself. See REDIS_URL."


def _mail(chosen: Settings) -> Iterator[str]:
    if chosen.smtp_url is None:
        return
    try:
        with smtp.connected(chosen.smtp_url):
            pass
    except smtp.Away as error:
        yield f"{error} Mails wait. See SMTP_URL."


def _spool(chosen: Settings) -> Iterator[str]:
    for folder in (chosen.var, chosen.var / "spool", jobs.folder(chosen)):
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            yield f"{folder} cannot be written to. Give it to the user that runs Octavo."
    if not (chosen.var / "spool").is_dir():
        yield f"{chosen.var / 'spool'} is missing. `bin/octavo prepare` makes it."


def _disk(chosen: Settings) -> Iterator[str]:
    """The disks of OCTAVO_VAR and of SQLite's file, each once."""
    var = next(each for each in (chosen.var, *chosen.var.parents) if each.exists())
    beside = database_files.folder()
    there = [place for place in (beside, var) if place and place.exists()]
    places = {place.stat().st_dev: place for place in there}
    for place in places.values():
        free = shutil.disk_usage(place).free
        if free < LEAST_FREE:
            yield f"only {free >> 20} MiB are free at {place}. Make room before anything is lost."


def _clock(_: Settings) -> Iterator[str]:
    if not is_postgresql():
        return
    (there,) = database.execute_sql("SELECT CURRENT_TIMESTAMP").fetchone()
    apart = abs((datetime.now(UTC) - there).total_seconds())
    if apart > MOST_SECONDS_APART:
        yield f"it is {apart:.0f} s off that of the database. Set both by NTP."


def _nightly(chosen: Settings) -> Iterator[str]:
    age = nightly_marks.age(chosen)
    if age is not None and age > NIGHTLY_HOURS * 3600:
        told = "it last ended over a day ago"
        if not nightly_marks.ever_done(chosen):
            told = "it has never come to its end, and the first start was over a day ago"
        yield f"{told}. `bin/octavo circulation nightly` does it now."


CHECKS: dict[str, Check] = {
    "settings": _settings,
    "database": _database,
    "migrations": _migrations,
    "writing": _writing,
    "rules": _rules,
    "clock": _clock,
    "redis": _redis,
    "mail server": _mail,
    "spool": _spool,
    "disk": _disk,
    "nightly job": _nightly,
}
OF_DATABASE = frozenset({"migrations", "writing", "rules", "clock"})
"""Each of them would tell once more of a database that is away."""

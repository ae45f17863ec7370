"""`db`: the tables."""

import os
from pathlib import Path

import click

from api.commands.group import Group, ending_well, renew_index, require_tables
from models import backup, schema, soundness
from models import backup_trial as trial
from models.database import database, is_sqlite
from models.search import upkeep

db = Group("db", help="The tables: up to date, backed up, put back, checked.")


@db.command()
def upgrade() -> None:
    """Apply the migrations that are pending."""
    applied = schema.migrate()
    for name in applied:
        click.echo(f"applied {name}")
    if not applied and upkeep.is_current():
        click.echo("The database is up to date.")
    renew_index()


@db.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show which migrations are applied. Ends with 1 if any is pending.

    Those of a later version were applied by it; this one goes on beside it.
    """
    if is_sqlite() and not Path(database.obj.database).exists():
        # To open it would make it.
        raise click.ClickException("There is no database yet; `db upgrade` makes it.")
    found = schema.status()
    later = schema.of_later_versions()
    for name, is_applied in found:
        told = "of a later version" if name in later else "applied" if is_applied else "pending"
        click.echo(f"{told} {name}")
    ctx.exit(0 if all(is_applied for _, is_applied in found) else 1)


@db.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Write over a file that is there.")
def make_backup(file: Path, yes: bool) -> None:
    """Copy the whole database into FILE, as it is at one moment, while lending goes on.

    It has all that the database has, password hashes too: keep it as you keep the database.
    """
    require_tables()
    if file.exists() and not yes:
        click.confirm(f"{file} is there already. Write over it?", abort=True)
    try:
        with ending_well():
            size = backup.make(file)
    except backup.Unusable as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written: {error.strerror}.") from None
    click.echo(f"{file}: {size:,} bytes.")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Replace the library that is there.")
def restore(file: Path, yes: bool) -> None:
    """Put the backup FILE in the place of the database, while the service runs.

    What was done since the backup was made is gone. Of a backup of an older version the tables are
    brought up to date.
    """
    if backup.is_filled() and not yes:
        click.confirm("What was done since the backup was made is lost. Replace it?", abort=True)
    try:
        with ending_well():
            backup.put_back(file)
    except backup.Unusable as error:
        raise click.ClickException(str(error)) from None
    renew_index()
    click.echo(f"The database is what it was when {file} was made.")
    _tell_findings()


@db.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def try_out(ctx: click.Context, file: Path) -> None:
    """Put the backup FILE into an empty database and check it there, to see that it can be.

    On PostgreSQL BACKUP_TEST_URL names that database, which keeps it until the next trial; refused
    are the library itself, and one with anything in it that no trial has put there. Ends with 1 if
    the backup could not be put back, or contradicts the rules.
    """
    url = os.environ.get("BACKUP_TEST_URL")
    if not is_sqlite() and not url:
        click.echo("NOT TRIED: set BACKUP_TEST_URL to an empty database.")
        return
    try:
        with ending_well(), trial.beside(file) if is_sqlite() else trial.within(file, url or ""):
            found = _tell_contradictions(as_errors=True)
    except (backup.Unusable, ValueError) as error:
        raise click.ClickException(str(error)) from None
    if not found:
        click.echo("The copy was put back into an empty database and checked.")
    ctx.exit(found)


@db.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Look for what contradicts the rules; changes nothing, and nobody has to wait.

    Ends with 1 if anything was found.
    """
    require_tables()
    ctx.exit(_tell_findings())


def _tell_findings() -> int:
    """Say what contradicts the rules, or that nothing does; 1 if anything does."""
    found = _tell_contradictions()
    if not found:
        click.echo("Nothing contradicts the rules.")
    return found


def _tell_contradictions(*, as_errors: bool = False) -> int:
    """Say what contradicts the rules; 1 if anything does."""
    told = soundness.damage()
    if told:
        click.echo(
            f"The file of the database is damaged ({told}). Restore the last backup.", err=as_errors
        )
        return 1
    found = soundness.findings()
    for one in found:
        more = f" and {one.number - len(one.names):,} more" if one.number > len(one.names) else ""
        click.echo(
            f"{one.what}, {one.number:,}: {', '.join(one.names)}{more}. {one.remedy}", err=as_errors
        )
    return 1 if found else 0

"""`db`: the tables."""

from pathlib import Path

import click

from api.commands.group import Group
from models import schema
from models.database import database, is_sqlite

db = Group("db", help="Lay the tables and bring them up to date.")


@db.command()
def upgrade() -> None:
    """Apply the migrations that are pending."""
    applied = schema.migrate()
    for name in applied:
        click.echo(f"applied {name}")
    if not applied:
        click.echo("The database is up to date.")


@db.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show which migrations are applied. Ends with 1 if any is pending."""
    if is_sqlite() and not Path(database.obj.database).exists():
        # To open it would make it.
        raise click.ClickException("There is no database yet; `db upgrade` makes it.")
    found = schema.status()
    for name, is_applied in found:
        click.echo(f"{'applied' if is_applied else 'pending'} {name}")
    ctx.exit(0 if all(is_applied for _, is_applied in found) else 1)

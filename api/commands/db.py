"""`db`: the tables."""

import click

from api.commands.group import Group
from models import schema

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
def status() -> None:
    """Show which migrations are applied."""
    for name, is_applied in schema.status():
        click.echo(f"{'applied' if is_applied else 'pending'} {name}")

"""`circulation`: what is done for lending without anybody asking."""

import click

from api.commands.group import Group, require_tables, settings

circulation = Group("circulation", help="Holds, loans and their history.")


@circulation.command()
def nightly() -> None:
    """Expire holds, forget old loans' members, clear what is past its time; safe to repeat."""
    from api.jobs import nightly as work

    require_tables()
    for sentence in work(settings()).sentences():
        click.echo(sentence)

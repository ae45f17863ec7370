"""`notices`: what members are told."""

import click

from api.commands.group import Group, require_tables, settings

notices = Group("notices", help="Mails and letters to members.")


@notices.command()
def send() -> None:
    """Send the mails that are queued; the server does it by itself every few seconds."""
    from api.jobs import send_notices

    require_tables()
    sent = send_notices(settings())
    click.echo(sent.sentence())
    if sent.trouble:
        raise click.exceptions.Exit(1)

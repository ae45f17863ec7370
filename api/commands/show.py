"""`operations` and `openapi`: what the API offers."""

import click

from api.commands.group import Group, settings

show = Group()


@show.command()
def operations() -> None:
    """List every operation: method, path, id, least role, scope of API keys."""
    from api.auth.permission import access
    from api.openapi.operations import endpoints

    rows = [
        (
            endpoint.method.upper(),
            endpoint.path,
            endpoint.operation.id,
            endpoint.permission.least or "anyone",
            endpoint.permission.scope or "-",
        )
        for endpoint in endpoints(access(settings()))
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@show.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    from api.auth.permission import access
    from api.openapi.document import document

    click.echo(document(access(settings())))

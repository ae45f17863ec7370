"""`webhooks`: telling programs of events, and trying out what arrives."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import click
import orjson

from api.commands.group import Group, require_tables, settings

webhooks = Group("webhooks", help="Programs elsewhere that are told of events.")
_LARGEST = 1 << 20


@webhooks.command()
def send() -> None:
    """Tell webhooks of what waits; the server does it by itself every few seconds."""
    from api.jobs import deliverer

    require_tables()
    working = deliverer(settings())
    working.start()
    click.echo(f"Tries: {working.finish()}.")


@webhooks.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--count", type=click.IntRange(1), help="Stop after so many.")
def listen(port: int, host: str, count: int | None) -> None:
    """Print the deliveries that arrive at http://HOST:PORT, each verified.

    The webhook's secret is asked for, or read from standard input.
    """
    handler = _handler(_secret())
    try:
        server = HTTPServer((host, port), handler)
    except OSError as error:
        told = f"Cannot listen on http://{host}:{port}/: {error.strerror}."
        raise click.ClickException(told) from None
    click.echo(f"Listening on http://{host}:{server.server_address[1]}/ — Ctrl+C ends it.")
    try:
        if count is None:
            server.serve_forever()
        for _ in range(count or 0):
            server.handle_request()
    except KeyboardInterrupt:
        click.echo()
    finally:
        server.server_close()


def _secret() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return click.prompt("Secret (whsec_…)", hide_input=True)


def _handler(secret: str) -> type[BaseHTTPRequestHandler]:
    from standardwebhooks import Webhook
    from standardwebhooks.webhooks import EmptyWebhookSecretError

    try:
        verifier = Webhook(secret)
    except (EmptyWebhookSecretError, ValueError, RuntimeError) as error:
        raise click.UsageError("This is not a webhook's secret: it begins with whsec_.") from error

    class Handler(BaseHTTPRequestHandler):
        """Prints each delivery, and takes those that verify."""

        timeout = 15

        def do_POST(self) -> None:
            """Verify a delivery and print it."""
            length = self.headers.get("Content-Length", "")
            body = self.rfile.read(min(int(length) if length.isdigit() else 0, _LARGEST))
            told = _verified(verifier, body, dict(self.headers.items()))
            click.echo(f"{self.headers.get('webhook-id')}: {told or 'verified'}")
            if told is None:
                click.echo(orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode())
            self.send_response(204 if told is None else 401)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing beside it."""

    return Handler


def _verified(verifier: Any, body: bytes, headers: dict[str, str]) -> str | None:
    """Why a delivery does not verify; None when it does.

    The library raises ValueError for a signature in another form, and for bytes that are no text.
    """
    from standardwebhooks import WebhookVerificationError

    try:
        verifier.verify(body, headers)
    except (WebhookVerificationError, ValueError) as error:
        return f"NOT VERIFIED: {error}"
    return None

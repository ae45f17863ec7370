"""`sip2`: the server for self-check machines and the programs that speak like them."""

import ssl
import sys
from typing import TYPE_CHECKING

import click

from api.auth import tokens
from api.commands.group import Group, require_tables, settings
from api.settings import Settings, SettingsError
from models import api_key, user
from models.audit import Actor
from models.vocabulary import Scope

if TYPE_CHECKING:
    from protocols.sip2.visit import Library

machines = Group()


@machines.command()
def sip2() -> None:
    """Serve SIP2 on SIP2_HOST and SIP2_PORT until told to stop."""
    from api import logs
    from protocols.sip2.server import serve

    chosen = settings()
    if chosen.sip2_port is None:
        raise SettingsError("SIP2_PORT: set it to the port to listen on, for example 6001.")
    require_tables()
    logs.configure(chosen)
    library = _library(chosen)
    context = _tls(chosen)
    host = chosen.sip2_host.strip("[]")
    try:
        serve(library, host, chosen.sip2_port, chosen.sip2_idle_minutes * 60, context)
    except OSError as error:
        where = f"{chosen.sip2_host}:{chosen.sip2_port}"
        raise click.ClickException(f"Cannot listen on {where}: {error.strerror}.") from None


@machines.command()
def kiosk() -> None:
    """Play a borrower at a self-check machine; asks for card and PIN, and shows every message."""
    from protocols.sip2.kiosk import Kiosk
    from protocols.sip2.session import Session

    require_tables()
    owner = user.first_active_admin()
    if owner is None:
        raise click.ClickException("There is no administrator whose key the machine could have.")
    session = Session(_library(settings()), "127.0.0.1")
    acting = Actor(owner, "kiosk")
    secret = tokens.new_api_key_secret()
    key = api_key.create("kiosk", [Scope.SELF_CHECK], None, tokens.secret_hash(secret), acting)
    try:
        machine = Kiosk(session, click.echo)
        machine.sign_in(tokens.api_key(key.id, secret), "kiosk")
        card = click.prompt("card", prompt_suffix=": ")
        pin = click.prompt("PIN", default="", show_default=False, hide_input=sys.stdin.isatty())
        machine.serve(card, pin, lambda prompt: str(click.prompt(prompt, prompt_suffix="")))
    except click.Abort:
        click.echo()
    finally:
        api_key.delete(key.id, acting)


def _library(chosen: Settings) -> "Library":
    """What machines are told alike; from now on acts queue the notices of this library."""
    from api import outgoing
    from api.auth.passwords import Verifier
    from circulation import rulebook
    from protocols.sip2.visit import Library

    rulebook.use_currency(chosen.currency)
    outgoing.begin(chosen)
    return Library(
        chosen.library_name,
        chosen.library_language,
        chosen.currency,
        Verifier(chosen.password_rounds),
    )


def _tls(chosen: Settings) -> ssl.SSLContext | None:
    """TLS with the certificate of the settings, None without one. Raises SettingsError."""
    if not chosen.sip2_cert and not chosen.sip2_key:
        return None
    if not (chosen.sip2_cert and chosen.sip2_key):
        raise SettingsError("SIP2_CERT, SIP2_KEY: TLS needs both; without TLS set neither.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(chosen.sip2_cert, chosen.sip2_key)
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(f"SIP2_CERT, SIP2_KEY: they cannot be used: {reason}.") from None
    return context

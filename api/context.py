"""What belongs to the request at hand: its id, its caller, and what the edge will log of it."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from flask import request

from models.audit import Actor

ENVIRON_KEY = "octavo.context"
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
RANK = {"member": 1, "librarian": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `id` and `role` are None for nobody; `scopes` is None unless an API key calls."""

    id: int | None = None
    role: str | None = None
    scopes: frozenset[str] | None = None
    session_id: int | None = None

    @property
    def is_staff(self) -> bool:
        """Whether the caller is a librarian or an administrator."""
        return RANK.get(self.role or "", 0) >= RANK["librarian"]

    def reaches(self, scope: str | None) -> bool:
        """Whether the caller's credentials include the scope; only API keys are narrowed."""
        return scope is None or self.scopes is None or scope in self.scopes


NOBODY = Caller()


@dataclass(slots=True)
class Context:
    """One request, from the edge to the edge."""

    request_id: str
    address: str
    caller: Caller = NOBODY
    route: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names it."""
        return Actor(self.caller.id, self.request_id)


def begin(environ: dict[str, Any], trusted_proxies: int) -> Context:
    """Start the context of a request: its id is taken over when it is well-formed, else made."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    chosen = given if _REQUEST_ID.match(given) else secrets.token_hex(8)
    context = Context(chosen, client_address(environ, trusted_proxies))
    environ[ENVIRON_KEY] = context
    return context


def client_address(environ: dict[str, Any], trusted_proxies: int) -> str:
    """The address of the client, as seen by the outermost of our own proxies."""
    if trusted_proxies:
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= trusted_proxies and hops[-trusted_proxies]:
            return hops[-trusted_proxies]
    return str(environ.get("REMOTE_ADDR", ""))


def current() -> Context:
    """The context of the request at hand."""
    context: Context = request.environ[ENVIRON_KEY]
    return context


def request_id() -> str:
    """The id of the request at hand."""
    return current().request_id

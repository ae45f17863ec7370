"""What belongs to the request at hand: its id, its caller, and what the edge will say of it."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from models.audit import Actor

ENVIRON_KEY = "octavo.context"
RANK = {"member": 1, "librarian": 2, "admin": 3}
_ASCII = bytes(range(128))
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


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

    @property
    def sees_staff_fields(self) -> bool:
        """Whether notes for staff are shown: to staff, and to keys that keep the catalogue."""
        return self.is_staff and self.reaches("catalogue:write")

    def reaches(self, scope: str | None) -> bool:
        """Whether the caller's credentials include the scope; only API keys are narrowed."""
        return scope is None or self.scopes is None or scope in self.scopes


NOBODY = Caller()


@dataclass(slots=True)
class Context:
    """One request, from the edge to the edge. `headers` go on every answer it may get."""

    environ: dict[str, Any]
    request_id: str
    address: str
    caller: Caller = NOBODY
    route: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def method(self) -> str:
        """The request's method."""
        return str(self.environ["REQUEST_METHOD"])

    @property
    def path(self) -> str:
        """The request's path, decoded."""
        raw: str = self.environ.get("PATH_INFO", "")
        return raw if raw.isascii() else raw.encode("latin-1").decode("utf-8", "replace")

    @property
    def reference(self) -> str:
        """The request's path as a URI reference (RFC 3986)."""
        raw: str = self.environ.get("PATH_INFO", "")
        return quote(raw.encode("latin-1"), safe="/:@!$&'()*+,;=")

    @property
    def query_string(self) -> str:
        """What follows the question mark, still encoded; letters sent bare are taken for UTF-8."""
        raw: str = self.environ.get("QUERY_STRING", "")
        return raw if raw.isascii() else quote(raw.encode("latin-1"), safe=_ASCII)

    @property
    def actor(self) -> Actor:
        """The caller as the audit log names it."""
        return Actor(self.caller.id, self.request_id)

    def note_limit(self, headers: list[tuple[str, str]]) -> None:
        """Tell of a rate limit in the answer, in place of one told of before."""
        self.headers = [pair for pair in self.headers if not pair[0].startswith("RateLimit")]
        self.headers += headers

    def header(self, name: str) -> str | None:
        """A header of the request by its WSGI name, such as `HTTP_ACCEPT`."""
        value: str | None = self.environ.get(name)
        return value


def begin(environ: dict[str, Any], trusted_proxies: int) -> Context:
    """Start the context of a request: its id is taken over when it is well-formed, else made."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    chosen = given if _REQUEST_ID.match(given) else secrets.token_hex(8)
    context = Context(environ, chosen, client_address(environ, trusted_proxies))
    environ[ENVIRON_KEY] = context
    return context


def client_address(environ: dict[str, Any], trusted_proxies: int) -> str:
    """The address of the client, as seen by the outermost of our own proxies."""
    if trusted_proxies:
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= trusted_proxies and hops[-trusted_proxies]:
            return str(hops[-trusted_proxies])
    address: str = environ.get("REMOTE_ADDR", "")
    return address


def of(environ: dict[str, Any]) -> Context:
    """The context that `begin` started for a request."""
    context: Context = environ[ENVIRON_KEY]
    return context

"""What belongs to the request at hand: its id, its caller, the headers of every answer to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask.ctx import RequestContext
from flask.globals import _cv_request

from models.sign_in import Proof
from models.vocabulary import Role, Scope

flask_context: Callable[[], RequestContext] = _cv_request.get
"""Flask's context of the request at hand; through the proxy each attribute costs 1 µs."""
ENVIRON_KEY = "octavo.context"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `id` and `role` are None for nobody; `scopes` is None unless an API key calls.

    `proof` is what a password or PIN that came with the call proved.
    """

    id: int | None = None
    role: Role | None = None
    scopes: frozenset[str] | None = None
    session_id: int | None = None
    proof: Proof | None = field(default=None, compare=False, repr=False)

    @property
    def is_staff(self) -> bool:
        """Whether the caller is a librarian or an administrator."""
        return self.role is not None and self.role.is_staff

    @property
    def sees_staff_fields(self) -> bool:
        """Whether notes for staff are shown: to staff, and to keys that keep the catalogue."""
        return self.is_staff and self.reaches(Scope.CATALOGUE_WRITE)

    @property
    def reads_notes(self) -> bool:
        """Whether notes on members are shown: to staff, and to keys that read members."""
        return self.is_staff and self.reaches(Scope.MEMBERS_READ)

    @property
    def is_self_check(self) -> bool:
        """Whether a key for self-check machines calls."""
        return self.scopes is not None and Scope.SELF_CHECK in self.scopes

    def has_role(self, least: Role) -> bool:
        """Whether the caller's role is this one or one that includes it."""
        role = self.role
        return role is least or (role is not None and role.rank > least.rank)

    def reaches(self, scope: Scope | None) -> bool:
        """Whether the caller's credentials include the scope; only API keys are narrowed."""
        return scope is None or self.scopes is None or scope in self.scopes


NOBODY = Caller()


@dataclass(slots=True)
class Context:
    """One request, known outside Flask too.

    `query_string` is what follows the question mark, still encoded; letters sent bare are taken for
    UTF-8. `headers` go on every answer it may get; `sent` are all those of the answer, once it has
    begun. For the log and the metrics: `code` is that of the problem answered, `cache` whether the
    response cache had the answer (`hit`, `miss`), `limit` the rate limit that refuses.
    """

    environ: dict[str, Any]
    method: str
    query_string: str
    request_id: str
    address: str
    caller: Caller = NOBODY
    route: str | None = None
    status: int = 500
    code: str | None = None
    cache: str | None = None
    limit: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    sent: list[tuple[str, str]] | None = None

    @property
    def path(self) -> str:
        """The request's path, decoded."""
        raw: str = self.environ.get("PATH_INFO", "")
        return raw if raw.isascii() else raw.encode("latin-1").decode("utf-8", "replace")

    @property
    def reference(self) -> str:
        """The request's path as a URI reference (RFC 3986)."""
        return reference(self.environ.get("PATH_INFO", ""))

    def note_limit(self, headers: list[tuple[str, str]]) -> None:
        """Tell of a rate limit in the answer, in place of one told of before."""
        self.headers = [pair for pair in self.headers if not pair[0].startswith("RateLimit")]
        self.headers += headers

    def header(self, name: str) -> str | None:
        """A header of the request by its WSGI name, such as `HTTP_ACCEPT`."""
        value: str | None = self.environ.get(name)
        return value


def reference(path: str) -> str:
    """A path as WSGI has it, as a URI reference (RFC 3986)."""
    return quote(path.encode("latin-1"), safe="/:@!$&'()*+,;=")


def client_address(environ: dict[str, Any], trusted_proxies: int) -> str:
    """The address of the client, as seen by the outermost of our own proxies."""
    if trusted_proxies:
        hops: list[str] = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= trusted_proxies and (hop := hops[-trusted_proxies].strip()):
            return hop
    address: str = environ.get("REMOTE_ADDR", "")
    return address


def of(environ: dict[str, Any]) -> Context:
    """The context of a request."""
    context: Context = environ[ENVIRON_KEY]
    return context

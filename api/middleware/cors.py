"""What a browser is told about pages of other origins (Fetch standard, CORS protocol)."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from api.http.reply import Headers

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

_EXPOSED = (
    "ETag, Link, Location, Allow, Content-Disposition, WWW-Authenticate, Retry-After, RateLimit,"
    " RateLimit-Policy, X-Request-ID, Idempotency-Replayed, X-Cache"
)
_ALLOWED_HEADERS = (
    "Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key, X-Request-ID"
)


class Cors:
    """A WSGI layer that lets pages of some origins, or of all (`*`), read the answers."""

    def __init__(self, app: Callable[..., Iterable[bytes]], origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""

        def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            headers += self.headers(environ)
            return start_response(status, headers, exc_info)

        return self._app(environ, start)

    def headers(self, environ: Environ) -> Headers:
        """What the answer to this request tells a browser."""
        origin = environ.get("HTTP_ORIGIN")
        if origin is None or not self._origins & {origin, "*"}:
            return [("Vary", "Origin")]
        headers = [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Expose-Headers", _EXPOSED),
            ("Vary", "Origin"),
        ]
        if environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD"):
            headers += [
                ("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
                ("Access-Control-Allow-Headers", _ALLOWED_HEADERS),
                ("Access-Control-Max-Age", "600"),
            ]
        return headers

"""The outermost layer: request ids, CORS, the access log and the metrics, for every answer."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from api.access import AccessLog
from api.context import Context, begin
from api.metrics import Metrics
from api.settings import Settings

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]
_errors = logging.getLogger("octavo.errors")
_NOSNIFF = ("X-Content-Type-Options", "nosniff")

_EXPOSED = (
    "ETag, Link, Location, Allow, Content-Disposition, WWW-Authenticate, Retry-After, RateLimit,"
    " RateLimit-Policy, X-Request-ID, Idempotency-Replayed, X-Cache"
)
_ALLOWED_HEADERS = (
    "Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key, X-Request-ID"
)


class Edge:
    """WSGI in, WSGI out."""

    def __init__(
        self, app: Callable[..., Iterable[bytes]], settings: Settings, metrics: Metrics
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._log = AccessLog(settings)
        self._proxies = settings.trusted_proxies
        self._origins = frozenset(settings.cors_origins)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return _Exchange(self, begin(environ, self._proxies), environ, start_response).run()

    def cors(self, environ: Environ) -> Headers:
        """What a browser is told (Fetch standard, CORS protocol)."""
        if not self._origins:
            return []
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
                (
                    "Access-Control-Allow-Methods",
                    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
                ),
                ("Access-Control-Allow-Headers", _ALLOWED_HEADERS),
                ("Access-Control-Max-Age", "600"),
            ]
        return headers

    def app(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The application behind."""
        return self._app(environ, start_response)

    def done(
        self, context: Context, environ: Environ, status: int, seconds: float, *, whole: bool
    ) -> None:
        """Write the line of a finished request, and count it."""
        method = environ["REQUEST_METHOD"]
        self._metrics.observe(method, context.route, status, seconds)
        self._log.write(context, method, status, seconds, whole=whole)


class _Exchange:
    """One request and its answer."""

    def __init__(
        self,
        edge: Edge,
        context: Context,
        environ: Environ,
        start_response: StartResponse,
    ) -> None:
        self._edge = edge
        self._context = context
        self._environ = environ
        self._start_response = start_response
        self._status = 500
        self._started = time.perf_counter()

    def run(self) -> Iterable[bytes]:
        """The body; the request is over when it has been sent in whole."""
        try:
            body = self._edge.app(self._environ, self._start)
        except BaseException:
            self._finish()
            raise
        if isinstance(body, list | tuple):
            self._finish()
            return body
        return self._sent(body)

    def _start(self, status: str, headers: Headers, exc_info: Any = None) -> Any:
        self._status = int(status[:3])
        headers += self._context.headers
        headers.append(("X-Request-ID", self._context.request_id))
        headers.append(_NOSNIFF)
        headers += self._edge.cors(self._environ)
        return self._start_response(status, headers, exc_info)

    def _sent(self, body: Iterable[bytes]) -> Iterator[bytes]:
        whole = False
        try:
            yield from body
            whole = True
        except Exception as error:
            known = {"request_id": self._context.request_id, "route": self._context.route}
            _errors.error("answer broke off", exc_info=error, extra={"fields": known})
            raise
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
            self._finish(whole=whole)

    def _finish(self, *, whole: bool = True) -> None:
        seconds = time.perf_counter() - self._started
        self._edge.done(self._context, self._environ, self._status, seconds, whole=whole)

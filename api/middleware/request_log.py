"""The outermost layer: the request's id, one line in the log for it, and its metrics.

The line is written without the weight of `logging`.
"""

import logging
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

import orjson

from api.context import ENVIRON_KEY, Context, client_address, of, reference
from api.http.reply import Headers
from api.middleware.metrics import Metrics
from api.problems import Problem, answer
from api.settings import Settings

Environ = dict[str, Any]
Line = dict[str, Any]
CACHE_KEY = "octavo.cache"
"""Under which the response cache says in the environment that it has no answer: `miss`."""
StartResponse = Callable[..., Any]
Application = Callable[..., Iterable[bytes]]
_errors = logging.getLogger("octavo.errors")
_LONGEST_PATH = 300
_ASCII = bytes(range(128))
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z").match
# Of characters that stand in a URI as they are: nothing to encode.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~-]*\Z").match
NOSNIFF = ("X-Content-Type-Options", "nosniff")


class RequestLog:
    """A WSGI layer that begins the context of a request, and tells of it when it is over."""

    def __init__(self, app: Application, settings: Settings, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._json = settings.logs_json
        self.proxies = settings.trusted_proxies
        self._second = 0
        self._at = ""

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; it is over when its answer has been sent whole.

        The request's id is taken over when it is well-formed, else made.
        """
        began = time.perf_counter()
        given = environ.get("HTTP_X_REQUEST_ID")
        query_string = environ.get("QUERY_STRING", "")
        context = environ[ENVIRON_KEY] = Context(
            environ,
            environ["REQUEST_METHOD"],
            query_string if query_string.isascii() else encoded(query_string),
            # An id, not a secret; after a fork every worker has a sequence of its own.
            given if given and REQUEST_ID(given) else f"{random.getrandbits(64):016x}",
            client_address(environ, self.proxies)
            if self.proxies
            else environ.get("REMOTE_ADDR", ""),
        )
        if CACHE_KEY in environ:
            context.cache = environ[CACHE_KEY]
            context.headers.append(("X-Cache", "miss"))

        def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            context.status = int(status[:3])
            headers += context.headers
            headers.append(("X-Request-ID", context.request_id))
            headers.append(NOSNIFF)
            context.sent = headers
            return start_response(status, headers, exc_info)

        app = self._app if "HTTP_HOST" in environ else _host_demanded(self._app, environ)
        try:
            body = app(environ, start)
        except BaseException:
            self._over(context, began)
            raise
        if isinstance(body, list | tuple):
            self._over(context, began)
            return body
        return _Streamed(
            body,
            lambda error: self._broke_off(context, error),
            lambda whole: self._over(context, began, whole=whole),
        )

    def _broke_off(self, context: Context, error: Exception) -> None:
        known = {"request_id": context.request_id, "route": context.route}
        _errors.error("answer broke off", exc_info=error, extra={"fields": known})

    def _over(self, context: Context, began: float, *, whole: bool = True) -> None:
        """Count a finished request and write its line."""
        seconds = time.perf_counter() - began
        self._metrics.note(
            context.method,
            context.route,
            context.status,
            seconds,
            cache=context.cache,
            code=context.code,
            limit=context.limit,
        )
        self.tell(
            context.method,
            context.environ.get("PATH_INFO", ""),
            context.route,
            context.status,
            seconds,
            context.address,
            context.request_id,
            context.code,
            context.caller.id,
            whole=whole,
        )

    def tell(
        self,
        method: str,
        path: str,
        route: str | None,
        status: int,
        seconds: float,
        address: str,
        request_id: str,
        code: str | None = None,
        caller: int | None = None,
        *,
        whole: bool = True,
    ) -> None:
        """Write the line of a request; `path` as WSGI has it.

        Of the caller it has the address and the id; never the query, which may have a name or card.
        """
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        line = {
            "at": self._at,
            "level": "info" if whole else "warning",
            "message": "request" if whole else "request broke off",
            "method": method,
            "path": (path if _PLAIN_PATH(path) else reference(path))[:_LONGEST_PATH],
            "route": route,
            "status": status,
            "code": code,
            "duration_ms": round(seconds * 1000, 2),
            "address": address,
            "caller": caller,
            "request_id": request_id,
        }
        if self._json:
            sys.stderr.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE).decode())
        else:
            sys.stderr.write(_as_text(line))


class _Streamed:
    """A body of unknown length, of which it is told once when it ended, whole or not.

    Not a generator with `finally`: the garbage collector ends one that was left, in the middle of
    whatever this thread does, and telling of it would wait for a lock that this thread has.
    """

    def __init__(
        self,
        body: Iterable[bytes],
        failed: Callable[[Exception], None],
        over: Callable[[bool], None],
    ) -> None:
        self._body = body
        self._pieces = iter(body)
        self._failed = failed
        self._over: Callable[[bool], None] | None = over

    def __iter__(self) -> Iterator[bytes]:
        """Itself."""
        return self

    def __next__(self) -> bytes:
        """The next piece; raises what the body raises."""
        try:
            return next(self._pieces)
        except StopIteration:
            self._end(whole=True)
            raise
        except Exception as error:
            self._failed(error)
            self._end(whole=False)
            raise

    def close(self) -> None:
        """The server sends no more (PEP 3333)."""
        self._end(whole=False)

    def _end(self, *, whole: bool) -> None:
        over, self._over = self._over, None
        if over is None:
            return
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            over(whole)


def _host_demanded(app: Application, environ: Environ) -> Application:
    """The application for a request without `Host`: HTTP/1.1 asks for one (RFC 9112, 3.2)."""
    if environ["SERVER_PROTOCOL"] != "HTTP/1.1":
        return app
    fault = Problem("bad-request", "HTTP/1.1 asks for the header Host.")
    return answer(fault, of(environ))


def encoded(query_string: str) -> str:
    """A query as WSGI has it, in ASCII: letters sent bare are taken for UTF-8."""
    if query_string.isascii():
        return query_string
    return quote(query_string.encode("latin-1"), safe=_ASCII)


def _as_text(line: Line) -> str:
    caller = "" if line["caller"] is None else f" caller={line['caller']}"
    code = "" if line["code"] is None else f" {line['code']}"
    broken = "" if line["level"] == "info" else " broke off"
    return (
        f"{line['at'][11:19]} {line['status']}{code} {line['method']:<6} {line['path']}"
        f" {line['duration_ms']} ms {line['address']}{caller} {line['request_id']}{broken}\n"
    )

"""Answers to anonymous reads of the catalogue, kept in front of Flask.

An answer is kept under the version of the catalogue that was read before it was made, so a change
that anyone could have seen makes every older answer unreachable: there is nothing to invalidate.
Answers that tell what is on loan are not kept at all.
"""

import marshal
import random
import re
import time
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, Protocol

from cachetools import LRUCache
from peewee import DatabaseError

from api.context import ENVIRON_KEY, Context, client_address
from api.http.conditional import is_known
from api.http.reply import VARY
from api.http.representations import JSON_LD
from api.middleware.admission import Admission
from api.middleware.cors import Cors
from api.middleware.metrics import Metrics
from api.middleware.rate_limits import Limits
from api.middleware.request_log import CACHE_KEY, NOSNIFF, REQUEST_ID, RequestLog, encoded
from models import unchanged, version
from models.unchanged import Look

try:
    import uwsgi
except ImportError:
    uwsgi = None

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

UWSGI_CACHE = "responses"
KEPT_SECONDS = 3600
LARGEST = 1 << 20
MOST_IN_PROCESS = 4 << 20
_BLOCK, _BLOCKS = 1024, 6_144
"""Of the memory, as uwsgi.ini has it."""
_MOST_REMOVED = 32
"""Entries that make room for one; fewer than 1 of 30 pages of 100 books need more."""
_SAFE = ("GET", "HEAD")
_KEPT_PATHS = re.compile(r"/api/v1/books(?:/[1-9][0-9]{0,18})?\Z").match
_LONGEST_KEY = 128
"""In bytes; uWSGI takes no longer ones."""
_KEPT_HEADERS = ("Cache-Control", "ETag", "Link", "Content-Type", "Content-Length")
# What loans, returns and holds change without changing a book. Names that are not written plainly
# may be the same.
_ON_THE_SHELF = re.compile(r"(?:^|&)(?:embed|available|[^&=%+]*[%+])").search


class Store(Protocol):
    """Keeps bytes under a key for a while, or forgets them earlier."""

    def get(self, key: str) -> bytes | None:
        """What is kept, or None."""

    def wants(self, key: str) -> bool:
        """Whether to keep anything under the key; asked once for each answer that was made."""

    def put(self, key: str, value: bytes) -> None:
        """Keep it."""


class ProcessStore:
    """Keeps answers in this process: for the development server and for tests."""

    def __init__(self) -> None:
        self._kept: LRUCache[str, bytes] = LRUCache(MOST_IN_PROCESS, getsizeof=len)

    def get(self, key: str) -> bytes | None:
        """What is kept, or None."""
        return self._kept.get(key)

    def wants(self, key: str) -> bool:
        """Anything."""
        return True

    def put(self, key: str, value: bytes) -> None:
        """Keep it, and forget those not asked for longest when there are too many bytes."""
        self._kept[key] = value


class NodeStore:
    """Keeps answers in the shared memory of uWSGI, for all workers of this node."""

    def __init__(self) -> None:
        self._admission = Admission(_BLOCKS)

    def get(self, key: str) -> bytes | None:
        """What is kept, or None."""
        kept: bytes | None = uwsgi.cache_get(key, UWSGI_CACHE)
        return kept

    def wants(self, key: str) -> bool:
        """Once memory has been full, what was asked for before, under whichever version."""
        return self._admission.admits(key.partition("\n")[2] or key)

    def put(self, key: str, value: bytes) -> None:
        """Keep it, in place of those not asked for longest.

        For blocks in a row uWSGI removes one entry and, when that is not enough, refuses. A page
        that takes more blocks than most would never be kept.
        """
        for _ in range(_MOST_REMOVED):
            if uwsgi.cache_update(key, value, KEPT_SECONDS, UWSGI_CACHE):
                self._admission.note(-(-len(value) // _BLOCK))
                break


class ResponseCache:
    """The WSGI layer that answers anonymous reads of the catalogue without the others when it can.

    It stands before the request log and everything else; `cors` is the layer of that name, if any.
    """

    def __init__(
        self, app: RequestLog, limits: Limits, metrics: Metrics, cors: Cors | None
    ) -> None:
        self._app = app
        self._charge = limits.charge_address
        self._note = metrics.note
        self._tell = app.tell
        self._proxies = app.proxies
        self._cors = cors
        self._store: Store = ProcessStore() if uwsgi is None else NodeStore()
        self._get = self._store.get
        self._mark: bytes | None = None
        self._number = 0

    def __call__(  # noqa: C901  flat, since most requests end here
        self, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer from what is kept, or have it answered and keep it if it is whole.

        All that a kept answer needs is done here, in the order of the layers behind: an id, the
        limit, the conditional request, the count and the line in the log. By way of a context, a
        reply and those layers it took more than twice the processor time; see benchmarks/README.md.
        """
        began = time.perf_counter()
        path = environ.get("PATH_INFO", "")
        if not _KEPT_PATHS(path):
            return self._app(environ, start_response)
        key = self._key(environ, path)
        if key is None:
            return self._app(environ, start_response)
        kept = self._get(key)
        if kept is None:
            return self._missed(key, environ, start_response)
        route, etag, headers, body = marshal.loads(kept)  # noqa: S302  written here, by _keep
        address = environ.get("REMOTE_ADDR", "")
        if self._proxies:
            address = client_address(environ, self._proxies)
        standing = self._charge(address)
        if standing is None:  # One too many, which the layers behind refuse.
            return self._app(environ, start_response)
        given = environ.get("HTTP_X_REQUEST_ID")
        if not (given and REQUEST_ID(given)):
            given = f"{random.getrandbits(64):016x}"
        status, line = 200, "200 OK"
        if "HTTP_IF_NONE_MATCH" in environ and is_known(etag, environ["HTTP_IF_NONE_MATCH"]):
            status, line, body = 304, "304 NOT MODIFIED", b""
            headers.pop()
        headers += standing
        headers.append(("X-Request-ID", given))
        if self._cors is not None:
            headers += self._cors.headers(environ)
        start_response(line, headers)
        method, seconds = environ["REQUEST_METHOD"], time.perf_counter() - began
        self._note(method, route, status, seconds, cache="hit")
        self._tell(method, path, route, status, seconds, address, given)
        return [b"" if method == "HEAD" else body]

    def _key(self, environ: Environ, path: str) -> str | None:
        """Where the answer to this request is kept, or None when it is not to be kept.

        Reads the version of the catalogue, so it is asked before the answer is made.
        """
        if "HTTP_AUTHORIZATION" in environ or environ["REQUEST_METHOD"] not in _SAFE:
            return None
        query_string = environ.get("QUERY_STRING", "")
        if query_string:
            query_string = encoded(query_string)
            if _ON_THE_SHELF(query_string):
                return None
        accept = environ.get("HTTP_ACCEPT", "")
        if "HTTP_HOST" not in environ:  # HTTP/1.1 asks for it.
            return None
        try:
            mark = unchanged.mark() if Look.is_on else None
            if mark is None or mark != self._mark:
                # In this order: what is committed in between is read anew the next time.
                self._number, self._mark = version.NUMBER.scalar(), mark
        except DatabaseError:
            return None
        key = f"{self._number}\n{path}\n{query_string}\n{accept}"
        if len(key) <= _LONGEST_KEY and key.isascii():
            return key
        return blake2b(key.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def _missed(self, key: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ[CACHE_KEY] = "miss"
        body = self._app(environ, start_response)
        context: Context = environ[ENVIRON_KEY]
        if context.status == 200 and context.method == "GET" and isinstance(body, list):
            known = dict(context.sent or ())
            # JSON-LD tells what can be borrowed.
            if JSON_LD not in known["Content-Type"] and self._store.wants(key):
                self._keep(key, context, known, b"".join(body))
        return body

    def _keep(self, key: str, context: Context, known: dict[str, str], body: bytes) -> None:
        fixed = [VARY, ("X-Cache", "hit"), NOSNIFF]
        # The length is the last one: a 304 goes without.
        fixed += [(name, known[name]) for name in _KEPT_HEADERS if name in known]
        kept = marshal.dumps((context.route, known["ETag"], fixed, body))
        if len(kept) < LARGEST:
            self._store.put(key, kept)

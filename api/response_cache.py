"""Answers to anonymous reads of the catalogue, kept in front of Flask.

An answer is kept under the version of the catalogue that was read before it was made, so a change
that anyone could have seen makes every older answer unreachable: there is nothing to invalidate.
Answers that tell what is on loan are not kept at all.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any, Protocol

import orjson
from peewee import DatabaseError

from api import context as contexts
from api.admission import VARY
from api.context import Context
from api.etags import is_known
from api.limits import Limits
from api.problems import Problem, answer
from api.reply import Headers, Reply
from models import version

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
_MOST_IN_PROCESS = 1024
_KEPT_PATHS = re.compile(r"/api/v1/books(?:/[1-9][0-9]{0,18})?\Z")
_KEPT_HEADERS = ("Cache-Control", "ETag", "Link", "Content-Type")
# What loans, returns and holds change without changing a book. Names that are not written plainly
# may be the same.
_ON_THE_SHELF = re.compile(r"(?:^|&)(?:embed|available|[^&=%+]*[%+])")


class Store(Protocol):
    """Keeps bytes under a key for a while, or forgets them earlier."""

    def get(self, key: str) -> bytes | None:
        """What is kept, or None."""

    def put(self, key: str, value: bytes) -> None:
        """Keep it."""


class ProcessStore:
    """Keeps answers in this process: for the development server and for tests."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """What is kept, or None."""
        return self._kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep it, and forget the oldest beyond a number."""
        self._kept[key] = value
        if len(self._kept) > _MOST_IN_PROCESS:
            self._kept.popitem(last=False)


class NodeStore:
    """Keeps answers in the shared memory of uWSGI, for all workers of this node."""

    def get(self, key: str) -> bytes | None:
        """What is kept, or None."""
        kept: bytes | None = uwsgi.cache_get(key, UWSGI_CACHE)
        return kept

    def put(self, key: str, value: bytes) -> None:
        """Keep it, unless the memory is full."""
        uwsgi.cache_update(key, value, KEPT_SECONDS, UWSGI_CACHE)


class ResponseCache:
    """A WSGI layer that answers anonymous reads of the catalogue without Flask when it can."""

    def __init__(self, app: Application, limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._store: Store = ProcessStore() if uwsgi is None else NodeStore()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or have it answered and keep it."""
        context = contexts.of(environ)
        key = self._key(context)
        if key is None:
            return self._app(environ, start_response)
        kept = self._store.get(key)
        if kept is None:
            return self._kept(key, context, start_response)
        return self._reply(kept, context)(environ, start_response)

    def _key(self, context: Context) -> str | None:
        """Where the answer to this request is kept, or None when it is not to be kept.

        Reads the version of the catalogue, so it is asked before the answer is made.
        """
        environ = context.environ
        if "HTTP_AUTHORIZATION" in environ or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        path, query_string = environ.get("PATH_INFO", ""), context.query_string
        if not _KEPT_PATHS.match(path) or _ON_THE_SHELF.search(query_string):
            return None
        try:
            number = version.of_catalogue()
        except DatabaseError:
            return None
        named = f"{number} {path}?{query_string} {environ.get('HTTP_ACCEPT', '')}"
        return blake2b(named.encode("utf-8", "replace"), digest_size=16).hexdigest()

    def _reply(self, kept: bytes, context: Context) -> Reply:
        """A kept answer, counted against the caller's address like any other."""
        head, _, body = kept.partition(b"\n")
        context.route, etag, pairs = orjson.loads(head)
        context.headers.append(VARY)
        try:
            self._limits.charge(context)
        except Problem as problem:
            return answer(problem, context)
        headers: Headers = [(name, value) for name, value in pairs]
        headers.append(("X-Cache", "hit"))
        return Reply(304, b"", headers) if is_known(etag, context) else Reply(200, body, headers)

    def _kept(self, key: str, context: Context, start_response: StartResponse) -> Iterable[bytes]:
        """Have it answered, and keep the answer if it is whole."""
        seen: Headers = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            headers.append(("X-Cache", "miss"))
            if status.startswith("200"):
                seen.extend(headers)
            return start_response(status, headers, exc_info)

        body = self._app(context.environ, start)
        if seen and isinstance(body, list) and context.method == "GET":
            self._keep(key, context, dict(seen), b"".join(body))
        return body

    def _keep(self, key: str, context: Context, known: dict[str, str], body: bytes) -> None:
        kept = [(name, known[name]) for name in _KEPT_HEADERS if name in known]
        head = orjson.dumps([context.route, known["ETag"], kept])
        if len(body) <= LARGEST:
            self._store.put(key, head + b"\n" + body)

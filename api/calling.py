"""Operations called from inside the application: what a page does for the person who looks at it.

The same order of checks, permission, schema and transaction as over HTTP, by `api.resource`.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import IO, Any, NamedTuple
from urllib.parse import urlencode

import orjson

from api.context import Caller, Context
from api.http.idempotency import OF_FORM, ONLY_AGAIN, overtaken
from api.http.reply import Reply
from api.operation import Served
from api.paths import PREFIX, template
from api.resource import Resource, Run, perform


class File(NamedTuple):
    """A file to be sent as the body: its bytes, how many there are, and their media type."""

    content: IO[bytes]
    length: int
    media_type: str


class Found(NamedTuple):
    """A record as the API answers it, and the entity tag that names its state."""

    record: dict[str, Any]
    etag: str


Query = Mapping[str, Any] | Iterable[tuple[str, Any]]


class Operations:
    """Every operation by its id."""

    def __init__(
        self,
        routes: Iterable[tuple[str, type[Resource]]],
        served: Mapping[type[Resource], Mapping[str, Served]],
    ) -> None:
        self._known: dict[str, tuple[Served, Run, str, str]] = {}
        for path, resource in routes:
            handlers = resource(served[resource])
            for method, one in served[resource].items():
                handler = getattr(handlers, method)
                self._known[one.operation.id] = (one, handler, method.upper(), PREFIX + path)

    def __call__(
        self,
        id: str,  # noqa: A002
        context: Context,
        caller: Caller,
        *,
        query: Query = (),
        body: Mapping[str, Any] | None = None,
        key: str = "",
        only_again: bool = False,
        accept: str = "",
        file: File | None = None,
        if_match: str = "*",
        **path: Any,
    ) -> Any:
        """What the operation answers to this caller, as JSON read; None where it answers nothing.

        `context` is that of the request at hand; `query`, and `body` or a `file`, are what a client
        would send, `key` the idempotency key of what it does by whichever method (with `only_again`
        it is done only if it was done under that key before), `accept` the media type wanted, which
        must be one of JSON, `if_match` the state that a record must be in (see `find`), any where
        none is named; `path` are the parameters of the path. Raises what `api.problems` knows, and
        KeyError for an unknown id.
        """
        content = _content(body) if file is None else _sent(file)
        content["HTTP_IF_MATCH"] = if_match
        if key:
            content[OF_FORM] = key
        if only_again:
            if not key:
                raise overtaken()
            content[ONLY_AGAIN] = True
        if accept:
            content["HTTP_ACCEPT"] = accept
        return _read(self._replied(id, context, caller, query, content, path))

    def find(self, id: str, context: Context, caller: Caller, **path: Any) -> Found:  # noqa: A002
        """The record that an operation reads, to be changed. Raises what calling it raises."""
        reply = self._replied(id, context, caller, (), _content(None), path)
        return Found(_read(reply), reply.get("ETag") or "")

    def _replied(
        self,
        id: str,  # noqa: A002
        context: Context,
        caller: Caller,
        query: Query,
        content: dict[str, Any],
        path: dict[str, Any],
    ) -> Reply:
        """The reply to a request with this query and the `content` of its environment."""
        served, handler, method, route = self._known[id]
        environ = _environ(method, template(route).format(**path), query, context) | content
        known = (context.request_id, context.address, caller)
        inner = Context(environ, method, environ["QUERY_STRING"], *known)
        return perform(served, handler, inner, path)


def _environ(method: str, path: str, query: Query, context: Context) -> dict[str, Any]:
    """The request that a client would have sent for this."""
    pairs = query.items() if isinstance(query, Mapping) else query
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": urlencode(list(pairs)),
        "wsgi.url_scheme": context.environ["wsgi.url_scheme"],
    }


def _content(body: Mapping[str, Any] | None) -> dict[str, Any]:
    if body is None:
        return {"CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}
    content = orjson.dumps(body)
    return _sent(File(BytesIO(content), len(content), "application/json"))


def _sent(file: File) -> dict[str, Any]:
    return {
        "CONTENT_TYPE": file.media_type,
        "CONTENT_LENGTH": str(file.length),
        "wsgi.input": file.content,
    }


def _read(reply: Reply) -> Any:
    """The JSON of a reply; None where there is none."""
    return orjson.loads(reply.body) if reply.body else None

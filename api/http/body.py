"""Request bodies: read in full whatever the transfer coding, and strictly one JSON object."""

import sys
from collections.abc import Iterator
from typing import Any

import orjson

from api.context import Context
from api.problems import Problem

try:
    import uwsgi
except ImportError:
    uwsgi = None

DEPTH = 32
_PIECE = 1 << 16
_MOST_DIGITS = 18
_SECONDS = 10


def ends_itself(environ: dict[str, Any]) -> bool:
    """Whether the body comes in a transfer coding, which tells its own end (RFC 9112, 6.1)."""
    return bool(environ.get("HTTP_TRANSFER_ENCODING"))


def read(context: Context, limit: int) -> bytes:
    """The whole body. Raises Problem 413 as soon as it is over `limit` bytes."""
    environ = context.environ
    length: str = environ.get("CONTENT_LENGTH") or ""
    is_plain = length.isascii() and length.isdigit() and len(length) <= _MOST_DIGITS
    if is_plain and not environ.get("HTTP_TRANSFER_ENCODING"):
        # What nearly all bodies are: announced, and there at once. It spares five functions.
        announced = int(length)
        if announced <= limit:
            content: bytes = environ["wsgi.input"].read(announced)
            if len(content) == announced:
                return content
            rest = _raw_pieces(context, announced - len(content))
            return content + b"".join(rest)
    return b"".join(pieces(context, limit))


def pieces(context: Context, limit: int) -> Iterator[bytes]:
    """The body piece by piece. Raises Problem 413 as soon as it is over `limit` bytes."""
    announced = _announced(context)
    if announced > limit:
        raise _too_large(limit)
    total = 0
    for piece in _raw_pieces(context, announced):
        total += len(piece)
        if total > limit:
            raise _too_large(limit)
        yield piece


def json_object(raw: bytes) -> dict[str, Any]:
    """The one JSON object that `raw` is. Raises Problem `malformed-body`."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _malformed("The body is not JSON: " + _place(error)) from None
    if not isinstance(value, dict):
        raise _malformed("The body must be one JSON object.")
    if b"\\u0000" in raw and _has_nul(value):
        raise _malformed("The body contains a NUL character.")
    if raw.count(b"[") + raw.count(b"{") > DEPTH and _depth(value) > DEPTH:
        raise _malformed(f"The body is nested more than {DEPTH} deep.")
    return value


def _announced(context: Context) -> int:
    """The length of the body as the client announced it; 0 when it did not."""
    text = context.header("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit()):
        raise Problem("bad-request", "Content-Length is not a number.")
    # Python reads no number of thousands of digits; so long a body is too long anyhow.
    return int(text) if len(text) <= _MOST_DIGITS else sys.maxsize


def _raw_pieces(context: Context, announced: int) -> Iterator[bytes]:
    if ends_itself(context.environ):
        yield from _chunked(context, announced)
        return
    source = context.environ["wsgi.input"]
    while announced and (piece := source.read(min(_PIECE, announced))):
        announced -= len(piece)
        yield piece
    if announced:
        raise Problem("bad-request", "The body is shorter than Content-Length says.")


def _chunked(context: Context, announced: int) -> Iterator[bytes]:
    coding = (context.header("HTTP_TRANSFER_ENCODING") or "").strip().lower()
    if coding != "chunked" or announced:
        raise Problem("bad-request", "Send Content-Length, or Transfer-Encoding: chunked alone.")
    source = context.environ["wsgi.input"]
    try:
        while piece := source.read(_PIECE) if uwsgi is None else uwsgi.chunked_read(_SECONDS):
            yield piece
    except OSError:
        raise Problem("bad-request", "The chunks of the body break off.") from None


def _too_large(limit: int) -> Problem:
    return Problem("body-too-large", f"The body is over {limit} bytes.", limit=limit)


def _malformed(detail: str) -> Problem:
    return Problem("malformed-body", detail)


def _place(error: orjson.JSONDecodeError) -> str:
    return f"{error.msg} (line {error.lineno}, column {error.colno})."


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(each) for key, each in value.items())
    return isinstance(value, list) and any(_has_nul(each) for each in value)


def _depth(value: Any) -> int:
    """How deep a value is nested, walked level by level so that no depth exhausts the stack."""
    depth, level = 0, [value]
    while level:
        depth += 1
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        level = inner
    return depth

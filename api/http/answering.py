"""From what a handler gives back to the reply: its representation, its ETag, 304."""

from hashlib import sha1

from api.http.conditional import STATE, is_known
from api.http.csv_answers import CSV, as_file
from api.http.reply import Headers, Reply
from api.operation import Answer, Call
from api.paths import PREFIX

SAFE = frozenset({"GET", "HEAD"})
PRIVATE = ("Cache-Control", "private, no-cache")
PUBLIC = ("Cache-Control", "public, no-cache")
_MADE = frozenset({201, 202})


def replied(call: Call, answer: Answer) -> Reply:  # noqa: C901  every answer passes here
    """The reply for what a handler gave back; 304 when the client has it already.

    The ETag is strong; that of a record also names the record's state (RFC 9110, 8.8.3). Of a page
    of 20 books SHA-1 takes half as long as BLAKE2, and nobody gains by two bodies with one ETag.
    """
    context, served, status = call.context, call.served, answer.status
    headers: Headers = list(answer.headers.items())
    if call.accepted == CSV and "Content-Disposition" not in answer.headers:
        headers += as_file(context.path).items()
    if "Cache-Control" not in answer.headers:
        headers.append(PUBLIC if served.is_public and context.caller.id is None else PRIVATE)
    if answer.at and status in _MADE:
        headers.append(("Location", PREFIX + answer.at))
    if status == 204:
        return Reply(204, b"", headers)
    if answer.content_type:
        reply = _written(answer, headers)
    else:
        reply = served.representations[call.accepted](answer.data, status, headers)
    if answer.stream is not None:
        return reply
    etag = sha1(reply.body, usedforsecurity=False).hexdigest()[:24]
    etag = f'"{etag}"' if answer.tag is None else f'"{STATE % answer.tag}-{etag}"'
    if answer.more:
        whole = {**answer.data, **answer.more}
        reply = served.representations[call.accepted](whole, status, headers)
    given = context.environ.get("HTTP_IF_NONE_MATCH")
    if given is not None and context.method in SAFE and is_known(etag, given):
        return Reply(304, b"", [*headers, ("ETag", etag)])
    reply.sent.append(("ETag", etag))
    return reply


def _written(answer: Answer, headers: Headers) -> Reply:
    """The answer in the media type that the handler has written it in."""
    data = answer.data if answer.stream is None else answer.stream
    return Reply(answer.status, data, [*headers, ("Content-Type", answer.content_type)])

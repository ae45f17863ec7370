"""Request headers and answer headers that several operations share."""

from typing import Any

Json = dict[str, Any]


def _parameter(name: str, schema: Json, description: str) -> Json:
    """Without an example: tools that let one try an operation send it along."""
    return {
        "name": name,
        "in": "header",
        "description": description,
        "schema": {"type": "string", **schema},
    }


def _header(schema: Json, description: str, example: object, *, required: bool = False) -> Json:
    always = {"required": True} if required else {}
    return {"description": description, **always, "schema": schema, "example": example}


PARAMETERS: dict[str, Json] = {
    "RequestId": _parameter(
        "X-Request-ID",
        {},
        "Up to 64 letters, digits, `-`, `_` and `.` are taken over as the id of this request;"
        " anything else is replaced.",
    ),
    "IdempotencyKey": _parameter(
        "Idempotency-Key",
        {"pattern": '^([!#-~]{1,64}|"[!#-~]{1,64}")$'},
        "1 to 64 visible characters. The same caller, key and body within 24 hours gets the first"
        " answer again, and nothing is done twice; another body with the same key is 422. Such as a"
        " UUID.",
    ),
    "IfMatch": _parameter(
        "If-Match",
        {},
        "The `ETag` of what was read, with its quotes: 412 if the record has changed since.",
    ),
    "IfNoneMatch": _parameter(
        "If-None-Match",
        {},
        "The `ETag` of what the client has, with its quotes: 304 if it is still the same.",
    ),
}

_TEXT: Json = {"type": "string"}

HEADERS: dict[str, Json] = {
    "RequestId": _header(
        {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
        "The id of this request, also in the log.",
        "shelf-terminal-2.1841",
        required=True,
    ),
    "RateLimitPolicy": _header(
        _TEXT, "The limit: `q` requests in `w` seconds.", '"caller";q=1200;w=60'
    ),
    "RateLimit": _header(_TEXT, "`r` requests are left for `t` seconds.", '"caller";r=1187;t=41'),
    "RetryAfter": _header(
        {"type": "string", "pattern": "^[0-9]+$"}, "Seconds to wait.", "41", required=True
    ),
    "WwwAuthenticate": _header(
        _TEXT,
        "The schemes to sign in with.",
        'Bearer realm="octavo", Basic realm="octavo", charset="UTF-8"',
        required=True,
    ),
    "ETag": _header(
        {"type": "string", "pattern": '^"[^"]+"$'},
        "Names this representation, for `If-None-Match` and `If-Match`.",
        '"book-7.3-9b7c6d2f1a0e4c8b5d3f2a1c"',
        required=True,
    ),
    "ETagOfList": _header(
        {"type": "string", "pattern": '^"[^"]+"$'},
        "Names this page, for `If-None-Match`; CSV has none.",
        '"9b7c6d2f1a0e4c8b5d3f2a1c"',
    ),
    "Location": _header(
        {"type": "string", "format": "uri-reference"},
        "Where the new record is.",
        "/api/v1/books/7",
        required=True,
    ),
    "Link": _header(
        _TEXT,
        "The pages `first`, `prev`, `next` and `last` (RFC 8288); with a cursor only `next`. Pages"
        " have numbers up to row 10,000: a `last` beyond is left out, `next` goes on by cursor.",
        '</api/v1/books?page=2>; rel="next"',
    ),
    "IdempotencyReplayed": _header(
        {"type": "string", "enum": ["true"]},
        "There when the answer is that of an earlier request with the same `Idempotency-Key`.",
        "true",
    ),
    "AcceptPatch": _header(
        _TEXT, "The media types a `PATCH` takes.", "application/merge-patch+json, application/json"
    ),
}


def referred(*names: str) -> Json:
    """Headers of an answer by their HTTP names, each referring to the shared description."""
    return {_HTTP_NAMES[name]: {"$ref": f"#/components/headers/{name}"} for name in names}


_HTTP_NAMES = {
    "RequestId": "X-Request-ID",
    "RateLimitPolicy": "RateLimit-Policy",
    "RateLimit": "RateLimit",
    "RetryAfter": "Retry-After",
    "WwwAuthenticate": "WWW-Authenticate",
    "ETag": "ETag",
    "ETagOfList": "ETag",
    "Location": "Location",
    "Link": "Link",
    "IdempotencyReplayed": "Idempotency-Replayed",
    "AcceptPatch": "Accept-Patch",
}

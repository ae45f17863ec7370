"""The whole document: what the service is, its operations, and the parts they share."""

from functools import cache
from typing import Any

import orjson

from api import __version__
from api.auth.permission import Access
from api.openapi import service_pages
from api.openapi.headers import HEADERS, PARAMETERS
from api.openapi.links import Links
from api.openapi.operations import Endpoint, endpoints, written
from api.openapi.parts import Parts

Json = dict[str, Any]

_DESCRIPTION = """\
A lending library as an API: catalogue, members, loans, holds, fees, orders and news.

Every error is a problem document (RFC 9457) whose `code` says what is wrong; the codes are
explained under `/problems/{code}`. A path that does not exist is 404, a method that a path does
not take 405 with `Allow`. `HEAD` works like `GET`, and `OPTIONS` answers with `Allow`. A trailing
slash is another path. Unknown fields and unknown query parameters are faults, and so is a query
parameter given twice.

Sign in by `POST /api/v1/auth/login` and send the access token, or an API key, as
`Authorization: Bearer`; or send email and password as `Basic`.
"""


@cache
def document(access: Access) -> bytes:
    """The document as JSON.

    Raises UnknownRule for a schema that JSON Schema cannot say, and StartError.
    """
    every = endpoints(access)
    parts = Parts()
    links = Links(every)
    paths: dict[str, Json] = {}
    for endpoint in every:
        operation = written(endpoint, parts, links.of(endpoint))
        paths.setdefault(endpoint.path, {})[endpoint.method] = operation
    paths |= service_pages.paths(parts)
    return orjson.dumps(
        {
            "openapi": "3.1.0",
            "info": _info(),
            "servers": [{"url": "/", "description": "This server."}],
            "tags": [*_tags(every), service_pages.TAG],
            "paths": paths,
            "components": _components(parts),
        }
    )


def _info() -> Json:
    return {
        "title": "Octavo",
        "summary": "A lending library's REST API.",
        "description": _DESCRIPTION,
        "version": __version__,
        "contact": {"name": "The library that runs this server"},
        "license": {"name": "MIT", "identifier": "MIT"},
    }


def _tags(every: list[Endpoint]) -> list[Json]:
    tags = {endpoint.tag: endpoint.tag_description for endpoint in every}
    return [{"name": name, "description": description} for name, description in tags.items()]


def _components(parts: Parts) -> Json:
    return {
        "schemas": dict(sorted(parts.schemas.items())),
        "responses": dict(sorted(parts.responses.items())),
        "parameters": PARAMETERS,
        "headers": HEADERS,
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "An access token from signing in, or an API key.",
            },
            "basic": {"type": "http", "scheme": "basic", "description": "Email and password."},
        },
    }

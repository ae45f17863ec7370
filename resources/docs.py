"""The OpenAPI document, and the page that lets people read it and try it out."""

from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, request

from api.problems import Problem

_DIST = Path(flask_swagger_ui.__file__).with_name("dist")
_OWN = Path(__file__).with_name("docs_assets")
_ASSETS = {
    "swagger-ui.css": (_DIST, "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": (_DIST, "text/javascript; charset=utf-8"),
    "favicon-16x16.png": (_DIST, "image/png"),
    "favicon-32x32.png": (_DIST, "image/png"),
    "start.js": (_OWN, "text/javascript; charset=utf-8"),
}
_FOR_A_YEAR = "public, max-age=31536000, immutable"
# Swagger UI draws its icons from data: addresses; everything else is ours.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Octavo: API reference</title>
<link rel="stylesheet" href="{assets}/swagger-ui.css">
<link rel="icon" type="image/png" sizes="32x32" href="{assets}/favicon-32x32.png">
<link rel="icon" type="image/png" sizes="16x16" href="{assets}/favicon-16x16.png">
</head>
<body>
<noscript>This page needs JavaScript; the document behind it is
<a href="/openapi.json">/openapi.json</a>.</noscript>
<div id="swagger-ui"></div>
<script src="{assets}/swagger-ui-bundle.js"></script>
<script src="{assets}/start.js"></script>
</body>
</html>
"""


def register(app: Flask, document: bytes) -> None:
    """Add `/openapi.json` with this document, and `/docs`."""
    app.add_url_rule("/openapi.json", "openapi", _openapi(document))
    app.add_url_rule("/docs", "docs", page)
    app.add_url_rule("/docs/<release>/<name>", "docs_asset", asset)


def page() -> Response:
    """`/docs`: the reference."""
    response = Response(_PAGE.format(assets=f"/docs/{_release()}"), content_type="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    return _tagged(response, "no-cache")


def asset(release: str, name: str) -> Response:
    """`/docs/{release}/{name}`: a file of the page; another release has other addresses."""
    if release != _release() or name not in _ASSETS:
        raise Problem("not-found", "There is no such file.")
    folder, content_type = _ASSETS[name]
    content = (folder / name).read_bytes()
    return _tagged(Response(content, content_type=content_type), _FOR_A_YEAR)


def _openapi(document: bytes) -> Callable[[], Response]:
    def openapi() -> Response:
        """`/openapi.json`: the document."""
        return _tagged(Response(document, content_type="application/json"), "public, max-age=300")

    return openapi


def _tagged(response: Response, caching: str) -> Response:
    """With an ETag; 304 for who has it already."""
    response.headers["Cache-Control"] = caching
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _release() -> str:
    """Names the state of all files of the page, so that they may be cached for good."""
    own = blake2b((_OWN / "start.js").read_bytes(), digest_size=4).hexdigest()
    return f"{version('flask-swagger-ui')}-{own}"

"""The layout's templates, and script and style, each under an address that names its content."""

from functools import cache
from hashlib import blake2b
from pathlib import Path

from flask import Blueprint, Flask, Response, request

from api.problems import Problem

_FOLDER = Path(__file__).with_name("static")
_TYPES = {
    "htmx.min.js": "text/javascript; charset=utf-8",
    "octavo.svg": "image/svg+xml",
    "pages.js": "text/javascript; charset=utf-8",
    "pico.min.css": "text/css; charset=utf-8",
    "pages.css": "text/css; charset=utf-8",
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "refused.wav": "audio/wav",
    "print.css": "text/css; charset=utf-8",
}
_ICON = "octavo.svg"
_FOR_A_YEAR = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    """Add both to the application, and `asset` to what templates know."""
    frame = Blueprint("frame", __name__, template_folder="templates")
    frame.add_url_rule("/assets/<release>/<name>", view_func=asset)
    frame.add_url_rule("/favicon.ico", view_func=icon)
    app.register_blueprint(frame)
    app.jinja_env.globals["asset"] = address


def asset(release: str, name: str) -> Response:
    """`/assets/{release}/{name}`: a file; other content has another address."""
    if name not in _TYPES or release != _release(name):
        raise Problem("not-found", "There is no such file.")
    response = Response((_FOLDER / name).read_bytes(), content_type=_TYPES[name])
    response.headers["Cache-Control"] = _FOR_A_YEAR
    response.add_etag()
    response.make_conditional(request)
    return response


def icon() -> Response:
    """`/favicon.ico`: what browsers ask for where a document, such as JSON, names no icon."""
    response = Response((_FOLDER / _ICON).read_bytes(), content_type=_TYPES[_ICON])
    response.headers["Cache-Control"] = "public, max-age=86400"
    response.add_etag()
    response.make_conditional(request)
    return response


def address(name: str) -> str:
    """Where a file of `pages/frame/static` is served."""
    return f"/assets/{_release(name)}/{name}"


@cache
def _release(name: str) -> str:
    return blake2b((_FOLDER / name).read_bytes(), digest_size=6).hexdigest()

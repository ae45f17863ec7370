"""The first requests after a start, which nobody sent.

They take longest: templates are compiled, statements of SQL made, and CPython adapts its code to
what it meets. Done before the workers are forked, that is done once, in memory that they share.
"""

import io
import logging
from typing import Any

from flask import Flask

from api.context import ENVIRON_KEY, Context
from api.http.representations import JSON
from api.paths import PREFIX
from models.database import is_sqlite
from models.database_times import TIMES

_HTML = "text/html"
_ASKED = (
    ("/", "", _HTML),
    ("/", "q=history", _HTML),
    ("/books/1", "", _HTML),
    ("/sign-in", "", _HTML),
    (f"{PREFIX}/books/1", "", JSON),
    (f"{PREFIX}/books", "limit=20", JSON),
    (f"{PREFIX}/books", "sort=title&page=2", JSON),
    (f"{PREFIX}/books", "q=history&limit=20", JSON),
    (f"{PREFIX}/loans", "", JSON),
)
_NOBODY = "start"
"""Their address, as far as rate limits know, and their id."""


def warm_up(app: Flask) -> None:
    """Answer what is asked for most, to nobody: none of it is logged, counted or kept.

    On SQLite, which is there; a start should not have to wait for PostgreSQL.
    """
    if not is_sqlite():
        return
    logging.disable()
    try:
        for asked in _ASKED:
            if _status(app, *asked) >= 500:
                break  # The next one would have to wait for the database as well.
    finally:
        logging.disable(logging.NOTSET)
        TIMES.statements, TIMES.seconds, TIMES.waiting = 0, 0.0, 0.0


def _status(app: Flask, path: str, query: str, accept: str) -> int:
    """The status of Flask's answer, without the layers before it."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": _NOBODY,
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": accept,
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    context = environ[ENVIRON_KEY] = Context(environ, "GET", query, _NOBODY, _NOBODY)

    def start(status: str, _headers: object, _error: object = None) -> Any:
        context.status = int(status[:3])

    b"".join(type(app).wsgi_app(app, environ, start))
    return context.status

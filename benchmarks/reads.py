"""Reading one book and a page of books, against a bare Flask view doing the same SQL.

Prints CPU microseconds of a request, in one process and turn by turn, so that both sides have the
same machine at the same time. `uncached` is the whole request path, `cached` the answer of the
response cache.
"""

import io
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import flask
import orjson

from api import settings
from api.app import Octavo, create_app
from api.middleware.metrics import Metrics
from api.middleware.request_log import RequestLog
from models import book, schema
from models.audit import Actor
from models.book_fields import LISTS
from models.database import transaction

BOOKS = 20_000
ROUNDS = 15
REQUESTS = 400
Application = Callable[..., Iterable[bytes]]


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "octavo.db"
        octavo = _octavo(path)
        uncached = RequestLog(Octavo.wsgi_app.__get__(octavo), octavo.config["SETTINGS"], Metrics())
        bare = _bare(path)
        print(f"{BOOKS:,} books on SQLite; CPU microseconds a request, median of {ROUNDS} rounds")
        print(f"{'what':<14}{'bare Flask':>12}{'uncached':>10}{'ratio':>7}{'cached':>9}")
        rows = (
            ("one book", "/books/5", "/api/v1/books/5"),
            ("page of 20", "/books", "/api/v1/books?limit=20"),
        )
        for what, theirs, ours in rows:
            apart = _measured([(bare, theirs), (uncached, ours), (octavo.wsgi_app, ours)])
            ratio = statistics.median(o / b for b, o in zip(apart[0], apart[1], strict=True))
            medians = [statistics.median(times) for times in apart]
            print(
                f"{what:<14}{medians[0]:>12.0f}{medians[1]:>10.0f}{ratio:>7.2f}{medians[2]:>9.0f}"
            )


def _measured(sides: list[tuple[Application, str]]) -> list[list[float]]:
    """Microseconds of each side in each round."""
    for app, path in sides:
        _run(app, path)
    rounds = [[_run(app, path) for app, path in sides] for _ in range(ROUNDS)]
    return [list(times) for times in zip(*rounds, strict=True)]


def _run(app: Application, path: str) -> float:
    began = time.process_time()
    for _ in range(REQUESTS):
        body = app(_environ(path), _start_response)
        for _piece in body:
            pass
        getattr(body, "close", int)()
    return (time.process_time() - began) / REQUESTS * 1e6


def _start_response(status: str, headers: Any, exc_info: Any = None) -> None:
    if not status.startswith("200"):
        raise RuntimeError(status)


def _environ(path: str) -> dict[str, Any]:
    path, _, query_string = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query_string,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "application/json",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _octavo(path: Path) -> Octavo:
    """The application with its usual settings, full of books; its log goes nowhere."""
    environ = {
        "SECRET_KEY": "a key for benchmarks alone and for nothing else",
        "DATABASE_URL": f"sqlite:///{path}",
        "RATE_LIMIT_ANONYMOUS": "1000000000 per minute",
    }
    app = create_app(settings.read(environ))
    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115  for the life of the process
    schema.migrate()
    with transaction():
        for number in range(BOOKS):
            book.create(_book(number), Actor(None, "benchmark"))
    return app


def _book(number: int) -> dict[str, Any]:
    return {
        "title": f"The history of the town, volume {number}",
        "author": f"Author, The {number % 5000}th",
        "contributors": [{"name": "Editor, An", "role": "editor"}],
        "subjects": ["History", "Towns"],
        "description": "What happened in the town, and what the town thought of it. " * 3,
        "published_year": 1800 + number % 200,
        "language": "eng",
    }


def _bare(path: Path) -> Application:
    """Two Flask views with the SQL that the answers need, and nothing else."""
    app = flask.Flask("bare")
    connection = sqlite3.connect(path)
    names = [name for name in book.ROWS.names if name != "nonfiling"]
    columns = ", ".join(names)

    def shown(row: tuple[Any, ...]) -> dict[str, Any]:
        found = dict(zip(names, row, strict=True))
        for name in LISTS:
            found[name] = orjson.loads(found[name])
        return found

    @app.get("/books/<int:number>")
    def one(number: int) -> flask.Response:
        query = f"SELECT {columns} FROM book WHERE id = ? AND deleted_at IS NULL"  # noqa: S608
        row = connection.execute(query, (number,)).fetchone()
        return flask.Response(orjson.dumps(shown(row)), content_type="application/json")

    @app.get("/books")
    def page() -> flask.Response:
        total = connection.execute("SELECT count FROM book_count WHERE name = 'book'").fetchone()
        query = f"SELECT {columns} FROM book WHERE deleted_at IS NULL ORDER BY id LIMIT 20"  # noqa: S608
        data = [shown(row) for row in connection.execute(query)]
        answer = {"data": data, "pagination": {"page": 1, "limit": 20, "total": total[0]}}
        return flask.Response(orjson.dumps(answer), content_type="application/json")

    return app.wsgi_app


if __name__ == "__main__":
    main()

"""What is counted of one checkout, which is the current folder: run under callgrind by the guard.

    python counted.py LIBRARY_OF_MARKS

It asks the checkout over WSGI alone, so that older ones can be counted too. A library of 100 books,
each with a copy, and 100 members; the answers are checked.
"""

import ctypes
import gc
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[0] = str(Path.cwd())
sys.path.append(str(Path(__file__).parent))

import server  # type: ignore[import-not-found]  # noqa: E402  beside this file

TIMES = 40
BEFORE = 5
BOOKS = 100
LOANS = 5
"""Of the member who reads their own."""
_PASSWORD = "a long password for nothing else"  # noqa: S105
_HEADERS = {"HTTP_HOST": "localhost", "HTTP_ACCEPT": "application/json", "HTTP_CONNECTION": ""}
_BOOK = {
    "author": "Author, An",
    "contributors": [{"name": "Editor, An", "role": "editor"}],
    "subjects": ["History", "Towns"],
    "description": "What happened in the town, and what the town thought of it. " * 3,
    "published_year": 1868,
    "language": "eng",
}


def main() -> None:
    """Fill a library, and count each operation by itself."""
    marks = ctypes.CDLL(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        ask = Asking(_served(f"sqlite:///{folder}/octavo.db"))
        staff, member = _fill(ask)
        for name, run in operations(ask, staff, member).items():
            for number in range(BEFORE):
                run(number)
            gc.collect()
            gc.disable()
            marks.begin()
            for number in range(BEFORE, BEFORE + TIMES):
                run(number)
            marks.end(name.encode())
            gc.enable()


def operations(ask: "Asking", staff: str, member: str) -> dict[str, Callable[[int], Any]]:
    """The hottest operations, each with a number so that it does something new."""

    def lend(number: int) -> None:
        ask("POST", "/loans", staff, {"barcode": f"c{number}", "user_id": 3 + number}, status=201)

    return {
        "a book, kept": lambda number: ask("GET", "/books/1"),
        "a book, not kept": lambda number: ask("GET", f"/books/{BOOKS - number}"),
        "a page of 20 by token": lambda number: ask("GET", "/books?limit=20", member),
        "lending": lend,
        "own loans by token": lambda number: ask("GET", "/loans", member),
        "returning": lambda number: ask("POST", "/returns", staff, {"barcode": f"c{number}"}),
    }


class Asking:
    """Requests to a WSGI application, whose answers are read whole."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._app = app
        self._status = ""

    def __call__(
        self, method: str, path: str, token: str = "", body: Any = None, *, status: int = 200
    ) -> Any:
        """The bytes of the answer. Raises RuntimeError for another status."""
        path, _, query_string = path.partition("?")
        content = b"" if body is None else json.dumps(body).encode()
        environ = {
            **_HEADERS,
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/api/v1{path}",
            "QUERY_STRING": query_string,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(content)) if content else "",
            "CONTENT_TYPE": "application/json" if content else "",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if token:
            environ["HTTP_AUTHORIZATION"] = token
        pieces = self._app(environ, self._start)
        answer = b"".join(pieces)
        getattr(pieces, "close", int)()
        if not self._status.startswith(str(status)):
            raise RuntimeError(f"{method} {path}: {self._status} {answer.decode()}")
        return answer

    def _start(self, status: str, headers: Any, exc_info: Any = None) -> None:
        self._status = status


def _served(database_url: str) -> Any:
    """The application as a worker of uWSGI serves it behind nginx, with the usual settings."""
    uwsgi = server.install()
    from api import settings
    from api.app import create_app
    from api.middleware.uwsgi_http import Transport
    from models import schema

    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115  the log, for the life of the process
    environ = {
        "SECRET_KEY": "a key for benchmarks alone and for nothing else",
        "DATABASE_URL": database_url,
        "RATE_LIMIT_ANONYMOUS": "1000000 per minute",
        "RATE_LIMIT_CALLER": "1000000 per minute",
    }
    app = create_app(settings.read(environ))
    schema.migrate()
    try:
        from models import unchanged
    except ImportError:  # Older ones have no such thing.
        pass
    else:
        unchanged.begin()
    return Transport(app.wsgi_app, uwsgi)


def _fill(ask: Asking) -> tuple[str, str]:
    """Books, copies and two people; what a librarian and a member sign in with."""
    from api.auth.passwords import hashed
    from models import user
    from models.audit import Actor

    roles = ["librarian", *["member"] * BOOKS]
    stored = hashed(_PASSWORD, 4)
    for number, role in enumerate(roles):
        account = {"email": f"{number}@example.org", "first_name": "A", "last_name": "B"}
        user.create({**account, "role": role}, stored, Actor(None, "benchmark"))
    staff, member = (_signed_in(ask, number) for number in (0, 1))
    for number in range(BOOKS):
        ask("POST", "/books", staff, {"title": f"Volume {number}", **_BOOK}, status=201)
        path, barcode = f"/books/{number + 1}/copies", {"barcode": f"c{number}"}
        ask("POST", path, staff, barcode, status=201)
    for number in range(BOOKS - LOANS, BOOKS):
        ask("POST", "/loans", staff, {"barcode": f"c{number}", "user_id": 2}, status=201)
    return staff, member


def _signed_in(ask: Asking, number: int) -> str:
    given = {"email": f"{number}@example.org", "password": _PASSWORD}
    return f"Bearer {json.loads(ask('POST', '/auth/login', '', given))['access_token']}"


if __name__ == "__main__":
    try:
        main()
    except Exception:
        # What the application writes is thrown away; this is for who counts.
        sys.stderr = sys.__stderr__
        raise

"""A loan and its return, and a member's own loans, in a large library and as its history grows.

Prints CPU microseconds against a bare Flask view with the SQL that the answers need, measured turn
by turn in one process, and the statements sent to SQLite; with a tenth of the history, then all.
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
from api.auth.tokens import Tokens
from models import schema, session, user
from models.audit import Actor
from models.database import database

BOOKS = 100_000
COPIES = 400_000
MEMBERS = 20_000
LOANS = 1_000_000
ROUNDS = 15
PAIRS = 100
KEY = "a key for benchmarks alone and for nothing else"
Application = Callable[..., Iterable[bytes]]
Request = tuple[str, str, dict[str, Any] | None]

# One statement a table; all these loans are past.
FILL = """
WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {books})
INSERT INTO book (title, contributors, subjects, title_key, author_key, created_at, updated_at,
    revision) SELECT 'Volume ' || i, '[]', '[]', 'volume ' || i, '', '{at}', '{at}', 1 FROM n;
WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {copies})
INSERT INTO copy (book_id, barcode, barcode_key, loan_type, status, created_at, updated_at,
    revision) SELECT 1 + i % {books}, 'C' || i, 'c' || i, 'standard', 'available', '{at}', '{at}', 1
    FROM n;
WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {members})
INSERT INTO user (email, email_key, password_hash, first_name, last_name, role, category,
    is_active, blocked, search_key, created_at, updated_at, revision)
    SELECT 'm' || i, 'm' || i, '', 'Ada', 'Byron', 'member', 'standard', 1, 0, '', '{at}', '{at}', 1
    FROM n;
WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {loans})
INSERT INTO loan (copy_id, book_id, user_id, policy_id, borrowed_at, due_at, due_steps, renewals,
    returned_at, ended_at, revision)
    SELECT 1 + i % {copies}, 1 + (1 + i % {copies}) % {books}, 2 + i % {members}, 1, '{at}', '{at}',
    '[]', 0, '{at}', '{at}', 1 FROM n;
INSERT INTO audit (at, action, record_type, record_id, request_id)
    SELECT borrowed_at, 'loan.create', 'loan', id, 'r' || id FROM loan;
INSERT INTO audit (at, action, record_type, record_id, request_id)
    SELECT returned_at, 'loan.return', 'loan', id, 's' || id FROM loan;
"""


def main() -> None:
    """Print the table."""
    print(f"{COPIES:,} copies, {MEMBERS:,} members; CPU microseconds, median of {ROUNDS} rounds")
    print(f"{'what':<12}{'past loans':>11}{'bare Flask':>12}{'Octavo':>8}{'ratio':>7}{'SQL':>5}")
    log = open(os.devnull, "w")  # noqa: PTH123, SIM115  for the life of the process
    for loans in (LOANS // 10, LOANS):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "octavo.db"
            sys.stderr, kept = log, sys.stderr
            _measure(path, loans)
            sys.stderr = kept


def _measure(path: Path, loans: int) -> None:
    octavo, staff, reader = _octavo(path, loans)
    bare = _bare(path)
    rows = (("lend, return", _pair, staff), ("own loans", _own, reader))
    for what, requests, header in rows:
        apps = ((bare, header), (octavo.wsgi_app, header))
        for app, credentials in apps:
            _run(app, credentials, requests)
        times = [[_run(app, who, requests) for app, who in apps] for _ in range(ROUNDS)]
        theirs, ours = (statistics.median(side) for side in zip(*times, strict=True))
        ratio = statistics.median(here / there for there, here in times)
        sent = _statements(lambda r=requests, c=header: _run(octavo.wsgi_app, c, r, 1))  # type: ignore[misc]
        print(f"{what:<12}{loans:>11,}{theirs:>12.0f}{ours:>8.0f}{ratio:>7.2f}{sent:>5}")
    database.obj.close()


def _pair(number: int) -> list[Request]:
    """A copy lent to a member and taken back."""
    barcode = f"c{1 + number * 3989 % COPIES}"
    body = {"barcode": barcode, "user_id": 2 + number * 197 % MEMBERS}
    return [("POST", "/api/v1/loans", body), ("POST", "/api/v1/returns", {"barcode": barcode})]


def _own(number: int) -> list[Request]:
    return [("GET", "/api/v1/loans", None)]


def _run(
    app: Application, header: str, requests: Callable[[int], list[Request]], times: int = PAIRS
) -> float:
    environs = [_environ(*each, header) for number in range(times) for each in requests(number)]
    began = time.process_time()
    for environ in environs:
        body = app(environ, _start_response)
        for _piece in body:
            pass
        getattr(body, "close", int)()
    return (time.process_time() - began) / times * 1e6


def _start_response(status: str, headers: Any, exc_info: Any = None) -> None:
    if not status.startswith("2"):
        raise RuntimeError(status)


def _environ(method: str, path: str, body: Any, header: str) -> dict[str, Any]:
    content = b"" if body is None else orjson.dumps(body)
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_ACCEPT": "application/json",
        "HTTP_AUTHORIZATION": header,
        "CONTENT_TYPE": "application/json" if content else "",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _statements(deed: Callable[[], Any]) -> int:
    """How many statements it sends, the bounds of transactions left out."""
    sent: list[str] = []
    bounds = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")

    def note(event: Any) -> None:
        if not event.sql.startswith(bounds):
            sent.append(event.sql)

    database.obj.query_hooks.append(note)
    deed()
    database.obj.query_hooks.remove(note)
    return len(sent)


def _octavo(path: Path, loans: int) -> tuple[Octavo, str, str]:
    """The application full of loans, and the credentials of a librarian and of a member."""
    environ = {
        "SECRET_KEY": KEY,
        "DATABASE_URL": f"sqlite:///{path}",
        "RATE_LIMIT_CALLER": "off",
    }
    chosen = settings.read(environ)
    app = create_app(chosen)
    schema.migrate()
    staff = {"email": "desk@example.org", "first_name": "A", "last_name": "B", "role": "librarian"}
    librarian = user.create(staff, "", Actor(None, "benchmark")).id
    sizes = {"books": BOOKS, "copies": COPIES, "members": MEMBERS, "loans": loans}
    with sqlite3.connect(path) as connection:
        connection.executescript(FILL.format(at="2026-01-05T10:00:00Z", **sizes))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    tokens = Tokens(chosen.secret_keys, 60)
    staff_token, member_token = (
        f"Bearer {tokens.access(session.begin(each, 1), 1)}" for each in (librarian, 2)
    )
    return app, staff_token, member_token


def _bare(path: Path) -> Application:
    """Flask views with the SQL that the answers need, and nothing else."""
    app = flask.Flask("bare")
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1")
    now, due = "2026-02-05T10:00:00Z", "2026-03-05T22:59:59Z"

    def one(query: str, *values: Any) -> Any:
        return connection.execute(query, values).fetchone()

    def answer(found: Any, status: int = 200) -> flask.Response:
        return flask.Response(orjson.dumps(found), status, content_type="application/json")

    def audit(action: str, loan_id: int) -> None:
        insert = "INSERT INTO audit (at, action, record_type, record_id, request_id)"
        connection.execute(f"{insert} VALUES (?, ?, 'loan', ?, 'bare')", (now, action, loan_id))

    def signed_in() -> None:
        one("SELECT user_id FROM session WHERE id = 1 AND ended_at IS NULL")

    @app.post("/api/v1/loans")
    def lend() -> flask.Response:
        asked = orjson.loads(flask.request.data)
        signed_in()
        connection.execute("BEGIN IMMEDIATE")
        copy_id, book_id = one(
            "SELECT id, book_id FROM copy WHERE barcode_key = ? AND status = 'available'",
            asked["barcode"],
        )
        one(
            """SELECT category, blocked, expires_on,
            (SELECT COUNT(*) FROM loan WHERE user_id = u.id AND ended_at IS NULL),
            (SELECT SUM(balance) FROM fee WHERE user_id = u.id AND balance <> 0),
            (SELECT COUNT(*) FROM hold WHERE book_id = ? AND ended_at IS NULL)
            FROM user u WHERE id = ?""",
            book_id,
            asked["user_id"],
        )
        values = (copy_id, book_id, asked["user_id"], now, due)
        loan_id = connection.execute(
            """INSERT INTO loan (copy_id, book_id, user_id, policy_id, borrowed_at, due_at,
            due_steps, renewals, revision) VALUES (?, ?, ?, 1, ?, ?, '[]', 0, 1)""",
            values,
        ).lastrowid
        connection.execute("UPDATE copy SET status = 'on_loan' WHERE id = ?", (copy_id,))
        audit("loan.create", loan_id or 0)
        connection.execute("COMMIT")
        return answer({"id": loan_id, "copy_id": copy_id, "due_at": due}, 201)

    @app.post("/api/v1/returns")
    def take_back() -> flask.Response:
        asked = orjson.loads(flask.request.data)
        signed_in()
        connection.execute("BEGIN IMMEDIATE")
        copy_id, loan_id, due_at, _ = one(
            """SELECT c.id, l.id, l.due_at,
            (SELECT COUNT(*) FROM hold WHERE book_id = c.book_id AND ended_at IS NULL)
            FROM copy c JOIN loan l ON l.copy_id = c.id AND l.ended_at IS NULL
            WHERE c.barcode_key = ? AND c.status <> 'withdrawn'""",
            asked["barcode"],
        )
        ended = (now, now, loan_id)
        connection.execute("UPDATE loan SET returned_at = ?, ended_at = ? WHERE id = ?", ended)
        connection.execute("UPDATE copy SET status = 'available' WHERE id = ?", (copy_id,))
        audit("loan.return", loan_id)
        connection.execute("COMMIT")
        return answer({"loan": {"id": loan_id, "due_at": due_at}, "copy": {"id": copy_id}})

    @app.get("/api/v1/loans")
    def own() -> flask.Response:
        signed_in()
        total = one("SELECT COUNT(*) FROM loan WHERE user_id = 2")[0]
        names = "id, copy_id, book_id, user_id, borrowed_at, due_at, returned_at, renewals"
        query = f"SELECT {names} FROM loan WHERE user_id = 2 ORDER BY id LIMIT 20"  # noqa: S608
        keys = names.split(", ")
        data = [dict(zip(keys, row, strict=True)) for row in connection.execute(query)]
        return answer({"data": data, "pagination": {"page": 1, "limit": 20, "total": total}})

    return app.wsgi_app


if __name__ == "__main__":
    main()

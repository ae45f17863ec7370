"""What requests take as titles and past loans grow tenfold, on SQLite and on PostgreSQL.

    python -m benchmarks.scale [--titles 434531] [--loans 1000000] [--database URL] [--only WORDS]

makes a library of that size by SQL (in a new SQLite file, or in the database named if it is empty;
one that it has made before is measured as it is), and prints the microseconds of processor time of
a request: of the node, and of the database's server process. Requests go through the whole
application, in one process, and no two are the same, so that none is answered from the cache. Run
it once for each size, on a quiet machine if there is one.

There is one member for eight titles, so that members have as many loans each at every size.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from api import settings
from api.app import Octavo, create_app
from api.auth.tokens import Tokens
from benchmarks.desk import KEY, Application, _environ, _start_response
from models import schema, session, user
from models.audit import Actor
from models.database import SQLITE_PRAGMAS, database, is_postgresql, run, transaction
from models.search import entries, index, upkeep

WORDS = 60_000
TITLES_A_MEMBER = 8
ROUNDS = 300
AT = "2026-01-05T10:00:00Z"
LETTERS = "etaoinsrhldcumfpgwybvk"
_PRIME = (1 << 31) - 1

Request = tuple[str, str, Any]
Step = tuple[str, list[Request]]


def main() -> None:
    """Make, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--titles", type=int, default=434_531)
    parser.add_argument("--loans", type=int, default=1_000_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--only", default="", help="measure the steps whose names have these words")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="octavo-scale-") as folder:
        app, staff = _opened(asked.database or f"sqlite:///{Path(folder) / 'octavo.db'}")
        if run("SELECT COUNT(*) FROM copy").fetchone()[0] == 0:
            began = time.monotonic()
            _make(asked.titles, asked.loans)
            print(f"made in {time.monotonic() - began:.0f} s", flush=True)
        _measure(app, staff, asked.only)
        database.obj.close()


def _measure(app: Octavo, staff: str, only: str) -> None:
    """Measure and print the steps whose names have the words."""
    (titles, loans) = run(
        "SELECT (SELECT MAX(id) FROM book), (SELECT MAX(id) FROM loan)"
    ).fetchone()
    print(f"{titles:,} titles, {loans:,} loans", flush=True)
    print(f"{'microseconds of processor time':<34}{'node':>9}{'database':>10}", flush=True)
    for what, requests in _steps(app, titles):
        if only in what:
            node, server = _measured(app, staff, requests)
            print(f"{what:<34}{node:>9,.0f}{server:>10,.0f}", flush=True)


def _opened(url: str) -> tuple[Octavo, str]:
    """The application on new tables, and what a librarian signs in with."""
    limits = dict.fromkeys(("RATE_LIMIT_ANONYMOUS", "RATE_LIMIT_CALLER"), "off")
    chosen = settings.read({"SECRET_KEY": KEY, "DATABASE_URL": url, **limits})
    app = create_app(chosen)
    schema.migrate()
    staff = {"email": "desk@example.org", "first_name": "A", "last_name": "B", "role": "librarian"}
    found = run('SELECT id FROM "user" WHERE email_key = ?', (staff["email"],)).fetchone()
    librarian = found[0] if found else user.create(staff, "", Actor(None, "benchmark")).id
    token = Tokens(chosen.secret_keys, 60 * 24).access(session.begin(librarian, 1), 1)
    return app, f"Bearer {token}"


def _make(titles: int, loans: int) -> None:
    """Fill the tables, each by one statement, and build its indexes afterwards."""
    words = _words()
    with transaction():
        run("CREATE TEMPORARY TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        for first in range(0, WORDS, 500):
            chunk = list(enumerate(words[first : first + 500], first))
            values = [value for pair in chunk for value in pair]
            run(f"INSERT INTO word VALUES {', '.join(['(?, ?)'] * len(chunk))}", values)
    if is_postgresql():
        run("ANALYZE word")
        run("SET session_replication_role = replica")
        run("SET maintenance_work_mem = '1GB'")
        run("SET synchronous_commit = off")
    else:
        run("PRAGMA synchronous = OFF")
        run("PRAGMA cache_size = -1000000")
    for table, statements in _statements(titles, loans).items():
        began = time.monotonic()
        with transaction(), _bare(table):
            for statement in statements:
                # Psycopg takes a per cent sign for a placeholder.
                run(statement.replace("%", "%%") if is_postgresql() else statement)
        print(f"  {table}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    if is_postgresql():
        for name in ("session_replication_role", "maintenance_work_mem", "synchronous_commit"):
            run(f"RESET {name}")
        run("VACUUM ANALYZE")
    else:
        run("ANALYZE")
        for name in ("synchronous", "cache_size"):
            run(f"PRAGMA {name} = {SQLITE_PRAGMAS[name]}")
    run("UPDATE index_version SET number = ?", (upkeep.VERSION,))
    index.tidy()


def _statements(titles: int, loans: int) -> dict[str, list[str]]:
    """What fills each table."""
    picked = ", ".join(
        f"(SELECT text FROM word WHERE id = {_picked(salt)}) AS w{salt}" for salt in (1, 2, 3, 4)
    )
    names = ", ".join(
        f"(SELECT text FROM word WHERE id = {place}) AS a{number}"
        for number, place in enumerate(_names("(i / 4)"), 1)
    )
    languages = "CASE WHEN i % 10 < 7 THEN 'eng' WHEN i % 10 < 9 THEN 'ger' ELSE 'fre' END"
    counted = "INSERT INTO book_tally (name, value, count)"
    return {
        "book": [
            f"""INSERT INTO book (id, title, author, contributors, subjects, language,
                published_year, title_key, author_key, created_at, updated_at, revision)
            SELECT i, title, author, '[]', '[]', language, 1900 + i % 124, title, author,
                '{AT}', '{AT}', 1
            FROM (SELECT i, w1 || ' ' || w2 || ' ' || w3 || ' ' || w4 AS title,
                a1 || ' ' || a2 AS author, {languages} AS language
                FROM (SELECT i, {picked}, {names} FROM {_series(titles)}) AS chosen) AS made"""
        ],
        "book_change": [f"INSERT INTO book_change SELECT id, '{AT}' FROM book"],
        "book_tally": [
            f"{counted} SELECT 'book', '', COUNT(*) FROM book",
            *(
                f"{counted} SELECT '{name}', CAST({name} AS TEXT), COUNT(*) FROM book"
                f" GROUP BY {name}"
                for name in ("language", "author", "published_year", "material_type")
            ),
        ],
        "book_cross_tally": [
            """INSERT INTO book_cross_tally (language, year_key, material_type, count)
            SELECT language, year_key, material_type, COUNT(*) FROM book GROUP BY 1, 2, 3"""
        ],
        "book_word": ["INSERT INTO book_word SELECT text FROM word"],
        "book_text": _indexed(),
        "copy": [
            f"""INSERT INTO copy (id, book_id, barcode, barcode_key, loan_type, status, created_at,
                updated_at, revision)
            SELECT i, i, 'C' || i, 'c' || i, 'standard', 'available', '{AT}', '{AT}', 1
            FROM {_series(titles)}"""
        ],
        "user": [
            f"""INSERT INTO "user" (id, email, email_key, password_hash, first_name, last_name,
                role, category, is_active, blocked, search_key, created_at, updated_at, revision)
            SELECT 10 + i, 'm' || i, 'm' || i, '', 'Ada', 'Byron', 'member', 'standard', 1,
                0, '', '{AT}', '{AT}', 1 FROM {_series(_members(titles))}"""
        ],
        "loan": [
            f"""INSERT INTO loan (copy_id, book_id, user_id, policy_id, borrowed_at, due_at,
                due_steps, renewals, returned_at, ended_at, revision)
            SELECT 1 + i % {titles}, 1 + i % {titles}, 11 + i % {_members(titles)}, 1,
                '{AT}', '{AT}', '[]', 0, '{AT}', '{AT}', 1 FROM {_series(loans)}"""
        ],
    }


def _members(titles: int) -> int:
    return max(titles // TITLES_A_MEMBER, ROUNDS)


def _indexed() -> list[str]:
    place = f"(4 * {1 << index.ID_BITS} + id)"
    tags = f"'{entries.tag('language', '')}' || language"
    kind = entries.tag("material_type", "text")
    if is_postgresql():
        parts = [f"split_part(title, ' ', {n}) || ''':{n}A ''' " for n in (1, 2, 3, 4)]
        parts += [f"split_part(author, ' ', {n}) || ''':{n + 6}B ''' " for n in (1, 2)]
        vector = f"'''' || {' || '.join(parts)} || {tags} || ''':11 ''{kind}'':14'"
        return [
            (
                "INSERT INTO book_text (id, place, words)"
                f" SELECT id, {place}, ({vector})::tsvector FROM book"
            )
        ]
    return [
        f"""INSERT INTO book_text (id, place, title, author, subject, publisher, rest)
        SELECT id, {place}, title, author, '', '', {tags} || ' \u00a6 {kind}' FROM book""",
        "INSERT INTO book_fts (book_fts) VALUES ('rebuild')",
    ]


def _series(count: int) -> str:
    if is_postgresql():
        return f"generate_series(1::bigint, {count}) AS n (i)"
    return (
        f"(WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
        " SELECT i FROM n)"
    )


def _picked(salt: int) -> str:
    """The number of a word of title `i`; small ones are the commonest."""
    mixed = f"((i * 48271 + {salt} * 1204207) % {_PRIME})"
    chance = f"({mixed} * {mixed} % {_PRIME} / {_PRIME}.0)"
    return f"CAST({chance} * {chance} * {chance} * {WORDS - 1} AS INTEGER)"


def _names(number: str) -> tuple[str, str]:
    """The numbers of an author's two words, in SQL."""
    second = f"({number} * 37 + {number} / {WORDS} * 101 + 11)"
    return f"{number} % {WORDS}", f"{second} % {WORDS}"


@contextmanager
def _bare(table: str) -> Iterator[None]:
    """The table without its indexes and triggers, which are made again at the end."""
    if is_postgresql():
        found = run(
            """SELECT 'index', indexname, indexdef FROM pg_indexes WHERE tablename = ?
            AND schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)""",
            (table,),
        )
    else:
        found = run(
            "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = ?"
            " AND type IN ('index', 'trigger') AND sql IS NOT NULL",
            (table,),
        )
    parts = found.fetchall()
    for kind, name, _ in parts:
        run(f"DROP {kind} {name}")
    yield
    for *_, sql in parts:
        database.execute_sql(sql)


def _words() -> list[str]:
    """Words of four to nine letters, each once, in an order of chance."""
    chance = random.Random(1)
    found: dict[str, None] = {}
    while len(found) < WORDS:
        found["".join(chance.choices(LETTERS, k=chance.randint(4, 9)))] = None
    return list(found)


def _steps(app: Octavo, titles: int) -> Iterator[Step]:
    """What is measured, in turn."""
    chance = random.Random(3)
    words = _words()
    books = "/api/v1/books"
    members = _members(titles)

    def reads(queries: list[str]) -> list[Request]:
        return [("GET", f"{books}{query}", None) for query in queries]

    yield "a book by id", reads([f"/{n}" for n in chance.sample(range(1, titles), ROUNDS)])
    yield "a page of 20, with the total", reads([f"?page={n}" for n in range(2, ROUNDS + 2)])
    deep = int(titles * 0.92)
    places = [_cursor(app, deep + n * titles // 5000) for n in range(ROUNDS)]
    yield "a page at 92 % depth by cursor", reads([f"?cursor={place}" for place in places])
    names = sorted({_author(words, n) for n in chance.sample(range(1, titles // 4), ROUNDS)})
    yield "an author with four titles", reads([f"?author={name}" for name in names])
    years = [(language, 1900 + n) for n in range(100) for language in ("eng", "ger", "fre")]
    yield (
        "language and year, newest first",
        reads([f"?language={code}&published_from={year}&sort=-id" for code, year in years]),
    )
    rare = words[1500:3500]
    yield "search for a rare word", reads([f"?q={word}" for word in chance.sample(rare, ROUNDS)])
    pairs = [(words[n], word) for n, word in enumerate(chance.sample(rare, ROUNDS), 200)]
    yield "search for two words", reads([f"?q={a}+{b}" for a, b in pairs])
    yield "search for a common word", reads([f"?q={word}" for word in words[40 : 40 + ROUNDS // 3]])
    yield (
        "a loan and its return",
        [
            request
            for n in chance.sample(range(1, titles), ROUNDS)
            for request in (
                ("POST", "/api/v1/loans", {"barcode": f"c{n}", "user_id": 11 + n % members}),
                ("POST", "/api/v1/returns", {"barcode": f"c{n}"}),
            )
        ],
    )
    yield (
        "a member's loans",
        [
            ("GET", f"/api/v1/loans?user_id={11 + n}", None)
            for n in chance.sample(range(members), ROUNDS)
        ],
    )


def _author(words: list[str], number: int) -> str:
    """The name that `_names` gives an author."""
    second = number * 37 + number // WORDS * 101 + 11
    return f"{words[number % WORDS]}+{words[second % WORDS]}"


def _cursor(app: Octavo, place: int) -> str:
    """A cursor of the whole list, by id, after a book."""
    signer = app.extensions["octavo.cursors"]
    if not _CURSOR:
        body = _sent(app, _environ_of("GET", "/api/v1/books?cursor=", None, ""))
        _CURSOR.extend(signer.read(orjson.loads(body)["pagination"]["next_cursor"]))
    fingerprint, position = _CURSOR
    signed: str = signer.sign([fingerprint, [*position[:-1], place]])
    return signed


_CURSOR: list[Any] = []


def _environ_of(method: str, path: str, body: Any, header: str) -> dict[str, Any]:
    path, _, query = path.partition("?")
    environ = {**_environ(method, path, body, header), "QUERY_STRING": query}
    if not header:
        del environ["HTTP_AUTHORIZATION"]
    return environ


def _sent(app: Octavo, environ: dict[str, Any]) -> bytes:
    served: Application = app.wsgi_app
    pieces = served(environ, _start_response)
    body = b"".join(pieces)
    getattr(pieces, "close", int)()
    return body


def _measured(app: Octavo, staff: str, requests: list[Request]) -> tuple[float, float]:
    """Microseconds of processor time a request, of this process and of PostgreSQL's.

    A tenth of them, at least ten, is sent before.
    """
    environs = [
        _environ_of(method, path, body, "" if "/books" in path else staff)
        for method, path, body in requests
    ]
    warm = max(10, len(environs) // 10) // 2 * 2
    for environ in environs[:warm]:
        _sent(app, environ)
    backend = _backend()
    node, server = time.process_time_ns(), _processor_ns(backend)
    for environ in environs[warm:]:
        _sent(app, environ)
    count = (len(environs) - warm) * 1000
    return (
        (time.process_time_ns() - node) / count,
        (_processor_ns(backend) - server) / count,
    )


def _backend() -> int:
    return run("SELECT pg_backend_pid()").fetchone()[0] if is_postgresql() else 0


def _processor_ns(process: int) -> int:
    """How long a process of this machine has run, in nanoseconds."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) if process else 0


if __name__ == "__main__":
    main()

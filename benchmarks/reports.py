"""The desk's reports in a large library: the first page of each, and what is counted for it.

    python -m benchmarks.reports

On SQLite in a temporary folder, then, with OCTAVO_BENCH_POSTGRES, a URL of a PostgreSQL server, on
a database of its own there. Prints milliseconds of the whole request in one process, the least of
some rounds: by the clock, and of this process's processor time, which on PostgreSQL leaves out the
server's part.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from api import settings
from api.app import Octavo, create_app
from api.auth.passwords import hashed
from api.auth.tokens import Tokens
from benchmarks.places import places
from models import schema, session, user
from models.audit import Actor
from models.database import database, is_postgresql, run, transaction

BOOKS = 100_000
COPIES = 400_000
MEMBERS = 20_000
LOANS = 1_000_000
PAYMENTS = 200_000
PULLED = 1_000
WAITING = 2_000
ROUNDS = 7
KEY = "a key for benchmarks alone and for nothing else"
EMAIL, PASSWORD = "desk@example.org", "a long password"
NOW = datetime.now(UTC).replace(microsecond=0)

REPORTS = {
    "dormant": "/reports/dormant",
    "dormant, of nearly all": "/reports/dormant?not_lent_since={today}",
    "dormant, of none": "/reports/dormant?not_lent_since=2001-01-01",
    "dormant, bought before": "/reports/dormant?acquired_before=2020-01-01",
    "dormant, of a place": "/reports/dormant?location=Attic",
    "pull list": "/reports/pull-list",
    "shelf clearing": "/reports/shelf-clearing",
    "takings, 30 days": "/reports/takings",
    "takings, year by month": "/reports/takings?from={year}&interval=month",
    "takings, year by day": "/reports/takings?from={year}",
    "circulation, year by month": "/reports/circulation?from={year}&interval=month",
    "by category, 200,000 loans": "/reports/circulation?from={year}&interval=month&by=category",
    "by location, 200,000 loans": "/reports/circulation?from={year}&interval=month&by=location",
    "by language, 200,000 loans": "/reports/circulation?from={year}&interval=month&by=language",
    "overdue": "/reports/overdue",
    "popular": "/reports/popular",
    "members": "/reports/members",
    "inventory": "/reports/inventory",
}

# One statement a table. Loans are spread over five years, and a fifth of the copies was not among
# those lent in the last four of them; each of the copies on loan has one that is open. `@i` is the
# number of a row, `@ago` the moment so many days ago.
FILL = (
    """INSERT INTO book (title, language, contributors, subjects, title_key, author_key, created_at,
        updated_at, revision) SELECT 'Volume ' || i, CASE WHEN i % 3 = 0 THEN 'ger' ELSE 'eng' END,
        '[]', '[]', 'volume ' || i, '', {at}, {at}, 1 FROM ({books}) AS s""",
    """INSERT INTO copy (book_id, barcode, barcode_key, location, shelfmark, loan_type, status,
        acquired_on, created_at, updated_at, revision) SELECT 1 + i % {n_books}, 'C' || i, 'c' || i,
        CASE WHEN i % 8 = 0 THEN 'Attic' ELSE 'Main hall' END, 'QA ' || i % 977 || '.' || i % 13,
        'standard', CASE WHEN {is_out} THEN 'on_loan' ELSE 'available' END,
        CASE WHEN i % 3 = 0 THEN NULL WHEN i % 2 = 0 THEN '2012-05-05' ELSE '2022-05-05' END,
        {at}, {at}, 1 FROM ({copies}) AS s""",
    """INSERT INTO "user" (email, email_key, password_hash, first_name, last_name, role, category,
        is_active, blocked, search_key, created_at, updated_at, revision)
        SELECT 'm' || i, 'm' || i, '', 'Ada', 'Byron', 'member', 'standard', {yes}, {no}, '', {at},
        {at}, 1 FROM ({members}) AS s""",
    """INSERT INTO loan (copy_id, book_id, user_id, policy_id, borrowed_at, due_at, due_steps,
        renewals, returned_at, ended_at, revision)
        SELECT copy_id, 1 + copy_id % {n_books}, 2 + i % {n_members}, 1, day, day, '[]', 0, day,
        day, 1 FROM (SELECT i, {day} AS day, CASE WHEN i % 5 = 0 THEN 1 + i % {n_copies}
            ELSE 1 + (i * 7) % ({n_copies} * 4 / 5) END AS copy_id FROM ({loans}) AS n) AS s""",
    """INSERT INTO loan (copy_id, book_id, user_id, policy_id, borrowed_at, due_at, due_steps,
        renewals, revision) SELECT i, 1 + i % {n_books}, 2 + i % {n_members}, 1, {at}, {at}, '[]',
        0, 1 FROM ({copies}) AS s WHERE {is_out}""",
    """INSERT INTO fee (user_id, kind, amount, balance, created_at, waived)
        SELECT 2 + i % {n_members}, CASE WHEN i % 400 = 0 THEN 'refund' ELSE 'manual' END,
        CASE WHEN i % 400 = 0 THEN -50 ELSE 50 END, 0, {paid_at}, 0 FROM ({payments}) AS s""",
    """INSERT INTO fee_entry (fee_id, kind, amount, method, at)
        SELECT i, 'payment', 50, CASE WHEN i % 3 = 0 THEN 'card' ELSE 'cash' END, {paid_at}
        FROM ({payments}) AS s""",
    """INSERT INTO hold (book_id, user_id, status, queue, placed_at, revision)
        SELECT i * 20, 2 + i % {n_members}, 'waiting', 1, {at}, 1 FROM ({pulled}) AS s""",
    """INSERT INTO hold (book_id, user_id, status, queue, placed_at, revision)
        SELECT 1 + i * 40, 2 + i % {n_members}, 'waiting', 1, {at}, 1 FROM ({waiting}) AS s""",
    """UPDATE copy SET last_used_at = COALESCE(
        (SELECT MAX(borrowed_at) FROM loan WHERE copy_id = copy.id), '')""",
)


def main() -> None:
    """Print a table for each database."""
    log = open(os.devnull, "w")  # noqa: PTH123, SIM115  for the life of the process
    for where, place in places():
        sys.stderr, kept = log, sys.stderr
        with place as url, library(url) as (app, header):
            print(f"{where}: {COPIES:,} copies, {MEMBERS:,} members, {LOANS:,} past loans; ms")
            print(f"{'report':<30}{'clock':>8}{'CPU':>8}{'rows':>8}")
            for what, path in REPORTS.items():
                _measure(app, header, what, path)
        sys.stderr = kept


def _measure(app: Octavo, header: str, what: str, path: str) -> None:
    days = {
        "today": NOW.date().isoformat(),
        "year": (NOW.date() - timedelta(days=364)).isoformat(),
    }
    took = []
    for _ in range(ROUNDS):
        began, cpu = time.perf_counter(), time.process_time()
        told = _asked(app, header, path.format(**days))
        took.append((time.perf_counter() - began, time.process_time() - cpu))
    clock, cpu = (min(each) * 1000 for each in zip(*took, strict=True))
    data, pages = told.get("data", []), told.get("pagination", {})
    print(f"{what:<30}{clock:>8.1f}{cpu:>8.1f}{pages.get('total', len(data)):>8,}", flush=True)


def _asked(app: Octavo, header: str, path: str) -> Any:
    answer = app.test_client().get(f"/api/v1{path}", headers={"Authorization": header})
    if answer.status_code != 200:
        raise RuntimeError(answer.text)
    return answer.json


def _fill() -> None:
    numbers = (
        "SELECT generate_series(1, {last}) AS i"
        if is_postgresql()
        else "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        " SELECT i FROM n"
    )
    sizes = {
        "books": BOOKS,
        "copies": COPIES,
        "members": MEMBERS,
        "loans": LOANS,
        "payments": PAYMENTS,
        "pulled": PULLED,
        "waiting": WAITING,
    }
    words = {name: numbers.format(last=size) for name, size in sizes.items()}
    words |= {f"n_{name}": str(size) for name, size in sizes.items()}
    # The copies of every fortieth title, from the first on, are all out.
    words |= {"is_out": "i % 40 = 0", "yes": "1", "no": "0"}
    words |= {"at": f"'{(NOW - timedelta(days=10)).isoformat()[:19]}Z'"}
    words |= {"day": _ago(f"i % {365 * 5}"), "paid_at": _ago("i % 365")}
    for statement in FILL:
        with transaction():
            sql = statement.format(**words)
            run(sql.replace("%", "%%") if is_postgresql() else sql)
    if is_postgresql():
        database.connection().commit()
        database.connection().autocommit = True
        run("VACUUM ANALYZE")


def _ago(days: str) -> str:
    """The moment so many days ago, as SQL."""
    if is_postgresql():
        at = f"(now() AT TIME ZONE 'UTC' - ({days}) * interval '1 day')"
        return f"""to_char({at}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""
    return f"strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-' || ({days}) || ' days')"


@contextmanager
def library(url: str) -> Iterator[tuple[Octavo, str]]:
    """The application full of loans in an empty database, and the header of an administrator."""
    yield _octavo(url)
    database.obj.close()


def _octavo(url: str) -> tuple[Octavo, str]:
    environ = {"SECRET_KEY": KEY, "DATABASE_URL": url, "RATE_LIMIT_CALLER": "off"}
    chosen = settings.read(environ)
    app = create_app(chosen)
    schema.migrate()
    staff = {"email": EMAIL, "first_name": "A", "last_name": "B", "role": "admin"}
    admin = user.create(staff, hashed(PASSWORD, 4), Actor(None, "benchmark")).id
    _fill()
    token = Tokens(chosen.secret_keys, 60).access(session.begin(admin, 1), 1)
    return app, f"Bearer {token}"


if __name__ == "__main__":
    main()

"""At size a list must not read a table from end to end: the plans of its statements."""

import re
from typing import Any

import pytest

from api import settings
from api.app import create_app
from circulation.nightly import nightly
from models.database import database, is_sqlite
from tests.support import needs, servers
from tests.support.asking import Asker
from tests.support.people import Person, add
from tests.unit.circulation.library import DESK, NOW, held, lent, member, title

LISTS = (
    "/loans?user_id=2",
    "/loans?user_id=2&status=open,overdue",
    "/loans?book_id=1",
    "/loans?book_id=1&status=open",
    "/loans?copy_id=1",
    "/loans?status=open",
    "/loans?status=overdue",
    "/loans?status=overdue&sort=due_at",
    "/loans?status=overdue&cursor=",
    "/loans?status=lost",
    "/loans?status=claimed_returned",
    "/loans/1",
    "/loans/1/explanation",
    "/holds?book_id=1",
    "/holds?book_id=1&status=waiting",
    "/holds?user_id=2",
    "/holds?user_id=2&status=waiting,ready",
    "/holds?status=ready",
    "/holds/1",
    "/fees?user_id=2",
    "/fees?user_id=2&status=open",
    "/fees?status=open",
    "/users/2/account",
    "/copies?barcode=b1",
    "/books/1?embed=availability,copies",
    "/books/1/copies",
    "/audit?record_type=loan&record_id=1",
    "/audit?request_id=test",
    "/audit?actor_id=1",
    "/audit?action=loan.create",
    "/reports/overdue",
)
MEMBERS = ("/loans", "/loans?status=open,overdue", "/holds", "/fees", "/users/{me}/account")
LONG = ("loan", "renewal", "hold", "fee", "fee_entry", "copy", "book", "audit")


# Indexes of few rows, those of open loans for instance, may be read from end to end.
SHORT = (
    "loan_open",
    "loan_out",
    "loan_lost",
    "loan_due",
    "loan_unreturned",
    "fee_open",
    "fee_named",
    "hold_queue",
)


@pytest.fixture
def ask(db: Any) -> Asker:
    """The application on each database."""
    kind = "sqlite:///" if is_sqlite() else needs.POSTGRES.rpartition("/")[0] + "/"
    db.close()
    app = create_app(settings.read({**servers.QUICK, "DATABASE_URL": kind + db.database}))
    return Asker(app.test_client())


def explained(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every statement that is run from now on, with its plan."""
    execute = database.obj.execute_sql
    plans: list[tuple[str, str]] = []
    prefix = "EXPLAIN QUERY PLAN " if is_sqlite() else "EXPLAIN "

    def run(sql: str, values: Any = None) -> Any:
        if sql.startswith(("SELECT", "WITH")):
            steps = "\n".join(str(row[-1]) for row in execute(prefix + sql, values))
            plans.append((sql, steps))
        return execute(sql, values)

    if not is_sqlite():
        # In tables as small as these only what no index serves is then read from end to end.
        execute("SET enable_seqscan = off")
    monkeypatch.setattr(database.obj, "execute_sql", run)
    return plans


def read_whole(sql: str, steps: str) -> set[str]:
    """The long tables that a plan reads from end to end, be it along an index."""
    if not is_sqlite():
        walked = r"Index (?:Only )?Scan using (\w+)_pkey[^\n]*(?!\n\s*Index Cond)(?=\n|$)"
        found = [*re.findall(r"Seq Scan on (\w+)", steps), *re.findall(walked, steps)]
        return {table for table in found if table in LONG}
    named = re.findall(r'(?:FROM|JOIN) "?(\w+)"?(?: AS)? "?(\w+)"?', sql)
    tables = {alias: table for table, alias in named} | {table: table for table, _ in named}
    scans = re.findall(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", steps)
    return {tables.get(one, one) for one, index in scans if index not in SHORT} & {*LONG}


@pytest.fixture
def admin(ask: Asker) -> Person:
    """An administrator of a library where a little has happened."""
    book_id, [barcode, _] = title(2)
    lent(barcode, member())
    held(book_id, member())
    return add("admin", "admin@example.org")


def test_lists_for_the_desk_read_no_table_from_end_to_end(
    ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = explained(monkeypatch)
    assert whole_tables(ask, LISTS, admin, plans) == []


def test_what_members_read_of_their_own_reads_no_table_from_end_to_end(
    ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = add("member", "reader@example.org")
    plans = explained(monkeypatch)
    paths = tuple(path.format(me=reader.id) for path in MEMBERS)
    assert whole_tables(ask, paths, reader, plans) == []


def test_the_nightly_job_reads_no_table_from_end_to_end(
    ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = explained(monkeypatch)
    nightly(DESK, NOW, 365)
    assert [plan for plan in plans if read_whole(*plan)] == []


def whole_tables(
    ask: Asker, paths: tuple[str, ...], by: Person, plans: list[tuple[str, str]]
) -> list[str]:
    found = []
    for path in paths:
        plans.clear()
        assert ask.get(path, by=by).status_code == 200, path
        assert plans, path
        found += [
            f"{path} reads {read_whole(*plan)}: {plan}" for plan in plans if read_whole(*plan)
        ]
    return found


def test_a_statement_without_an_index_is_noticed(
    ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = explained(monkeypatch)
    database.execute_sql("SELECT id FROM loan WHERE due_steps = ''")
    database.execute_sql("SELECT id FROM fee WHERE note = 'x' ORDER BY id LIMIT 1")
    assert [read_whole(*plan) for plan in plans] == [{"loan"}, {"fee"}]

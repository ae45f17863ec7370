"""At size a list must not read a table from end to end: the plans of its statements."""

import re
from typing import Any

import pytest

from api import settings
from api.app import create_app
from circulation.nightly import nightly
from models.database import database, is_sqlite
from models.notice import Notice
from models.timestamps import stamp
from models.vocabulary import NoticeStatus
from notices import letters, smtp
from notices.library import Library
from notices.sending import Sender
from tests.support import needs, servers
from tests.support.asking import Asker
from tests.support.mailboxes import Mailbox, running
from tests.support.people import Person, add
from tests.unit.circulation.library import DESK, NOW, held, lent, member, title
from validators.reports import BY

# All but what looks at everything: the inventory counts each copy, duplicates compare each title.
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
    "/loans?status=cancelled",
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
    "/fees?status=void",
    "/users/2/account",
    "/copies?barcode=b1",
    "/books/1?embed=availability,copies",
    "/books/1/copies",
    "/audit?record_type=loan&record_id=1",
    "/audit?request_id=test",
    "/audit?actor_id=1",
    "/audit?action=loan.create",
    "/reports/overdue",
    "/reports/dormant",
    "/reports/dormant?not_lent_since=2026-01-01&acquired_before=2026-01-01",
    "/reports/takings",
    "/reports/shelf-clearing",
    "/reports/pull-list",
    "/reports/circulation",
    *(f"/reports/circulation?by={one}" for one in BY),
    "/reports/popular",
    "/reports/members",
    "/payments?user_id=2",
    "/notices?user_id=2",
    *(f"/notices?status={one}" for one in NoticeStatus),
    "/notices/print",
)
MEMBERS = ("/loans", "/loans?status=open,overdue", "/holds", "/fees", "/users/{me}/account")
LONG = (
    *("loan", "renewal", "hold", "fee", "fee_entry", "copy", "book", "audit"),
    *("notice", "notice_item", "house_use"),
)


# Indexes of few rows, those of open loans for instance, may be read from end to end.
SHORT = (
    "loan_open",
    "loan_out",
    "loan_lost",
    "loan_cancelled",
    "loan_due",
    "loan_unreturned",
    "fee_open",
    "fee_named",
    "fee_void",
    "hold_queue",
    # Walked in the order of the report, or counted, and has all that it filters by.
    "copy_dormant",
)


@pytest.fixture
def ask(db: Any) -> Asker:
    """The application on each database."""
    kind = "sqlite:///" if is_sqlite() else needs.POSTGRES.rpartition("/")[0] + "/"
    db.close()
    app = create_app(settings.read({**servers.QUICK, "DATABASE_URL": kind + db.database}))
    return Asker(app.test_client())


def forget_statistics(execute: Any) -> None:
    """Let PostgreSQL plan as for tables it has never counted.

    Whether autovacuum has been here meanwhile is chance, and for five rows any index will do.
    """
    ours = "relnamespace = 'public'::regnamespace"
    for statement in (
        "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE",
        "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE (relkind = 'r' AND",
        "UPDATE pg_class SET reltuples = 0, relpages = 1 WHERE (relkind = 'i' AND",
    ):
        execute(f"{statement} {ours})")


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
        # In tables as small as these only what no index serves is then read from end to end; and a
        # merge walks two indexes where there are ten rows, but not where there are a million.
        execute("SET enable_seqscan = off")
        execute("SET enable_mergejoin = off")
        execute("SET enable_hashjoin = off")
        forget_statistics(execute)
    monkeypatch.setattr(database.obj, "execute_sql", run)
    # Compiled queries go past Peewee where nobody listens.
    monkeypatch.setattr(database.obj, "query_hooks", [lambda _: None])
    return plans


def read_whole(sql: str, steps: str) -> set[str]:
    """The long tables that a plan reads from end to end, be it along an index.

    Of a list of no ids nothing is read, whatever the plan.
    """
    if "(0 = 1)" in sql:
        return set()
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


@pytest.mark.peer
def test_sending_notices_reads_no_table_from_end_to_end(
    ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    Notice.insert_many(
        [
            {
                "kind": "welcome",
                "channel": "email",
                "status": status,
                "language": "eng",
                "attempts": 0,
                "request_id": "test",
                **dict.fromkeys(("created_at", "queued_at", "next_try_at"), stamp(NOW)),
            }
            for status in ("queued", "sent")
        ]
    ).execute()
    plans = explained(monkeypatch)
    with running(Mailbox()) as mailbox:
        Sender(Library(), smtp.server(mailbox.url), now=lambda: NOW).send()
    assert plans
    assert [plan for plan in plans if read_whole(*plan)] == []


def test_letters_are_listed_and_cancelled_without_reading_a_table_from_end_to_end(
    ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    Notice.delete().execute()
    Notice.insert_many(
        [
            {
                "kind": "welcome",
                "channel": "print",
                "status": "queued",
                "language": "eng",
                "attempts": 0,
                "request_id": "test",
                **dict.fromkeys(("created_at", "queued_at", "next_try_at"), stamp(NOW)),
            }
            for _ in range(2)
        ]
    ).execute()
    monkeypatch.setattr(letters, "MOST", 1)
    plans = explained(monkeypatch)
    letters.page(NOW)
    assert letters.settle(NOW) == 2
    assert len([sql for sql, _ in plans if '"next_try_at" >=' in sql]) > 1
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


@pytest.mark.parametrize("query", ["language=eng&published_from=1950", "material_type=text"])
def test_books_of_a_language_year_and_kind_are_not_counted(
    ask: Asker, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    plans = explained(monkeypatch)
    assert ask.get(f"/books?{query}&page=2").status_code == 200
    assert [sql for sql, _ in plans if "COUNT(" in sql] == []


@pytest.mark.parametrize("location", [None, "Main"])
def test_what_a_stocktaking_has_not_found_is_read_in_the_order_of_the_shelves(
    ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch, location: str | None
) -> None:
    made = ask.post("/stocktakes", {"name": "All", "location": location}, by=admin).json
    if not is_sqlite():
        # Two rows are sorted as soon as an index is walked: see whether one has them in this order.
        database.execute_sql("SET enable_sort = off")
    plans = explained(monkeypatch)
    assert ask.get(f"/stocktakes/{made['id']}/missing", by=admin).status_code == 200
    (steps,) = [steps for sql, steps in plans if "ORDER BY" in sql]
    assert "copy_in_shelf_order" in steps
    assert not re.search("(?i)sort|b-tree", steps), steps


def test_a_statement_without_an_index_is_noticed(
    ask: Asker, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = explained(monkeypatch)
    database.execute_sql("SELECT id FROM loan WHERE due_steps = ''")
    database.execute_sql("SELECT id FROM fee WHERE note = 'x' ORDER BY id LIMIT 1")
    assert [read_whole(*plan) for plan in plans] == [{"loan"}, {"fee"}]

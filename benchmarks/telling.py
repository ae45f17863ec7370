"""Telling people and programs: the nightly job, sending, the feed at any depth, the cost of acts.

    python -m benchmarks.telling [nightly] [sending] [feed] [acts] [requests]

Each on SQLite in a temporary folder; with OCTAVO_BENCH_POSTGRES, a URL of a PostgreSQL server, the
nightly job and the feed on a database of their own there too.
"""

import argparse
import gc
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api import settings
from api.app import create_app
from api.auth.tokens import Tokens
from benchmarks.desk import _run
from benchmarks.places import places, sqlite
from circulation.checkin import take_back
from circulation.checkout import Request, lend
from circulation.hold_requests import HoldRequest
from circulation.holds import place_hold
from events import feed
from models import audit, event, schema, session, user
from models.audit import Actor
from models.database import connect, database, is_postgresql, run, transaction
from models.notice import Notice
from models.timestamps import now, stamp
from models.webhook import create as create_webhook
from notices import causes, nightly, smtp
from notices.library import Library
from notices.sending import Sender
from tests.support.mailboxes import Mailbox, running

MEMBERS = 20_000
EVENTS = 1_000_000
MAILS = 1_000
ROUNDS = 200
ACTOR = Actor(None, "benchmark")
_SERIES = "SELECT generate_series(1, {last}) AS i"
_COUNTED = """WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < {last})
    SELECT i FROM n"""
LIBRARY = Library("The library", "library@example.org")


def main() -> None:
    """Run what is named, or everything."""
    trials = {
        "nightly": _nightly,
        "sending": _sending,
        "feed": _feed,
        "acts": _acts,
        "requests": _requests,
    }
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*trials, []], metavar="|".join(trials))
    for name in parser.parse_args().names or trials:
        for where, place in places() if name in ("nightly", "feed") else [("SQLite", sqlite())]:
            with place as url, _opened(url):
                print(f"{where:<11}{trials[name]()}", flush=True)


def _nightly() -> str:
    """20,000 members with something due tomorrow."""
    _fill(MEMBERS)
    gc.collect()
    before = _memory()
    began = time.perf_counter()
    made = nightly.queue(now(), "night")
    took = time.perf_counter() - began
    grown = _memory() - before
    return f"nightly: {made:,} notices queued in {took:.1f} s, memory grown by {grown:.0f} MB"


def _sending() -> str:
    """Mails sent to a mail server in this process, which takes half of its time."""
    _fill(MAILS)
    nightly.queue(now(), "night")
    with running(Mailbox()) as mailbox:
        sender = Sender(LIBRARY, smtp.server(mailbox.url))
        began, cpu = time.perf_counter(), time.process_time()
        sent = sender.send()
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
    rate = f"{sent.sent / took:.0f} a second, {cpu / sent.sent * 1000:.1f} ms of CPU each"
    return f"sending: {sent.sent:,} mails in {took:.1f} s, {rate} with the server's part"


def _feed() -> str:
    """A page of 100 at any depth of 1,000,000 events."""
    _fill(1000)
    _write_events(EVENTS)
    depths = [int(event.end() * part) for part in (0, 0.25, 0.5, 0.75, 0.999)]
    pages = [f"{_timed(lambda p=place: feed.page(p, (), 100, now())):.1f}" for place in depths]  # type: ignore[misc]
    types = ("loan.return", "calendar.update")
    of_types = _timed(lambda: feed.page(depths[2], types, 100, now()))
    return (
        f"feed: {event.end():,} events, ms for a page of 100 at 0, 25, 50, 75, 99.9 %: "
        f"{', '.join(pages)}; of two types: {of_types:.1f}"
    )


def _acts() -> str:
    """Lending and returning, and returning to the hold shelf, with and without anybody told."""
    _fill(ROUNDS * 4)
    told: dict[bool, list[float]] = {False: [], True: []}
    held: dict[bool, list[float]] = {False: [], True: []}
    create_webhook({"url": "https://example.org/", "types": ["loan.create", "hold.ready"]}, ACTOR)
    _take_all_back()
    for number in range(1, ROUNDS + 1):
        for on in (True, False) if number % 2 else (False, True):
            causes.subscribe(LIBRARY) if on else audit.subscribe({})
            copy = number * 2 + on
            told[on].append(_cpu(lambda c=copy: _pair(c)))  # type: ignore[misc]
            _place_held(copy)
            held[on].append(_cpu(lambda c=copy: take_back(f"c{c}", ACTOR, now())))  # type: ignore[misc]
    pair = [statistics.median(told[on]) for on in (False, True)]
    ready = [statistics.median(held[on]) for on in (False, True)]
    return (
        f"acts: lend and return {pair[0]:.0f} µs, with notices and webhooks {pair[1]:.0f} "
        f"(+{100 * (pair[1] / pair[0] - 1):.0f} %); return to the hold shelf {ready[0]:.0f}, "
        f"{ready[1]:.0f} (+{100 * (ready[1] / ready[0] - 1):.0f} %)"
    )


def _requests() -> str:
    """The same return to the hold shelf as a request of the API, signed in, in this process."""
    _fill(ROUNDS * 4)
    _take_all_back()
    path = Path(database.obj.database)
    database.obj.close()
    environ = {"SECRET_KEY": "k" * 40, "DATABASE_URL": f"sqlite:///{path}", "OCTAVO_VAR": "var"}
    chosen = settings.read(environ | {"RATE_LIMIT_CALLER": "off"})
    app = create_app(chosen)
    staff = {"email": "desk@example.org", "first_name": "A", "last_name": "B", "role": "librarian"}
    librarian = user.create(staff, "", ACTOR).id
    token = Tokens(chosen.secret_keys, 60).access(session.begin(librarian, 1), 1)
    header = f"Bearer {token}"

    def take(number: int) -> None:
        _run(app.wsgi_app, header, lambda _: [("POST", "/api/v1/returns", _barcode(number))], 1)

    sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115  the log, for the life of the process
    held: dict[bool, list[float]] = {False: [], True: []}
    for number in range(1, ROUNDS + 1):
        for on in (True, False) if number % 2 else (False, True):
            causes.subscribe(LIBRARY) if on else audit.subscribe({})
            _place_held(number * 2 + on)
            held[on].append(_cpu(lambda c=number * 2 + on: take(c)))  # type: ignore[misc]
    ready = [statistics.median(held[on]) for on in (False, True)]
    return (
        f"requests: return to the hold shelf {ready[0]:.0f} µs, with notices and webhooks "
        f"{ready[1]:.0f} (+{100 * (ready[1] / ready[0] - 1):.0f} %)"
    )


def _barcode(number: int) -> dict[str, str]:
    return {"barcode": f"c{number}"}


def _pair(number: int) -> None:
    lend(Request(barcode=f"c{number}", user_id=1 + number), ACTOR, now())
    take_back(f"c{number}", ACTOR, now())


def _place_held(number: int) -> None:
    """Lend a copy and place another member's hold on its title."""
    lend(Request(barcode=f"c{number}", user_id=1 + number), ACTOR, now())
    place_hold(HoldRequest(2 + number, book_id=number), ACTOR, now())


def _take_all_back() -> None:
    """Return everything that `_fill` has lent."""
    at = stamp(now())
    run("UPDATE loan SET returned_at = ?, ended_at = ?", (at, at))
    run("UPDATE copy SET status = 'available'")


def _cpu(deed: Callable[[], object]) -> float:
    began = time.process_time()
    deed()
    return (time.process_time() - began) * 1e6


def _timed(read: Callable[[], object]) -> float:
    """Milliseconds, of the fastest of some rounds: what else the machine does is left out."""
    passed = []
    for _ in range(15):
        began = time.perf_counter()
        read()
        passed.append((time.perf_counter() - began) * 1000)
    return min(passed)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _fill(members: int) -> None:
    """Members of whom each has one book, due tomorrow."""
    due = stamp(datetime.now(UTC).replace(hour=23, minute=59, second=59) + timedelta(days=1))
    at = stamp(now() - timedelta(days=20))
    numbers = (_SERIES if is_postgresql() else _COUNTED).format(last=members)
    with transaction():
        for statement in (
            """INSERT INTO "user" (email, email_key, first_name, last_name, role, category,
                is_active, blocked, search_key, created_at, updated_at, revision)
                SELECT 'm' || i || '@example.org', 'm' || i, 'Ada', 'Byron', 'member', 'standard',
                1, 0, '', '{at}', '{at}', 1 FROM ({numbers}) AS s""",
            """INSERT INTO book (title, contributors, subjects, title_key, author_key, created_at,
                updated_at, revision) SELECT 'Volume ' || i, '[]', '[]', 'volume ' || i, '', '{at}',
                '{at}', 1 FROM ({numbers}) AS s""",
            """INSERT INTO copy (book_id, barcode, barcode_key, loan_type, status, created_at,
                updated_at, revision) SELECT i, 'C' || i, 'c' || i, 'standard', 'on_loan', '{at}',
                '{at}', 1 FROM ({numbers}) AS s""",
            """INSERT INTO loan (copy_id, book_id, user_id, policy_id, borrowed_at, due_at,
                due_steps, renewals, revision) SELECT i, i, i, 1, '{at}', '{due}', '[]', 0, 1
                FROM ({numbers}) AS s""",
        ):
            run(statement.format(at=at, due=due, numbers=numbers))


def _write_events(count: int) -> None:
    """Audit rows of loans, ten of whose events are of another type."""
    at = stamp(now())
    for begin in range(0, count, 50_000):
        with transaction():
            rows = [
                (at, "calendar.update" if n % 100_000 == 7 else "loan.create", 1 + n % 1000, "r")
                for n in range(begin, begin + 50_000)
            ]
            _insert_events(rows)


def _insert_events(rows: list[tuple[Any, ...]]) -> None:
    insert = "INSERT INTO audit (at, action, record_type, record_id, request_id) VALUES"
    for begin in range(0, len(rows), 500):
        some = rows[begin : begin + 500]
        places = ", ".join("(?, ?, 'loan', ?, ?)" for _ in some)
        run(f"{insert} {places}", [value for row in some for value in row])


@contextmanager
def _opened(url: str) -> Iterator[None]:
    """An empty library, whose notices are queued."""
    opened = connect(url)
    schema.migrate()
    causes.subscribe(LIBRARY)
    yield
    Notice.delete().execute()
    opened.close()


if __name__ == "__main__":
    main()

"""An import beside others who write: neither keeps the other out, and none waits for long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from peewee import EXCEPTIONS, ExceptionWrapper

from catalogue import import_run, pacing
from catalogue.import_batch import Batch
from catalogue.import_outcome import Outcome
from catalogue.import_run import Import, Progress, Rules, Told
from models import book, version
from models.audit import Audit
from models.database import database, is_awaited, rows, transaction
from models.isbn import isbn_13
from tests.support.servers import wait_for
from tests.unit.catalogue.given import WHO, Heard, bring_in, catalogue, records, titles

# Ten digits each, the last of which makes the check sum right.
_TENS = (f"{number:09}{digit}" for number in range(40) for digit in "0123456789x")
ISBNS = [isbn for ten in _TENS if (isbn := isbn_13(ten))]


def books(**values: Any) -> list[dict[str, Any]]:
    return [{"title": f"Book {isbn}", "isbn": isbn, **values} for isbn in ISBNS]


class Stopped:
    """An import's `keep` that stands still in the middle of its first transaction."""

    def __init__(self) -> None:
        self.reached, self.go_on = Event(), Event()

    def __call__(self, progress: Progress, told: Told) -> None:
        self.reached.set()
        assert self.go_on.wait(10)


@pytest.fixture
def stopped(postgresql: Any) -> Iterator[Stopped]:
    """An import that has written to the first books and has not committed yet."""
    bring_in(*books())
    keep = Stopped()

    def run() -> None:
        with database.connection_context():
            Import(Rules(on_match="update"), WHO, keep).run(records(*books(pages=7)))

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(run)
        assert keep.reached.wait(10)
        yield keep
        keep.go_on.set()
        work.result(10)


def test_a_book_that_no_transaction_of_the_import_has_touched_is_edited_at_once(
    stopped: Stopped,
) -> None:
    database.execute_sql("SET lock_timeout = '100ms'")
    other = book.create({"title": "Another"}, WHO).id
    with transaction():
        book.update(book.locked(other), {"pages": 8}, WHO)
    assert book.find(other).pages == 8


def test_each_commit_changes_the_version_of_the_catalogue(stopped: Stopped) -> None:
    before = version.of_catalogue()
    book.create({"title": "Another"}, WHO)
    between = version.of_catalogue()
    stopped.go_on.set()
    wait_for(lambda: book.find(1).pages is not None)
    assert len({before, between, version.of_catalogue()}) == 3


@pytest.mark.usefixtures("db")
def test_a_transaction_that_is_undone_leaves_the_version_as_it_was() -> None:
    before = version.of_catalogue()
    with transaction() as undone:
        book.create({"title": "Undone"}, WHO)
        undone.rollback()
    assert version.of_catalogue() == before
    book.create({"title": "Done"}, WHO)
    assert version.of_catalogue() != before


@pytest.mark.usefixtures("db")
def test_summing_up_leaves_the_version_rising() -> None:
    seen = [version.of_catalogue()]
    for number in range(200):
        book.create({"title": f"Book {number}"}, WHO)
        seen.append(version.of_catalogue())
    assert seen == sorted(set(seen))
    rows = database.execute_sql("SELECT COUNT(*) FROM catalogue_version").fetchone()[0]
    assert rows < 200


@pytest.mark.usefixtures("db")
def test_imports_and_edits_in_any_order_go_through_together() -> None:
    bring_in(*books())
    first, last = catalogue()[0]["id"], catalogue()[-1]["id"]

    def imported(pages: int) -> None:
        with database.connection_context():
            done = Import(Rules(on_match="update"), WHO, Heard().keep)
            assert done.run(records(*books(pages=pages))).failed == 0

    def edited(pages: int) -> None:
        with database.connection_context():
            for book_id in (last, first):
                with transaction():
                    book.update(book.locked(book_id), {"edition": str(pages)}, WHO)

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(act, pages) for pages in range(1, 6) for act in (imported, edited)]
        for each in work:
            each.result(60)
    assert [one["edition"] is not None for one in catalogue()].count(True) == 2
    assert {one["pages"] for one in catalogue()} <= {*range(1, 6)}


@pytest.mark.usefixtures("sqlite")
def test_an_edit_comes_in_between_the_slices_of_a_batch_on_sqlite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without it the batch is one transaction."""
    monkeypatch.setattr(import_run, "SLICE", 2)
    first = book.create({"title": "Edited meanwhile"}, WHO).id
    stored = Batch.run
    others: list[Thread] = []

    def edit() -> None:
        with database.connection_context(), transaction():
            book.update(book.locked(first), {"pages": 7}, WHO)

    def run(batch: Batch, *given: Any) -> Outcome:
        if not others:
            others.append(Thread(target=edit))
            others[0].start()
            wait_for(is_awaited)
        return stored(batch, *given)

    monkeypatch.setattr(Batch, "run", run)
    told = Heard()
    done = bring_in(*books(), told=told)
    others[0].join()
    assert done == Progress(processed=len(ISBNS), created=len(ISBNS))
    assert told.progress[0].processed == 2
    assert told.progress[-1] == done
    assert sorted(titles()) == sorted(["Edited meanwhile", *(one["title"] for one in books())])
    acts = [row[0] for row in rows(Audit.select(Audit.action).order_by(Audit.id))]
    assert acts.index("book.update") < len(acts) - 1


@pytest.mark.usefixtures("sqlite")
def test_a_batch_for_which_nobody_waits_is_one_transaction_on_sqlite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_run, "SLICE", 2)
    monkeypatch.setattr(import_run, "_LONGEST", 60)
    told = Heard()
    bring_in(*books(), told=told)
    assert [one.processed for one in told.progress] == [len(ISBNS)]


def test_a_batch_that_met_a_deadlock_is_done_again(postgresql: Any) -> None:
    bring_in(*books())
    failures = iter([psycopg.errors.DeadlockDetected()])
    kept = Heard()

    def keep(progress: Progress, told: Told) -> None:
        for failure in failures:
            with ExceptionWrapper(EXCEPTIONS):
                raise failure
        kept.keep(progress, told)

    done = Import(Rules(on_match="update"), WHO, keep).run(records(*books(pages=9)))
    assert done == Progress(processed=len(ISBNS), updated=len(ISBNS))
    assert {one["pages"] for one in catalogue()} == {9}


def test_a_dry_run_that_met_a_deadlock_takes_no_record_for_its_own_repeat(postgresql: Any) -> None:
    failures = iter([psycopg.errors.DeadlockDetected()])

    def keep(progress: Progress, told: Told) -> None:
        for failure in failures:
            with ExceptionWrapper(EXCEPTIONS):
                raise failure

    done = Import(Rules(dry_run=True), WHO, keep).run(records(*books()))
    assert done == Progress(processed=len(ISBNS), created=len(ISBNS))


@pytest.mark.usefixtures("db")
def test_a_batch_holds_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "BATCH_BYTES", 1000)
    monkeypatch.setattr(import_run, "BATCH_SECONDS", 60)
    told = Heard()
    bring_in(*({"title": f"Book {n}", "description": "x" * 600} for n in range(5)), told=told)
    assert [progress.processed for progress in told.progress] == [2, 4, 5]

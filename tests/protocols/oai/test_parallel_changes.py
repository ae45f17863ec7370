"""A harvest while others write: no record is lost, and none is given again in an older form."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.auth.tokens import Signer
from models import book
from models.book import Book
from models.database import database, transaction
from models.errors import Missing
from models.harvest import BookChange
from protocols.oai.provider import answer
from protocols.oai.repository import Repository
from tests.protocols.oai.answers import Record, read
from tests.support.people import NOBODY

WRITERS, CHANGES = 4, 250
REPOSITORY = Repository(
    "Library", "http://localhost/oai", "localhost", "a@example.org", Signer(["k" * 32], "oai")
)


def harvest(**arguments: str) -> tuple[str, list[Record]]:
    """The date of the first answer, and all records in the order given."""
    asked = {"verb": "ListRecords", "metadataPrefix": "oai_dc", **arguments}
    date = ""
    records: list[Record] = []
    while True:
        told = read(answer(REPOSITORY, list(asked.items())).encode())
        if told.errors:
            assert told.errors == ["noRecordsMatch"]
            return told.date, records
        date = date or told.date
        records += told.records
        if not told.token:
            return date, records
        asked = {"verb": "ListRecords", "resumptionToken": told.token}


def change(chance: random.Random, number: int) -> None:
    """Create, change or delete some book, in a transaction of its own, as requests do."""
    with transaction():
        ids = [row[0] for row in Book.select(Book.id).order_by(Book.id.desc()).limit(150).tuples()]
        what = chance.random()
        try:
            if what < 0.3:
                book.create({"title": f"New {number}"}, NOBODY)
            elif what < 0.8:
                found = book.locked(chance.choice(ids))
                book.update(found, {"title": f"Changed {number}"}, NOBODY)
            else:
                book.delete(book.locked(chance.choice(ids)), NOBODY)
        except Missing:
            pass


def test_a_harvest_and_the_next_one_see_every_change(db: Any) -> None:
    with transaction():
        for number in range(250):
            book.create({"title": f"First {number}"}, NOBODY)
    start = threading.Barrier(WRITERS + 1)

    def write(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311  chances that can be repeated
        start.wait(60)
        try:
            for number in range(CHANGES):
                change(chance, seed * CHANGES + number)
        finally:
            database.obj.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, seed) for seed in range(WRITERS)]
        start.wait(60)
        date, records = harvest()
        while not all(one.done() for one in writing):
            date, more = harvest(**{"from": date})
            records += more
        for one in writing:
            one.result()
    _, last = harvest(**{"from": date})
    seen: dict[int, Record] = {}
    for record in [*records, *last]:
        known = seen.get(record.book_id)
        assert known is None or known.datestamp <= record.datestamp
        seen[record.book_id] = record
    stored = Book.select(Book.id, Book.title, Book.deleted_at).tuples()
    for book_id, title, deleted_at in stored:
        shown = seen[book_id]
        assert shown.is_deleted == (deleted_at is not None)
        assert shown.is_deleted or shown.title == title


@pytest.mark.parametrize(
    "asked",
    [
        {"verb": "Identify"},
        {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2999-01-01"},
        {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "from": "2999-01-01"},
    ],
)
def test_no_date_to_harvest_from_is_after_a_change_that_is_not_seen_yet(
    db: Any, asked: dict[str, str]
) -> None:
    """VuFind harvests again from the date of Identify, others from that of an empty list."""
    with ThreadPoolExecutor(1) as pool:
        made, asking = threading.Event(), threading.Event()
        writing = pool.submit(_made_slowly, made, asking)
        assert made.wait(60)
        time.sleep(1.1)
        asking.set()
        date = read(answer(REPOSITORY, list(asked.items())).encode()).date
        seen = BookChange.select().count()
        changed_at = writing.result()
    assert seen or date <= changed_at


def _made_slowly(made: threading.Event, asking: threading.Event) -> str:
    """Create a book in a transaction that goes on while something is asked; its moment."""
    try:
        with transaction():
            book_id = book.create({"title": "Slow"}, NOBODY).id
            made.set()
            asking.wait(60)
            time.sleep(0.5)
        return str(BookChange.get_by_id(book_id).changed_at)
    finally:
        database.obj.close()

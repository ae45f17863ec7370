"""Rows carry the moment at which they were written, however long ago their import began."""

from datetime import timedelta
from typing import Any

import pytest

from models import book, timestamps
from models.copy import Copy
from models.order import Order
from models.post import Post
from models.timestamps import stamp
from models.user import User
from moving import run
from moving.reading import Row
from protocols.oai.provider import answer
from tests.protocols.oai.answers import read
from tests.protocols.oai.test_parallel_changes import REPOSITORY
from tests.support.people import NOBODY

LONG_AGO = timestamps.now() - timedelta(hours=1)
ISBN = "9780141439587"
ROWS = {
    "copies": (Copy, {"barcode": "B1", "isbn": ISBN}),
    "members": (User, {"card_number": "C1", "last_name": "Lovelace"}),
    "orders": (Order, {"title": "Persuasion"}),
    "posts": (Post, {"title": "Closed", "content": "On Monday."}),
}


def begun_long_ago(kind: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, run.MoveIn]:
    """A book, and an import that has taken nothing yet."""
    with monkeypatch.context() as then:
        then.setattr(timestamps, "now", lambda: LONG_AGO)
        book_id = book.create({"title": "Emma", "isbn": ISBN}, NOBODY).id
        return book_id, run.MoveIn(run.TAKERS[kind](run.about(NOBODY)))


@pytest.mark.parametrize("kind", ROWS)
def test_rows_carry_the_moment_of_their_batch(
    kind: str, sqlite: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, values = ROWS[kind]
    _, work = begun_long_ago(kind, monkeypatch)
    assert work.run([Row(1, b"", values, "k1")]).created == 1
    newest = table.select().order_by(table.id.desc()).get()
    assert min(newest.created_at, newest.updated_at) > stamp(LONG_AGO)


def test_a_harvest_has_the_copies_of_an_import_that_began_before_the_last_harvest(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_id, work = begun_long_ago("copies", monkeypatch)
    asked = [("verb", "ListIdentifiers"), ("metadataPrefix", "oai_dc")]
    date = read(answer(REPOSITORY, asked).encode()).date
    work.run([Row(1, b"", ROWS["copies"][1], "k1")])
    told = read(answer(REPOSITORY, [*asked, ("from", date)]).encode())
    assert [one.book_id for one in told.records] == [book_id]

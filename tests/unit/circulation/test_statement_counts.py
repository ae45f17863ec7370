"""How many statements the desk's acts take: few, and no more as history grows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from circulation import due_date_changes
from circulation.checkout import Request, decide
from models.database import is_postgresql
from notices import causes
from notices.library import Library
from tests.unit.circulation.library import DAY, DESK, NOW, back, held, lent, member, title

pytestmark = pytest.mark.usefixtures("library")
_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@contextmanager
def statements(db: Any) -> Iterator[list[str]]:
    """What is sent to the database meanwhile, the bounds of transactions left out."""
    sent: list[str] = []

    def note(event: Any) -> None:
        if not event.sql.startswith(_TRANSACTION):
            sent.append(event.sql)

    db.query_hooks.append(note)
    yield sent
    db.query_hooks.remove(note)


def sent_by(db: Any, deed: Callable[[], Any]) -> int:
    with statements(db) as sent:
        deed()
    return len(sent)


def test_a_loan_and_its_return_take_eight_statements(db: Any) -> None:
    _, [barcode] = title()
    borrower = member()
    lent(barcode, borrower)
    back(barcode)
    with statements(db) as sent:
        lent(barcode, borrower)
        back(barcode)
    # PostgreSQL holds the rows first, with one statement for each act.
    assert len(sent) == (10 if is_postgresql() else 8), "\n".join(sent)


def test_notices_that_nobody_wants_take_no_statement(db: Any) -> None:
    _, [barcode] = title()
    borrower = member()

    def round_trip() -> None:
        lent(barcode, borrower)
        back(barcode)

    round_trip()
    before = sent_by(db, round_trip)
    causes.subscribe(Library())
    assert sent_by(db, round_trip) == before


def test_a_due_date_is_moved_for_who_wants_no_notice_with_one_statement_more(db: Any) -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member(notices='{"due-date-changed": false}')).row.id

    def moved(day: int) -> Callable[[], Any]:
        to = date(2026, 4, day)
        return lambda: due_date_changes.change(loan_id, to, "asked for", DESK, NOW)

    before = sent_by(db, moved(1))
    causes.subscribe(Library())
    assert sent_by(db, moved(2)) == before + 1


def test_the_dry_run_takes_one_statement(db: Any) -> None:
    _, [barcode] = title()
    wanted = Request(barcode=barcode, user_id=member())
    decide(wanted, NOW)
    assert sent_by(db, lambda: decide(wanted, NOW)) == 1


def test_the_counts_do_not_grow_with_history(db: Any) -> None:
    book_id, [barcode, *others] = title(5)
    borrower = member()

    def round_trip() -> None:
        lent(barcode, borrower, NOW)
        back(barcode, NOW + DAY)

    round_trip()
    before = sent_by(db, round_trip)
    for other in others:
        lent(other, member())
    for _ in range(10):
        round_trip()
    held(book_id, member(), not_needed_after=NOW.date())
    back(barcode, NOW + 2 * DAY)
    assert sent_by(db, round_trip) == before

"""What renewing each of a member's loans would do, asked of all of them at once."""

from datetime import date
from typing import Any

import pytest

from circulation import dry_runs
from tests.unit.circulation.library import DAY, NOW, closed, held, lent, member, title
from tests.unit.circulation.test_statement_counts import sent_by

pytestmark = pytest.mark.usefixtures("library")
LATER = NOW + 7 * DAY


def _loans(borrower: int, titles: int) -> list[int]:
    return [lent(title()[1][0], borrower).row.id for _ in range(titles)]


def test_each_loan_is_told_what_it_would_be_told_alone(db: Any) -> None:
    borrower = member()
    wanted, [barcode] = title()
    loans = [lent(barcode, borrower).row.id, *_loans(borrower, 2)]
    held(wanted, member())
    found = dry_runs.renewals(borrower, loans, LATER)
    assert found == {one: dry_runs.renewal(one, LATER) for one in loans}
    assert [found[one]["allowed"] for one in loans] == [False, True, True]


def test_they_take_as_many_statements_however_many_there_are(db: Any) -> None:
    borrower = member()
    loans = _loans(borrower, 1)
    alone = sent_by(db, lambda: dry_runs.renewals(borrower, loans, LATER))
    loans += _loans(borrower, 4)
    assert sent_by(db, lambda: dry_runs.renewals(borrower, loans, LATER)) == alone


def test_loans_of_others_are_left_out(db: Any) -> None:
    [theirs] = _loans(member(), 1)
    borrower = member()
    [own] = _loans(borrower, 1)
    assert list(dry_runs.renewals(borrower, [own, theirs], LATER)) == [own]


def test_where_no_open_day_follows_none_is_allowed_and_the_others_are_told(db: Any) -> None:
    borrower = member()
    loans = _loans(borrower, 2)
    closed(LATER.date().isoformat(), date(2099, 12, 31).isoformat())
    nothing = {"allowed": False, "reasons": [], "due_at": None}
    assert dry_runs.renewals(borrower, loans, LATER) == dict.fromkeys(loans, nothing)

"""Lists by status agree with the status shown, whatever the state and the moment."""

from itertools import combinations
from random import Random
from typing import Any

import pytest

from circulation import presentation
from circulation.lost_items import claim_returned, declare_lost
from circulation.undo import cancel_loan
from models import fee, hold, loan_list
from models.vocabulary import FeeStatus, HoldStatus, LoanStatus
from tests.unit.circulation.library import DAY, DESK, NOW, held, lent, member, policy, title
from tests.unit.circulation.test_parallel import busy

MOMENTS = [NOW + days * DAY for days in (0, 10, 25, 45, 90)]


@pytest.fixture(autouse=True)
def lived_in(library: Any) -> None:
    """A library in which much has happened."""
    policy("standard", "*", max_loans=4, max_holds=4, replacement_fee=500)
    books = [title(2) for _ in range(4)]
    barcodes = [barcode for _, some in books for barcode in some]
    members = [member() for _ in range(6)]
    for seed in range(8):
        busy(Random(seed), books, barcodes, members)  # noqa: S311 - chance, not secrets
    for barcode, lost in ((title(price=900)[1][0], True), (title()[1][0], False)):
        loan_id = lent(barcode, member()).row.id
        held(title()[0], member(), not_needed_after=(NOW + 20 * DAY).date())
        (declare_lost if lost else claim_returned)(loan_id, DESK, NOW + 2 * DAY)
    cancel_loan(lent(title()[1][0], member()).row.id, "the wrong card", DESK, NOW)


def subsets(statuses: tuple[str, ...]) -> list[tuple[str, ...]]:
    counts = range(1, len(statuses) + 1)
    return [chosen for count in counts for chosen in combinations(statuses, count)]


def everything(listing: Any, asked: dict[str, Any]) -> list[Any]:
    rows: list[Any] = listing.page(asked, ["id"], limit=1000, offset=0)
    assert listing.total(asked) == len(rows)
    return rows


@pytest.mark.parametrize("now", MOMENTS)
def test_loans(now: Any) -> None:
    shown = presentation.loans(everything(loan_list.LISTING, {}), now)
    for chosen in subsets(tuple(LoanStatus)):
        listed = everything(loan_list.LISTING, loan_list.in_status(chosen, now))
        assert [row[0] for row in listed] == [
            one.row.id for one in shown if one.status in chosen
        ], chosen


@pytest.mark.parametrize("now", MOMENTS)
def test_holds_and_their_positions(now: Any) -> None:
    shown = presentation.holds(everything(hold.LISTING, {}), now)
    for chosen in subsets(tuple(HoldStatus)):
        listed = everything(hold.LISTING, hold.in_status(chosen, now, now.date()))
        assert [row[0] for row in listed] == [
            one.row.id for one in shown if one.status in chosen
        ], chosen
    for book_id in {one.row.book_id for one in shown}:
        waiting = [one for one in shown if one.row.book_id == book_id and one.position]
        places = sorted(one.position or 0 for one in waiting)
        assert places == list(range(1, len(places) + 1))
    assert all((one.position is None) == (one.status != "waiting") for one in shown)


def test_fees() -> None:
    shown = everything(fee.LISTING, {})
    for count in (1, 2, 3):
        for chosen in combinations(FeeStatus, count):
            listed = everything(fee.LISTING, fee.in_status(chosen))
            assert listed == [line for line in shown if line.status in chosen], chosen


def test_the_library_has_seen_everything() -> None:
    """Or the tests above would prove little."""
    loans, holds = everything(loan_list.LISTING, {}), everything(hold.LISTING, {})
    of_loans = {one.status for now in MOMENTS for one in presentation.loans(loans, now)}
    assert of_loans == set(LoanStatus)
    of_holds = {one.status for now in MOMENTS for one in presentation.holds(holds, now)}
    assert of_holds == set(HoldStatus)
    of_fees = {line.status for line in everything(fee.LISTING, {})}
    assert of_fees >= {FeeStatus.OPEN, FeeStatus.WAIVED}

"""The nightly job, on each database: rules 22, 23, 34, 35."""

import pytest

from circulation.explanations import explain
from circulation.holds import cancel_hold
from circulation.nightly import Report, nightly
from circulation.undo import cancel_loan
from models import hold, loan
from models.fee import Fee, pay
from models.vocabulary import PaymentMethod
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    audited,
    back,
    fees,
    held,
    lent,
    member,
    on_copy,
    owes,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def test_rule_35_it_expires_holds_and_passes_their_copies_on() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    first, second = held(book_id, member()), held(book_id, member())
    back(barcode)
    assert nightly(DESK, NOW + 30 * DAY, 365) == Report(holds=1, loans=0, past_holds=0)
    assert hold.find(first.row.id).status == "expired"
    assert hold.find(second.row.id).copy_id == on_copy(barcode)["id"]


def test_rule_35_it_cancels_holds_nobody_needs_any_longer() -> None:
    stale = held(title()[0], member(), not_needed_after=NOW.date())
    kept = held(title()[0], member(), not_needed_after=(NOW + DAY).date())
    assert nightly(DESK, NOW + DAY, 365) == Report(holds=1, loans=0, past_holds=0)
    assert hold.find(stale.row.id).status == "cancelled"
    assert hold.find(kept.row.id).status == "waiting"


def test_rule_35_it_forgets_who_had_old_loans() -> None:
    _, [old, new, out] = title(3)
    old_loan = lent(old, member()).row.id
    new_loan, open_loan = lent(new, member()).row.id, lent(out, member()).row.id
    back(old)
    back(new, NOW + 20 * DAY)
    assert nightly(DESK, NOW + 31 * DAY, 30) == Report(holds=0, loans=1, past_holds=0)
    assert loan.find(old_loan).user_id is None
    assert loan.find(new_loan).user_id is not None
    assert loan.find(open_loan).user_id is not None
    assert [row["record_id"] for row in audited("loan.anonymise")] == [old_loan]


def test_rule_35_it_forgets_who_had_loans_that_were_cancelled() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    cancel_loan(loan_id, "the wrong card", DESK, NOW)
    assert nightly(DESK, NOW + 29 * DAY, 30).loans == 0
    assert nightly(DESK, NOW + 31 * DAY, 30).loans == 1
    assert loan.find(loan_id).user_id is None


def test_rule_35_a_settled_fine_does_not_keep_the_name_of_an_old_loan() -> None:
    _, [barcode] = title()
    borrower = member()
    lent(barcode, borrower)
    back(barcode, NOW + 22 * DAY)
    [fine] = fees(borrower)
    pay(fine, 25, PaymentMethod.CASH, "2026-04-01T09:00:00Z", None)
    owes(borrower, 7)
    nightly(DESK, NOW + 90 * DAY, 30)
    assert list(Fee.select(Fee.loan_id).tuples()) == [(None,), (None,)]


def test_rule_35_an_old_loan_does_not_keep_the_line_of_its_settled_fine() -> None:
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    back(barcode, NOW + 22 * DAY)
    pay(fees(borrower)[0], 25, PaymentMethod.CASH, "2026-04-01T09:00:00Z", None)
    nightly(DESK, NOW + 90 * DAY, 30)
    assert [one["fee_id"] for one in loan.fines(loan_id)] == [None]


def test_rule_35_a_loan_forgotten_before_names_no_line_of_its_member() -> None:
    """By a release that left the line in the loan."""
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    back(barcode, NOW + 22 * DAY)
    Fee.update(loan_id=None).execute()
    loan.forget([loan_id])
    [charge] = explain(loan_id, NOW + 90 * DAY)["fine"]["charges"]
    assert (charge["amount"], charge["fee_id"]) == (25, None)


def test_rule_35_a_fine_settled_later_loses_its_old_loan_then() -> None:
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    back(barcode, NOW + 22 * DAY)
    nightly(DESK, NOW + 90 * DAY, 30)
    [open_fine] = fees(borrower)
    assert open_fine.loan_id == loan_id
    pay(open_fine, 25, PaymentMethod.CASH, "2026-07-01T09:00:00Z", None)
    nightly(DESK, NOW + 150 * DAY, 30)
    assert fees(borrower)[0].loan_id is None


def test_rule_35_a_settled_fine_keeps_the_loan_that_still_names_its_member() -> None:
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    back(barcode, NOW + 22 * DAY)
    [fine] = fees(borrower)
    pay(fine, 25, PaymentMethod.CASH, "2026-04-01T09:00:00Z", None)
    nightly(DESK, NOW + 90 * DAY, 365)
    assert fees(borrower)[0].loan_id == loan_id


def test_rule_35_it_forgets_who_had_old_holds() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    cancelled, fulfilled, expired, stays = (held(book_id, member()) for _ in range(4))
    cancel_hold(cancelled.row.id, DESK, NOW)
    back(barcode)
    lent(barcode, fulfilled.row.user_id)
    back(barcode)
    nightly(DESK, NOW + 20 * DAY, 30)
    assert hold.find(expired.row.id).status == "expired"
    assert nightly(DESK, NOW + 31 * DAY, 30).past_holds == 2
    assert [hold.find(one.row.id).user_id for one in (cancelled, fulfilled)] == [None, None]
    assert [hold.find(one.row.id).user_id for one in (expired, stays)] == [
        expired.row.user_id,
        stays.row.user_id,
    ]
    assert nightly(DESK, NOW + 51 * DAY, 30).past_holds == 1
    forgotten = [cancelled.row.id, fulfilled.row.id, expired.row.id]
    assert [row["record_id"] for row in audited("hold.anonymise")] == forgotten


def test_rule_35_many_holds_are_forgotten_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("circulation.nightly._BATCH", 2)
    for _ in range(5):
        cancel_hold(held(title()[0], member()).row.id, DESK, NOW)
    assert nightly(DESK, NOW + 60 * DAY, 30).past_holds == 5


def test_rule_35_a_second_run_changes_nothing() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    held(book_id, member())
    back(barcode)
    nightly(DESK, NOW + 60 * DAY, 30)
    assert nightly(DESK, NOW + 60 * DAY, 30) == Report(holds=0, loans=0, past_holds=0)


def test_rule_35_many_loans_are_forgotten_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("circulation.nightly._BATCH", 2)
    _, barcodes = title(5)
    for barcode in barcodes:
        lent(barcode, member())
        back(barcode)
    assert nightly(DESK, NOW + 60 * DAY, 30).loans == 5

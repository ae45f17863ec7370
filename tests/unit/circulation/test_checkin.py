"""Returning, on each database: rules 15, 19, 21, 22, 26, 28."""

from datetime import timedelta
from typing import Any

import pytest

from circulation.lost_items import claim_returned, declare_lost
from models import copy, hold
from models.copy import Copy
from models.errors import Missing, Unacceptable
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    amend,
    audited,
    back,
    fees,
    held,
    lent,
    member,
    on_copy,
    policy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def test_a_return_closes_the_loan_by_the_barcode_alone() -> None:
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    done = back(f" {barcode.lower()} ", NOW + DAY)
    assert done.loan is not None
    assert (done.loan.row.id, done.loan.status) == (loan_id, "returned")
    assert done.loan.row.returned_at == "2026-03-03T09:00:00Z"
    assert (done.fees, done.hold) == ([], None)
    assert done.copy == copy.find(done.copy.id)
    assert done.copy.status == "available"


def test_an_unknown_barcode_is_missing() -> None:
    with pytest.raises(Missing) as missing:
        back("nowhere")
    assert missing.value.code == "copy-not-found"


def test_a_returned_copy_can_be_lent_again() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    back(barcode)
    assert lent(barcode, member()).status == "open"


def test_rule_15_back_on_the_due_day_is_on_time() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    done = back(barcode, NOW + 21 * DAY + timedelta(hours=13))
    assert done.fees == []


def test_rule_15_a_book_drop_counts_from_when_it_was_dropped() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    done = back(barcode, NOW + 30 * DAY, NOW + 21 * DAY)
    assert done.fees == []
    assert done.loan is not None
    assert done.loan.row.returned_at == "2026-03-23T09:00:00Z"


@pytest.mark.parametrize("days", [-1, 3])
def test_rule_15_a_return_lies_between_the_loan_and_now(days: int) -> None:
    _, [barcode] = title()
    lent(barcode, member())
    with pytest.raises(Unacceptable) as fault:
        back(barcode, NOW + 2 * DAY, NOW + days * DAY)
    assert fault.value.pointer == "#/returned_at"
    assert on_copy(barcode)["status"] == "on_loan"


def test_rule_19_a_returned_copy_goes_to_the_first_hold() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    first, second = held(book_id, member()), held(book_id, member())
    done = back(barcode)
    assert done.hold is not None
    assert done.hold.row.id == first.row.id
    assert done.hold.status == "ready"
    assert done.hold.position is None
    assert done.hold.row.copy_id == done.copy.id
    assert done.copy.status == "on_hold_shelf"
    assert hold.positions([second.row.id], NOW.date()) == {second.row.id: 1}


def test_rule_19_a_copy_that_is_not_on_loan_still_serves_holds() -> None:
    book_id, [barcode] = title()
    placed = held(book_id, member())
    done = back(barcode)
    assert done.loan is None
    assert done.hold is not None
    assert done.hold.row.id == placed.row.id


def test_rule_19_returning_twice_changes_nothing_more() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    first = back(barcode)
    again = back(barcode, NOW + DAY)
    assert again.loan is None
    # But for the scan itself (rule 45).
    assert again.copy == first.copy._replace(
        last_seen_at=again.copy.last_seen_at, revision=again.copy.revision
    )
    assert len(audited("loan.return")) == 1


def test_rule_19_a_hold_passes_a_copy_its_member_may_not_borrow() -> None:
    policy("child", "film", loan_days=0)
    book_id, [film] = title(loan_type="film")
    copy.create(book_id, {"barcode": "as a book"}, DESK)
    lent(film, member())
    child = held(book_id, member(category="child"))
    adult = held(book_id, member())
    done = back(film)
    assert done.hold is not None
    assert done.hold.row.id == adult.row.id
    assert hold.find(child.row.id).status == "waiting"


@pytest.mark.parametrize("gone", [{"is_active": False}, {"expires_on": "2026-03-01"}])
def test_rule_37_a_copy_passes_the_hold_of_a_member_who_can_never_come(
    gone: dict[str, Any],
) -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    first, second = member(), member()
    passed, served = held(book_id, first), held(book_id, second)
    amend(first, **gone)
    back(barcode)
    assert hold.find(served.row.id).status == "ready"
    assert hold.find(passed.row.id).status == "waiting"


def test_rule_37_a_copy_passes_the_hold_of_a_member_who_may_have_no_loan_at_all() -> None:
    policy("child", "*", max_loans=0)
    book_id, [barcode] = title()
    lent(barcode, member())
    child = member()
    passed, served = held(book_id, child), held(book_id, member())
    amend(child, category="child")
    back(barcode)
    assert hold.find(served.row.id).status == "ready"
    assert hold.find(passed.row.id).status == "waiting"


def test_rule_21_the_shelf_keeps_a_copy_for_open_days() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    held(book_id, member())
    done = back(barcode)
    assert done.hold is not None
    assert done.hold.row.expires_at == "2026-03-10T22:59:59Z"


def test_rule_22_an_expired_hold_passes_its_copy_on_when_the_copy_is_scanned() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    first, second = held(book_id, member()), held(book_id, member())
    back(barcode)
    done = back(barcode, NOW + 30 * DAY)
    assert hold.find(first.row.id).status == "expired"
    assert done.hold is not None
    assert done.hold.row.id == second.row.id


def test_rule_26_an_overdue_fine_becomes_a_fee_once() -> None:
    _, [barcode] = title()
    borrower = member()
    lent(barcode, borrower)
    done = back(barcode, NOW + 25 * DAY)
    assert [(fee.kind, fee.amount, fee.balance) for fee in done.fees] == [("overdue", 100, 100)]
    assert done.loan is not None
    assert done.loan.fine_accrued == 0
    back(barcode, NOW + 26 * DAY)
    assert [fee.id for fee in fees(borrower)] == [done.fees[0].id]


def test_rule_26_the_fine_is_at_the_rate_of_lending() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    policy("standard", "*", fine_per_day=9000)
    assert back(barcode, NOW + 22 * DAY).fees[0].amount == 25


def test_rule_28_a_lost_copy_that_is_found_costs_nothing_in_the_end() -> None:
    policy("standard", "*", replacement_fee=2000)
    book_id, [barcode] = title()
    borrower = member()
    lost = lent(barcode, borrower)
    declare_lost(lost.row.id, DESK, NOW + DAY)
    copy.create(book_id, {"barcode": "another"}, DESK)
    placed = held(book_id, member())
    done = back(barcode, NOW + 9 * DAY)
    assert done.loan is not None
    assert done.loan.status == "returned"
    assert [(fee.kind, fee.balance, fee.waived) for fee in done.fees] == [("lost", 0, 2000)]
    assert done.hold is not None
    assert done.hold.row.id == placed.row.id


def test_rule_29_a_claim_has_stopped_the_fine() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    claim_returned(loan_id, DESK, NOW + 22 * DAY)
    assert back(barcode, NOW + 40 * DAY).fees[0].amount == 25


def test_a_copy_in_repair_stays_there_and_serves_no_hold() -> None:
    book_id, [barcode] = title(status="in_repair")
    held(book_id, member())
    done = back(barcode)
    assert (done.copy.status, done.hold) == ("in_repair", None)


def test_a_lost_copy_without_a_loan_is_available_again() -> None:
    _, [barcode] = title(status="lost")
    assert back(barcode).copy.status == "available"
    assert len(audited("copy.found")) == 1


def test_rule_30_the_barcode_means_the_copy_in_stock() -> None:
    book_id, [barcode] = title(status="withdrawn")
    again = copy.create(book_id, {"barcode": barcode}, DESK)
    assert back(barcode).copy.id == again.id


def test_rule_30_without_one_in_stock_it_means_the_last_withdrawn() -> None:
    _, [barcode] = title(status="withdrawn")
    done = back(barcode)
    assert (done.copy.status, done.hold) == ("withdrawn", None)


def test_a_blocked_member_may_always_return() -> None:
    _, [barcode] = title()
    borrower = member()
    lent(barcode, borrower)
    amend(borrower, blocked=1, is_active=0)
    done = back(barcode)
    assert done.loan is not None
    assert Copy.get().status == "available"

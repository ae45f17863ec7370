"""Lost and claimed-returned copies, and explanations, on each database: rules 26, 28, 29."""

import pytest

from circulation import presentation
from circulation.explanations import explain
from circulation.inventory import change_copy
from circulation.lost_items import claim_returned, declare_lost
from circulation.renewals import renew
from models import copy, fee, loan, loan_list
from models.errors import Conflict, Missing
from models.hold import Hold
from models.vocabulary import PaymentMethod
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    audited,
    back,
    closed,
    fees,
    held,
    lent,
    member,
    on_copy,
    policy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def listed(*statuses: str, days: int = 0) -> list[tuple[int, str, int]]:
    now = NOW + days * DAY
    rows = loan_list.LISTING.page(loan_list.in_status(statuses, now), ["id"], limit=20, offset=0)
    return [(one.row.id, one.status, one.fine_accrued) for one in presentation.loans(rows, now)]


def test_rule_28_a_lost_copy_is_charged_at_its_price_beside_the_fine_so_far() -> None:
    _, [barcode] = title(price=1850)
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    lost = declare_lost(loan_id, DESK, NOW + 22 * DAY)
    assert (lost.status, lost.fine_accrued, lost.row.returned_at) == ("lost", 0, None)
    assert on_copy(barcode)["status"] == "lost"
    assert [(one.kind, one.amount) for one in fees(borrower)] == [
        ("overdue", 25),
        ("lost", 1850),
    ]


def test_rule_28_without_a_price_the_replacement_fee_of_lending_counts() -> None:
    policy("standard", "*", replacement_fee=700)
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    policy("standard", "standard", replacement_fee=9999)
    declare_lost(loan_id, DESK, NOW)
    assert [one.amount for one in fees(borrower)] == [700]


def test_rule_28_what_was_paid_for_a_found_copy_becomes_a_refund() -> None:
    _, [barcode] = title(price=1000)
    borrower = member()
    declare_lost(lent(barcode, borrower).row.id, DESK, NOW)
    [charge] = fees(borrower)
    fee.pay(charge, 400, PaymentMethod.CASH, "2026-03-02T09:00:00Z", None)
    done = back(barcode, NOW + DAY)
    assert [(one.kind, one.amount, one.balance) for one in done.fees] == [
        ("lost", 1000, 0),
        ("refund", -400, -400),
    ]
    assert fee.balance(borrower) == -400
    assert done.loan is not None
    assert done.loan.status == "returned"


def test_rule_28_a_second_lost_is_a_conflict() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    declare_lost(loan_id, DESK, NOW)
    for deed in (declare_lost, claim_returned):
        with pytest.raises(Conflict) as conflict:
            deed(loan_id, DESK, NOW)
        assert conflict.value.code == "loan-closed"


def test_rule_28_a_lost_copy_made_available_by_hand_is_found() -> None:
    _, [barcode] = title(price=1000)
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    declare_lost(loan_id, DESK, NOW)
    changed = change_copy(on_copy(barcode)["id"], {"status": "available"}, DESK, NOW + DAY)
    assert changed.status == "available"
    assert loan.find(loan_id).returned_at == "2026-03-03T09:00:00Z"
    assert fee.balance(borrower) == 0


def test_rule_29_a_claim_stops_the_fine_and_keeps_the_copy_out() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    claimed = claim_returned(loan_id, DESK, NOW + 22 * DAY)
    assert (claimed.status, claimed.fine_accrued) == ("claimed_returned", 25)
    assert listed("claimed_returned", days=60) == [(loan_id, "claimed_returned", 25)]
    assert on_copy(barcode)["status"] == "on_loan"


def test_rule_29_a_claimed_copy_that_is_marked_lost_costs_the_fine_up_to_the_claim() -> None:
    _, [barcode] = title(price=1200)
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    claim_returned(loan_id, DESK, NOW + 22 * DAY)
    lost = declare_lost(loan_id, DESK, NOW + 60 * DAY)
    assert (lost.status, on_copy(barcode)["status"]) == ("lost", "lost")
    charged = [(line.kind, line.amount) for line in fees(borrower)]
    assert charged == [("overdue", 25), ("lost", 1200)]


def test_rule_29_a_second_claim_changes_nothing() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    claim_returned(loan_id, DESK, NOW)
    assert claim_returned(loan_id, DESK, NOW + DAY).row.revision == 2
    assert len(audited("loan.claim-returned")) == 1


def test_rule_22_a_claim_passes_on_the_copy_of_a_hold_that_ran_out() -> None:
    book_id, [kept, out] = title(2)
    late, following = member(), member()
    lent(kept, member())
    loan_id = lent(out, member()).row.id
    held(book_id, late)
    held(book_id, following)
    back(kept)
    claim_returned(loan_id, DESK, NOW + 30 * DAY)
    ready = Hold.select(Hold.user_id, Hold.copy_id).where(Hold.status == "ready")
    assert list(ready.tuples()) == [(following, on_copy(kept)["id"])]


def test_loans_are_listed_by_how_they_stand_at_the_moment() -> None:
    _, barcodes = title(4)
    ids = [lent(barcode, member()).row.id for barcode in barcodes]
    back(barcodes[1])
    declare_lost(ids[2], DESK, NOW)
    claim_returned(ids[3], DESK, NOW)
    assert listed("open") == [(ids[0], "open", 0)]
    assert listed("overdue") == []
    assert listed("overdue", days=22) == [(ids[0], "overdue", 25)]
    assert listed("open", "overdue", days=22) == [(ids[0], "overdue", 25)]
    assert [row[0] for row in listed("returned", "lost")] == ids[1:3]
    assert [row[0] for row in listed("open", "lost", days=22)] == [ids[2]]


def test_an_explanation_tells_every_step_to_the_date_and_the_fine() -> None:
    closed("2026-03-23")
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    renew(loan_id, DESK, NOW + 2 * DAY)
    told = explain(loan_id, NOW + 25 * DAY)
    assert [(step["step"], step["to"]) for step in told["due"]] == [
        ("loan-days", "2026-03-23"),
        ("closed-day", "2026-03-24"),
        ("renewal-days", "2026-03-25"),
    ]
    assert told["renewals"] == [
        {
            "renewed_at": "2026-03-04T09:00:00Z",
            "policy_id": 1,
            "due_before": "2026-03-24T22:59:59Z",
            "due_after": "2026-03-25T22:59:59Z",
        }
    ]
    assert told["policy"]["loan_days"] == 21
    assert "revision" not in told["policy"]
    assert (told["fine"]["amount"], told["fine"]["days_late"]) == (50, 2)


def test_an_explanation_of_a_returned_loan_tells_the_fine_it_had() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    back(barcode, NOW + 22 * DAY)
    assert explain(loan_id, NOW + 90 * DAY)["fine"]["amount"] == 25


@pytest.mark.parametrize("ask", [declare_lost, claim_returned])
def test_a_loan_that_is_not_there_is_missing(ask: object) -> None:
    with pytest.raises(Missing):
        ask(99, DESK, NOW)  # type: ignore[operator]
    with pytest.raises(Missing):
        explain(99, NOW)


def test_a_withdrawn_lost_copy_keeps_its_charge() -> None:
    _, [barcode] = title(price=1000)
    borrower = member()
    declare_lost(lent(barcode, borrower).row.id, DESK, NOW)
    change_copy(copy.Copy.get().id, {"status": "withdrawn"}, DESK, NOW)
    assert fee.balance(borrower) == 1000

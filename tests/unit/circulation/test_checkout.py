"""Lending, on each database: rules 1 to 10, 13."""

from typing import Any

import pytest

from circulation.accounts import charge
from circulation.checkout import Request, decide, lend
from circulation.lost_items import declare_lost
from circulation.overrides import Override
from circulation.payments import pay
from models import hold
from models.errors import Missing, Refused, Unacceptable
from models.fee import Fee
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    amend,
    audited,
    back,
    closed,
    held,
    lent,
    member,
    on_copy,
    owes,
    policy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def reasons(refused: pytest.ExceptionInfo[Refused]) -> dict[str, Any]:
    return {one["code"]: one["params"] for one in refused.value.extra["reasons"]}


def test_a_loan_is_shown_with_its_dates() -> None:
    book_id, [barcode] = title()
    borrower = member()
    assert lent(barcode, borrower).to_json() == {
        "id": 1,
        "copy_id": 1,
        "book_id": book_id,
        "user_id": borrower,
        "status": "open",
        "borrowed_at": "2026-03-02T09:00:00Z",
        "due_at": "2026-03-23T22:59:59Z",
        "returned_at": None,
        "renewals": 0,
        "fine_accrued": 0,
        "revision": 1,
    }
    assert on_copy(barcode)["status"] == "on_loan"


def test_a_barcode_and_a_card_are_read_without_case_and_surrounding_space() -> None:
    _, [barcode] = title()
    borrower = member(card_key="card x")
    request = Request(barcode=f" {barcode.lower()} ", card_number=" CARD X")
    assert lend(request, DESK, NOW).row.user_id == borrower


def test_a_copy_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing) as missing:
        lent("nowhere", member())
    assert missing.value.code == "copy-not-found"


def test_a_member_who_is_not_there_is_missing() -> None:
    _, [barcode] = title()
    with pytest.raises(Missing) as missing:
        lent(barcode, 99)
    assert missing.value.code == "user-not-found"


def test_rule_1_a_copy_is_lent_to_one_member() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    with pytest.raises(Refused) as refused:
        lent(barcode, member())
    assert refused.value.code == "loan-refused"
    assert reasons(refused) == {"copy-on-loan": {}}


def test_rule_2_the_limit_counts_open_loans() -> None:
    policy("standard", "*", max_loans=1)
    _, barcodes = title(1)
    _, others = title(1)
    borrower = member()
    lent(barcodes[0], borrower)
    with pytest.raises(Refused) as refused:
        lent(others[0], borrower)
    assert reasons(refused) == {"loan-limit": {"limit": 1, "open": 1}}


def test_rule_3_a_rescanned_copy_is_no_second_loan() -> None:
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    with pytest.raises(Refused) as refused:
        lent(barcode, borrower)
    assert reasons(refused) == {"already-borrowed": {"loan_id": loan_id}}


def test_rule_3_another_copy_of_the_title_can_be_waved_through() -> None:
    _, [first, second] = title(2)
    borrower = member()
    loan_id = lent(first, borrower).row.id
    with pytest.raises(Refused) as refused:
        lent(second, borrower)
    assert reasons(refused) == {"title-on-loan": {"loan_id": loan_id}}
    assert lent(second, borrower, NOW, "title-on-loan").status == "open"


def test_rule_4_a_copy_set_aside_is_not_lent_to_another() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    held(book_id, member())
    back(barcode)
    with pytest.raises(Refused) as refused:
        lent(barcode, member())
    assert "copy-held" in reasons(refused)


def test_rule_4_lending_fulfils_a_ready_hold() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    waiter = member()
    placed = held(book_id, waiter)
    back(barcode)
    loan = lent(barcode, waiter)
    assert hold.find(placed.row.id).status == "fulfilled"
    assert hold.find(placed.row.id).copy_id == loan.row.copy_id


def test_rule_4_lending_fulfils_a_waiting_hold() -> None:
    book_id, [barcode] = title()
    waiter = member()
    placed = held(book_id, waiter)
    lent(barcode, waiter)
    assert hold.find(placed.row.id).status == "fulfilled"


def test_rule_5_a_walk_in_is_refused_while_the_holds_need_every_copy() -> None:
    book_id, [first, _] = title(2)
    held(book_id, member())
    held(book_id, member())
    with pytest.raises(Refused) as refused:
        lent(first, member())
    assert reasons(refused) == {"held-for-others": {"free": 2, "waiting": 2}}


def test_rule_5_a_walk_in_has_what_the_holds_leave() -> None:
    book_id, [first, _] = title(2)
    held(book_id, member())
    assert lent(first, member()).status == "open"


def test_rule_6_the_copy_set_aside_goes_to_the_next_hold() -> None:
    book_id, [first, second] = title(2)
    lent(first, member())
    lent(second, member())
    waiter, next_one = member(), member()
    held(book_id, waiter)
    later = held(book_id, next_one)
    back(first)
    back(second)
    lent(second, waiter, NOW, "copy-held")
    assert hold.find(later.row.id).copy_id == on_copy(first)["id"]
    assert on_copy(first)["status"] == "on_hold_shelf"


def test_rule_6_the_copy_set_aside_goes_back_to_the_shelf() -> None:
    book_id, [first, second] = title(2)
    lent(first, member())
    waiter = member()
    held(book_id, waiter)
    back(first)
    lent(second, waiter)
    assert on_copy(first)["status"] == "available"


def test_rule_7_the_most_specific_policy_counts() -> None:
    chosen = policy("student", "film", loan_days=2)
    _, [barcode] = title(loan_type="film")
    wanted = Request(barcode=barcode, user_id=member(category="student"))
    assert decide(wanted, NOW).policy.id == chosen


def test_rule_7_a_changed_policy_is_seen_at_once() -> None:
    _, [first, second] = title(2)
    lent(first, member())
    policy("standard", "*", loan_days=7)
    assert lent(second, member()).row.due_at == "2026-03-09T22:59:59Z"


def test_rule_8_every_fact_about_the_member_refuses_at_once() -> None:
    policy("standard", "*", overdue_block=1, fees_block_at=100)
    _, [late] = title()
    _, [other] = title()
    borrower = member()
    lent(late, borrower)
    owes(borrower, 101)
    amend(borrower, blocked=1, block_reason="torn pages", is_active=0, expires_on="2026-01-01")
    with pytest.raises(Refused) as refused:
        lent(other, borrower, NOW + 60 * DAY)
    assert reasons(refused) == {
        "member-inactive": {},
        "member-blocked": {"reason": "torn pages"},
        "member-expired": {"expires_on": "2026-01-01"},
        "fees-owed": {"balance": 101, "limit": 100},
        "loans-overdue": {"count": 1},
    }


def test_rule_8_a_block_for_a_debt_lapses_when_enough_is_paid() -> None:
    policy("standard", "*", fees_block_at=100)
    _, [barcode] = title()
    debtor = member()
    line = charge(debtor, 150, "spilt coffee", None, DESK, NOW)
    with pytest.raises(Refused) as refused:
        lent(barcode, debtor)
    assert reasons(refused) == {"fees-owed": {"balance": 150, "limit": 100}}
    pay(line.id, 50, "cash", "EUR", DESK, NOW)
    assert lent(barcode, debtor).status == "open"


def test_rule_8_a_block_for_an_overdue_loan_lapses_with_its_return() -> None:
    policy("standard", "*", overdue_block=1, fine_per_day=0)
    _, [late] = title()
    _, [other] = title()
    borrower = member()
    lent(late, borrower)
    with pytest.raises(Refused) as refused:
        lent(other, borrower, NOW + 60 * DAY)
    assert reasons(refused) == {"loans-overdue": {"count": 1}}
    back(late, NOW + 60 * DAY)
    assert lent(other, borrower, NOW + 60 * DAY).status == "open"


def test_rule_9_the_dry_run_decides_alike_and_changes_nothing() -> None:
    _, [barcode] = title()
    wanted = Request(barcode=barcode, user_id=member())
    decision = decide(wanted, NOW)
    assert decision.allowed
    assert decision.to_json()["due_at"] == lend(wanted, DESK, NOW).row.due_at
    refused = decide(wanted, NOW)
    assert not refused.allowed
    assert [reason.code for reason in refused.reasons] == ["already-borrowed"]
    assert refused.due_at is None


def test_rule_10_an_override_is_audited_with_its_reason() -> None:
    book_id, [barcode] = title()
    held(book_id, member())
    lent(barcode, member(), NOW, "held-for-others", "loan-limit")
    row = audited("loan.create")[0]
    assert row["reason"] == "asked at the desk"
    assert "held-for-others" in row["changes"]
    assert "loan-limit" not in row["changes"]


def test_rule_10_some_codes_are_never_waved_through() -> None:
    _, [barcode] = title()
    with pytest.raises(Unacceptable) as fault:
        lent(barcode, member(), NOW, "copy-on-loan")
    assert fault.value.pointer == "#/override/codes/0"


def test_rule_12_a_due_date_on_a_closed_day_moves_on() -> None:
    closed("2026-03-23", "2026-03-24")
    _, [barcode] = title()
    assert lent(barcode, member()).row.due_at == "2026-03-25T22:59:59Z"


def test_rule_13_a_due_date_stays_within_the_membership() -> None:
    _, [barcode] = title()
    assert lent(barcode, member(expires_on="2026-03-08")).row.due_at == "2026-03-07T22:59:59Z"


def test_overriding_copy_held_sends_the_hold_to_the_head_of_the_queue() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    first = held(book_id, member())
    second = held(book_id, member())
    back(barcode)
    lent(barcode, member(), NOW, "copy-held", "held-for-others")
    assert hold.find(first.row.id).status == "waiting"
    assert hold.positions([first.row.id, second.row.id], NOW.date()) == {
        first.row.id: 1,
        second.row.id: 2,
    }


def test_overriding_copy_lost_takes_the_copy_back_first() -> None:
    policy("standard", "*", replacement_fee=2000)
    _, [barcode] = title()
    loser, finder = member(), member()
    lost = lent(barcode, loser)
    declare_lost(lost.row.id, DESK, NOW)
    lent(barcode, finder, NOW + DAY, "copy-lost")
    fee = Fee.select().where(Fee.user_id == loser).dicts().get()
    assert (fee["balance"], fee["waived"]) == (0, 2000)


def test_overriding_copy_not_lendable_needs_a_date() -> None:
    policy("*", "reference", loan_days=0)
    _, [barcode] = title(loan_type="reference")
    with pytest.raises(Unacceptable) as fault:
        lent(barcode, member(), NOW, "copy-not-lendable")
    assert fault.value.pointer == "#/due_on"
    loan = lent(barcode, member(), NOW, "copy-not-lendable", due_on=(NOW + DAY).date())
    assert loan.row.due_at == "2026-03-03T22:59:59Z"


def test_a_withdrawn_copy_is_refused_by_its_barcode() -> None:
    _, [barcode] = title(status="withdrawn")
    with pytest.raises(Refused) as refused:
        lent(barcode, member())
    assert reasons(refused) == {"copy-withdrawn": {}}


def test_an_override_that_nobody_needed_leaves_no_trace() -> None:
    _, [barcode] = title()
    request = Request(
        barcode=barcode, user_id=member(), override=Override(["loan-limit"], "just in case")
    )
    lend(request, DESK, NOW)
    assert audited("loan.create")[0]["reason"] is None

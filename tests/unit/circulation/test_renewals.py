"""Renewing, on each database: rules 10, 16 to 18."""

import pytest

from circulation.inventory import delete_member
from circulation.lost_items import claim_returned, declare_lost
from circulation.overrides import Override
from circulation.renewals import renew
from models import hold, loan
from models.errors import Missing, Refused
from models.loan import LoanRow
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    amend,
    audited,
    back,
    held,
    lent,
    member,
    policy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    assert refused.value.code == "renewal-refused"
    return [one["code"] for one in refused.value.extra["reasons"]]


def out() -> LoanRow:
    _, [barcode] = title()
    return lent(barcode, member()).row


def test_rule_16_a_renewal_runs_from_its_day_and_counts() -> None:
    renewed = renew(out().id, DESK, NOW + 10 * DAY)
    assert (renewed.row.due_at, renewed.row.renewals) == ("2026-04-02T21:59:59Z", 1)
    assert renewed.row.revision == 2
    assert loan.find(renewed.row.id).due_at == renewed.row.due_at


def test_rule_16_a_renewal_that_gains_nothing_is_refused_and_uses_none_up() -> None:
    policy("standard", "*", renewal_days=2)
    loan_id = out().id
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW + DAY)
    assert codes(refused) == ["no-gain"]
    assert loan.find(loan_id).renewals == 0


def test_rule_16_renewing_on_the_day_of_the_loan_uses_no_renewal_up() -> None:
    loan_id = out().id
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            renew(loan_id, DESK, NOW)
        assert codes(refused) == ["no-gain"]
    assert loan.find(loan_id).renewals == 0


def test_rule_16_renewals_have_a_limit() -> None:
    loan_id = out().id
    renew(loan_id, DESK, NOW + DAY)
    renew(loan_id, DESK, NOW + 2 * DAY)
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW + 3 * DAY)
    assert codes(refused) == ["renewal-limit"]
    assert loan.find(loan_id).renewals == 2


def test_rule_10_a_limit_waved_through_is_audited() -> None:
    policy("standard", "*", max_renewals=0)
    renew(out().id, DESK, NOW + DAY, Override(["renewal-limit"], "snowed in"))
    row = audited("loan.renew")[0]
    assert row["reason"] == "snowed in"
    assert "renewal-limit" in row["changes"]


def test_rule_17_somebody_waiting_refuses() -> None:
    loan_id = out().id
    held(loan.find(loan_id).book_id, member())
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW + DAY)
    assert codes(refused) == ["hold-waiting"]


def test_rule_17_a_hold_that_has_run_out_refuses_nothing_and_is_ended() -> None:
    loan_id = out().id
    stale = held(loan.find(loan_id).book_id, member(), not_needed_after=NOW.date())
    renew(loan_id, DESK, NOW + DAY)
    assert hold.find(stale.row.id).status == "cancelled"


def test_rule_18_the_member_is_checked_again() -> None:
    running = out()
    amend(running.user_id or 0, blocked=1, block_reason="noise")
    with pytest.raises(Refused) as refused:
        renew(running.id, DESK, NOW + DAY)
    assert codes(refused) == ["member-blocked"]


def test_rule_18_a_claimed_loan_is_not_renewed() -> None:
    loan_id = out().id
    claim_returned(loan_id, DESK, NOW)
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW)
    assert codes(refused) == ["claimed-returned"]


def test_rule_18_a_lost_loan_is_not_renewed() -> None:
    loan_id = out().id
    declare_lost(loan_id, DESK, NOW)
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW)
    assert "loan-closed" in codes(refused)


def test_rule_18_a_returned_loan_of_a_member_who_left_is_closed() -> None:
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    back(barcode)
    delete_member(borrower, DESK, NOW)
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW)
    assert codes(refused) == ["loan-closed"]


def test_a_loan_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        renew(99, DESK, NOW)

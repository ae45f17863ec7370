"""Renewing, on each database: rules 10, 16 to 18."""

from typing import Any

import pytest

from circulation.losing import claim_returned, declare_lost
from circulation.overrides import Override
from circulation.renewing import renew
from circulation.stock import delete_member
from models import hold, loan
from models.errors import Missing, Refused
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


def out() -> dict[str, Any]:
    _, [barcode] = title()
    loan_now: dict[str, Any] = lent(barcode, member())
    return loan_now


def test_rule_16_a_renewal_runs_from_its_day_and_counts() -> None:
    renewed = renew(out()["id"], DESK, NOW + 10 * DAY)
    assert (renewed["due_at"], renewed["renewals"]) == ("2026-04-02T21:59:59Z", 1)
    assert renewed["revision"] == 2
    assert loan.find(renewed["id"])["due_at"] == renewed["due_at"]


def test_rule_16_a_renewal_never_shortens_the_loan() -> None:
    policy("standard", "*", renewal_days=2)
    lent_until = out()["due_at"]
    assert renew(1, DESK, NOW + DAY)["due_at"] == lent_until


def test_rule_16_renewals_have_a_limit() -> None:
    loan_id = out()["id"]
    renew(loan_id, DESK, NOW)
    renew(loan_id, DESK, NOW)
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW)
    assert codes(refused) == ["renewal-limit"]
    assert loan.find(loan_id)["renewals"] == 2


def test_rule_10_a_limit_waved_through_is_audited() -> None:
    policy("standard", "*", max_renewals=0)
    renew(out()["id"], DESK, NOW, Override(["renewal-limit"], "snowed in"))
    row = audited("loan.renew")[0]
    assert row["reason"] == "snowed in"
    assert "renewal-limit" in row["changes"]


def test_rule_17_somebody_waiting_refuses() -> None:
    loan_id = out()["id"]
    held(loan.find(loan_id)["book_id"], member())
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW)
    assert codes(refused) == ["hold-waiting"]


def test_rule_17_a_hold_that_has_run_out_refuses_nothing_and_is_ended() -> None:
    loan_id = out()["id"]
    stale = held(loan.find(loan_id)["book_id"], member(), not_needed_after=NOW.date())
    renew(loan_id, DESK, NOW + DAY)
    assert hold.find(stale["id"])["status"] == "cancelled"


def test_rule_18_the_member_is_checked_again() -> None:
    running = out()
    amend(running["user_id"], blocked=1, block_reason="noise")
    with pytest.raises(Refused) as refused:
        renew(running["id"], DESK, NOW)
    assert codes(refused) == ["member-blocked"]


def test_rule_18_a_claimed_loan_is_not_renewed() -> None:
    loan_id = out()["id"]
    claim_returned(loan_id, DESK, NOW)
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW)
    assert codes(refused) == ["claimed-returned"]


def test_rule_18_a_lost_loan_is_not_renewed() -> None:
    loan_id = out()["id"]
    declare_lost(loan_id, DESK, NOW)
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW)
    assert "loan-closed" in codes(refused)


def test_rule_18_a_returned_loan_of_a_member_who_left_is_closed() -> None:
    _, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower)["id"]
    back(barcode)
    delete_member(borrower, DESK, NOW)
    with pytest.raises(Refused) as refused:
        renew(loan_id, DESK, NOW)
    assert codes(refused) == ["loan-closed"]


def test_a_loan_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        renew(99, DESK, NOW)

"""Changing policies, on each database: rule 7."""

from typing import Any

import pytest

from circulation import rulebook
from circulation.explanations import explain
from models import loan, policy
from models.errors import Conflict, Taken
from models.policy import PolicyRow
from tests.unit.circulation.library import DAY, DESK, NOW, audited, lent, member, title

pytestmark = pytest.mark.usefixtures("library")

FIELDS = {
    "member_category": "standard",
    "loan_type": "*",
    "loan_days": 7,
    "max_loans": None,
    "max_renewals": 1,
    "renewal_days": None,
    "max_holds": None,
    "hold_shelf_days": 3,
    "fine_per_day": 10,
    "grace_days": None,
    "fine_cap": None,
    "replacement_fee": None,
    "fees_block_at": None,
    "overdue_block": True,
}


def made(**fields: Any) -> PolicyRow:
    return policy.create({**FIELDS, **fields}, DESK)


def changed(stored: PolicyRow, **fields: Any) -> PolicyRow:
    values = {name: getattr(stored, name) for name in FIELDS}
    return policy.replace(policy.locked(stored.id), {**values, **fields}, DESK)


def everyones() -> PolicyRow:
    [stored] = [row for row in policy.everything() if row.member_category == "*"]
    return stored


def test_a_policy_is_kept_as_it_was_given() -> None:
    stored = made()
    assert policy.find(stored.id)._asdict() == {"id": stored.id, **FIELDS, "revision": 1}


def test_a_new_policy_counts_at_once() -> None:
    borrower = member()
    lent(title()[1][0], borrower)
    made()
    assert lent(title()[1][0], borrower).row.due_at == "2026-03-09T22:59:59Z"


def test_rule_7_changing_a_policy_never_rewrites_loans() -> None:
    stored = made()
    loan_id = lent(title()[1][0], member()).row.id
    before = loan.find(loan_id)
    changed(stored, loan_days=1, fine_per_day=999, max_loans=0)
    assert loan.find(loan_id) == before
    policy.delete(policy.locked(stored.id), DESK)
    assert loan.find(loan_id) == before
    explained = explain(loan_id, NOW + 9 * DAY)
    assert explained["policy"] is None
    assert explained["fine"]["fine_per_day"] == 10


def test_a_policy_that_is_gone_counts_no_more() -> None:
    stored = made()
    policy.delete(policy.locked(stored.id), DESK)
    assert rulebook.latest().policies.choose("standard", "*").id == everyones().id
    assert len(audited("policy.delete")) == 1


def test_a_change_is_told_in_the_audit_log() -> None:
    after = changed(made(), loan_days=8)
    assert (after.loan_days, after.revision) == (8, 2)
    [row] = audited("policy.update")
    assert (row["record_id"], row["changes"]) == (after.id, '{"loan_days":[7,8]}')


def test_the_same_again_changes_nothing() -> None:
    stored = made()
    assert changed(stored) == stored
    assert audited("policy.update") == []


def test_a_pair_has_one_policy() -> None:
    made()
    other = made(loan_type="dvd")
    with pytest.raises(Taken) as taken:
        made()
    assert taken.value.code == "policy-taken"
    with pytest.raises(Taken):
        changed(other, loan_type="*")
    assert policy.find(other.id) == other


def test_the_policy_for_everyone_stays() -> None:
    last = everyones()
    with pytest.raises(Conflict) as refused:
        policy.delete(policy.locked(last.id), DESK)
    assert refused.value.code == "policy-required"
    with pytest.raises(Conflict) as refused:
        changed(last, loan_type="dvd")
    assert refused.value.code == "policy-required"
    assert everyones() == last

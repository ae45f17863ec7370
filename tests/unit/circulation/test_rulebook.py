"""The rules kept in memory are those in force, whoever changed them, and never ones undone."""

from typing import Any

import pytest

from circulation import rulebook
from circulation.lending import Request, decide
from models.database import transaction
from models.policy import Policy
from tests.unit.circulation.library import NOW, member, policy, title

pytestmark = pytest.mark.usefixtures("library")


def due() -> Any:
    _, [barcode] = title()
    return decide(Request(barcode=barcode, user_id=member()), NOW)["due_at"]


def test_a_change_that_was_undone_is_forgotten() -> None:
    before = due()
    with transaction() as undone:
        policy("standard", "*", loan_days=3)
        assert due() == "2026-03-05T22:59:59Z"
        undone.rollback()
    assert due() == before


def test_a_change_of_another_process_is_seen_with_the_next_facts() -> None:
    due()
    rules = rulebook.latest()
    policy("standard", "*", loan_days=3)
    assert due() == "2026-03-05T22:59:59Z"
    assert rulebook.latest() is not rules


def test_rules_that_did_not_change_are_not_read_again() -> None:
    rules = rulebook.latest()
    Policy.update(loan_days=3).execute()
    assert rulebook.latest() is rules


def test_amounts_are_told_in_the_currency_of_the_library() -> None:
    rulebook.use_currency("SEK")
    assert rulebook.latest().currency == "SEK"
    rulebook.use_currency("EUR")
    assert rulebook.latest().currency == "EUR"

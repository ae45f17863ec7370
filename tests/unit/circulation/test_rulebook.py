"""The rules kept in memory are those in force, whoever changed them, and never ones undone."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from circulation import rulebook
from circulation.checkout import Request, decide
from models import rulebook as rulebook_table
from models.calendar import Calendar
from models.database import transaction
from models.errors import Unacceptable
from models.policy import Policy
from tests.unit.circulation.library import NOW, held, lent, member, policy, title

pytestmark = pytest.mark.usefixtures("library")


def due() -> Any:
    _, [barcode] = title()
    return decide(Request(barcode=barcode, user_id=member()), NOW).to_json()["due_at"]


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


# Monday evening in Berlin, Tuesday on Kiritimati.
EVENING = datetime(2026, 3, 2, 18, tzinfo=UTC)
MONDAY = date(2026, 3, 2)


def moved_to(timezone: str) -> None:
    """Another process changes the time zone; this one has not noticed yet."""
    rulebook.latest()
    Calendar.update(timezone=timezone).execute()
    rulebook_table.changed()


def test_a_day_that_is_past_since_the_time_zone_changed_is_a_fault_at_once() -> None:
    book_id, [barcode] = title()
    borrower = member()
    moved_to("Pacific/Kiritimati")
    with pytest.raises(Unacceptable):
        lent(barcode, borrower, EVENING, due_on=MONDAY)
    moved_to("Europe/Berlin")
    moved_to("Pacific/Kiritimati")
    with pytest.raises(Unacceptable):
        held(book_id, borrower, EVENING, not_needed_after=MONDAY)


def test_a_day_that_is_no_longer_past_since_the_time_zone_changed_is_taken_at_once() -> None:
    book_id, [barcode] = title()
    moved_to("Pacific/Kiritimati")
    moved_to("Europe/Berlin")
    assert lent(barcode, member(), EVENING, due_on=MONDAY).row.due_at == "2026-03-02T22:59:59Z"
    moved_to("Pacific/Kiritimati")
    moved_to("Europe/Berlin")
    assert held(book_id, member(), EVENING, not_needed_after=MONDAY).status == "waiting"


def test_amounts_are_told_in_the_currency_of_the_library() -> None:
    rulebook.use_currency("SEK")
    assert rulebook.latest().currency == "SEK"
    rulebook.use_currency("EUR")
    assert rulebook.latest().currency == "EUR"

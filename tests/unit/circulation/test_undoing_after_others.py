"""Undoing a loan or a return when others have acted on the title since, on each database (41)."""

from datetime import timedelta

import pytest

from catalogue.merging import merge_books
from circulation import presentation
from circulation.copy_moves import move
from circulation.undo import cancel_loan, reopen_loan
from models import audit, hold, loan
from models.database import database
from models.errors import Conflict, Taken
from tests.unit.circulation.library import (
    DESK,
    NOW,
    back,
    held,
    held_copy,
    lent,
    member,
    on_copy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")
MINUTE = timedelta(minutes=1)
LATER = NOW + 10 * MINUTE


def positions(*holds: int) -> list[int | None]:
    """The places of holds in their queue."""
    rows = [hold.find(each) for each in holds]
    return [one.position for one in presentation.holds(rows, LATER)]


def bring_in_past_loan(like: int) -> None:
    """Bring in a loan that had ended before another one of the same member and copy began."""
    older = loan.Loan.select().where(loan.Loan.id == like).dicts().get()
    past = {"borrowed_at": "2025-01-02T10:00:00Z", "returned_at": "2025-01-20T10:00:00Z"}
    del older["id"]
    brought_in = loan.Loan.insert({**older, **past, "ended_at": past["returned_at"]}).execute()
    audit.record(DESK, "loan.create", "loan", brought_in)
    audit.record(DESK, "loan.return", "loan", brought_in)


def test_rule_4_no_hold_comes_back_for_who_has_borrowed_the_title_since() -> None:
    book_id, [first, second] = title(2)
    ada = member()
    held(book_id, ada)
    mistaken = lent(first, ada).row.id
    lent(second, ada, NOW + MINUTE, "title-on-loan")
    with pytest.raises(Conflict) as conflict:
        cancel_loan(mistaken, "wrong copy", DESK, LATER)
    assert conflict.value.code == "holds-moved"


def test_rule_4_a_hold_comes_back_though_a_past_loan_was_brought_in_since() -> None:
    book_id, [barcode] = title()
    ada = member()
    waiting = held(book_id, ada).row.id
    mistaken = lent(barcode, ada).row.id
    bring_in_past_loan(mistaken)
    cancel_loan(mistaken, "wrong copy", DESK, LATER)
    assert hold.find(waiting).ended_at is None


def test_rule_4_no_hold_comes_back_for_who_has_borrowed_the_title_and_returned_it() -> None:
    book_id, [first, second] = title(2)
    ada = member()
    held(book_id, ada)
    mistaken = lent(first, ada).row.id
    lent(second, ada, NOW + MINUTE, "title-on-loan")
    back(second, NOW + 2 * MINUTE)
    with pytest.raises(Conflict) as conflict:
        cancel_loan(mistaken, "wrong copy", DESK, LATER)
    assert conflict.value.code == "holds-moved"


def test_a_hold_comes_back_when_the_later_loan_was_cancelled_first() -> None:
    book_id, [first, second] = title(2)
    ada = member()
    waiting = held(book_id, ada).row.id
    mistaken = lent(first, ada).row.id
    later = lent(second, ada, NOW + MINUTE, "title-on-loan").row.id
    for each in (later, mistaken):
        cancel_loan(each, "wrong member", DESK, LATER)
    assert hold.find(waiting).status == "waiting"


def test_a_hold_on_one_copy_comes_back_beside_a_loan_of_another() -> None:
    _, [first, second] = title(2)
    ada = member()
    waiting = held_copy(first, ada).row.id
    mistaken = lent(first, ada).row.id
    lent(second, ada, NOW + MINUTE, "title-on-loan")
    cancel_loan(mistaken, "wrong copy", DESK, LATER)
    assert hold.find(waiting).status == "waiting"


def lent_by_who_had_waited() -> tuple[int, str]:
    """A loan returned, its copy lent again by an act that began before the return and waited."""
    _, [barcode] = title()
    returned = lent(barcode, member()).row.id
    back(barcode, NOW + 2 * MINUTE)
    lent(barcode, member(), NOW + MINUTE)
    return returned, barcode


def test_no_return_is_taken_back_while_the_copy_is_out_whatever_the_clock_said() -> None:
    returned, _ = lent_by_who_had_waited()
    with pytest.raises(Conflict) as conflict:
        reopen_loan(returned, "not here", DESK, LATER)
    assert conflict.value.code == "copy-on-loan"


def test_no_return_is_taken_back_after_the_copy_was_out_whatever_the_clock_said() -> None:
    returned, barcode = lent_by_who_had_waited()
    back(barcode, NOW + MINUTE)
    with pytest.raises(Conflict) as conflict:
        reopen_loan(returned, "not here", DESK, LATER)
    assert conflict.value.code == "copy-on-loan"


def test_a_return_is_taken_back_though_an_older_loan_was_brought_in_after_it() -> None:
    _, [barcode] = title()
    returned = lent(barcode, member()).row.id
    back(barcode, NOW + MINUTE)
    bring_in_past_loan(returned)
    assert reopen_loan(returned, "not here", DESK, LATER).row.returned_at is None


def test_rule_1_the_database_refuses_to_reopen_a_loan_of_a_copy_that_is_out() -> None:
    returned, _ = lent_by_who_had_waited()
    row = loan.find(returned)
    with pytest.raises(Taken) as taken, database.atomic():
        loan.reopen(row, row.due_at, [], 0)
    assert taken.value.code == "copy-on-loan"


def test_a_hold_that_comes_back_after_a_merge_stands_by_the_moment_it_was_placed() -> None:
    kept, _ = title()
    other, [barcode] = title()
    first = held(kept, member()).row.id
    ada = member()
    hers = held(other, ada, NOW + MINUTE).row.id
    last = held(kept, member(), NOW + 2 * MINUTE).row.id
    mistaken = lent(barcode, ada, NOW + 3 * MINUTE).row.id
    merge_books(kept, [other], DESK, NOW + 4 * MINUTE)
    cancel_loan(mistaken, "wrong card", DESK, LATER)
    assert positions(first, hers, last) == [1, 2, 3]


def test_a_hold_that_comes_back_stands_behind_one_that_a_copy_brought_and_was_before_it() -> None:
    _, [moved] = title()
    book_id, [barcode] = title()
    came = held_copy(moved, member()).row.id
    ada = member()
    hers = held(book_id, ada, NOW + MINUTE).row.id
    last = held_copy(barcode, member(), NOW + 2 * MINUTE).row.id
    mistaken = lent(barcode, ada, NOW + 3 * MINUTE).row.id
    with database.atomic():
        move(on_copy(moved)["id"], book_id, DESK, NOW + 4 * MINUTE)
    cancel_loan(mistaken, "wrong card", DESK, LATER)
    assert positions(came, hers, last) == [1, 2, 3]


def test_a_hold_comes_back_by_its_time_with_a_loan_that_was_reopened_after_a_merge() -> None:
    kept, _ = title()
    other, [barcode] = title()
    first = held(kept, member()).row.id
    ada = member()
    hers = held(other, ada, NOW + MINUTE).row.id
    mistaken = lent(barcode, ada, NOW + 2 * MINUTE).row.id
    back(barcode, NOW + 3 * MINUTE)
    merge_books(kept, [other], DESK, NOW + 4 * MINUTE)
    reopen_loan(mistaken, "wrong copy", DESK, NOW + 5 * MINUTE)
    cancel_loan(mistaken, "wrong card", DESK, LATER)
    assert positions(first, hers) == [1, 2]


def test_no_hold_comes_back_on_the_title_that_the_copy_has_left_since() -> None:
    target, _ = title()
    source, [barcode, _] = title(2)
    ada = member()
    held(source, ada)
    mistaken = lent(barcode, ada).row.id
    back(barcode, NOW + MINUTE)
    with database.atomic():
        move(on_copy(barcode)["id"], target, DESK, NOW + 2 * MINUTE)
    waiting = held(source, member(), NOW + 3 * MINUTE).row.id
    reopen_loan(mistaken, "wrong copy", DESK, NOW + 4 * MINUTE)
    with pytest.raises(Conflict) as conflict:
        cancel_loan(mistaken, "wrong card", DESK, LATER)
    assert conflict.value.code == "holds-moved"
    assert positions(waiting) == [1]


def test_a_hold_on_one_copy_comes_back_on_the_title_that_the_copy_has_come_to() -> None:
    target, _ = title()
    _, [barcode] = title()
    ada = member()
    hers = held_copy(barcode, ada).row.id
    mistaken = lent(barcode, ada).row.id
    back(barcode, NOW + MINUTE)
    with database.atomic():
        move(on_copy(barcode)["id"], target, DESK, NOW + 2 * MINUTE)
    first = held_copy(barcode, member(), NOW + 3 * MINUTE).row.id
    reopen_loan(mistaken, "wrong copy", DESK, NOW + 4 * MINUTE)
    cancel_loan(mistaken, "wrong card", DESK, LATER)
    assert positions(hers, first) == [1, 2]

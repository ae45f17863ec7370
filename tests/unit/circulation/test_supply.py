"""What a walk-in may take, and what stands free for holds, on each database: rules 5, 36, 39."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circulation import supply
from circulation.checkout import Request, decide
from circulation.hold_changes import change_hold
from circulation.inventory import change_copy
from models.policy import Policy
from models.rulebook import changed
from models.search import book_list
from models.vocabulary import CopyStatus
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    amend,
    back,
    held,
    held_copy,
    lent,
    member,
    on_copy,
    policy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def available(book_id: int, now: datetime = NOW) -> int:
    return supply.availability([book_id], now)[book_id].available


def listed(wanted: bool, now: datetime = NOW) -> set[int]:
    asked = supply.on_shelf({"available": wanted}, now)
    return {row.id for row in book_list.LISTING.page(asked, ["id"], limit=50, offset=0)}


def told(book_id: int, now: datetime = NOW) -> tuple[int, bool]:
    """How many copies may be taken, and whether the lists say so; of both lists one has it."""
    shown, hidden = book_id in listed(True, now), book_id in listed(False, now)
    assert shown is not hidden
    return available(book_id, now), shown


def test_a_free_copy_may_be_taken() -> None:
    book_id, _ = title(2)
    assert told(book_id) == (2, True)


def test_copies_promised_to_holds_may_not_be_taken() -> None:
    book_id, _ = title(2)
    held(book_id, member())
    assert told(book_id) == (1, True)
    held(book_id, member())
    assert told(book_id) == (0, False)


def test_a_hold_that_claims_nothing_keeps_no_copy_from_anybody() -> None:
    book_id, _ = title()
    gone = member()
    held(book_id, gone)
    amend(gone, is_active=False)
    assert told(book_id) == (1, True)


def test_a_suspended_hold_keeps_no_copy_until_it_resumes() -> None:
    book_id, _ = title()
    waiting = held(book_id, member())
    change_hold(waiting.row.id, {"suspended_until": NOW.date() + 3 * DAY}, DESK, NOW)
    assert told(book_id) == (1, True)
    assert told(book_id, NOW + 3 * DAY) == (0, False)


def test_a_hold_on_one_copy_keeps_that_one() -> None:
    book_id, [first, second] = title(2)
    held_copy(second, member())
    assert told(book_id) == (1, True)
    lent(first, member())
    assert told(book_id) == (0, False)


def test_copies_that_nobody_may_borrow_may_not_be_taken() -> None:
    policy("*", "reference", loan_days=0)
    book_id, _ = title(loan_type="reference")
    other, _ = title()
    assert told(book_id) == (0, False)
    assert told(other) == (1, True)
    policy("staff", "reference", loan_days=3)
    assert told(book_id) == (1, True)


def test_a_library_that_lends_one_type_alone_says_so() -> None:

    policy("*", "standard")
    Policy.update(loan_days=0).where(Policy.loan_type == "*").execute()
    changed()
    lendable, _ = title()
    other, _ = title(loan_type="map")
    assert told(lendable) == (1, True)
    assert told(other) == (0, False)


def test_a_copy_whose_hold_has_run_out_may_be_taken_before_the_night() -> None:
    """Rule 22."""
    book_id, [barcode] = title()
    held(book_id, member())
    back(barcode)
    assert told(book_id) == (0, False)
    assert told(book_id, NOW + 30 * DAY) == (1, True)


def test_it_goes_to_the_next_hold_first() -> None:
    book_id, [barcode] = title()
    held(book_id, member())
    back(barcode)
    held(book_id, member(), NOW + DAY)
    assert told(book_id, NOW + 30 * DAY) == (0, False)


def test_the_next_due_date_is_that_of_the_first_copy_to_come() -> None:
    book_id, [first, second, _] = title(3)
    assert supply.availability([book_id], NOW)[book_id].next_due_at is None
    lent(first, member(), due_on=NOW.date() + 9 * DAY)
    lent(second, member(), due_on=NOW.date() + 4 * DAY)
    stock = supply.availability([book_id], NOW)[book_id]
    assert stock.to_json() == {
        "copies": 3,
        "available": 1,
        "on_loan": 2,
        "holds": 0,
        "next_due_at": "2026-03-06T22:59:59Z",
    }


def test_lost_and_withdrawn_copies_do_not_count() -> None:
    book_id, [first, second, _] = title(3)
    change_copy(on_copy(first)["id"], {"status": CopyStatus.LOST}, DESK, NOW)
    change_copy(on_copy(second)["id"], {"status": CopyStatus.WITHDRAWN}, DESK, NOW)
    assert supply.availability([book_id], NOW)[book_id].copies == 1


def waiting() -> list[tuple[int, list[int]]]:
    return [(one.hold.id, [copy.id for copy in one.copies]) for one in supply.waiting(NOW)]


def test_free_copies_are_named_with_the_hold_they_would_serve() -> None:
    """Rule 39: a hold placed while a copy stands there is served when that is scanned."""
    book_id, barcodes = title(2)
    title()
    first = held(book_id, member()).row.id
    ids = [on_copy(barcode)["id"] for barcode in barcodes]
    assert waiting() == [(first, ids)]
    second = held(book_id, member()).row.id
    held(book_id, member())
    assert waiting() == [(first, ids), (second, ids)]
    back(barcodes[0])
    assert waiting() == [(second, ids[1:])]


def test_a_hold_that_may_not_have_the_copy_is_passed_over() -> None:
    policy("child", "adultdvd", loan_days=0)
    book_id, [barcode] = title(loan_type="adultdvd")
    change_copy(on_copy(barcode)["id"], {"loan_type": "standard"}, DESK, NOW)
    held(book_id, member(category="child"))
    adult = held(book_id, member()).row.id
    change_copy(on_copy(barcode)["id"], {"loan_type": "adultdvd"}, DESK, NOW)
    assert [hold_id for hold_id, _ in waiting()] == [adult]


@given(acts=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=9))
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_available_is_what_a_stranger_is_lent(acts: list[tuple[int, int]]) -> None:
    """No availability disagrees with lending, whatever went before."""
    book_id, barcodes = title(3)
    now = NOW
    for act, which in acts:
        barcode = barcodes[which]
        if act == 0 and allowed(barcode, now):
            lent(barcode, member(), now)
        elif act == 1:
            back(barcode, now)
        elif act == 2:
            held(book_id, member(), now)
        elif act == 3:
            held_copy(barcode, member(), now)
        else:
            now += timedelta(days=5)
    count, shown = told(book_id, now)
    assert shown is bool(count)
    assert bool(count) is any(allowed(barcode, now) for barcode in barcodes)


def allowed(barcode: str, now: datetime) -> Any:
    return decide(Request(barcode=barcode, user_id=member()), now).allowed

"""Copies, books and members that circulation has a say in: rules 25, 30 to 32."""

import pytest

from circulation.inventory import change_copy, delete_book, delete_copy, delete_member
from circulation.lost_items import declare_lost
from models import book, copy, fee, hold, loan, user
from models.errors import Conflict, Missing, Taken, Unacceptable
from models.fee import Fee
from models.hold import HoldRow
from models.vocabulary import PaymentMethod
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    audited,
    back,
    fees,
    held,
    lent,
    member,
    on_copy,
    owes,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def set_aside() -> tuple[int, int, HoldRow, HoldRow]:
    """A title whose copy is set aside for the first of two holds: book, copy, holds."""
    book_id, [barcode] = title()
    lent(barcode, member())
    first, second = held(book_id, member()).row, held(book_id, member()).row
    back(barcode)
    return book_id, on_copy(barcode)["id"], first, second


@pytest.mark.parametrize("status", ["lost", "withdrawn", "in_repair"])
def test_rule_25_a_copy_off_the_hold_shelf_sends_its_hold_to_the_head(status: str) -> None:
    book_id, copy_id, first, second = set_aside()
    # The last copy that could be lent would end the holds when withdrawn (rule 46).
    copy.create(book_id, {"barcode": "Second", "status": "in_repair"}, DESK)
    assert change_copy(copy_id, {"status": status, "note": "torn"}, DESK, NOW).status == status
    assert hold.find(first.id).status == "waiting"
    ids = [first.id, second.id]
    assert hold.positions(ids, NOW.date()) == {ids[0]: 1, ids[1]: 2}
    assert len(audited("copy.update")) == 1


@pytest.mark.parametrize("status", ["in_repair", "lost"])
def test_rule_21_a_copy_made_available_by_hand_makes_no_hold_ready(status: str) -> None:
    book_id, [barcode] = title()
    copy_id = on_copy(barcode)["id"]
    waiting = held(book_id, member())
    change_copy(copy_id, {"status": status}, DESK, NOW)
    change_copy(copy_id, {"status": "available"}, DESK, NOW)
    assert on_copy(barcode)["status"] == "available"
    assert hold.find(waiting.row.id).status == "waiting"


def test_a_copy_on_the_hold_shelf_is_not_made_available() -> None:
    _, copy_id, _, _ = set_aside()
    with pytest.raises(Conflict) as conflict:
        change_copy(copy_id, {"status": "available"}, DESK, NOW)
    assert conflict.value.code == "copy-held"


def test_a_copy_whose_hold_ran_out_is_made_available() -> None:
    _, copy_id, first, second = set_aside()
    hold.change(second.id, {"suspended_until": "2027-01-01"})
    changed = change_copy(copy_id, {"status": "available", "note": "x"}, DESK, NOW + 30 * DAY)
    assert (changed.status, changed.note) == ("available", "x")
    assert hold.find(first.id).status == "expired"


def test_a_copy_passed_on_to_the_next_hold_stays_on_the_hold_shelf() -> None:
    _, copy_id, _, second = set_aside()
    changed = change_copy(copy_id, {"status": "on_hold_shelf"}, DESK, NOW + 30 * DAY)
    assert changed.status == "on_hold_shelf"
    assert hold.find(second.id).copy_id == copy_id


def test_a_copy_on_loan_keeps_its_status() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    with pytest.raises(Conflict) as conflict:
        change_copy(on_copy(barcode)["id"], {"status": "lost"}, DESK, NOW)
    assert conflict.value.code == "copy-on-loan"
    changed = change_copy(
        on_copy(barcode)["id"], {"status": "on_loan", "location": "Attic"}, DESK, NOW
    )
    assert (changed.status, changed.location) == ("on_loan", "Attic")


@pytest.mark.parametrize("status", ["on_loan", "on_hold_shelf"])
def test_some_statuses_come_about_only_at_the_desk(status: str) -> None:
    _, [barcode] = title()
    with pytest.raises(Unacceptable) as fault:
        change_copy(on_copy(barcode)["id"], {"status": status}, DESK, NOW)
    assert fault.value.pointer == "#/status"


def test_rule_30_a_copy_comes_back_into_stock_only_with_its_barcode_free() -> None:
    book_id, [barcode] = title(status="withdrawn")
    old = on_copy(barcode)["id"]
    copy.create(book_id, {"barcode": barcode}, DESK)
    with pytest.raises(Taken):
        change_copy(old, {"status": "available"}, DESK, NOW)


def test_rule_31_a_deleted_copy_is_withdrawn_with_its_history() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    back(barcode)
    delete_copy(on_copy(barcode)["id"], DESK, NOW)
    assert on_copy(barcode)["status"] == "withdrawn"
    assert loan.find(loan_id).copy_id == on_copy(barcode)["id"]


def test_rule_31_a_copy_on_loan_is_not_deleted() -> None:
    _, [barcode] = title()
    lent(barcode, member())
    with pytest.raises(Conflict) as conflict:
        delete_copy(on_copy(barcode)["id"], DESK, NOW)
    assert conflict.value.code == "copy-on-loan"


def test_rule_31_a_copy_set_aside_is_not_deleted() -> None:
    _, copy_id, _, _ = set_aside()
    with pytest.raises(Conflict) as conflict:
        delete_copy(copy_id, DESK, NOW)
    assert conflict.value.code == "copy-held"


def test_rule_31_a_copy_set_aside_for_a_hold_that_ran_out_is_deleted() -> None:
    book_id, copy_id, first, second = set_aside()
    hold.change(second.id, {"suspended_until": "2027-01-01"})
    delete_copy(copy_id, DESK, NOW + 30 * DAY)
    assert hold.find(first.id).status == "expired"
    assert copy.find(copy_id).status == "withdrawn"
    assert book.find(book_id).id == book_id


def test_rule_31_a_book_with_a_copy_on_loan_is_not_deleted() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    with pytest.raises(Conflict) as conflict:
        delete_book(book_id, DESK, NOW)
    assert conflict.value.code == "copies-on-loan"


def test_rule_31_a_book_with_open_holds_is_not_deleted() -> None:
    book_id, _ = title()
    held(book_id, member())
    with pytest.raises(Conflict) as conflict:
        delete_book(book_id, DESK, NOW)
    assert conflict.value.code == "holds-open"


def test_rule_31_a_deleted_book_withdraws_its_copies_and_keeps_its_loans() -> None:
    book_id, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    back(barcode)
    held(book_id, member(), not_needed_after=NOW.date())
    delete_book(book_id, DESK, NOW + DAY)
    with pytest.raises(Missing):
        book.find(book_id)
    with pytest.raises(Missing):
        held(book_id, member())
    assert on_copy(barcode)["status"] == "withdrawn"
    assert loan.find(loan_id).book_id == book_id


def test_rule_31_a_copy_of_a_deleted_book_does_not_come_back_into_stock() -> None:
    book_id, [barcode] = title()
    delete_book(book_id, DESK, NOW)
    with pytest.raises(Conflict) as conflict:
        change_copy(on_copy(barcode)["id"], {"status": "available"}, DESK, NOW)
    assert conflict.value.code == "conflict"


def test_rule_32_a_member_with_loans_is_not_deleted() -> None:
    _, [barcode] = title()
    borrower = member()
    lent(barcode, borrower)
    with pytest.raises(Conflict) as conflict:
        delete_member(borrower, DESK, NOW)
    assert conflict.value.code == "loans-open"


def test_rule_32_a_member_who_owes_is_not_deleted() -> None:
    borrower = member()
    owes(borrower, 1)
    with pytest.raises(Conflict) as conflict:
        delete_member(borrower, DESK, NOW)
    assert conflict.value.code == "fees-owed"


def test_rule_32_the_holds_of_a_member_who_leaves_are_cancelled_and_the_queue_moves_up() -> None:
    _, copy_id, first, second = set_aside()
    waiter = first.user_id
    assert waiter is not None
    delete_member(waiter, DESK, NOW)
    assert hold.find(first.id).status == "cancelled"
    assert hold.find(first.id).user_id is None
    assert hold.find(second.id).copy_id == copy_id
    with pytest.raises(Missing):
        user.find(waiter)


def test_rule_32_loans_and_refunds_of_a_member_who_left_stay_without_a_name() -> None:
    _, [barcode] = title(price=500)
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    declare_lost(loan_id, DESK, NOW)
    [charge] = fees(borrower)
    fee.pay(charge, 500, PaymentMethod.CASH, "2026-03-02T09:00:00Z", None)
    back(barcode)
    delete_member(borrower, DESK, NOW)
    assert loan.find(loan_id).user_id is None
    assert sorted(Fee.select(Fee.user_id, Fee.balance).tuples()) == [(None, -500), (None, 0)]

"""Holds that end because no copy is left that could be lent, on each database: rule 46."""

import pytest

from circulation.inventory import change_copy, delete_copy
from models import hold
from tests.unit.circulation.library import (
    DESK,
    NOW,
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


def end_of(hold_id: int) -> str | None:
    return hold.find(hold_id).end_reason


def set_status(barcode: str, status: str) -> None:
    change_copy(on_copy(barcode)["id"], {"status": status}, DESK, NOW)


def move(barcode: str, book_id: int) -> None:
    change_copy(on_copy(barcode)["id"], {"book_id": book_id}, DESK, NOW)


@pytest.mark.parametrize("is_deleted", [True, False])
def test_holds_end_when_the_last_copy_was_lost_and_is_withdrawn(is_deleted: bool) -> None:
    book_id, [barcode] = title()
    waiting = held(book_id, member()).row.id
    set_status(barcode, "lost")
    assert end_of(waiting) is None
    if is_deleted:
        delete_copy(on_copy(barcode)["id"], DESK, NOW)
    else:
        set_status(barcode, "withdrawn")
    assert end_of(waiting) == "title_gone"


def test_holds_end_with_the_last_of_several_lost_copies() -> None:
    book_id, barcodes = title(2)
    waiting = held(book_id, member()).row.id
    for each in barcodes:
        set_status(each, "lost")
    set_status(barcodes[0], "withdrawn")
    assert end_of(waiting) is None
    set_status(barcodes[1], "withdrawn")
    assert end_of(waiting) == "title_gone"


def test_a_hold_that_waits_for_a_lost_copy_outlives_one_that_is_never_lent() -> None:
    policy("*", "reference", loan_days=0)
    book_id, [barcode] = title()
    waiting = held(book_id, member()).row.id
    set_status(barcode, "lost")
    _, [reference] = title(1, loan_type="reference")
    move(reference, book_id)
    set_status(reference, "withdrawn")
    assert end_of(waiting) is None


def test_holds_end_when_the_last_copy_turns_out_to_be_of_another_title() -> None:
    book_id, [barcode] = title()
    on_title = held(book_id, member()).row.id
    on_copy_alone = held_copy(barcode, member()).row.id
    move(barcode, title()[0])
    assert end_of(on_title) == "title_gone"
    assert end_of(on_copy_alone) is None


def test_holds_stay_when_a_copy_moves_and_another_is_left() -> None:
    book_id, [barcode, _] = title(2)
    waiting = held(book_id, member()).row.id
    move(barcode, title()[0])
    assert end_of(waiting) is None


@pytest.mark.parametrize("leaves", ["moved", "withdrawn"])
def test_a_hold_that_is_ready_stays_when_the_last_copy_that_could_be_lent_leaves(
    leaves: str,
) -> None:
    policy("*", "reference", loan_days=0)
    book_id, [aside, other] = title(2)
    lent(aside, member())
    lent(other, member())
    ready = held(book_id, member()).row.id
    back(aside)
    back(other)
    change_copy(on_copy(aside)["id"], {"loan_type": "reference"}, DESK, NOW)
    if leaves == "moved":
        move(other, title(0)[0])
    else:
        set_status(other, "withdrawn")
    assert hold.find(ready).status == "ready"

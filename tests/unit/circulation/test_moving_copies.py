"""Copies moved to the title they are one of, on each database: rules 30 and 46."""

from datetime import timedelta
from typing import Any

import pytest

from circulation.inventory import change_copy
from models import book, hold, loan
from models.errors import Conflict, Unacceptable
from models.search import book_list
from tests.unit.circulation.library import (
    DESK,
    NOW,
    audited,
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


def move(barcode: str, target: int, **more: Any) -> Any:
    return change_copy(on_copy(barcode)["id"], {"book_id": target, **more}, DESK, NOW)


def test_a_copy_moves_with_its_loans_and_is_found_by_its_new_title() -> None:
    _, [barcode] = title()
    target = book.create({"title": "Romola"}, DESK).id
    past = lent(barcode, member())
    back(barcode)
    moved = move(barcode, target, location="Attic")
    assert (moved.book_id, moved.location) == (target, "Attic")
    assert loan.find(past.row.id).book_id == target
    found = book_list.LISTING.page({"q": barcode}, [], limit=5, offset=0)
    assert [row.id for row in found] == [target]
    assert '"book_id"' in audited("copy.update")[0]["changes"]


def test_the_holds_on_it_alone_come_too_in_the_order_of_their_time() -> None:
    source, [barcode, _] = title(2)
    target, _ = title()
    on_source = held(source, member(), NOW)
    first = held(target, member(), NOW + MINUTE)
    moving = held_copy(barcode, member(), NOW + 2 * MINUTE)
    last = held(target, member(), NOW + 3 * MINUTE)
    move(barcode, target)
    ids = [first.row.id, moving.row.id, last.row.id]
    assert hold.positions(ids, NOW.date()) == {ids[0]: 1, ids[1]: 2, ids[2]: 3}
    assert hold.find(moving.row.id).book_id == target
    assert hold.find(on_source.row.id).book_id == source


def test_ended_holds_on_it_alone_come_too_and_the_log_tells_it() -> None:
    source, [barcode] = title()
    target, _ = title()
    who = member()
    ended = held_copy(barcode, who)
    lent(barcode, who)
    back(barcode)
    move(barcode, target)
    assert hold.find(ended.row.id).book_id == target
    [told] = audited("hold.update")
    moved = f'{{"book_id":[{source},{target}]}}'
    assert (told["record_id"], told["changes"]) == (ended.row.id, moved)


def test_a_copy_that_is_out_or_set_aside_stays() -> None:
    book_id, [out, aside] = title(2)
    target, _ = title()
    lent(out, member())
    held(book_id, member())
    back(aside)
    for barcode, code in ((out, "copy-on-loan"), (aside, "copy-held")):
        with pytest.raises(Conflict) as conflict:
            move(barcode, target)
        assert conflict.value.code == code


def test_a_copy_set_aside_for_a_hold_that_has_run_out_stands_on_the_shelf_of_its_new_title() -> (
    None
):
    book_id, [barcode] = title()
    target, _ = title()
    lent(barcode, member())
    ended = held(book_id, member())
    back(barcode)
    moved = change_copy(on_copy(barcode)["id"], {"book_id": target}, DESK, NOW + timedelta(days=30))
    assert (moved.book_id, moved.status) == (target, "available")
    assert on_copy(barcode)["status"] == "available"
    assert hold.find(ended.row.id).status == "expired"


def test_a_copy_moves_to_a_book_that_is_there() -> None:
    _, [barcode] = title()
    with pytest.raises(Unacceptable) as fault:
        move(barcode, 99)
    assert fault.value.pointer == "#/book_id"


def test_sending_the_present_book_back_moves_nothing() -> None:
    book_id, [barcode] = title()
    before = on_copy(barcode)
    assert move(barcode, book_id).revision == before["revision"]

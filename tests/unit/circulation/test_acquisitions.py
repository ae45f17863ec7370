"""Orders and what comes of them, on each database: rule 33."""

from typing import Any

import pytest

from circulation.acquisitions import change, receive, request, take_back_receipt
from circulation.hold_changes import change_hold
from models import book, copy, hold, locks, order
from models.audit import Actor
from models.book import Book
from models.copy import Copy, CopyRow
from models.errors import Conflict, Missing, Taken
from models.order import OrderRow, Receipt
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    audited,
    back,
    held,
    held_copy,
    member,
    on_copy,
    policy,
    title,
)
from tests.unit.circulation.test_parallel import at_once

pytestmark = pytest.mark.usefixtures("library")

ISBN = "9780141439549"
WANTED = {
    "title": "Silas Marner",
    "author": "George Eliot",
    "isbn": ISBN,
    "publisher": "Penguin",
    "quantity": 3,
    "note": None,
    "book_id": None,
}


def wanted(user_id: int | None = None, **fields: Any) -> int:
    """An order as requested; its id."""
    asker = Actor(user_id or member(), "test")
    order_id: int = request({**WANTED, **fields}, asker, NOW).id
    return order_id


def stepped(order_id: int, *steps: str) -> OrderRow:
    for step in steps:
        change(order_id, {"status": step}, DESK, NOW)
    return order.find(order_id)


def ordered(**fields: Any) -> int:
    order_id = wanted(**fields)
    stepped(order_id, "approved", "ordered")
    return order_id


def came(order_id: int, *barcodes: str) -> tuple[OrderRow, list[CopyRow]]:
    return receive(order_id, barcodes, DESK, NOW)


def test_an_order_is_requested_by_who_asks() -> None:
    asker = member()
    stored = order.find(wanted(asker))
    assert (stored.user_id, stored.status, stored.received) == (asker, "requested", 0)
    assert stored.book_id is None
    assert len(audited("order.create")) == 1


def test_an_order_finds_its_book_by_the_isbn() -> None:
    book_id = book.create({"title": "Silas Marner", "isbn": ISBN}, DESK).id
    assert order.find(wanted()).book_id == book_id


def test_an_order_of_an_unknown_book_is_missing() -> None:
    with pytest.raises(Missing):
        wanted(book_id=999)


@pytest.mark.parametrize(
    "steps",
    [
        ("approved", "ordered", "cancelled"),
        ("approved", "cancelled"),
        ("declined",),
        ("cancelled",),
    ],
)
def test_an_order_takes_its_steps(steps: tuple[str, ...]) -> None:
    assert stepped(wanted(), *steps).status == steps[-1]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ((), ("requested", "ordered", "received")),
        (("approved",), ("requested", "approved", "declined", "received")),
        (("approved", "ordered"), ("requested", "approved", "declined", "ordered", "received")),
        (("declined",), ("requested", "approved", "ordered", "received", "cancelled", "declined")),
        (("cancelled",), ("requested", "approved", "ordered", "received", "cancelled")),
    ],
)
def test_an_order_takes_no_other_step(steps: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    order_id = wanted()
    stepped(order_id, *steps)
    before = order.find(order_id)
    for step in wrong:
        with pytest.raises(Conflict) as refused:
            change(order_id, {"status": step, "vendor": "Smith"}, DESK, NOW)
        assert refused.value.code == "order-state"
        assert refused.value.extra == {"order_status": before.status}
    assert order.find(order_id) == before


@pytest.mark.parametrize("steps", [(), ("approved",), ("approved", "ordered"), ("declined",)])
def test_in_an_order_sent_back_whole_the_status_as_it_is_is_no_step(steps: tuple[str, ...]) -> None:
    order_id = wanted()
    before = stepped(order_id, *steps)
    change(order_id, {**before._asdict(), "vendor": "Smith"}, DESK, NOW)
    after = order.find(order_id)
    assert (after.status, after.vendor) == (before.status, "Smith")
    assert len(audited("order.update")) == 1


def test_the_reason_of_an_earlier_step_is_not_that_of_a_later_change() -> None:
    order_id = wanted()
    change(order_id, {"status": "declined", "reason": "too dear"}, DESK, NOW)
    change(order_id, {**order.find(order_id)._asdict(), "vendor": "Smith"}, DESK, NOW)
    [row] = audited("order.update")
    assert row["reason"] is None


def test_a_step_is_audited_with_its_reason() -> None:
    order_id = wanted()
    change(order_id, {"status": "declined", "reason": "too dear"}, DESK, NOW)
    [row] = audited("order.decline")
    assert (row["record_id"], row["reason"]) == (order_id, "too dear")
    assert order.find(order_id).reason == "too dear"


def test_rule_33_a_receipt_makes_the_book_and_its_copies() -> None:
    order_id = ordered()
    change(order_id, {"unit_price": 900}, DESK, NOW)
    stored, copies = came(order_id, "N1", "N2")
    assert (stored.status, stored.received) == ("ordered", 2)
    assert stored.book_id is not None
    made = book.find(stored.book_id)
    assert (made.title, made.author, made.isbn, made.publisher) == (
        "Silas Marner",
        "George Eliot",
        ISBN,
        "Penguin",
    )
    assert [each.barcode for each in copies] == ["N1", "N2"]
    assert all(each.book_id == made.id for each in copies)
    assert (copies[0].price, copies[0].acquired_on) == (900, "2026-03-02")
    assert copies == [copy.find(each.id) for each in copies]
    assert len(audited("copy.create")) == 2
    assert len(audited("order.receive")) == 1


def test_rule_33_the_last_part_completes_the_order() -> None:
    order_id = ordered()
    came(order_id, "N1", "N2")
    stored, _ = came(order_id, "N3")
    assert (stored.status, stored.received) == ("received", 3)
    assert Book.select().count() == 1


@pytest.mark.parametrize("received", [0, 1, 3])
def test_rule_33_never_more_than_ordered(received: int) -> None:
    order_id = ordered()
    if received:
        came(order_id, *[f"N{number}" for number in range(received)])
    before = order.find(order_id)
    outstanding = 3 - received
    with pytest.raises(Conflict) as refused:
        came(order_id, *[f"M{number}" for number in range(outstanding + 1)])
    assert refused.value.code == "order-complete"
    assert refused.value.extra == {"outstanding": outstanding}
    assert order.find(order_id) == before
    assert Copy.select().count() == received


@pytest.mark.parametrize("steps", [(), ("approved",), ("declined",), ("cancelled",)])
def test_only_what_was_ordered_is_received(steps: tuple[str, ...]) -> None:
    order_id = wanted()
    stepped(order_id, *steps)
    with pytest.raises(Conflict) as refused:
        came(order_id, "N1")
    assert refused.value.code == "order-state"
    assert Copy.select().count() == Book.select().count() == 0


def test_a_barcode_that_is_taken_leaves_nothing_done() -> None:
    _, [taken] = title()
    order_id = ordered()
    before = order.find(order_id)
    with pytest.raises(Taken) as refused:
        came(order_id, "N1", taken.lower())
    assert refused.value.code == "barcode-taken"
    assert refused.value.extra == {"barcode": taken.lower()}
    assert order.find(order_id) == before
    assert (Copy.select().count(), Book.select().count(), Receipt.select().count()) == (1, 1, 0)


OTHER_ISBN = "9780141439686"


@pytest.fixture
def found() -> int:
    """The book that the ISBN of an order finds."""
    book_id: int = book.create({"title": "Silas Marner", "isbn": ISBN}, DESK).id
    return book_id


def mended(order_id: int, **values: Any) -> int | None:
    """The book of an order after a change of what is wanted."""
    return change(order_id, values, DESK, NOW).book_id


def test_another_isbn_finds_another_book(found: int) -> None:
    order_id = wanted()
    assert order.find(order_id).book_id == found
    other = book.create({"title": "Persuasion", "isbn": OTHER_ISBN}, DESK).id
    assert mended(order_id, isbn=OTHER_ISBN) == other


def test_a_book_that_only_the_old_isbn_found_is_let_go(found: int) -> None:
    order_id = wanted()
    assert mended(order_id, isbn=OTHER_ISBN, title="Persuasion") is None
    stepped(order_id, "approved", "ordered")
    assert came(order_id, "N1")[0].book_id != found


def test_an_isbn_given_later_finds_the_book(found: int) -> None:
    assert mended(wanted(isbn=None), isbn=ISBN) == found


def test_a_book_that_somebody_named_stays_when_the_isbn_changes() -> None:
    named, _ = title()
    order_id = wanted(book_id=named)
    assert mended(order_id, isbn=OTHER_ISBN) == named
    assert mended(order_id, isbn=None) == named


def test_a_book_that_has_the_new_isbn_too_stays() -> None:
    both = book.create({"title": "Silas Marner", "isbns": [ISBN, OTHER_ISBN]}, DESK).id
    book.create({"title": "Persuasion", "isbn": OTHER_ISBN}, DESK)
    assert mended(wanted(), isbn=OTHER_ISBN) == both


def test_a_book_named_with_the_new_isbn_is_the_orders(found: int) -> None:
    named, _ = title()
    assert named != found
    assert mended(wanted(), isbn=OTHER_ISBN, book_id=named) == named


def test_an_order_whose_isbn_is_taken_away_keeps_the_book_it_found(found: int) -> None:
    assert mended(wanted(), isbn=None) == found


def test_a_found_book_sent_back_with_another_isbn_stays(found: int) -> None:
    assert mended(wanted(), isbn=OTHER_ISBN, book_id=found) == found


def test_no_book_sent_back_with_another_isbn_is_none_until_the_receipt(found: int) -> None:
    assert mended(wanted(isbn=None), isbn=ISBN, book_id=None) is None


def test_copies_go_to_the_book_of_the_isbn_that_came_in_the_meantime() -> None:
    order_id = ordered()
    book_id = book.create({"title": "Silas Marner", "isbn": ISBN}, DESK).id
    stored, _ = came(order_id, "N1")
    assert stored.book_id == book_id


def test_copies_of_a_book_that_is_gone_get_a_new_one() -> None:
    gone = book.create({"title": "Silas Marner", "isbn": ISBN}, DESK).id
    order_id = ordered()
    book.delete(book.locked(gone), DESK)
    stored, copies = came(order_id, "N1")
    assert stored.book_id == copies[0].book_id != gone


def test_copies_of_a_book_that_goes_just_before_it_is_held_get_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = book.create({"title": "Silas Marner", "isbn": ISBN}, DESK).id
    order_id = ordered()
    take = locks.take

    def take_late(**keys: Any) -> None:
        if keys.get("book_id") == gone:
            book.delete(book.locked(gone), DESK)
        take(**keys)

    monkeypatch.setattr(locks, "take", take_late)
    stored, copies = came(order_id, "N1")
    assert stored.book_id == copies[0].book_id != gone


def test_rule_33_new_copies_serve_the_holds_in_their_order() -> None:
    book_id, [_] = title(status="in_repair")
    first, second = held(book_id, member()), held(book_id, member())
    order_id = ordered(book_id=book_id, isbn=None)
    _, copies = came(order_id, "N1", "N2", "N3")
    assert [each.status for each in copies] == ["on_hold_shelf", "on_hold_shelf", "available"]
    for waiting, each in ((first, copies[0]), (second, copies[1])):
        stored = hold.find(waiting.row.id)
        assert (stored.status, stored.copy_id) == ("ready", each.id)
        assert stored.expires_at == "2026-03-10T22:59:59Z"


def test_new_copies_pass_over_who_may_not_borrow_them() -> None:
    book_id, _ = title(status="in_repair", loan_type="special")
    waiting = held(book_id, member())
    policy("standard", "standard", loan_days=0)
    came(ordered(book_id=book_id, isbn=None), "N1")
    assert on_copy("N1")["status"] == "available"
    assert hold.find(waiting.row.id).status == "waiting"


def test_a_receipt_taken_back_brings_no_cancelled_order_to_life() -> None:
    order_id = ordered()
    _, [came_first] = came(order_id, "N1")
    stepped(order_id, "cancelled")
    assert take_back_receipt(order_id, came_first.id, DESK, NOW).status == "cancelled"
    with pytest.raises(Conflict) as refused:
        came(order_id, "N2")
    assert refused.value.code == "order-state"


def test_a_receipt_taken_back_leaves_the_queue_as_it_was() -> None:
    book_id, [_] = title(status="in_repair")
    suspended, second = held(book_id, member()).row, held(book_id, member()).row
    change_hold(suspended.id, {"suspended_until": NOW.date() + 30 * DAY}, DESK, NOW)
    order_id = ordered(book_id=book_id, isbn=None)
    _, [copy_came, *_] = came(order_id, "N1", "N2", "N3")
    assert hold.find(second.id).status == "ready"
    assert take_back_receipt(order_id, copy_came.id, DESK, NOW).status == "ordered"
    waiting = [hold.find(one.id) for one in (suspended, second)]
    assert [(one.status, one.queue) for one in waiting] == [("waiting", 1), ("waiting", 2)]


@pytest.mark.parametrize("is_ready", [False, True])
def test_a_receipt_taken_back_ends_the_holds_on_its_copy_alone(is_ready: bool) -> None:
    book_id, [_] = title(status="in_repair")
    order_id = ordered(book_id=book_id, isbn=None)
    _, [copy_came] = came(order_id, "N1")
    on_it = held_copy("N1", member()).row
    on_title = held(book_id, member()).row
    if is_ready:
        back("N1")
    assert hold.find(on_it.id).status == ("ready" if is_ready else "waiting")
    take_back_receipt(order_id, copy_came.id, DESK, NOW)
    ended = hold.find(on_it.id)
    assert (ended.status, ended.end_reason) == ("cancelled", "title_gone")
    assert hold.find(on_title.id).status == "waiting"


@pytest.mark.parametrize(
    ("is_cancelled", "ended"), [(True, ("cancelled", "title_gone")), (False, ("waiting", None))]
)
def test_a_receipt_taken_back_ends_holds_on_the_title_if_the_order_was_cancelled(
    is_cancelled: bool, ended: tuple[str, str | None]
) -> None:
    order_id = ordered()
    _, [copy_came] = came(order_id, "N1")
    on_title = held(copy_came.book_id, member()).row
    if is_cancelled:
        stepped(order_id, "cancelled")
    take_back_receipt(order_id, copy_came.id, DESK, NOW)
    found = hold.find(on_title.id)
    assert (found.status, found.end_reason) == ended


def test_receipts_at_once_never_make_more_than_was_ordered_nor_two_books() -> None:
    order_id = ordered()
    outcomes = at_once(*(lambda n=number: came(order_id, f"N{n}", f"M{n}") for number in range(3)))
    assert sum(isinstance(one, Conflict) for one in outcomes) == 2
    assert (Copy.select().count(), Book.select().count()) == (2, 1)
    assert order.find(order_id).received == 2


def test_an_order_whose_member_is_gone_can_be_received() -> None:
    order_id = ordered()
    order.Order.update(user_id=None).where(order.Order.id == order_id).execute()
    assert came(order_id, "N1")[0].received == 1

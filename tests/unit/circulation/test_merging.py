"""Books that become one: everything that belongs to the others goes to the one that is kept."""

from typing import Any

import pytest

from catalogue.merging import merge_books
from circulation import acquisitions
from circulation.inventory import delete_copy
from models import audit, book, harvest, hold, loan, order
from models.book_fields import BookRow
from models.errors import Missing, Refused, Taken, Unacceptable
from models.search import book_list
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    audited,
    back,
    held,
    lent,
    member,
    on_copy,
    title,
)


def merged(book_id: int, *others: int) -> BookRow:
    return merge_books(book_id, others, DESK, NOW)


def found(**asked: Any) -> list[int]:
    return [row.id for row in book_list.LISTING.page(asked, ["id"], limit=50, offset=0)]


def queue(book_id: int) -> list[int | None]:
    """The members who wait for a title or have a copy set aside, in their order."""
    active = (hold.Hold.book == book_id) & hold.Hold.ended_at.is_null()
    query = hold.Hold.select().where(active).order_by(hold.Hold.queue)
    return [one["user"] for one in query.dicts()]


def refusal(book_id: int, *others: int) -> list[tuple[str, dict[str, Any]]]:
    with pytest.raises(Refused) as refused:
        merged(book_id, *others)
    assert refused.value.code == "merge-refused"
    return [(one["code"], one["params"]) for one in refused.value.extra["reasons"]]


def test_copies_withdrawn_ones_too_belong_to_the_book_that_is_kept(library: Any) -> None:
    kept, _ = title()
    other, [barcode, old] = title(2)
    delete_copy(on_copy(old)["id"], DESK, NOW)
    merged(kept, other)
    assert [on_copy(one)["book"] for one in (barcode, old)] == [kept, kept]
    assert found(q=barcode) == [kept]
    assert found(q=old) == []


def test_loans_past_and_running_go_with_their_copies(library: Any) -> None:
    kept, _ = title()
    other, [barcode] = title()
    past = lent(barcode, member(), NOW - 9 * DAY).row.id
    back(barcode, NOW - 8 * DAY)
    running = lent(barcode, member()).row.id
    merged(kept, other)
    assert [loan.find(one).book_id for one in (past, running)] == [kept, kept]
    returned = back(barcode, NOW + DAY).loan
    assert returned is not None
    assert returned.row.id == running


def test_holds_queue_up_by_the_moment_they_were_placed(library: Any) -> None:
    kept, [one] = title()
    other, [two] = title()
    for barcode in (one, two):
        lent(barcode, member(), NOW - 5 * DAY)
    first, second, third = member(), member(), member()
    held(kept, second, NOW - 2 * DAY)
    held(other, first, NOW - 3 * DAY)
    held(other, third, NOW - DAY)
    merged(kept, other)
    assert queue(kept) == [first, second, third]
    assert queue(other) == []
    back(two)
    assert on_copy(two)["status"] == "on_hold_shelf"


def test_of_two_holds_of_a_member_the_first_one_stays(library: Any) -> None:
    kept, [one] = title()
    other, [two] = title()
    for barcode in (one, two):
        lent(barcode, member(), NOW - 5 * DAY)
    both = member()
    late = held(kept, both, NOW - DAY).row.id
    early = held(other, both, NOW - 2 * DAY).row.id
    merged(kept, other)
    assert [hold.find(each).status for each in (early, late)] == ["waiting", "cancelled"]
    assert queue(kept) == [both]


def test_a_ready_hold_wins_over_one_that_waits_longer(library: Any) -> None:
    kept, [one] = title()
    other, [two] = title()
    for barcode in (one, two):
        lent(barcode, member(), NOW - 5 * DAY)
    both = member()
    waiting = held(kept, both, NOW - 3 * DAY).row.id
    ready = held(other, both, NOW - 2 * DAY).row.id
    back(two, NOW - DAY)
    merged(kept, other)
    assert [hold.find(each).status for each in (waiting, ready)] == ["cancelled", "ready"]
    assert on_copy(two)["status"] == "on_hold_shelf"


def test_of_two_ready_holds_of_a_member_one_gives_its_copy_to_the_next(library: Any) -> None:
    kept, [one] = title()
    other, [two] = title()
    for barcode in (one, two):
        lent(barcode, member(), NOW - 5 * DAY)
    both, after = member(), member()
    held(kept, both, NOW - 4 * DAY)
    dropped = held(other, both, NOW - 3 * DAY).row.id
    waiting = held(kept, after, NOW - 2 * DAY).row.id
    for barcode in (one, two):
        back(barcode, NOW - DAY)
    merged(kept, other)
    assert hold.find(dropped).status == "cancelled"
    assert hold.find(waiting).status == "ready"
    assert hold.find(waiting).copy_id == on_copy(two)["id"]


def test_who_has_the_book_on_loan_waits_for_it_no_more(library: Any) -> None:
    kept, [one] = title()
    other, [two] = title()
    lent(one, member(), NOW - 5 * DAY)
    reader, after = member(), member()
    held(kept, reader, NOW - 3 * DAY)
    held(kept, after, NOW - 2 * DAY)
    lent(two, reader)
    merged(kept, other)
    assert queue(kept) == [after]


def test_a_hold_that_is_dropped_is_told_to_nobody(library: Any) -> None:
    told: list[str] = []
    audit.subscribe({"hold.cancel": lambda recorded: told.append(recorded.action)})
    kept, [one] = title()
    other, [two] = title()
    for barcode in (one, two):
        lent(barcode, member(), NOW - 5 * DAY)
    both = member()
    held(kept, both, NOW - 2 * DAY)
    held(other, both, NOW - DAY)
    merged(kept, other)
    assert len(audited("hold.cancel")) == 1
    assert told == []


def test_holds_that_have_ended_show_the_book_that_is_kept_and_the_log_tells_it(
    library: Any,
) -> None:
    kept, _ = title()
    other, [barcode] = title()
    lent(barcode, member(), NOW - 5 * DAY)
    reader = member()
    past = held(other, reader, NOW - 4 * DAY).row.id
    back(barcode, NOW - 3 * DAY)
    lent(barcode, reader, NOW - 2 * DAY)
    merged(kept, other)
    assert (hold.find(past).status, hold.find(past).book_id) == ("fulfilled", kept)
    [told] = audited("hold.update")
    assert (told["record_id"], told["changes"]) == (past, f'{{"book_id":[{other},{kept}]}}')


def test_what_was_ordered_comes_to_the_book_that_is_kept(library: Any) -> None:
    kept, _ = title()
    other, _ = title()
    wanted = {"title": "Middlemarch", "quantity": 1, "book_id": other}
    order_id = acquisitions.request(wanted, DESK, NOW).id
    for status in ("approved", "ordered"):
        acquisitions.change(order_id, {"status": status}, DESK, NOW)
    merged(kept, other)
    assert order.find(order_id).book_id == kept
    _, [came] = acquisitions.receive(order_id, ["NEW"], DESK, NOW)
    assert came.book_id == kept


def test_isbns_are_put_together_and_find_the_book(library: Any) -> None:
    kept = book.create({"title": "Emma", "isbn": "9780141439587"}, DESK).id
    other = book.create({"title": "Emma", "isbns": ["9780199535521", "9780486406480"]}, DESK).id
    after = merged(kept, other).read()
    assert after["isbn"] == "9780141439587"
    assert after["isbns"] == ["9780141439587", "9780199535521", "9780486406480"]
    assert found(isbn="9780486406480") == [kept]


def test_a_book_without_isbn_gets_the_first_one_of_the_other(library: Any) -> None:
    kept = book.create({"title": "Emma"}, DESK).id
    other = book.create({"title": "Emma", "isbn": "9780141439587"}, DESK).id
    assert merged(kept, other).isbn == "9780141439587"


def test_an_isbn_that_a_third_book_has_too_is_refused(library: Any) -> None:
    kept = book.create({"title": "Emma"}, DESK).id
    third = book.create({"title": "Emma", "isbn": "9780141439587"}, DESK).id
    other = book.create({"title": "Emma", "isbn": "9780141439587", "part": "2"}, DESK).id
    with pytest.raises(Taken) as taken:
        merged(kept, other)
    assert taken.value.extra == {"existing_id": third}
    assert book.exists(other)


def test_the_others_say_which_book_they_are_now(library: Any) -> None:
    kept, other, later = (title()[0] for _ in range(3))
    merged(kept, other)
    merged(later, kept)
    for gone in (other, kept):
        with pytest.raises(Missing) as missing:
            book.find(gone)
        assert (missing.value.code, missing.value.extra) == ("merged", {"into": later})
    assert found(q="middlemarch") == [later]


def test_a_record_that_named_a_merged_book_finds_the_one_that_it_is_now(library: Any) -> None:
    kept = book.create({"title": "Emma"}, DESK).id
    other = book.create({"title": "Emma", "control_number": "ocm1"}, DESK).id
    merged(kept, other)
    assert book.ids_by_control_number(["ocm1"]) == {"ocm1": [kept]}


def test_the_others_are_deleted_ones_for_harvesters(library: Any) -> None:
    kept, _ = title()
    other, _ = title(location="Annex")
    merged(kept, other)
    in_annex = harvest.page(harvest.Selection(location="Annex"), None, 10)
    assert {(one.book_id, one.is_deleted) for one in in_annex} == {(kept, False), (other, True)}
    assert harvest.locations_of(in_annex) == {kept: ["Annex"], other: ["Annex"]}


def test_every_move_is_in_the_audit_log(library: Any) -> None:
    kept, _ = title()
    other, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    hold_id = held(other, member()).row.id
    merged(kept, other)
    told = {
        action: [(row["record_id"], row["changes"]) for row in audited(action)]
        for action in ("book.merge", "copy.update", "loan.move", "hold.update")
    }
    moved = f'{{"book_id":[{other},{kept}]}}'
    assert told == {
        "book.merge": [(other, f'{{"merged_into":[null,{kept}]}}')],
        "copy.update": [(on_copy(barcode)["id"], moved)],
        "loan.move": [(loan_id, moved)],
        "hold.update": [(hold_id, moved)],
    }


def test_a_member_who_has_both_keeps_them_two_books(library: Any) -> None:
    kept, [one] = title()
    other, [two] = title()
    reader = member()
    lent(one, reader)
    lent(two, reader)
    params = {"user_id": reader, "book_ids": [kept, other]}
    assert refusal(kept, other) == [("same-member-has-both", params)]
    assert on_copy(two)["book"] == other
    back(two)
    merged(kept, other)


def test_every_reason_is_told_at_once(library: Any) -> None:
    kept, first, other = (title()[0] for _ in range(3))
    merged(other, first)
    assert refusal(kept, kept, first) == [
        ("self", {"book_id": kept}),
        ("merged", {"book_id": first, "into": other}),
    ]


def test_a_book_that_never_was_is_a_fault_of_the_body(library: Any) -> None:
    kept, other = title()[0], title()[0]
    with pytest.raises(Unacceptable) as fault:
        merged(kept, other, 999)
    assert fault.value.pointer == "#/from/1"
    assert book.exists(other)

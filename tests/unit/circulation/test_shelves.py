"""Lists for going through the shelves, and stocktaking, on each database: rules 39 and 45."""

from typing import Any

import pytest

from circulation import shelves, stocktaking
from circulation.checkin import take_back
from circulation.holds import cancel_hold, let_run_out
from circulation.inventory import change_copy
from circulation.reports import dormant_since
from circulation.undo import cancel_loan
from models import copy, dormant, stocktake
from models.errors import Conflict
from tests.unit.circulation.library import (
    DAY,
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
LATER = NOW + 30 * DAY


def set_aside() -> tuple[int, str, int]:
    """A title whose copy is set aside for a hold: book, barcode, hold."""
    book_id, [barcode] = title()
    waiting = held(book_id, member()).row.id
    back(barcode)
    return book_id, barcode, waiting


def left(now: Any = NOW) -> list[tuple[int, str, str]]:
    rows = shelves.to_clear(shelves.clearing_list(now).everything())
    return [(row["hold_id"], row["status"], row["copy"]["barcode"]) for row in rows]


def test_the_pull_list_is_in_the_order_of_the_shelves() -> None:
    wanted = []
    for location, shelfmark in [("B", "1"), ("A", "9"), ("A", "10"), (None, "z")]:
        book_id, _ = title(location=location, shelfmark=shelfmark)
        held(book_id, member())
        wanted.append((location, shelfmark))
    rows = shelves.to_pull(shelves.pull_list(NOW).everything())
    places = [(row["copies"][0]["location"], row["copies"][0]["shelfmark"]) for row in rows]
    assert places == [(None, "z"), ("A", "10"), ("A", "9"), ("B", "1")]
    assert set(rows[0]) == {"hold_id", "user", "book", "copies"}


def test_a_hold_on_one_copy_is_pulled_by_that_one() -> None:
    _, [_, second] = title(2)
    waiting = held_copy(second, member()).row.id
    [row] = shelves.to_pull(shelves.pull_list(NOW).everything())
    assert (row["hold_id"], [one["barcode"] for one in row["copies"]]) == (waiting, [second])


def test_a_copy_whose_hold_has_run_out_is_cleared_before_and_after_the_night() -> None:
    book_id, barcode, hold_id = set_aside()
    assert left() == []
    assert left(LATER) == [(hold_id, "expired", barcode)]
    let_run_out(book_id, DESK, LATER)
    assert left(LATER) == [(hold_id, "expired", barcode)]


def test_a_scan_clears_it_even_in_the_same_second() -> None:
    _, barcode, hold_id = set_aside()
    cancel_hold(hold_id, DESK, NOW)
    assert left() == [(hold_id, "cancelled", barcode)]
    back(barcode)
    assert left() == []


def test_a_copy_that_goes_to_the_next_hold_by_itself_must_be_scanned_too() -> None:
    book_id, barcode, first = set_aside()
    second = held(book_id, member()).row.id
    cancel_hold(first, DESK, NOW)
    assert left() == [(first, "cancelled", barcode)]
    assert on_copy(barcode)["status"] == "on_hold_shelf"
    done = back(barcode)
    assert done.hold is None or done.hold.row.id == second
    assert left() == []


def test_a_copy_left_because_its_member_took_another_is_cleared() -> None:
    book_id, [first, second] = title(2)
    who = member()
    waiting = held(book_id, who).row.id
    back(first)
    loan = lent(second, who)
    assert left() == [(waiting, "fulfilled", first)]
    cancel_loan(loan.row.id, "wrong scan", DESK, NOW)
    assert left() == []


def test_a_copy_that_was_taken_out_of_the_way_is_not_looked_for() -> None:
    _, barcode, hold_id = set_aside()
    cancel_hold(hold_id, DESK, NOW)
    change_copy(on_copy(barcode)["id"], {"status": "in_repair"}, DESK, NOW)
    assert left() == []


def unused(now: Any = NOW, **asked: Any) -> list[str]:
    filters = dormant_since({"not_lent_since": "2026-03-01", **asked}, now)
    rows = dormant.LISTING.page(filters, [], limit=50, offset=0)
    return [row["barcode"] for row in shelves.unused(rows)]


def test_copies_that_nobody_has_borrowed_since_are_dormant() -> None:
    _, [idle, borrowed, out] = title(3)
    lent(borrowed, member())
    back(borrowed)
    lent(out, member())
    assert unused() == [idle]
    assert unused(not_lent_since="2026-03-03") == [idle, borrowed]


def test_a_cancelled_loan_and_use_in_the_library() -> None:
    """The first counts nowhere; what is read in the library is not to be weeded."""
    _, [mistaken, read] = title(2)
    cancel_loan(lent(mistaken, member()).row.id, "wrong scan", DESK, NOW)
    take_back(read, DESK, NOW, in_house=True)
    assert unused() == [mistaken]


def test_a_copy_set_aside_is_not_dormant_and_is_again_when_nobody_came() -> None:
    _, barcode, hold_id = set_aside()
    assert unused(not_lent_since="2027-01-01") == []
    cancel_hold(hold_id, DESK, NOW)
    assert unused(not_lent_since="2027-01-01") == [barcode]


def test_a_cancelled_loan_leaves_the_use_before_it() -> None:
    _, [barcode] = title()
    take_back(barcode, DESK, NOW - 30 * DAY, in_house=True)
    back_dated = lent(barcode, member(), NOW)
    cancel_loan(back_dated.row.id, "wrong scan", DESK, NOW)
    assert unused(not_lent_since="2026-01-01") == []
    assert unused(not_lent_since="2026-03-01") == [barcode]


def test_dormant_copies_are_of_a_place_and_of_an_age() -> None:
    title(location="Attic", acquired_on="2020-01-01")
    _, [young] = title(location="Attic", acquired_on="2026-02-01")
    assert unused(location="Cellar") == []
    assert young not in unused(location="Attic", acquired_before="2026-01-01")
    assert len(unused(location="Attic", acquired_before="2026-01-01")) == 1


def begun(location: str | None = "Main") -> Any:
    return stocktaking.begin("Summer", location, DESK)


def outcomes(of: Any, *barcodes: str) -> list[str]:
    return [one["outcome"] for one in stocktaking.scan(of, barcodes, DESK, NOW)]


def test_a_scan_says_what_each_barcode_is() -> None:
    _, [here, gone, lost, repaired] = title(4, location="Main")
    _, [elsewhere] = title(location="Attic")
    _, [away] = title(location="Main")
    lent(away, member())
    for barcode, status in [(gone, "withdrawn"), (lost, "lost"), (repaired, "in_repair")]:
        change_copy(on_copy(barcode)["id"], {"status": status}, DESK, NOW)
    _, shelved, _ = set_aside()
    scanned = (here, "nothing", elsewhere, away, gone, lost, repaired, shelved)
    assert outcomes(begun(), *scanned) == [
        *("seen", "unknown", "misplaced", "on_loan"),
        *("withdrawn", "lost", "in_repair", "on_hold_shelf"),
    ]


def test_a_lost_copy_says_how_it_is_taken_back() -> None:
    _, [barcode] = title()
    change_copy(on_copy(barcode)["id"], {"status": "lost"}, DESK, NOW)
    [result] = stocktaking.scan(begun(None), [barcode], DESK, NOW)
    assert "POST /api/v1/returns" in result["copy"]["take_back"]


def test_a_scan_changes_no_status_and_serves_no_hold() -> None:
    book_id, [barcode] = title()
    held(book_id, member())
    before = on_copy(barcode)
    outcomes(begun(None), barcode)
    assert on_copy(barcode) == {
        **before,
        "last_seen_at": "2026-03-02T09:00:00Z",
        "revision": before["revision"] + 1,
    }


def test_a_barcode_scanned_twice_is_answered_twice_and_counted_once() -> None:
    _, [barcode] = title(location="Main")
    of = begun()
    assert outcomes(of, barcode, f" {barcode.lower()} ") == ["seen", "seen"]
    assert outcomes(of, barcode) == ["seen"]
    assert stocktake.scanned([of.id]) == {of.id: 1}


def missing(of: Any) -> list[str]:
    asked = stocktake.missing_of(stocktake.find(of.id))
    return [row.barcode for row in stocktake.MISSING.page(asked, [], limit=50, offset=0)]


def test_what_should_stand_there_and_was_not_seen_is_missing() -> None:
    _, [seen, unseen, away] = title(3, location="Main")
    title(location="Attic")
    lent(away, member())
    of = begun()
    outcomes(of, seen)
    assert missing(of) == [unseen]
    assert missing(begun("Attic")) != []


def test_what_came_after_a_stocktaking_was_closed_is_none_of_its_missing() -> None:
    _, [unseen] = title(location="Main")
    of = stocktaking.change(begun(), {"status": "closed"}, DESK, NOW + 1000 * DAY)
    book_id, [late] = title(location="Main")
    copy.Copy.update(created_at="2999-01-01T00:00:00Z").where(copy.Copy.book == book_id).execute()
    assert missing(of) == [unseen]
    assert late not in missing(of)


def test_a_closed_stocktaking_takes_no_scans() -> None:
    of = stocktaking.change(begun(), {"status": "closed"}, DESK, NOW)
    for act in (
        lambda: outcomes(of, "B1"),
        lambda: stocktaking.change(of, {"status": "open"}, DESK, NOW),
    ):
        with pytest.raises(Conflict) as conflict:
            act()
        assert conflict.value.code == "stocktake-closed"
    assert [row["action"] for row in audited("stocktake.close")] == ["stocktake.close"]

"""Holds, on each database: rules 2, 8, 10, 20 to 24."""

from datetime import timedelta
from typing import Any

import pytest

from circulation import presentation
from circulation.hold_changes import change_hold
from circulation.holds import cancel_hold
from circulation.overrides import Override
from models import hold
from models.errors import Conflict, Missing, Refused, Unacceptable
from models.hold import HoldRow
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    amend,
    audited,
    back,
    held,
    lent,
    member,
    on_copy,
    policy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")
TODAY = NOW.date()


def reasons(refused: pytest.ExceptionInfo[Refused]) -> dict[str, Any]:
    assert refused.value.code == "hold-refused"
    return {one["code"]: one["params"] for one in refused.value.extra["reasons"]}


def listed(*statuses: str, now: Any = NOW) -> list[tuple[int, str, int | None]]:
    asked = hold.in_status(statuses, now, now.date()) if statuses else {}
    rows = hold.LISTING.page(asked, ["id"], limit=20, offset=0)
    return [(one.row.id, one.status, one.position) for one in presentation.holds(rows, now)]


def set_aside() -> tuple[int, str, HoldRow, HoldRow]:
    """A title whose copy is set aside for the first of two holds."""
    book_id, [barcode] = title()
    lent(barcode, member())
    first, second = held(book_id, member()).row, held(book_id, member()).row
    back(barcode)
    return book_id, barcode, first, second


def test_a_hold_is_shown_with_its_place() -> None:
    book_id, _ = title()
    waiter = member()
    assert held(book_id, waiter, not_needed_after=TODAY + 9 * DAY).to_json() == {
        "id": 1,
        "book_id": book_id,
        "user_id": waiter,
        "status": "waiting",
        "position": 1,
        "copy_id": None,
        "requested_copy_id": None,
        "placed_at": "2026-03-02T09:00:00Z",
        "ready_at": None,
        "expires_at": None,
        "ended_at": None,
        "end_reason": None,
        "not_needed_after": "2026-03-11",
        "suspended_until": None,
    }


def test_a_book_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        held(99, member())


def test_a_member_who_is_not_there_is_missing() -> None:
    book_id, _ = title()
    with pytest.raises(Missing) as missing:
        held(book_id, 99)
    assert missing.value.code == "user-not-found"


def test_rule_2_the_number_of_holds_is_limited() -> None:
    policy("standard", "*", max_holds=1)
    waiter = member()
    held(title()[0], waiter)
    with pytest.raises(Refused) as refused:
        held(title()[0], waiter)
    assert reasons(refused) == {"hold-limit": {"limit": 1, "open": 1}}


def test_rule_2_a_hold_that_has_run_out_does_not_count() -> None:
    policy("standard", "*", max_holds=1)
    waiter = member()
    held(title()[0], waiter, not_needed_after=TODAY)
    assert held(title()[0], waiter, NOW + DAY).position == 1


def test_rule_8_a_blocked_member_places_no_hold() -> None:
    waiter = member(blocked=1)
    book_id, _ = title()
    with pytest.raises(Refused) as refused:
        held(book_id, waiter)
    assert reasons(refused) == {"member-blocked": {"reason": None}}


def test_rule_10_a_hold_waved_through_is_audited() -> None:
    book_id, _ = title(status="lost")
    held(book_id, member(), override=Override(["no-copies"], "on order"))
    assert audited("hold.create")[0]["reason"] == "on order"


def test_rule_20_positions_have_no_gaps_and_move_up() -> None:
    book_id, _ = title()
    first, second, third = (held(book_id, member()).row.id for _ in range(3))
    assert listed() == [(first, "waiting", 1), (second, "waiting", 2), (third, "waiting", 3)]
    cancel_hold(second, DESK, NOW)
    assert listed("waiting") == [(first, "waiting", 1), (third, "waiting", 2)]


def test_rule_20_one_active_hold_per_member_and_title() -> None:
    book_id, _ = title()
    waiter = member()
    hold_id = held(book_id, waiter).row.id
    with pytest.raises(Refused) as refused:
        held(book_id, waiter)
    assert reasons(refused) == {"hold-exists": {"hold_id": hold_id}}


def test_rule_20_a_member_may_queue_again_once_their_hold_has_run_out() -> None:
    book_id, _ = title()
    waiter = member()
    old = held(book_id, waiter, not_needed_after=TODAY).row.id
    new = held(book_id, waiter, NOW + DAY)
    assert new.position == 1
    assert hold.find(old).status == "cancelled"


def test_rule_22_a_cancelled_hold_passes_its_copy_on() -> None:
    _, barcode, first, second = set_aside()
    cancel_hold(first.id, DESK, NOW)
    assert hold.find(second.id).copy_id == on_copy(barcode)["id"]


def test_rule_22_the_last_cancelled_hold_puts_the_copy_back_on_the_shelf() -> None:
    _, barcode, first, second = set_aside()
    cancel_hold(second.id, DESK, NOW)
    cancel_hold(first.id, DESK, NOW)
    assert on_copy(barcode)["status"] == "available"


def test_rule_22_an_expired_hold_reads_as_expired_at_once() -> None:
    _, _, first, second = set_aside()
    later = NOW + 30 * DAY
    assert listed(now=later) == [(first.id, "expired", None), (second.id, "waiting", 1)]
    assert listed("ready", now=later) == []
    assert listed("expired", "ready", now=later) == [(first.id, "expired", None)]


def test_rule_22_the_next_act_on_the_title_passes_the_copy_on() -> None:
    book_id, barcode, first, second = set_aside()
    held(book_id, member(), NOW + 30 * DAY)
    assert hold.find(first.id).status == "expired"
    assert hold.find(second.id).status == "ready"
    assert on_copy(barcode)["status"] == "on_hold_shelf"


def test_rule_22_the_hold_is_good_to_the_last_second_of_its_day() -> None:
    book_id, barcode, first, _ = set_aside()
    waiter = hold.find(first.id).user_id
    last = NOW + 8 * DAY + timedelta(hours=13, minutes=59, seconds=59, milliseconds=900)
    assert lent(barcode, waiter, last).row.book_id == book_id


def test_rule_23_a_suspended_hold_is_passed_over_and_keeps_its_place() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    first, second = held(book_id, member()).row, held(book_id, member()).row
    change_hold(first.id, {"suspended_until": TODAY + 5 * DAY}, DESK, NOW)
    done = back(barcode)
    assert done.hold is not None
    assert done.hold.row.id == second.id
    assert listed("waiting") == [(first.id, "waiting", 1)]


def test_rule_23_a_hold_no_longer_needed_reads_as_cancelled_at_once() -> None:
    book_id, _ = title()
    first = held(book_id, member(), not_needed_after=TODAY)
    second = held(book_id, member())
    assert listed(now=NOW + DAY) == [
        (first.row.id, "cancelled", None),
        (second.row.id, "waiting", 1),
    ]
    assert listed("cancelled", now=NOW + DAY) == [(first.row.id, "cancelled", None)]


def test_rule_24_not_what_the_member_has_on_loan() -> None:
    book_id, [barcode] = title()
    borrower = member()
    loan_id = lent(barcode, borrower).row.id
    with pytest.raises(Refused) as refused:
        held(book_id, borrower)
    assert reasons(refused) == {"title-on-loan": {"loan_id": loan_id}}


def test_rule_24_not_what_could_never_be_lent() -> None:
    policy("*", "reference", loan_days=0)
    book_id, _ = title(loan_type="reference")
    with pytest.raises(Refused) as refused:
        held(book_id, member())
    assert reasons(refused) == {"no-copies": {}}


def test_changing_an_ended_hold_is_a_conflict() -> None:
    _, _, first, _ = set_aside()
    with pytest.raises(Conflict) as conflict:
        change_hold(first.id, {"not_needed_after": None}, DESK, NOW + 30 * DAY)
    assert conflict.value.code == "hold-closed"
    with pytest.raises(Conflict) as conflict:
        cancel_hold(first.id, DESK, NOW + 30 * DAY)
    assert conflict.value.code == "hold-closed"


def test_suspending_a_ready_hold_is_a_conflict() -> None:
    _, _, first, _ = set_aside()
    with pytest.raises(Conflict) as conflict:
        change_hold(first.id, {"suspended_until": TODAY + DAY}, DESK, NOW)
    assert conflict.value.code == "hold-ready"


def test_a_hold_that_reads_as_waiting_is_suspended_and_the_copy_goes_to_the_next() -> None:
    book_id, _, first, second = set_aside()
    third = held(book_id, member()).row
    late = NOW + 30 * DAY
    assert listed("waiting", now=late)[0] == (second.id, "waiting", 1)
    changed = change_hold(second.id, {"suspended_until": TODAY + 40 * DAY}, DESK, late)
    assert (changed.status, hold.find(first.id).status) == ("waiting", "expired")
    assert hold.find(third.id).status == "ready"


def test_a_hold_that_reads_as_waiting_is_moved_and_the_copy_goes_to_the_first() -> None:
    book_id, _, _, second = set_aside()
    third = held(book_id, member()).row
    change_hold(third.id, {"position": 1}, DESK, NOW + 30 * DAY)
    assert (hold.find(third.id).status, hold.find(second.id).status) == ("ready", "waiting")


def shelved_until(hold_id: int, **values: Any) -> str | None:
    return change_hold(hold_id, values, DESK, NOW).row.expires_at


def test_staff_say_until_when_a_ready_hold_can_be_fetched() -> None:
    _, _, first, _ = set_aside()
    assert hold.find(first.id).expires_at == "2026-03-10T22:59:59Z"
    assert shelved_until(first.id, expires_on=TODAY + 30 * DAY) == "2026-04-01T21:59:59Z"
    assert shelved_until(first.id, expires_on=TODAY + DAY) == "2026-03-03T22:59:59Z"
    [*_, noted] = audited("hold.update")
    assert '"2026-04-01T21:59:59Z","2026-03-03T22:59:59Z"' in noted["changes"]


def test_a_pick_up_time_on_a_closed_day_moves_on() -> None:
    _, _, first, _ = set_aside()
    sunday = TODAY + 6 * DAY
    assert shelved_until(first.id, expires_on=sunday) == "2026-03-09T22:59:59Z"


def test_rule_38_no_pick_up_time_outlasts_the_need() -> None:
    _, _, first, _ = set_aside()
    needed = {"not_needed_after": TODAY + 2 * DAY}
    assert shelved_until(first.id, **needed) == "2026-03-04T22:59:59Z"
    assert shelved_until(first.id, expires_on=TODAY + 9 * DAY) == "2026-03-04T22:59:59Z"
    assert shelved_until(first.id, not_needed_after=None) == "2026-03-11T22:59:59Z"


def test_a_pick_up_time_set_by_staff_outlives_a_change_of_the_need() -> None:
    _, _, first, _ = set_aside()
    later = "2026-03-20T22:59:59Z"
    assert shelved_until(first.id, expires_on=TODAY + 18 * DAY) == later
    assert shelved_until(first.id, not_needed_after=TODAY + 40 * DAY) == later


def test_a_hold_that_is_not_ready_has_no_pick_up_time() -> None:
    _, _, _, second = set_aside()
    with pytest.raises(Conflict) as conflict:
        change_hold(second.id, {"expires_on": TODAY + DAY}, DESK, NOW)
    assert conflict.value.code == "hold-not-ready"


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY.replace(year=2040)])
def test_a_pick_up_time_lies_ahead_and_within_ten_years(day: Any) -> None:
    _, _, first, _ = set_aside()
    with pytest.raises(Unacceptable) as fault:
        change_hold(first.id, {"expires_on": day}, DESK, NOW)
    assert fault.value.pointer == "#/expires_on"


def test_a_ready_hold_has_no_place_to_be_moved_from() -> None:
    _, _, first, _ = set_aside()
    with pytest.raises(Conflict) as conflict:
        change_hold(first.id, {"position": 1}, DESK, NOW)
    assert conflict.value.code == "hold-ready"
    assert change_hold(first.id, {"position": None}, DESK, NOW).row == hold.find(first.id)


def test_the_end_of_a_hold_reads_the_same_before_and_after_the_act_that_writes_it() -> None:
    book_id, _, first, _ = set_aside()
    last = held(book_id, member(), not_needed_after=TODAY + DAY).row
    later = NOW + 30 * DAY

    def ends() -> list[Any]:
        rows = [hold.find(first.id), hold.find(last.id)]
        return [(x.status, x.ended_at, x.end_reason) for x in presentation.holds(rows, later)]

    read = ends()
    assert read == [
        ("expired", "2026-03-10T22:59:59Z", "shelf_expired"),
        ("cancelled", "2026-03-03T22:59:59Z", "not_needed"),
    ]
    held(book_id, member(), later)
    assert hold.find(first.id).ended_at is not None
    assert ends() == read


def test_a_place_in_the_queue_that_is_moved_is_noted() -> None:
    book_id, _ = title()
    ids = [held(book_id, member()).row.id for _ in range(3)]
    change_hold(ids[2], {"position": 1}, DESK, NOW)
    [noted] = audited("hold.update")
    assert noted["changes"] == '{"position":[3,1]}'
    assert hold.find(ids[0]).revision == 1


def test_dates_in_the_past_are_faults() -> None:
    hold_id = held(title()[0], member()).row.id
    with pytest.raises(Unacceptable) as fault:
        change_hold(hold_id, {"not_needed_after": TODAY - DAY}, DESK, NOW)
    assert fault.value.pointer == "#/not_needed_after"


def test_a_change_is_audited_and_may_be_taken_back() -> None:
    hold_id = held(title()[0], member()).row.id
    assert (
        change_hold(hold_id, {"suspended_until": TODAY + DAY}, DESK, NOW).row.suspended_until
        == "2026-03-03"
    )
    assert change_hold(hold_id, {"suspended_until": None}, DESK, NOW).row.suspended_until is None
    assert len(audited("hold.update")) == 2
    assert hold.find(hold_id).revision == 3


def test_a_member_blocked_later_keeps_their_place() -> None:
    book_id, [barcode] = title()
    waiter = member()
    held(book_id, waiter)
    amend(waiter, blocked=1)
    assert back(barcode).hold is not None

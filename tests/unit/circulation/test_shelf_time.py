"""Until when a copy set aside is kept, on each database: rules 14 and 38."""

from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from circulation.closures import close, reopen, set_week
from circulation.hold_changes import change_hold
from circulation.undo import cancel_loan
from models import hold, loan, rulebook
from models.copy import Copy
from models.hold import Hold
from models.policy import Policy
from tests.unit.circulation.library import (
    DESK,
    NOW,
    audited,
    back,
    held,
    lent,
    member,
    title,
)

pytestmark = pytest.mark.usefixtures("library")


def set_aside(**fields: Any) -> int:
    """A hold whose copy is set aside until Tuesday 10 March, by the policy's seven open days."""
    book_id, [barcode] = title()
    lent(barcode, member())
    waiting = held(book_id, member(), **fields)
    back(barcode)
    hold_id: int = waiting.row.id
    return hold_id


def needed(hold_id: int, until: date | None) -> str:
    change_hold(hold_id, {"not_needed_after": until}, DESK, NOW)
    return kept(hold_id)


def kept(hold_id: int) -> str:
    """The day that the shelf time ends with; days end at 22:59:59 UTC before summer time."""
    day, end = str(hold.find(hold_id).expires_at).split("T")
    assert end in ("22:59:59Z", "21:59:59Z")
    return day


def march(day: int) -> date:
    return date(2026, 3, day)


def test_rule_38_a_need_that_lasts_longer_gives_back_what_staff_gave() -> None:
    hold_id = set_aside()
    change_hold(hold_id, {"expires_on": march(27)}, DESK, NOW)
    assert needed(hold_id, march(16)) == "2026-03-16"
    assert needed(hold_id, march(20)) == "2026-03-20"
    assert needed(hold_id, None) == "2026-03-27"


def test_rule_38_what_staff_give_is_kept_where_the_need_ends_before_it() -> None:
    hold_id = set_aside(not_needed_after=march(5))
    change_hold(hold_id, {"expires_on": march(20)}, DESK, NOW)
    assert kept(hold_id) == "2026-03-05"
    assert needed(hold_id, None) == "2026-03-20"


def test_rule_38_a_shorter_shelf_time_of_the_policy_cuts_no_hold_that_is_ready() -> None:
    hold_id = set_aside(not_needed_after=march(5))
    Policy.update(hold_shelf_days=1).execute()
    rulebook.changed()
    assert needed(hold_id, march(7)) == "2026-03-07"
    assert needed(hold_id, None) == "2026-03-10"


def test_rule_38_the_need_gives_no_more_than_was_given() -> None:
    hold_id = set_aside()
    change_hold(hold_id, {"expires_on": march(6)}, DESK, NOW)
    assert needed(hold_id, march(6)) == "2026-03-06"
    assert needed(hold_id, march(20)) == "2026-03-06"


def test_a_hold_of_the_release_before_is_never_kept_shorter_for_a_longer_need() -> None:
    hold_id = set_aside()
    change_hold(hold_id, {"expires_on": march(27)}, DESK, NOW)
    needed(hold_id, march(16))
    Hold.update(kept_until=None).execute()
    assert needed(hold_id, march(20)) == "2026-03-16"


def test_a_day_that_the_release_before_has_left_of_an_earlier_shelf_time_does_not_count() -> None:
    hold_id = set_aside()
    again = {"ready_at": "2026-03-12T09:00:00Z", "expires_at": "2026-03-14T22:59:59Z"}
    Hold.update(not_needed_after="2026-03-14", **again).where(Hold.id == hold_id).execute()
    assert hold.find(hold_id).kept_until == "2026-03-10"
    later = NOW + timedelta(days=10)
    change_hold(hold_id, {"not_needed_after": None}, DESK, later)
    assert kept(hold_id) == "2026-03-20"


@pytest.mark.parametrize("kept_until", ["2026-03-10", None])
def test_an_end_of_the_shelf_time_that_is_as_it_was_changes_nothing(kept_until: str | None) -> None:
    hold_id = set_aside()
    Hold.update(kept_until=kept_until).where(Hold.id == hold_id).execute()
    before = hold.find(hold_id)
    change_hold(hold_id, {"expires_on": march(10)}, DESK, NOW)
    assert hold.find(hold_id) == before
    assert audited("hold.update") == []


def test_the_audit_log_tells_of_a_shelf_time_what_clients_see() -> None:
    hold_id = set_aside()
    change_hold(hold_id, {"expires_on": march(20)}, DESK, NOW)
    [deed] = audited("hold.update")
    assert list(orjson.loads(deed["changes"])) == ["expires_at"]


@pytest.mark.parametrize("is_of_before", [False, True])
def test_rule_41_a_hold_that_is_ready_again_is_kept_as_long_as_before(is_of_before: bool) -> None:
    hold_id = set_aside()
    change_hold(hold_id, {"expires_on": march(27)}, DESK, NOW)
    needed(hold_id, march(16))
    barcode = Copy.get_by_id(hold.find(hold_id).copy_id).barcode
    lent_loan = lent(barcode, member(), NOW, "copy-held", "held-for-others").row.id
    assert hold.find(hold_id).kept_until is None
    if is_of_before:
        effects = loan.effects(lent_loan) or {}
        del effects["kept_until"]
        loan.keep_effects(lent_loan, effects)
    cancel_loan(lent_loan, "wrong copy", DESK, NOW)
    assert kept(hold_id) == "2026-03-16"
    assert needed(hold_id, march(20)) == ("2026-03-16" if is_of_before else "2026-03-20")


def test_rule_14_a_closure_removed_since_takes_nothing_from_a_longer_need() -> None:
    created = closed(march(5), march(14))
    hold_id = set_aside()
    assert needed(hold_id, march(18)) == "2026-03-18"
    reopen(created, DESK)
    assert needed(hold_id, march(19)) == "2026-03-19"


def closed(first: date, last: date) -> int:
    days = {"starts_on": first.isoformat(), "ends_on": last.isoformat(), "reason": "stocktaking"}
    return close(days, DESK, NOW).id


def test_rule_14_a_closure_keeps_a_copy_while_it_is_needed() -> None:
    hold_id = set_aside(not_needed_after=march(12))
    closed(march(10), march(14))
    assert kept(hold_id) == "2026-03-12"
    assert needed(hold_id, march(30)) == "2026-03-16"
    [row] = audited("hold.postpone")
    assert row["record_id"] == hold_id
    assert '"2026-03-10T22:59:59Z","2026-03-12T22:59:59Z"' in row["changes"]


def test_rule_14_a_closure_moves_each_of_several_holds_as_far_as_it_is_needed() -> None:
    until = [None, march(10), march(11), march(13), march(16), march(30)]
    holds = [set_aside(not_needed_after=day) for day in until]
    closed(march(10), march(14))
    days = ["16", "10", "11", "13", "16", "16"]
    assert [kept(one) for one in holds] == [f"2026-03-{day}" for day in days]
    assert [needed(one, None) for one in holds] == ["2026-03-16"] * len(holds)


def test_rule_14_a_week_keeps_a_copy_while_it_is_needed() -> None:
    hold_id = set_aside(not_needed_after=march(11))
    week = {"timezone": "Europe/Berlin", "open_weekdays": [1, 4, 5, 6]}
    set_week(week, DESK, NOW)
    assert kept(hold_id) == "2026-03-11"
    assert needed(hold_id, None) == "2026-03-12"

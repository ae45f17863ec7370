"""Who gets a copy next, and which holds have ended by themselves (rules 5, 6, 17 to 25)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from circulation.entities import Copy, Ending, Hold, Rules, Title
from circulation.hold_matching import could_be_lent
from circulation.hold_queue import (
    back_to_head,
    hand_over,
    lapse_holds,
    next_hold,
    waiting_before,
    waiting_besides,
)
from models.vocabulary import CopyStatus, HoldEnd, HoldStatus
from tests.unit.circulation.given import (
    MEMBER,
    NOW,
    OTHER,
    REFERENCE,
    STANDARD,
    THIRD,
    TODAY,
    copy,
    hold,
    lent,
    ready,
    rules,
    set_aside,
    title,
)

TOMORROW = date(2026, 3, 3)
YESTERDAY = date(2026, 3, 1)
END_OF_YESTERDAY = datetime(2026, 3, 1, 22, 59, 59, tzinfo=UTC)
LAST_WEEK = datetime(2026, 2, 23, 22, 59, 59, tzinfo=UTC)


def now_ready(number: int, user_id: int, copy_id: int) -> Hold:
    """A hold whose copy the rules set aside at NOW, until the day that the policy gives."""
    shelf = {"ready_at": NOW, "kept_until": date(2026, 3, 10)}
    return ready(number, user_id, copy_id=copy_id, **shelf)


def next_id(waiting: Title, loan_type: str = "standard") -> int | None:
    found = next_hold(waiting, copy(1, loan_type=loan_type), rules(), TODAY)
    return found.id if found else None


def test_the_first_in_the_queue_is_next() -> None:
    """Rule 19: by place, not by id."""
    assert next_id(title(hold(1, MEMBER, place=7), hold(2, OTHER, place=3))) == 2


def test_a_suspended_hold_is_passed_over_until_its_day_comes() -> None:
    """Rule 23: active again from `suspended_until` on."""
    assert next_id(title(hold(1, MEMBER, suspended_until=TOMORROW), hold(2, OTHER))) == 2
    assert next_id(title(hold(1, MEMBER, suspended_until=TODAY), hold(2, OTHER))) == 1


def test_a_hold_no_longer_needed_is_passed_over() -> None:
    """Rule 23: wanted up to and on `not_needed_after`."""
    assert next_id(title(hold(1, MEMBER, not_needed_after=YESTERDAY), hold(2, OTHER))) == 2
    assert next_id(title(hold(1, MEMBER, not_needed_after=TODAY), hold(2, OTHER))) == 1


def test_a_ready_hold_gets_no_second_copy() -> None:
    """Rule 19."""
    assert next_id(title(set_aside(1), ready(1, MEMBER, copy_id=1), hold(2, OTHER))) == 2


def test_a_member_whom_such_copies_are_not_lent_to_is_passed_over() -> None:
    """Rule 19: the first hold that may have it."""
    assert next_id(title(hold(1, MEMBER)), loan_type="reference") is None


def test_a_copy_without_takers_goes_to_the_shelf() -> None:
    """Rule 22."""
    result = hand_over(title(lent(1, 9, OTHER)), 1, rules(), NOW)
    assert result == title(copy(1))


def test_a_copy_handed_over_makes_the_hold_ready_until_the_shelf_time_ends() -> None:
    """Rules 19 and 21: the category's row for every type sets the days."""
    child = STANDARD._replace(id=3, member_category="child", hold_shelf_days=1)
    film = child._replace(id=4, loan_type="film", hold_shelf_days=30)
    waiting = title(copy(1, loan_type="film"), hold(1, MEMBER, category="child"))
    result = hand_over(waiting, 1, rules(child, film), NOW)
    assert result.hold_on(1) == ready(
        1,
        MEMBER,
        copy_id=1,
        category="child",
        ready_at=NOW,
        expires_at=datetime(2026, 3, 3, 22, 59, 59, tzinfo=UTC),
        kept_until=TOMORROW,
    )
    assert len(result.holds) == 1
    assert result.copy(1).status is CopyStatus.ON_HOLD_SHELF


def test_an_expired_hold_passes_its_copy_to_the_next_one() -> None:
    """Rule 22: before the nightly job has run."""
    expired = ready(1, MEMBER, copy_id=1, expires_at=LAST_WEEK)
    lapse_holdsd = lapse_holds(title(set_aside(1), expired, hold(2, OTHER)), rules(), NOW)
    assert lapse_holdsd.ended == {1: Ending(HoldEnd.SHELF_EXPIRED, LAST_WEEK)}
    assert lapse_holdsd.title == title(set_aside(1), now_ready(2, OTHER, copy_id=1))


def test_an_expired_hold_without_a_next_one_frees_its_copy() -> None:
    """Rule 22."""
    lapse_holdsd = lapse_holds(
        title(set_aside(1), ready(1, MEMBER, copy_id=1, expires_at=LAST_WEEK)), rules(), NOW
    )
    assert lapse_holdsd.title == title(copy(1))


def test_a_hold_is_good_to_the_last_second_of_its_last_day() -> None:
    """Rule 21."""
    kept = title(set_aside(1), ready(1, MEMBER, copy_id=1, expires_at=NOW))
    assert not lapse_holds(kept, rules(), NOW.replace(microsecond=900_000)).ended
    assert lapse_holds(kept, rules(), NOW.replace(second=1)).ended


def test_a_ready_hold_no_longer_needed_is_cancelled_and_its_copy_passed_on() -> None:
    """Rule 23."""
    stale = ready(1, MEMBER, copy_id=1, not_needed_after=YESTERDAY)
    lapse_holdsd = lapse_holds(title(set_aside(1), stale, hold(2, OTHER)), rules(), NOW)
    assert lapse_holdsd.ended == {1: Ending(HoldEnd.NOT_NEEDED, END_OF_YESTERDAY)}
    assert lapse_holdsd.title == title(set_aside(1), now_ready(2, OTHER, copy_id=1))


def test_a_waiting_hold_no_longer_needed_is_cancelled() -> None:
    """Rule 23."""
    lapse_holdsd = lapse_holds(title(hold(1, MEMBER, not_needed_after=YESTERDAY)), rules(), NOW)
    assert lapse_holdsd.ended == {1: Ending(HoldEnd.NOT_NEEDED, END_OF_YESTERDAY)}
    assert lapse_holdsd.title == title()


def test_a_hold_is_needed_to_the_end_of_its_last_day() -> None:
    """Rule 23."""
    assert not lapse_holds(title(hold(1, MEMBER, not_needed_after=TODAY)), rules(), NOW).ended


def test_two_expired_holds_pass_their_copies_to_the_next_two() -> None:
    """Rule 22."""
    lapse_holdsd = lapse_holds(
        title(
            set_aside(1),
            set_aside(2),
            ready(1, MEMBER, copy_id=1, expires_at=LAST_WEEK),
            ready(2, OTHER, copy_id=2, expires_at=LAST_WEEK),
            hold(3, THIRD),
        ),
        rules(),
        NOW,
    )
    assert lapse_holdsd.title == title(set_aside(1), copy(2), now_ready(3, THIRD, copy_id=1))


def test_settling_twice_changes_nothing_more() -> None:
    """Rule 35."""
    expired = ready(1, MEMBER, copy_id=1, expires_at=LAST_WEEK)
    once = lapse_holds(title(set_aside(1), expired, hold(2, OTHER)), rules(), NOW).title
    again = lapse_holds(once, rules(), NOW)
    assert (again.title, again.ended) == (once, {})


def test_a_hold_whose_copy_is_gone_goes_back_to_the_head_of_the_queue() -> None:
    """Rule 25."""
    queue = title(
        copy(1, CopyStatus.LOST), hold(1, OTHER), hold(2, THIRD), ready(3, MEMBER, copy_id=1)
    )
    headed = back_to_head(queue, 3)
    assert [one.id for one in headed.queue()] == [3, 1, 2]
    assert headed.hold_on(1) is None
    assert headed.holds[2].status is HoldStatus.WAITING


def queue_of_three() -> tuple[Hold, Hold, Hold]:
    return hold(1, MEMBER), hold(2, OTHER), hold(3, THIRD)


def before(queue: Title, user_id: int, by: Rules | None = None) -> list[int]:
    return [one.id for one in waiting_before(queue, user_id, 1, by or rules(), TODAY)]


def besides(queue: Title, user_id: int) -> list[int]:
    return [one.id for one in waiting_besides(queue, user_id, rules(), TODAY)]


def test_holds_before_a_member_are_those_ahead_of_their_own() -> None:
    """Rule 5."""
    queue = title(lent(1, 9, 98), *queue_of_three())
    assert before(queue, MEMBER) == []
    assert before(queue, THIRD) == [1, 2]
    assert before(queue, 99) == [1, 2, 3]


def test_nobody_is_before_a_member_whose_hold_is_ready() -> None:
    """Rule 4: their turn has come."""
    queue = title(set_aside(1), ready(1, MEMBER, copy_id=1, place=9), hold(2, OTHER))
    assert before(queue, MEMBER) == []


def test_suspended_and_ready_holds_claim_nothing() -> None:
    """Rule 5."""
    queue = title(set_aside(1), ready(1, OTHER, copy_id=1))
    suspended = hold(2, THIRD, suspended_until=TOMORROW)
    queue = replace(queue, holds=(*queue.holds, suspended))
    assert before(queue, MEMBER) == besides(queue, MEMBER) == []


def test_a_hold_that_no_copy_could_ever_serve_claims_nothing() -> None:
    """Rule 5: it would keep every copy from everybody, for good."""
    child = STANDARD._replace(id=3, member_category="child", loan_days=0)
    queue = title(copy(1), hold(1, OTHER, category="child"), hold(2, THIRD))
    assert before(queue, MEMBER, rules(child)) == [2]


def test_for_a_renewal_every_hold_of_others_counts() -> None:
    """Rule 17."""
    assert besides(title(lent(1, 9, MEMBER), *queue_of_three()), MEMBER) == [2, 3]


@pytest.mark.parametrize(
    ("what", "lent_to_standard"),
    [
        (lent(1, 9, OTHER), True),
        (set_aside(1), True),
        (copy(1, CopyStatus.IN_REPAIR), True),
        (copy(1, CopyStatus.LOST), False),
        (copy(1, CopyStatus.WITHDRAWN), False),
        (copy(1, loan_type="reference"), False),
    ],
)
def test_copies_that_could_be_lent_one_day_count_for_a_hold(
    what: Copy, lent_to_standard: bool
) -> None:
    """Rule 24."""
    assert could_be_lent(title(what), "standard", rules().policies) is lent_to_standard


def test_what_could_be_lent_is_a_matter_of_the_category() -> None:
    """Rule 24."""
    staff = REFERENCE._replace(id=5, member_category="staff", loan_days=3)
    assert could_be_lent(title(copy(1, loan_type="reference")), "staff", rules(staff).policies)


INACTIVE: dict[str, Any] = {"member_is_active": False}
ENDED: dict[str, Any] = {"member_expires_on": YESTERDAY}


@pytest.mark.parametrize("gone", [INACTIVE, ENDED])
def test_a_hold_whose_member_can_never_come_is_passed_over_and_claims_nothing(
    gone: dict[str, Any],
) -> None:
    """Rule 37: it keeps its place, for the member may come back."""
    waiting = title(copy(1), hold(1, MEMBER, **gone), hold(2, OTHER))
    result = hand_over(waiting, 1, rules(), NOW)
    assert [one.id for one in result.holds if one.status is HoldStatus.READY] == [2]
    assert [one.id for one in result.queue()] == [1, 2]
    assert [one.id for one in waiting_before(waiting, THIRD, 1, rules(), TODAY)] == [2]


def test_a_membership_that_ends_today_may_still_have_a_copy() -> None:
    """Rule 37."""
    waiting = title(copy(1), hold(1, MEMBER, member_expires_on=TODAY))
    assert next_id(waiting) == 1


def test_a_policy_of_no_loans_at_all_may_not_have_a_copy() -> None:
    """Rule 37: 0 means forbidden."""
    none = STANDARD._replace(id=3, member_category="guest", max_loans=0)
    waiting = title(copy(1), hold(1, MEMBER, category="guest"), hold(2, OTHER))
    found = next_hold(waiting, copy(1), rules(none), TODAY)
    assert found is not None
    assert found.id == 2
    assert not could_be_lent(title(copy(1)), "guest", rules(none).policies)


def test_a_hold_on_one_copy_may_have_that_one_only() -> None:
    """Rules 37 and 46: one queue, and each copy goes to the first that may have it."""
    waiting = title(copy(1), copy(2), hold(1, MEMBER, requested_copy_id=2), hold(2, OTHER))
    for number, taken in ((1, 2), (2, 1)):
        found = next_hold(waiting, copy(number), rules(), TODAY)
        assert found is not None
        assert found.id == taken


def test_what_is_no_longer_needed_leaves_the_shelf_on_that_day() -> None:
    """Rule 38."""
    waiting = title(copy(1), hold(1, MEMBER, not_needed_after=date(2026, 3, 4)))
    kept = hand_over(waiting, 1, rules(), NOW).hold_on(1)
    assert kept is not None
    assert kept.expires_at == datetime(2026, 3, 4, 22, 59, 59, tzinfo=UTC)
    long = title(copy(1), hold(1, MEMBER, not_needed_after=date(2026, 12, 4)))
    kept = hand_over(long, 1, rules(), NOW).hold_on(1)
    assert kept is not None
    assert kept.expires_at == datetime(2026, 3, 10, 22, 59, 59, tzinfo=UTC)

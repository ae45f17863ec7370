"""Holds on one copy, for the volumes of a set, on each database: rules 5, 24, 37 and 46."""

from typing import Any

import pytest

from circulation import dry_runs
from circulation.hold_changes import change_hold
from circulation.hold_requests import HoldRequest
from circulation.holds import cancel_hold, place_hold
from circulation.inventory import change_copy, delete_copy
from models import hold
from models.audit import Actor
from models.errors import Missing, Refused
from models.hold import HoldRow
from models.vocabulary import CopyStatus, HoldStatus
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


def reasons(refused: pytest.ExceptionInfo[Refused]) -> dict[str, Any]:
    return {one["code"]: one["params"] for one in refused.value.extra["reasons"]}


def now_of(placed: Any) -> HoldRow:
    return hold.find(placed.row.id)


def test_a_hold_on_one_copy_tells_which() -> None:
    book_id, [first, second] = title(2)
    shown = held_copy(second, member()).to_json()
    assert shown["book_id"] == book_id
    assert shown["requested_copy_id"] == on_copy(second)["id"] != on_copy(first)["id"]
    assert (shown["copy_id"], shown["position"]) == (None, 1)


def test_it_is_served_by_that_copy_alone() -> None:
    _, [first, second] = title(2)
    lent(first, member()), lent(second, member())
    waiting = held_copy(second, member())
    assert back(first).hold is None
    assert on_copy(first)["status"] == "available"
    assert back(second).hold is not None
    assert now_of(waiting).copy_id == on_copy(second)["id"]


def test_a_copy_goes_to_the_first_in_the_common_queue_that_may_have_it() -> None:
    book_id, [first, second] = title(2)
    lent(first, member()), lent(second, member())
    on_second, on_any = held_copy(second, member()), held(book_id, member())
    assert on_any.position == 2
    back(first)
    assert now_of(on_any).status is HoldStatus.READY
    assert now_of(on_second).status is HoldStatus.WAITING
    back(second)
    assert now_of(on_second).status is HoldStatus.READY


def test_a_member_waits_for_a_title_and_for_its_copies_beside_each_other() -> None:
    book_id, [first, second] = title(2)
    who = member()
    held(book_id, who), held_copy(first, who)
    again = held_copy(second, who)
    assert again.position == 3
    with pytest.raises(Refused) as refused:
        held_copy(second, who)
    assert reasons(refused) == {"hold-exists": {"hold_id": again.row.id}}


def test_another_volume_on_loan_refuses_neither_the_hold_nor_the_loan() -> None:
    _, [first, second] = title(2)
    who = member()
    lent(first, who), lent(second, member())
    waiting = held_copy(second, who)
    back(second)
    lent(second, who)
    assert now_of(waiting).end_reason == "fulfilled"


def test_the_copy_that_a_member_has_cannot_be_held() -> None:
    _, [barcode] = title()
    who = member()
    loan = lent(barcode, who)
    with pytest.raises(Refused) as refused:
        held_copy(barcode, who)
    assert reasons(refused) == {"title-on-loan": {"loan_id": loan.row.id}}


def test_lending_another_copy_leaves_it_waiting() -> None:
    """Rule 4 is for holds on the title."""
    book_id, [first, second] = title(2)
    who = member()
    on_title, on_copy_two = held(book_id, who), held_copy(second, who)
    lent(first, who)
    assert now_of(on_title).status is HoldStatus.FULFILLED
    assert now_of(on_copy_two).status is HoldStatus.WAITING


def test_lending_that_copy_fulfils_the_hold_on_the_title_too() -> None:
    book_id, [_first, second] = title(2)
    who = member()
    both = held(book_id, who), held_copy(second, who)
    lent(second, who)
    assert [now_of(one).status for one in both] == [HoldStatus.FULFILLED] * 2
    assert {now_of(one).copy_id for one in both} == {on_copy(second)["id"]}


def test_a_copy_set_aside_for_the_hold_on_the_title_goes_on_when_another_is_lent() -> None:
    book_id, [first, second] = title(2)
    who, following = member(), member()
    lent(first, member())
    held(book_id, who), held_copy(second, who)
    later = held(book_id, following)
    back(first)
    lent(second, who)
    assert now_of(later).copy_id == on_copy(first)["id"]


def test_a_walk_in_may_have_every_copy_but_the_one_that_is_waited_for() -> None:
    _, [first, second] = title(2)
    held_copy(second, member())
    with pytest.raises(Refused) as refused:
        lent(second, member())
    assert reasons(refused) == {"held-for-others": {"free": 1, "waiting": 1}}
    lent(first, member())


def test_a_hold_on_another_copy_gives_no_place_before_those_who_wait() -> None:
    book_id, [first, second] = title(2)
    who = member()
    lent(second, member())
    held_copy(second, who), held(book_id, member())
    with pytest.raises(Refused) as refused:
        lent(first, who)
    assert "held-for-others" in reasons(refused)


@pytest.mark.parametrize("status", [CopyStatus.LOST, CopyStatus.WITHDRAWN])
def test_a_copy_that_is_gone_takes_no_hold(status: CopyStatus) -> None:
    _, [first, _] = title(2)
    change_copy(on_copy(first)["id"], {"status": status}, DESK, NOW)
    with pytest.raises(Refused) as refused:
        held_copy(first, member())
    assert reasons(refused) == {"no-copies": {}}


def test_a_copy_that_is_never_lent_takes_no_hold() -> None:
    policy("*", "reference", loan_days=0)
    _, [barcode] = title(loan_type="reference")
    asked = dry_runs.hold(HoldRequest(member(), barcode=barcode), NOW)
    assert [one["code"] for one in asked["reasons"]] == ["no-copies"]


@pytest.mark.parametrize("named", [{"barcode": "nothing"}, {"copy_id": 99}])
def test_an_unknown_copy_is_said_so(named: dict[str, Any]) -> None:

    with pytest.raises(Missing) as missing:
        place_hold(HoldRequest(member(), **named), DESK, NOW)
    assert missing.value.code == "copy-not-found"


def test_withdrawing_the_last_copy_that_could_be_lent_ends_the_holds() -> None:
    book_id, [first, second] = title(2)
    on_first, on_title = held_copy(first, member()), held(book_id, member())
    delete_copy(on_copy(first)["id"], DESK, NOW)
    assert (now_of(on_first).end_reason, now_of(on_first).status) == ("title_gone", "cancelled")
    assert now_of(on_title).status is HoldStatus.WAITING
    change_copy(on_copy(second)["id"], {"status": CopyStatus.WITHDRAWN}, DESK, NOW)
    assert now_of(on_title).end_reason == "title_gone"


def test_a_lost_copy_keeps_its_holds() -> None:
    book_id, [barcode] = title()
    waiting = held(book_id, member())
    change_copy(on_copy(barcode)["id"], {"status": CopyStatus.LOST}, DESK, NOW)
    assert now_of(waiting).status is HoldStatus.WAITING


def test_who_cancels_is_told_by_the_end_of_the_hold() -> None:
    book_id, _ = title()
    who = member()
    own, desk = held(book_id, who), held(book_id, member())
    cancel_hold(own.row.id, Actor(who, "own"), NOW)
    cancel_hold(desk.row.id, DESK, NOW)
    assert now_of(own).end_reason == "cancelled_by_member"
    assert now_of(desk).end_reason == "cancelled_by_staff"


def positions(book_id: int) -> list[int]:
    """The ids of the holds that wait, in the order of their places."""
    rows = hold.LISTING.page({"book_id": book_id}, ["id"], limit=20, offset=0)
    places = hold.positions([row.id for row in rows], NOW.date())
    return sorted(places, key=lambda number: places[number])


@pytest.mark.parametrize(
    ("position", "order"),
    [
        (1, [3, 1, 2, 4]),
        (2, [1, 3, 2, 4]),
        (3, [1, 2, 3, 4]),
        (4, [1, 2, 4, 3]),
        (99, [1, 2, 4, 3]),
    ],
)
def test_a_hold_is_moved_in_the_queue_and_the_others_keep_their_order(
    position: int, order: list[int]
) -> None:
    book_id, _ = title()
    ids = [held(book_id, member()).row.id for _ in range(4)]
    moved = change_hold(ids[2], {"position": position}, DESK, NOW)
    assert moved.position == min(position, 4)
    assert positions(book_id) == [ids[number - 1] for number in order]

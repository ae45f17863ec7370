"""Members, on each database: who can be enrolled, blocks that end, and standing (rules 8, 44)."""

from datetime import timedelta
from typing import Any

import pytest

from circulation import members
from models.errors import Taken, Unacceptable
from models.user import UserRow
from tests.unit.circulation.library import DESK, NOW, amend, member, owes

pytestmark = pytest.mark.usefixtures("library")
TODAY = NOW.date()
YESTERDAY, TOMORROW = (TODAY + timedelta(days=days) for days in (-1, 1))


def enrol(**values: Any) -> UserRow:
    return members.enrol(values, None, DESK, NOW)


def test_a_child_needs_no_email_and_no_password() -> None:
    child = enrol(first_name="Ada", card_number="C-1")
    assert (child.email, child.last_name, child.has_password) == (None, None, False)


def test_a_family_shares_one_contact_address() -> None:
    shared = "byron@example.org"
    for card in ("C-1", "C-2"):
        child = enrol(last_name="Byron", card_number=card, contact_email=shared)
        assert child.mail_address == shared


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"card_number": "C-1"}, "#/first_name"),
        ({"first_name": "Ada"}, "#/email"),
        ({"first_name": "Ada", "card_number": "C-1", "role": "librarian"}, "#/email"),
    ],
)
def test_somebody_without_a_name_or_anything_to_know_them_by_is_refused(
    values: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        enrol(**values)
    assert refused.value.pointer == pointer


def test_the_only_name_cannot_be_taken_away() -> None:
    child = enrol(first_name="Ada", card_number="C-1")
    with pytest.raises(Unacceptable):
        members.change(child, {"first_name": None}, DESK, NOW)


def test_two_members_without_email_are_no_conflict_but_one_card_is() -> None:
    enrol(first_name="Ada", card_number="C-1")
    with pytest.raises(Taken) as taken:
        enrol(first_name="Bob", card_number="c-1")
    assert taken.value.code == "card-number-taken"


def test_a_block_ends_after_its_last_day() -> None:
    blocked = enrol(first_name="Ada", card_number="C-1", blocked=True, block_reason="lost card")
    amend(blocked.id, blocked_until=YESTERDAY.isoformat())
    found = members.find(blocked.id, NOW)
    assert (found.blocked, found.block_reason, found.blocked_until) == (False, None, None)


def test_a_block_holds_on_its_last_day() -> None:
    blocked = enrol(
        first_name="Ada", card_number="C-1", blocked=True, blocked_until=TODAY.isoformat()
    )
    assert members.find(blocked.id, NOW).blocked
    assert [one.code for one in members.standing(blocked.id, NOW).loan] == ["member-blocked"]


def test_a_new_block_does_not_end_with_an_old_one() -> None:
    one = enrol(first_name="Ada", card_number="C-1", blocked=True)
    amend(one.id, blocked_until=YESTERDAY.isoformat())
    members.change(members.locked(one.id, NOW), {"blocked": True}, DESK, NOW)
    assert members.find(one.id, NOW).blocked


def test_an_end_of_no_block_is_refused() -> None:
    with pytest.raises(Unacceptable) as refused:
        enrol(first_name="Ada", card_number="C-1", blocked_until=TOMORROW.isoformat())
    assert refused.value.pointer == "#/blocked_until"


def test_a_block_cannot_have_ended_before_today() -> None:
    with pytest.raises(Unacceptable) as refused:
        enrol(
            first_name="Ada", card_number="C-1", blocked=True, blocked_until=YESTERDAY.isoformat()
        )
    assert refused.value.fault == "past"


def test_lifting_a_block_lifts_its_end() -> None:
    one = enrol(
        first_name="Ada", card_number="C-1", blocked=True, blocked_until=TOMORROW.isoformat()
    )
    freed = members.change(one, {"blocked": False}, DESK, NOW)
    assert (freed.blocked, freed.blocked_until) == (False, None)


def test_switches_of_notices_are_merged_and_null_removes_one() -> None:
    one = enrol(first_name="Ada", card_number="C-1", notices={"due-soon": False})
    one = members.change(one, {"notices": {"welcome": True}}, DESK, NOW)
    assert one.notices == {"due-soon": False, "welcome": True}
    one = members.change(one, {"notices": {"due-soon": None}}, DESK, NOW)
    assert one.notices == {"welcome": True}


def test_standing_tells_what_a_member_has_and_owes() -> None:
    member_id = member()
    owes(member_id, 250)
    standing = members.standing(member_id, NOW)
    assert (standing.loans, standing.holds, standing.ready, standing.balance) == (0, 0, 0, 250)
    assert standing.to_json()["hold"]["allowed"]

"""May this copy be lent to this member, and until when (rules 1 to 13)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from circulation.decisions import Decision, decide_loan
from circulation.entities import Copy, Hold, Member, Rules, Title
from circulation.reasons import LOAN_CODES, PARAMS
from models.errors import Unacceptable
from models.vocabulary import CopyStatus, DueStep, ReasonCode
from tests.unit.circulation.given import (
    MEMBER,
    NOW,
    OTHER,
    REFERENCE,
    STANDARD,
    THIRD,
    closure,
    copy,
    hold,
    lent,
    member,
    ready,
    ruled,
    rules,
    set_aside,
    title,
)


def lend(
    what: Title | None = None,
    who: Member | None = None,
    by: Rules | None = None,
    *overrides: ReasonCode,
    due_on: date | None = None,
) -> Decision:
    """Decide about copy 1, by default a free one, an ordinary member and the usual rules."""
    return decide_loan(
        by or rules(),
        who or member(),
        what or title(copy(1)),
        1,
        NOW,
        frozenset(overrides),
        due_on,
    )


def refused(decision: Decision) -> dict[ReasonCode, dict[str, Any]]:
    """The params of the reasons by code, in order."""
    assert decision.allowed == (not decision.reasons)
    return {one.code: one.params for one in decision.reasons}


def test_a_free_copy_is_lent() -> None:
    decision = lend()
    assert decision.allowed
    assert decision.reasons == decision.waved == ()
    assert decision.due_at == datetime(2026, 3, 23, 22, 59, 59, tzinfo=UTC)
    assert decision.policy == STANDARD


def test_the_policy_of_category_and_type_sets_the_date() -> None:
    """Rule 7."""
    film = STANDARD._replace(id=3, member_category="child", loan_type="film", loan_days=2)
    decision = lend(title(copy(1, loan_type="film")), member(category="child"), rules(film))
    assert decision.policy == film
    assert decision.due
    assert decision.due.day == date(2026, 3, 4)


def test_a_copy_on_loan_to_somebody_else_is_refused() -> None:
    """Rule 1."""
    assert refused(lend(title(lent(1, 9, OTHER)))) == {ReasonCode.COPY_ON_LOAN: {}}


def test_rescanning_a_copy_the_member_has_names_its_loan() -> None:
    """Rule 3: and it is not `copy-on-loan` as well."""
    assert refused(lend(title(lent(1, 9, MEMBER)))) == {ReasonCode.ALREADY_BORROWED: {"loan_id": 9}}


def test_rescanning_is_not_refused_for_those_who_wait_besides() -> None:
    """Rule 3: nobody is passed over by it."""
    waiting = title(lent(1, 9, MEMBER), hold(1, OTHER))
    assert refused(lend(waiting)) == {ReasonCode.ALREADY_BORROWED: {"loan_id": 9}}


def test_another_copy_of_a_title_the_member_has_is_refused() -> None:
    """Rule 3."""
    assert refused(lend(title(copy(1), lent(2, 9, MEMBER)))) == {
        ReasonCode.TITLE_ON_LOAN: {"loan_id": 9}
    }


def test_a_copy_on_loan_is_named_beside_the_members_own_of_that_title() -> None:
    """Rule 9."""
    both = title(lent(1, 8, OTHER), lent(2, 9, MEMBER))
    assert list(refused(lend(both))) == [ReasonCode.COPY_ON_LOAN, ReasonCode.TITLE_ON_LOAN]


def test_loan_days_of_zero_forbid_lending() -> None:
    """Rule 7."""
    decision = lend(title(copy(1, loan_type="reference")))
    assert refused(decision) == {ReasonCode.COPY_NOT_LENDABLE: {}}
    assert decision.due_at is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CopyStatus.IN_REPAIR, ReasonCode.COPY_IN_REPAIR),
        (CopyStatus.LOST, ReasonCode.COPY_LOST),
        (CopyStatus.WITHDRAWN, ReasonCode.COPY_WITHDRAWN),
    ],
)
def test_a_copy_that_is_not_fit_to_lend_is_refused(status: CopyStatus, code: ReasonCode) -> None:
    assert refused(lend(title(copy(1, status)))) == {code: {}}


def test_a_copy_on_the_hold_shelf_for_another_is_refused() -> None:
    """Rule 4."""
    decision = lend(title(set_aside(1), ready(1, OTHER, copy_id=1)))
    assert refused(decision) == {ReasonCode.COPY_HELD: {}}
    assert decision.reasons[0].detail.endswith("until 2026-03-10.")


def test_a_copy_on_the_hold_shelf_is_lent_to_the_member_it_is_for() -> None:
    """Rule 4: whoever else waits."""
    assert lend(title(set_aside(1), ready(1, MEMBER, copy_id=1), hold(2, OTHER))).allowed


def test_a_copy_whose_hold_has_expired_is_lent_before_the_nightly_job_has_run() -> None:
    """Rule 22."""
    expired = ready(1, OTHER, copy_id=1, expires_at=datetime(2026, 2, 28, 22, 59, 59, tzinfo=UTC))
    assert lend(title(set_aside(1), expired)).allowed


def test_a_copy_whose_hold_has_expired_is_the_next_ones() -> None:
    """Rule 22: the member's own hold is the next one, or it is not."""
    expired = ready(1, OTHER, copy_id=1, expires_at=datetime(2026, 2, 28, 22, 59, 59, tzinfo=UTC))
    assert lend(title(set_aside(1), expired, hold(2, MEMBER))).allowed
    taken = lend(title(set_aside(1), expired, hold(2, THIRD), hold(3, MEMBER)))
    assert refused(taken) == {ReasonCode.COPY_HELD: {}}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([copy(1), hold(1, OTHER)], {"free": 1, "waiting": 1}, id="one for one"),
        pytest.param([copy(1), copy(2), hold(1, OTHER)], None, id="two for one"),
        pytest.param([copy(1), hold(1, MEMBER), hold(2, OTHER)], None, id="own hold first"),
        pytest.param(
            [copy(1), hold(1, OTHER), hold(2, MEMBER)],
            {"free": 1, "waiting": 1},
            id="own hold second",
        ),
        pytest.param(
            [copy(1), hold(1, OTHER, suspended_until=date(2026, 3, 3))], None, id="suspended"
        ),
        pytest.param(
            [copy(1), hold(1, OTHER, not_needed_after=date(2026, 3, 1))], None, id="not needed"
        ),
        pytest.param(
            [copy(1), set_aside(2), ready(1, MEMBER, copy_id=2), hold(2, OTHER)],
            None,
            id="own hold ready elsewhere",
        ),
        pytest.param(
            [copy(1), copy(2, loan_type="reference"), hold(1, OTHER)],
            {"free": 1, "waiting": 1},
            id="a reference copy serves no hold",
        ),
    ],
)
def test_a_walk_in_takes_what_is_left_after_the_holds_before_theirs(
    parts: list[Copy | Hold], expected: dict[str, int] | None
) -> None:
    """Rule 5."""
    assert refused(lend(title(*parts))) == (
        {ReasonCode.HELD_FOR_OTHERS: expected} if expected else {}
    )


STAFF = REFERENCE._replace(id=5, member_category="staff", loan_days=3)


@pytest.mark.parametrize(
    ("waiter", "expected"), [("staff", {}), ("standard", {"free": 1, "waiting": 1})]
)
def test_a_walk_in_leaves_the_holds_copies_that_can_serve_them(
    waiter: str, expected: dict[str, int]
) -> None:
    """Rule 5: whichever of them the walk-in may borrow."""
    shelf = title(copy(1), copy(2, loan_type="reference"), hold(1, OTHER, category=waiter))
    for who in (member(), member(category="staff")):
        found = refused(lend(shelf, who, rules(STAFF)))
        assert found == ({ReasonCode.HELD_FOR_OTHERS: expected} if expected else {})


def test_a_reference_copy_is_taken_from_no_hold() -> None:
    """Rule 5: what is lent by way of exception serves nobody who waits."""
    shelf = title(copy(1, loan_type="reference"), copy(2), hold(1, OTHER))
    assert refused(lend(shelf)) == {ReasonCode.COPY_NOT_LENDABLE: {}}


def test_a_member_with_as_many_loans_as_allowed_is_refused() -> None:
    """Rules 2 and 7: all open loans count, whatever their type."""
    full = member(open_loans=10)
    assert refused(lend(who=full)) == {ReasonCode.LOAN_LIMIT: {"limit": 10, "open": 10}}
    assert lend(who=member(open_loans=9)).allowed


def test_a_maximum_of_zero_forbids_and_none_does_not_limit() -> None:
    """Rule 7."""
    assert refused(lend(by=ruled(max_loans=0))) == {ReasonCode.LOAN_LIMIT: {"limit": 0, "open": 0}}
    assert lend(who=member(open_loans=999), by=ruled(max_loans=None)).allowed


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (member(is_active=False), {ReasonCode.MEMBER_INACTIVE: {}}),
        (
            member(blocked=True, block_reason="address unknown"),
            {ReasonCode.MEMBER_BLOCKED: {"reason": "address unknown"}},
        ),
        (member(blocked=True), {ReasonCode.MEMBER_BLOCKED: {"reason": None}}),
        (
            member(expires_on=date(2026, 3, 1)),
            {ReasonCode.MEMBER_EXPIRED: {"expires_on": "2026-03-01"}},
        ),
        (member(balance=1001), {ReasonCode.FEES_OWED: {"balance": 1001, "limit": 1000}}),
        (member(overdue_loans=2), {ReasonCode.LOANS_OVERDUE: {"count": 2}}),
    ],
)
def test_a_member_in_bad_standing_is_refused(
    who: Member, expected: dict[ReasonCode, dict[str, Any]]
) -> None:
    """Rule 8."""
    assert refused(lend(who=who)) == expected


def test_a_debt_at_the_threshold_is_no_reason() -> None:
    """Rule 8: only one above it."""
    assert lend(who=member(balance=1000)).allowed


def test_no_threshold_never_blocks_and_one_of_zero_blocks_any_debt() -> None:
    """Rule 8."""
    assert lend(who=member(balance=10**9), by=ruled(fees_block_at=None)).allowed
    owing = lend(who=member(balance=1), by=ruled(fees_block_at=0))
    assert refused(owing) == {ReasonCode.FEES_OWED: {"balance": 1, "limit": 0}}


def test_overdue_loans_block_only_where_the_policy_says_so() -> None:
    """Rule 8."""
    assert lend(who=member(overdue_loans=1), by=ruled(overdue_block=False)).allowed


def test_the_members_standing_follows_the_row_for_every_type() -> None:
    """Rule 7: the film row would be stricter, but it is not asked."""
    film = STANDARD._replace(id=3, loan_type="film", fees_block_at=0)
    assert lend(title(copy(1, loan_type="film")), member(balance=500), rules(film)).allowed


def test_the_last_day_of_a_membership_counts_in_the_librarys_zone() -> None:
    """Rule 8: 23:30 of 1 March in UTC is 2 March in Berlin."""
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    who = member(expires_on=date(2026, 3, 1))
    decision = decide_loan(rules(), who, title(copy(1)), 1, late)
    assert list(refused(decision)) == [ReasonCode.MEMBER_EXPIRED]
    assert lend(who=member(expires_on=date(2026, 3, 2))).due_at == datetime(
        2026, 3, 2, 22, 59, 59, tzinfo=UTC
    )


def test_a_membership_without_an_open_day_left_is_as_good_as_ended() -> None:
    """Rule 13."""
    shut = rules(closures=(closure(date(2026, 3, 2), date(2026, 3, 6)),))
    decision = lend(who=member(expires_on=date(2026, 3, 5)), by=shut)
    assert refused(decision) == {ReasonCode.MEMBER_EXPIRED: {"expires_on": "2026-03-05"}}
    assert "no open day left" in decision.reasons[0].detail


def everything_at_once() -> Decision:
    who = member(
        is_active=False,
        blocked=True,
        expires_on=date(2026, 1, 1),
        balance=2000,
        overdue_loans=1,
        open_loans=10,
    )
    parts = (copy(1, CopyStatus.IN_REPAIR, loan_type="reference"), lent(2, 9, MEMBER))
    return lend(title(*parts, hold(1, OTHER)), who)


def test_all_reasons_are_found_in_one_pass_and_in_the_listed_order() -> None:
    """Rule 9."""
    codes = list(refused(everything_at_once()))
    assert codes == [
        ReasonCode.TITLE_ON_LOAN,
        ReasonCode.COPY_NOT_LENDABLE,
        ReasonCode.COPY_IN_REPAIR,
        ReasonCode.LOAN_LIMIT,
        ReasonCode.MEMBER_INACTIVE,
        ReasonCode.MEMBER_BLOCKED,
        ReasonCode.MEMBER_EXPIRED,
        ReasonCode.FEES_OWED,
        ReasonCode.LOANS_OVERDUE,
    ]
    assert codes == [code for code in LOAN_CODES if code in codes]


def test_every_reason_has_a_sentence_and_exactly_its_params() -> None:
    for one in everything_at_once().reasons:
        assert one.detail.endswith((".", "blocked"))
        assert tuple(one.params) == PARAMS.get(one.code, ())


def test_an_override_waves_through_what_it_names_and_nothing_else() -> None:
    """Rule 10."""
    who = member(open_loans=10, balance=5000)
    decision = lend(None, who, None, ReasonCode.LOAN_LIMIT)
    assert list(refused(decision)) == [ReasonCode.FEES_OWED]
    assert [one.code for one in decision.waved] == [ReasonCode.LOAN_LIMIT]
    assert lend(None, who, None, ReasonCode.LOAN_LIMIT, ReasonCode.FEES_OWED).allowed


def test_naming_a_code_that_did_not_refuse_has_no_effect() -> None:
    """Rule 10: neither on what is kept for the audit log nor on the due date."""
    who = member(expires_on=date(2026, 3, 10))
    decision = lend(None, who, None, ReasonCode.MEMBER_EXPIRED, ReasonCode.COPY_NOT_LENDABLE)
    assert decision.waved == ()
    assert decision.due
    assert decision.due.day == date(2026, 3, 10)


def test_what_can_never_be_overridden_refuses_although_named() -> None:
    """Rule 10: should the check before have been forgotten."""
    on_loan = lend(title(lent(1, 9, OTHER)), None, None, ReasonCode.COPY_ON_LOAN)
    assert list(refused(on_loan)) == [ReasonCode.COPY_ON_LOAN]


def test_waving_an_ended_membership_through_lifts_the_cap_on_the_date() -> None:
    """Rule 13."""
    decision = lend(None, member(expires_on=date(2026, 3, 1)), None, ReasonCode.MEMBER_EXPIRED)
    assert decision.due
    assert decision.due.day == date(2026, 3, 23)


def test_waving_through_a_copy_not_lent_needs_a_day_to_be_due_on() -> None:
    reference = title(copy(1, loan_type="reference"))
    with pytest.raises(Unacceptable) as refusal:
        lend(reference, None, None, ReasonCode.COPY_NOT_LENDABLE)
    assert (refusal.value.pointer, refusal.value.fault) == ("#/due_on", "required")
    day = date(2026, 3, 4)
    decision = lend(reference, None, None, ReasonCode.COPY_NOT_LENDABLE, due_on=day)
    assert decision.due
    assert decision.due.day == day


def test_a_day_asked_for_does_not_make_a_copy_lendable() -> None:
    decision = lend(title(copy(1, loan_type="reference")), due_on=date(2026, 3, 4))
    assert refused(decision) == {ReasonCode.COPY_NOT_LENDABLE: {}}


def test_a_day_asked_for_is_the_due_date_within_the_membership() -> None:
    """Rules 12 and 13: Sunday 15 March moves on, and 1 May is past the member's last day."""
    moved = lend(due_on=date(2026, 3, 15))
    assert moved.due
    assert moved.due.day == date(2026, 3, 16)
    capped = lend(who=member(expires_on=date(2026, 4, 1)), due_on=date(2026, 5, 1))
    assert capped.due
    assert capped.due.day == date(2026, 4, 1)
    assert capped.due.steps[0].step is DueStep.DUE_ON


CHILD = STANDARD._replace(id=7, member_category="child", loan_type="adultdvd", loan_days=0)


def test_a_free_copy_that_nobody_who_waits_may_borrow_is_not_withheld() -> None:
    """Rules 5 and 37: the child waits for the other copy."""
    both = title(lent(1, 9, OTHER), copy(2, loan_type="adultdvd"), hold(1, THIRD, category="child"))
    by = rules(CHILD)
    assert decide_loan(by, member(), both, 2, NOW).allowed


def test_a_walk_in_is_refused_only_what_the_queue_would_miss() -> None:
    """Rule 5: two wait, one copy is free, and it serves one of them."""
    waiting = title(copy(1), lent(2, 9, OTHER), hold(1, OTHER), hold(2, THIRD))
    found = refused(decide_loan(rules(), member(), waiting, 1, NOW))
    assert found == {ReasonCode.HELD_FOR_OTHERS: {"free": 1, "waiting": 2}}

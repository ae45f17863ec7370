"""May a loan be renewed, may a hold be placed (rules 2, 8, 16 to 18, 20, 24)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from circulation.decisions import Decision, decide_hold, decide_renewal
from circulation.entities import Loan, Member, Rules, Title
from models.vocabulary import CopyStatus, LoanStatus, ReasonCode
from tests.unit.circulation.given import (
    MEMBER,
    NOW,
    OTHER,
    STANDARD,
    closure,
    copy,
    hold,
    lent,
    loan,
    member,
    ready,
    ruled,
    rules,
    set_aside,
    title,
)


def refused(decision: Decision) -> dict[ReasonCode, dict[str, Any]]:
    assert decision.allowed == (not decision.reasons)
    return {one.code: one.params for one in decision.reasons}


def renew(
    what: Loan | None = None,
    of: Title | None = None,
    who: Member | None = None,
    by: Rules | None = None,
    *overrides: ReasonCode,
) -> Decision:
    """Decide about the member's loan 9 of copy 1."""
    theirs = of or title(lent(1, 9, MEMBER))
    return decide_renewal(
        by or rules(),
        who or member(open_loans=1),
        theirs,
        what or loan(),
        NOW,
        overrides=set(overrides),
    )


def test_a_renewal_gives_the_days_of_todays_policy_from_today() -> None:
    """Rule 16."""
    decision = renew(by=ruled(id=7, renewal_days=14))
    assert decision.due_at == datetime(2026, 3, 16, 22, 59, 59, tzinfo=UTC)
    assert decision.policy.id == 7


LATER = datetime(2026, 6, 1, 21, 59, 59, tzinfo=UTC)
NO_GAIN = {ReasonCode.NO_GAIN: {"due_at": "2026-06-01T21:59:59Z"}}


def test_a_renewal_that_would_not_move_the_due_date_is_refused() -> None:
    """Rule 16."""
    assert refused(renew(loan(due_at=LATER))) == NO_GAIN
    same = renew(loan()).due_at
    assert same is not None
    assert list(refused(renew(loan(due_at=same)))) == [ReasonCode.NO_GAIN]


@pytest.mark.parametrize(
    "status", [LoanStatus.RETURNED, LoanStatus.LOST, LoanStatus.CLAIMED_RETURNED]
)
def test_no_gain_is_only_said_of_a_running_loan(status: LoanStatus) -> None:
    assert ReasonCode.NO_GAIN not in refused(renew(loan(status=status, due_at=LATER)))


def test_no_gain_is_not_said_to_a_member_whose_membership_has_ended() -> None:
    ended = member(expires_on=date(2026, 3, 1))
    assert list(refused(renew(loan(due_at=LATER), who=ended))) == [ReasonCode.MEMBER_EXPIRED]


def test_no_gain_is_listed_with_all_other_reasons() -> None:
    """Rule 9."""
    found = refused(renew(loan(due_at=LATER, renewals=2), who=member(blocked=True)))
    codes = [ReasonCode.NO_GAIN, ReasonCode.RENEWAL_LIMIT, ReasonCode.MEMBER_BLOCKED]
    assert sorted(found) == sorted(codes)


def test_an_overdue_loan_may_be_renewed_where_the_policy_does_not_block() -> None:
    """Rule 18."""
    overdue = loan(status=LoanStatus.OVERDUE, due_at=datetime(2026, 2, 20, 22, 59, 59, tzinfo=UTC))
    who = member(overdue_loans=1)
    assert renew(overdue, who=who, by=ruled(overdue_block=False)).allowed
    assert refused(renew(overdue, who=who)) == {ReasonCode.LOANS_OVERDUE: {"count": 1}}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (LoanStatus.RETURNED, ReasonCode.LOAN_CLOSED),
        (LoanStatus.LOST, ReasonCode.LOAN_CLOSED),
        (LoanStatus.CLAIMED_RETURNED, ReasonCode.CLAIMED_RETURNED),
    ],
)
def test_a_loan_that_is_not_open_cannot_be_renewed(status: LoanStatus, code: ReasonCode) -> None:
    """Rule 18."""
    assert refused(renew(loan(status=status), title(copy(1)))) == {code: {}}


@pytest.mark.parametrize("status", [LoanStatus.RETURNED, LoanStatus.LOST])
def test_a_closed_loan_says_how_it_ended(status: LoanStatus) -> None:
    decision = renew(loan(status=status), title(copy(1)))
    assert decision.reasons[0].detail == f"This loan is closed: the copy is {status.value}."


def test_renewals_end_at_their_limit() -> None:
    """Rule 16: and 0 forbids, none does not limit."""
    assert renew(loan(renewals=1)).allowed
    assert refused(renew(loan(renewals=2))) == {ReasonCode.RENEWAL_LIMIT: {"limit": 2}}
    assert refused(renew(by=ruled(max_renewals=0))) == {ReasonCode.RENEWAL_LIMIT: {"limit": 0}}
    assert renew(loan(renewals=99), by=ruled(max_renewals=None)).allowed


def test_a_renewal_of_no_days_is_forbidden() -> None:
    """Rule 7."""
    late = loan(due_at=datetime(2026, 2, 20, 22, 59, 59, tzinfo=UTC))
    found = refused(renew(late, by=ruled(renewal_days=0)))
    assert found == {ReasonCode.RENEWAL_LIMIT: {"limit": 0}}


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(
            title(lent(1, 9, MEMBER), hold(1, OTHER)), {"free": 0, "waiting": 1}, id="none free"
        ),
        pytest.param(title(lent(1, 9, MEMBER), copy(2), hold(1, OTHER)), None, id="covered"),
        pytest.param(
            title(lent(1, 9, MEMBER), copy(2), hold(1, OTHER), hold(2, 3)),
            {"free": 1, "waiting": 2},
            id="not all covered",
        ),
        pytest.param(
            title(lent(1, 9, MEMBER), hold(1, OTHER, suspended_until=date(2026, 3, 3))),
            None,
            id="suspended",
        ),
        pytest.param(
            title(lent(1, 9, MEMBER), set_aside(2), ready(1, OTHER, copy_id=2)), None, id="ready"
        ),
        pytest.param(
            title(lent(1, 9, MEMBER), hold(1, MEMBER), hold(2, OTHER)),
            {"free": 0, "waiting": 1},
            id="behind an own hold",
        ),
    ],
)
def test_a_renewal_waits_for_those_whom_free_copies_do_not_cover(
    of: Title, expected: dict[str, int] | None
) -> None:
    """Rule 17."""
    assert refused(renew(of=of)) == ({ReasonCode.HOLD_WAITING: expected} if expected else {})


def test_a_renewal_waits_for_those_whom_the_free_copies_are_not_lent_to() -> None:
    """Rule 17: that the renewer could have the free copy is no help to them."""
    staff = STANDARD._replace(id=5, member_category="staff", loan_type="reference")
    parts = (lent(1, 9, MEMBER), copy(2, loan_type="reference"))
    who, by = member(category="staff", open_loans=1), rules(staff)
    waiting = renew(None, title(*parts, hold(1, OTHER)), who, by)
    assert refused(waiting) == {ReasonCode.HOLD_WAITING: {"free": 0, "waiting": 1}}
    assert renew(None, title(*parts, hold(1, OTHER, category="staff")), who, by).allowed


def test_a_renewal_does_not_wait_for_whom_no_copy_is_lent_to() -> None:
    """Rule 17: a copy that comes back would not be theirs either."""
    child = STANDARD._replace(id=5, member_category="child", loan_days=0)
    waiting = title(lent(1, 9, MEMBER), hold(1, OTHER, category="child"))
    assert renew(None, waiting, None, rules(child)).allowed


def test_a_renewal_checks_the_member_again() -> None:
    """Rule 18."""
    who = member(is_active=False, blocked=True, balance=2000)
    assert list(refused(renew(who=who))) == [
        ReasonCode.MEMBER_INACTIVE,
        ReasonCode.MEMBER_BLOCKED,
        ReasonCode.FEES_OWED,
    ]


def test_a_renewal_is_not_refused_for_the_loan_limit() -> None:
    """Rule 18: it adds no loan."""
    assert renew(who=member(open_loans=10)).allowed


def test_a_renewal_is_capped_by_the_membership_unless_its_end_is_waved_through() -> None:
    """Rules 13 and 16."""
    assert renew(who=member(expires_on=date(2026, 3, 10))).due_at == datetime(
        2026, 3, 10, 22, 59, 59, tzinfo=UTC
    )
    ended = member(expires_on=date(2026, 3, 1))
    assert list(refused(renew(who=ended))) == [ReasonCode.MEMBER_EXPIRED]
    waved = renew(None, None, ended, None, ReasonCode.MEMBER_EXPIRED)
    assert waved.due
    assert waved.due.day == date(2026, 3, 23)


def test_an_override_of_the_waiting_hold_renews() -> None:
    """Rule 10."""
    waiting = title(lent(1, 9, MEMBER), hold(1, OTHER))
    decision = renew(None, waiting, None, None, ReasonCode.HOLD_WAITING)
    assert decision.allowed
    assert [one.code for one in decision.waved] == [ReasonCode.HOLD_WAITING]


def place(
    on: Title, who: Member | None = None, by: Rules | None = None, *overrides: ReasonCode
) -> Decision:
    return decide_hold(by or rules(), who or member(), on, NOW, set(overrides))


def test_a_hold_on_a_title_with_a_copy_is_placed() -> None:
    decision = place(title(lent(1, 9, OTHER)))
    assert decision.allowed
    assert decision.due is None


def test_one_active_hold_per_member_and_title() -> None:
    """Rule 20."""
    assert refused(place(title(copy(1), hold(4, MEMBER)))) == {
        ReasonCode.HOLD_EXISTS: {"hold_id": 4}
    }


def test_a_hold_that_has_run_out_is_no_longer_there() -> None:
    """Rule 22: before the nightly job has run."""
    stale = hold(4, MEMBER, not_needed_after=date(2026, 3, 1))
    assert place(title(copy(1), stale)).allowed


def test_a_hold_on_a_title_the_member_has_is_refused() -> None:
    """Rule 24: the older loan is named."""
    both = title(lent(2, 10, MEMBER), lent(1, 9, MEMBER))
    assert refused(place(both)) == {ReasonCode.TITLE_ON_LOAN: {"loan_id": 9}}


def test_a_member_with_as_many_holds_as_allowed_is_refused() -> None:
    """Rule 2."""
    full = place(title(copy(1)), member(active_holds=5))
    assert refused(full) == {ReasonCode.HOLD_LIMIT: {"limit": 5, "open": 5}}
    assert place(title(copy(1)), member(active_holds=4)).allowed
    none = place(title(copy(1)), by=ruled(max_holds=0))
    assert refused(none) == {ReasonCode.HOLD_LIMIT: {"limit": 0, "open": 0}}
    assert place(title(copy(1)), member(active_holds=99), ruled(max_holds=None)).allowed


def test_the_limit_of_holds_is_that_of_the_members_category() -> None:
    """Rule 7."""
    child = STANDARD._replace(id=3, member_category="child", max_holds=1)
    decision = place(title(copy(1)), member(category="child", active_holds=1), rules(child))
    assert refused(decision) == {ReasonCode.HOLD_LIMIT: {"limit": 1, "open": 1}}
    assert decision.policy == child


@pytest.mark.parametrize(
    "on",
    [
        title(),
        title(copy(1, CopyStatus.LOST), copy(2, CopyStatus.WITHDRAWN)),
        title(copy(1, loan_type="reference")),
    ],
)
def test_a_title_without_a_copy_that_could_be_lent_takes_no_hold(on: Title) -> None:
    """Rule 24."""
    assert refused(place(on)) == {ReasonCode.NO_COPIES: {}}


def test_a_member_in_bad_standing_places_no_hold() -> None:
    """Rule 8."""
    who = member(
        is_active=False, blocked=True, expires_on=date(2026, 3, 1), balance=1001, overdue_loans=1
    )
    assert list(refused(place(title(copy(1)), who))) == [
        ReasonCode.MEMBER_INACTIVE,
        ReasonCode.MEMBER_BLOCKED,
        ReasonCode.MEMBER_EXPIRED,
        ReasonCode.FEES_OWED,
        ReasonCode.LOANS_OVERDUE,
    ]


def test_a_hold_needs_no_open_day_left_in_the_membership() -> None:
    """Rule 13 is about due dates, and a hold has none."""
    shut = rules(closures=(closure(date(2026, 3, 2), date(2026, 3, 6)),))
    assert place(title(copy(1)), member(expires_on=date(2026, 3, 5)), shut).allowed


def test_an_override_places_a_hold_beyond_the_limit() -> None:
    """Rule 10."""
    decision = place(title(copy(1)), member(active_holds=5), None, ReasonCode.HOLD_LIMIT)
    assert decision.allowed
    assert [one.code for one in decision.waved] == [ReasonCode.HOLD_LIMIT]


def test_a_copy_that_nobody_who_waits_may_borrow_is_renewed() -> None:
    """Rules 17 and 37."""
    child = STANDARD._replace(id=7, member_category="child", loan_type="adultdvd", loan_days=0)
    out = lent(1, 9, MEMBER)._replace(loan_type="adultdvd")
    waiting = title(out, lent(2, 8, OTHER), hold(1, OTHER, category="child"))
    assert renew(of=waiting, by=rules(child)).allowed


@pytest.mark.parametrize(
    "gone", [{"member_is_active": False}, {"member_expires_on": date(2026, 3, 1)}]
)
def test_holds_of_members_who_can_never_come_refuse_no_renewal(gone: dict[str, Any]) -> None:
    """Rules 17 and 37."""
    assert renew(of=title(lent(1, 9, MEMBER), hold(1, OTHER, **gone))).allowed

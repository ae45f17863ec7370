"""May this be lent, renewed, put on hold? All reasons against it in one pass (rule 9).

The dry run and the write call the same function; the write calls it inside its transaction.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from circulation import refusals
from circulation.due import Due, chosen_due, loan_due, renewal_due
from circulation.facts import Loan, Member, Rules, Title
from circulation.policy import Policy
from circulation.queue import settle
from circulation.reasons import NEVER_OVERRIDABLE, Code, Reason
from models.errors import Unacceptable

NO_OVERRIDE: frozenset[Code] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided.

    `reasons` are those that refuse, in a stable order; `waved` those that an override waved
    through, for the audit log. `policy` is the row that counted, for a hold the member's row. `due`
    is the date with its steps, None when refused and for holds.
    """

    reasons: tuple[Reason, ...]
    waved: tuple[Reason, ...]
    policy: Policy
    due: Due | None

    @property
    def allowed(self) -> bool:
        """Say whether nothing refuses."""
        return not self.reasons

    @property
    def due_at(self) -> datetime | None:
        """Return the due date as an instant, None when refused and for holds."""
        return self.due.at if self.due else None


def decide_loan(
    rules: Rules,
    member: Member,
    title: Title,
    copy_id: int,
    now: datetime,
    overrides: AbstractSet[Code] = NO_OVERRIDE,
    due_on: date | None = None,
) -> Decision:
    """Decide whether a member may borrow a copy, and until when (rules 1 to 13).

    `overrides` come from `checks.check_override`, `due_on` has passed `checks.check_due_on`. Raises
    Unacceptable when `copy-not-lendable` is waved through without a `due_on`, and NoOpenDay when
    the due date finds no open day.
    """
    today = rules.calendar.local_date(now)
    title = settle(title, rules, now).title
    copy = title.copy(copy_id)
    policy = rules.policies.choose(member.category, copy.loan_type)
    found = [
        *refusals.of_copy(copy, title, member, policy, rules),
        *refusals.of_queue(copy, title, member, rules, today),
        *refusals.of_loan_limit(member, policy),
        *refusals.of_member(member, rules, today, dated=True),
    ]
    reasons, waved = _sorted_out(found, overrides)
    if due_on is None and any(one.code is Code.COPY_NOT_LENDABLE for one in waved):
        detail = "A copy that is not lent has no loan period; say when it is due."
        raise Unacceptable("#/due_on", "required", detail)
    last_day = _last_day(member, waved)
    if reasons:
        due = None
    elif due_on is not None:
        due = chosen_due(rules.calendar, due_on, today, last_day)
    else:
        due = loan_due(rules.calendar, policy, today, last_day)
    return Decision(reasons, waved, policy, due)


def decide_renewal(
    rules: Rules,
    member: Member,
    title: Title,
    loan: Loan,
    now: datetime,
    overrides: AbstractSet[Code] = NO_OVERRIDE,
) -> Decision:
    """Decide whether a member may renew their loan, and until when (rules 16 to 18).

    The policy is today's. Raises NoOpenDay when the due date finds no open day.
    """
    today = rules.calendar.local_date(now)
    title = settle(title, rules, now).title
    policy = rules.policies.choose(member.category, title.copy(loan.copy_id).loan_type)
    found = [
        *refusals.of_loan(loan, policy),
        *refusals.of_waiting(title, member, rules, today),
        *refusals.of_member(member, rules, today, dated=True),
    ]
    reasons, waved = _sorted_out(found, overrides)
    if reasons:
        return Decision(reasons, waved, policy, None)
    last_day = _last_day(member, waved)
    due = renewal_due(rules.calendar, policy, today, last_day, loan.due_at)
    return Decision(reasons, waved, policy, due)


def decide_hold(
    rules: Rules,
    member: Member,
    title: Title,
    now: datetime,
    overrides: AbstractSet[Code] = NO_OVERRIDE,
) -> Decision:
    """Decide whether a member may place a hold on a title (rules 2, 8, 20, 24)."""
    today = rules.calendar.local_date(now)
    title = settle(title, rules, now).title
    policy = rules.policies.for_member(member.category)
    found = [
        *refusals.of_hold(title, member, policy, rules),
        *refusals.of_member(member, rules, today, dated=False),
    ]
    return Decision(*_sorted_out(found, overrides), policy, None)


def _sorted_out(
    found: list[Reason], overrides: AbstractSet[Code]
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Part the reasons that refuse from those an override waves through (rule 10)."""
    named = overrides - NEVER_OVERRIDABLE
    reasons = tuple(one for one in found if one.code not in named)
    return reasons, tuple(one for one in found if one.code in named)


def _last_day(member: Member, waved: tuple[Reason, ...]) -> date | None:
    """Return the day no due date may pass; waving `member-expired` lifts it (rule 13)."""
    lifted = any(one.code is Code.MEMBER_EXPIRED for one in waved)
    return None if lifted else member.expires_on

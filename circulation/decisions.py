"""May this be lent, renewed, put on hold? All reasons against it in one pass (rule 9).

The dry run and the write call the same function; the write calls it inside its transaction.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from circulation import blocks
from circulation.due_dates import Due, chosen_due, loan_due, renewal_due
from circulation.entities import Loan, Member, Rules, Title
from circulation.errors import NoOpenDay
from circulation.hold_queue import lapse_holds
from circulation.policies import Policy
from circulation.reasons import NEVER_OVERRIDABLE, Reason
from models.errors import Refused, Unacceptable
from models.rows import Json
from models.timestamps import stamp
from models.vocabulary import ReasonCode

NO_OVERRIDE: frozenset[ReasonCode] = frozenset()


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

    def require(self, problem: str) -> None:
        """Raise Refused with every reason, under a problem code, unless it allows."""
        if self.reasons:
            detail = " ".join(reason.detail for reason in self.reasons)
            raise Refused(problem, detail, [reason.to_json() for reason in self.reasons])

    def to_json(self) -> Json:
        """Return the decision as clients see it: `{allowed, reasons, due_at, policy_id}`."""
        return {
            "allowed": self.allowed,
            "reasons": [reason.to_json() for reason in self.reasons],
            "due_at": stamp(self.due_at) if self.due_at else None,
            "policy_id": self.policy.id,
        }

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
    overrides: AbstractSet[ReasonCode] = NO_OVERRIDE,
    due_on: date | None = None,
) -> Decision:
    """Decide whether a member may borrow a copy, and until when (rules 1 to 13).

    `overrides` come from `checks.check_override`, `due_on` has passed `checks.check_due_on`. Raises
    Unacceptable when `copy-not-lendable` is waved through without a `due_on`, and NoOpenDay when
    the due date finds no open day.
    """
    today = rules.calendar.local_date(now)
    title = lapse_holds(title, rules, now).title
    copy = title.copy(copy_id)
    policy = rules.policies.choose(member.category, copy.loan_type)
    found = [
        *blocks.of_copy(copy, title, member, policy, rules),
        *blocks.of_queue(copy, title, member, rules, today),
        *blocks.of_loan_limit(member, policy),
        *blocks.of_member(member, rules, today, dated=True),
    ]
    reasons, waved = _sorted_out(found, overrides)
    if due_on is None and any(one.code is ReasonCode.COPY_NOT_LENDABLE for one in waved):
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
    overrides: AbstractSet[ReasonCode] = NO_OVERRIDE,
) -> Decision:
    """Decide whether a member may renew their loan, and until when (rules 16 to 18).

    The policy is today's. Raises NoOpenDay when the due date finds no open day.
    """
    today = rules.calendar.local_date(now)
    title = lapse_holds(title, rules, now).title
    copy = title.copy(loan.copy_id)
    policy = rules.policies.choose(member.category, copy.loan_type)
    of_member = list(blocks.of_member(member, rules, today, dated=True))
    last_day = _last_day(member, _sorted_out(of_member, overrides)[1])
    try:
        due = renewal_due(rules.calendar, policy, today, last_day, loan.due_at)
        no_due = None
    except NoOpenDay as error:
        due, no_due = None, error
    found = [
        *blocks.of_loan(loan, policy),
        *blocks.of_gain(loan, due, member, today),
        *blocks.of_waiting(loan, copy, title, member, rules, today),
        *of_member,
    ]
    reasons, waved = _sorted_out(found, overrides)
    if no_due is not None and not reasons:
        raise no_due
    return Decision(reasons, waved, policy, None if reasons else due)


def decide_hold(
    rules: Rules,
    member: Member,
    title: Title,
    now: datetime,
    overrides: AbstractSet[ReasonCode] = NO_OVERRIDE,
    copy_id: int | None = None,
) -> Decision:
    """Decide whether a member may place a hold on a title, or on one copy (2, 8, 20, 24, 46)."""
    today = rules.calendar.local_date(now)
    title = lapse_holds(title, rules, now).title
    policy = rules.policies.for_member(member.category)
    found = [
        *blocks.of_hold(title, member, policy, rules, copy_id),
        *blocks.of_member(member, rules, today, dated=False),
    ]
    return Decision(*_sorted_out(found, overrides), policy, None)


def _sorted_out(
    found: list[Reason], overrides: AbstractSet[ReasonCode]
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Part the reasons that refuse from those an override waves through (rule 10)."""
    named = overrides - NEVER_OVERRIDABLE
    reasons = tuple(one for one in found if one.code not in named)
    return reasons, tuple(one for one in found if one.code in named)


def _last_day(member: Member, waved: tuple[Reason, ...]) -> date | None:
    """Return the day no due date may pass; waving `member-expired` lifts it (rule 13)."""
    lifted = any(one.code is ReasonCode.MEMBER_EXPIRED for one in waved)
    return None if lifted else member.expires_on

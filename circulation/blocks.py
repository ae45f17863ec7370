"""What speaks against a loan, a renewal or a hold, one generator for each kind of reason.

The sentences are for the clerk at the desk; each generator keeps the order in `reasons`.
"""

from collections.abc import Iterator
from datetime import date

from circulation.due_dates import Due, day_left
from circulation.entities import Copy, Loan, Member, Rules, Title
from circulation.hold_matching import could_be_lent, covered, free_copies
from circulation.hold_queue import waiting_before, waiting_besides
from circulation.money import in_words
from circulation.policies import Policy
from circulation.reasons import Reason, reason
from models.timestamps import stamp
from models.vocabulary import CopyStatus, LoanStatus, ReasonCode

_UNFIT = {
    CopyStatus.IN_REPAIR: (ReasonCode.COPY_IN_REPAIR, "This copy is in repair."),
    CopyStatus.LOST: (ReasonCode.COPY_LOST, "This copy is marked lost."),
    CopyStatus.WITHDRAWN: (
        ReasonCode.COPY_WITHDRAWN,
        "This copy was withdrawn from the collection.",
    ),
}

_ENDED = {
    LoanStatus.RETURNED: "the copy is returned",
    LoanStatus.LOST: "the copy is lost",
    LoanStatus.CANCELLED: "it was cancelled",
}


def of_copy(
    copy: Copy, title: Title, member: Member, policy: Policy, rules: Rules
) -> Iterator[Reason]:
    """Refuse for the copy, or another one of the title, itself (rules 3, 4, 7)."""
    loans = title.loans_of(member.id)
    if copy in loans:
        detail = f"This member has this copy already, on loan {copy.loan_id}."
        yield reason(ReasonCode.ALREADY_BORROWED, detail, loan_id=copy.loan_id)
    elif copy.status is CopyStatus.ON_LOAN:
        yield reason(ReasonCode.COPY_ON_LOAN, "This copy is on loan to somebody else.")
    other = next((loan for loan in loans if loan != copy), None)
    # Who has a hold on this very copy wants it beside the others (rule 46).
    if other and not title.hold_of(member.id, copy.id):
        detail = f"This member has another copy of this title, on loan {other.loan_id}."
        yield reason(ReasonCode.TITLE_ON_LOAN, detail, loan_id=other.loan_id)
    if not policy.lends:
        detail = f"Copies of type “{copy.loan_type}” are not lent to “{member.category}” members."
        yield reason(ReasonCode.COPY_NOT_LENDABLE, detail)
    if copy.status in _UNFIT:
        yield reason(*_UNFIT[copy.status])
    hold = title.hold_on(copy.id)
    if hold and hold.user_id != member.id:
        until = rules.calendar.local_date(hold.expires_at) if hold.expires_at else "collected"
        yield reason(
            ReasonCode.COPY_HELD, f"This copy is set aside for another member until {until}."
        )


def of_queue(
    copy: Copy, title: Title, member: Member, rules: Rules, today: date
) -> Iterator[Reason]:
    """Refuse a walk-in when the copies left would serve fewer of the holds before theirs (rule 5).

    A copy that is not on the shelf is taken from nobody.
    """
    if not title.holds:
        return
    holds = waiting_before(title, member.id, copy.id, rules, today)
    free = free_copies(title)
    served = covered(free, holds, rules.policies)
    if covered([one for one in free if one != copy], holds, rules.policies) < served:
        waiting = len(holds)
        detail = f"Holds waiting before this member: {waiting}. Free copies for them: {served}."
        yield reason(ReasonCode.HELD_FOR_OTHERS, detail, free=served, waiting=waiting)


def of_loan_limit(member: Member, policy: Policy) -> Iterator[Reason]:
    """Refuse a member with as many open loans as the policy of this copy allows (rules 2, 7)."""
    limit, count = policy.max_loans, member.open_loans
    if limit is not None and count >= limit:
        detail = f"Loans allowed: {limit}. Open loans: {count}."
        yield reason(ReasonCode.LOAN_LIMIT, detail, limit=limit, open=count)


def of_loan(loan: Loan, policy: Policy) -> Iterator[Reason]:
    """Refuse to renew for the loan itself (rules 7, 18).

    A policy whose renewals have no days allows none, like a maximum of 0.
    """
    if loan.status in _ENDED:
        yield reason(ReasonCode.LOAN_CLOSED, f"This loan is closed: {_ENDED[loan.status]}.")
    if loan.status is LoanStatus.CLAIMED_RETURNED:
        yield reason(ReasonCode.CLAIMED_RETURNED, "The member says that this copy was returned.")
    limit = policy.max_renewals if policy.days_of_a_renewal else 0
    if limit is not None and loan.renewals >= limit:
        detail = f"Renewals allowed: {limit}. Renewed so far: {loan.renewals}."
        yield reason(ReasonCode.RENEWAL_LIMIT, detail, limit=limit)


def of_waiting(
    loan: Loan, copy: Copy, title: Title, member: Member, rules: Rules, today: date
) -> Iterator[Reason]:
    """Refuse to renew when the copy, were it back, would serve a hold that waits (rule 17)."""
    if loan.status in _ENDED:
        return
    holds = waiting_besides(title, member.id, rules, today)
    free = free_copies(title)
    served = covered(free, holds, rules.policies)
    if covered([*free, copy], holds, rules.policies) > served:
        waiting = len(holds)
        detail = f"Holds waiting for this title: {waiting}. Free copies for them: {served}."
        yield reason(ReasonCode.HOLD_WAITING, detail, free=served, waiting=waiting)


def of_gain(loan: Loan, due: Due | None, member: Member, today: date) -> Iterator[Reason]:
    """Refuse a renewal that would not move the due date (rule 16); `due` is what it would give."""
    runs = loan.status in (LoanStatus.OPEN, LoanStatus.OVERDUE)
    has_ended = member.expires_on is not None and member.expires_on < today
    if runs and not has_ended and due is not None and due.at <= loan.due_at:
        detail = f"Renewed today, this loan would be due on {due.day}, as it is."
        yield reason(ReasonCode.NO_GAIN, detail, due_at=stamp(loan.due_at))


def of_hold(
    title: Title, member: Member, policy: Policy, rules: Rules, copy_id: int | None = None
) -> Iterator[Reason]:
    """Refuse a hold for the title or the number of holds (rules 2, 20, 24).

    With `copy_id`, a hold on that copy alone: another copy on loan does not matter (rule 46).
    """
    what = "title" if copy_id is None else "copy"
    hold = title.hold_of(member.id, copy_id)
    if hold:
        detail = f"This member has a hold on this {what} already, hold {hold.id}."
        yield reason(ReasonCode.HOLD_EXISTS, detail, hold_id=hold.id)
    loans = [copy for copy in title.loans_of(member.id) if copy_id in (None, copy.id)]
    for copy in loans[:1]:
        detail = f"This member has this {what} already, on loan {copy.loan_id}."
        yield reason(ReasonCode.TITLE_ON_LOAN, detail, loan_id=copy.loan_id)
    yield from of_hold_limit(member, policy)
    if not could_be_lent(title, member.category, rules.policies, copy_id):
        what = (
            "There is no copy of this title that" if copy_id is None else "This copy is none that"
        )
        yield reason(ReasonCode.NO_COPIES, f"{what} could be lent to this member.")


def of_hold_limit(member: Member, policy: Policy) -> Iterator[Reason]:
    """Refuse a member with as many active holds as their policy allows (rules 2, 7)."""
    limit, count = policy.max_holds, member.active_holds
    if limit is not None and count >= limit:
        detail = f"Holds allowed: {limit}. Open holds: {count}."
        yield reason(ReasonCode.HOLD_LIMIT, detail, limit=limit, open=count)


def of_member(member: Member, rules: Rules, today: date, *, dated: bool) -> Iterator[Reason]:
    """Refuse for the member's standing, whatever they want (rule 8).

    With `dated`, a due date must fit in: a membership without an open day left is as good as ended
    (rule 13).
    """
    policy = rules.policies.for_member(member.category)
    if not member.is_active:
        yield reason(ReasonCode.MEMBER_INACTIVE, "This account is not active.")
    if member.blocked:
        why = f": {member.block_reason}" if member.block_reason else "."
        yield reason(
            ReasonCode.MEMBER_BLOCKED, f"This member is blocked{why}", reason=member.block_reason
        )
    if member.expires_on is not None:
        yield from _of_expiry(member.expires_on, rules, today, dated=dated)
    limit = policy.fees_block_at
    if limit is not None and member.balance > limit:
        owed, most = in_words(member.balance, rules.currency), in_words(limit, rules.currency)
        detail = f"The account owes {owed}; more than {most} blocks it."
        yield reason(ReasonCode.FEES_OWED, detail, balance=member.balance, limit=limit)
    if policy.overdue_block and member.overdue_loans:
        detail = f"Overdue loans: {member.overdue_loans}."
        yield reason(ReasonCode.LOANS_OVERDUE, detail, count=member.overdue_loans)


def _of_expiry(last: date, rules: Rules, today: date, *, dated: bool) -> Iterator[Reason]:
    if last < today:
        detail = f"The membership ended on {last}."
    elif dated and not day_left(rules.calendar, today, last):
        detail = f"The library has no open day left before the membership ends on {last}."
    else:
        return
    yield reason(ReasonCode.MEMBER_EXPIRED, detail, expires_on=last.isoformat())

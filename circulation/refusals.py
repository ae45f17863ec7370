"""What speaks against a loan, a renewal or a hold, one generator for each kind of fact.

The sentences are for the clerk at the desk; each generator keeps the order in `reasons`.
"""

from collections.abc import Iterator
from datetime import date

from circulation.covering import covered, free_copies
from circulation.due import day_left
from circulation.facts import Copy, CopyStatus, Loan, LoanStatus, Member, Rules, Title
from circulation.money import in_words
from circulation.policy import Policy
from circulation.queue import could_be_lent, waiting_before, waiting_besides
from circulation.reasons import Code, Reason, reason

_UNFIT = {
    CopyStatus.IN_REPAIR: (Code.COPY_IN_REPAIR, "This copy is in repair."),
    CopyStatus.LOST: (Code.COPY_LOST, "This copy is marked lost."),
    CopyStatus.WITHDRAWN: (Code.COPY_WITHDRAWN, "This copy was withdrawn from the collection."),
}


def of_copy(
    copy: Copy, title: Title, member: Member, policy: Policy, rules: Rules
) -> Iterator[Reason]:
    """Refuse for the copy, or another one of the title, itself (rules 3, 4, 7)."""
    loans = title.loans_of(member.id)
    if copy in loans:
        detail = f"This member has this copy already, on loan {copy.loan_id}."
        yield reason(Code.ALREADY_BORROWED, detail, loan_id=copy.loan_id)
    elif copy.status is CopyStatus.ON_LOAN:
        yield reason(Code.COPY_ON_LOAN, "This copy is on loan to somebody else.")
    other = next((loan for loan in loans if loan != copy), None)
    if other:
        detail = f"This member has another copy of this title, on loan {other.loan_id}."
        yield reason(Code.TITLE_ON_LOAN, detail, loan_id=other.loan_id)
    if not policy.lends:
        detail = f"Copies of type “{copy.loan_type}” are not lent to “{member.category}” members."
        yield reason(Code.COPY_NOT_LENDABLE, detail)
    if copy.status in _UNFIT:
        yield reason(*_UNFIT[copy.status])
    hold = title.hold_on(copy.id)
    if hold and hold.user_id != member.id:
        until = rules.calendar.local_date(hold.expires_at) if hold.expires_at else "collected"
        yield reason(Code.COPY_HELD, f"This copy is set aside for another member until {until}.")


def of_queue(
    copy: Copy, title: Title, member: Member, rules: Rules, today: date
) -> Iterator[Reason]:
    """Refuse a walk-in when the copies left would not cover the holds before theirs (rule 5).

    A copy that cannot be handed over, on loan or withdrawn, is taken from nobody; neither is the
    one set aside for this very member.
    """
    if copy.status in (CopyStatus.ON_LOAN, CopyStatus.WITHDRAWN):
        return
    holds = waiting_before(title, member.id, rules, today)
    free = free_copies(title)
    left = [one for one in free if one != copy]
    waiting = len(holds)
    if covered(left, holds, rules.policies) < waiting:
        fit = covered(free, holds, rules.policies)
        detail = f"Holds waiting before this member: {waiting}. Free copies for them: {fit}."
        yield reason(Code.HELD_FOR_OTHERS, detail, free=fit, waiting=waiting)


def of_loan_limit(member: Member, policy: Policy) -> Iterator[Reason]:
    """Refuse a member with as many open loans as the policy of this copy allows (rules 2, 7)."""
    limit, count = policy.max_loans, member.open_loans
    if limit is not None and count >= limit:
        detail = f"Loans allowed: {limit}. Open loans: {count}."
        yield reason(Code.LOAN_LIMIT, detail, limit=limit, open=count)


def of_loan(loan: Loan, policy: Policy) -> Iterator[Reason]:
    """Refuse to renew for the loan itself (rules 7, 18).

    A policy whose renewals have no days allows none, like a maximum of 0.
    """
    if loan.status in (LoanStatus.RETURNED, LoanStatus.LOST):
        ended = "lost" if loan.status is LoanStatus.LOST else "returned"
        yield reason(Code.LOAN_CLOSED, f"This loan is closed: the copy is {ended}.")
    if loan.status is LoanStatus.CLAIMED_RETURNED:
        yield reason(Code.CLAIMED_RETURNED, "The member says that this copy was returned.")
    limit = policy.max_renewals if policy.days_of_a_renewal else 0
    if limit is not None and loan.renewals >= limit:
        detail = f"Renewals allowed: {limit}. Renewed so far: {loan.renewals}."
        yield reason(Code.RENEWAL_LIMIT, detail, limit=limit)


def of_waiting(title: Title, member: Member, rules: Rules, today: date) -> Iterator[Reason]:
    """Refuse to renew when free copies do not cover every waiting hold (rule 17)."""
    holds = waiting_besides(title, member.id, rules, today)
    waiting = len(holds)
    fit = covered(free_copies(title), holds, rules.policies)
    if fit < waiting:
        detail = f"Holds waiting for this title: {waiting}. Free copies for them: {fit}."
        yield reason(Code.HOLD_WAITING, detail, free=fit, waiting=waiting)


def of_hold(title: Title, member: Member, policy: Policy, rules: Rules) -> Iterator[Reason]:
    """Refuse a hold for the title or the number of holds (rules 2, 20, 24)."""
    hold = title.hold_of(member.id)
    if hold:
        detail = f"This member has a hold on this title already, hold {hold.id}."
        yield reason(Code.HOLD_EXISTS, detail, hold_id=hold.id)
    for copy in title.loans_of(member.id)[:1]:
        detail = f"This member has this title already, on loan {copy.loan_id}."
        yield reason(Code.TITLE_ON_LOAN, detail, loan_id=copy.loan_id)
    limit, count = policy.max_holds, member.active_holds
    if limit is not None and count >= limit:
        detail = f"Holds allowed: {limit}. Open holds: {count}."
        yield reason(Code.HOLD_LIMIT, detail, limit=limit, open=count)
    if not could_be_lent(title, member.category, rules):
        detail = "There is no copy of this title that could be lent to this member."
        yield reason(Code.NO_COPIES, detail)


def of_member(member: Member, rules: Rules, today: date, *, dated: bool) -> Iterator[Reason]:
    """Refuse for the member's standing, whatever they want (rule 8).

    With `dated`, a due date must fit in: a membership without an open day left is as good as ended
    (rule 13).
    """
    policy = rules.policies.for_member(member.category)
    if not member.is_active:
        yield reason(Code.MEMBER_INACTIVE, "This account is not active.")
    if member.blocked:
        why = f": {member.block_reason}" if member.block_reason else "."
        yield reason(
            Code.MEMBER_BLOCKED, f"This member is blocked{why}", reason=member.block_reason
        )
    yield from _of_expiry(member, rules, today, dated=dated)
    limit = policy.fees_block_at
    if limit is not None and member.balance > limit:
        owed, most = in_words(member.balance, rules.currency), in_words(limit, rules.currency)
        detail = f"The account owes {owed}; more than {most} blocks it."
        yield reason(Code.FEES_OWED, detail, balance=member.balance, limit=limit)
    if policy.overdue_block and member.overdue_loans:
        detail = f"Overdue loans: {member.overdue_loans}."
        yield reason(Code.LOANS_OVERDUE, detail, count=member.overdue_loans)


def _of_expiry(member: Member, rules: Rules, today: date, *, dated: bool) -> Iterator[Reason]:
    last = member.expires_on
    if last is None:
        return
    if last < today:
        detail = f"The membership ended on {last}."
    elif dated and not day_left(rules.calendar, today, last):
        detail = f"The library has no open day left before the membership ends on {last}."
    else:
        return
    yield reason(Code.MEMBER_EXPIRED, detail, expires_on=last.isoformat())

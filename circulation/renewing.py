"""Renewing a loan."""

from datetime import datetime
from typing import Any

from circulation import gather, overrides, queue, refusals, showing
from circulation.act import act, write
from circulation.decisions import decide_renewal
from circulation.gather import Facts
from circulation.overrides import Override
from models import audit, loan, locks
from models.audit import Actor
from models.clock import stamp
from models.errors import Missing, Refused

Row = dict[str, Any]


def renew(loan_id: int, actor: Actor, now: datetime, override: Override | None = None) -> Row:
    """Renew a loan from today on and give it (rules 16 to 18).

    Raises Missing, Refused `renewal-refused`, NoOpenDay, Unacceptable for the override's codes.
    """
    codes = overrides.named(override)
    with act():
        locks.take(loan_id=loan_id)
        facts = gather.of_loan(loan_id, now)
        if facts is None or facts.loan is None:
            raise Missing("There is no such loan.")
        if facts.member is None:
            raise _without_member(facts, facts.loan)
        asked = gather.stored_loan(facts.loan, now)
        decision = decide_renewal(facts.rules, facts.member, facts.title, asked, now, codes)
        overrides.require(decision, "renewal-refused")
        due = decision.due
        if due is None:
            raise ValueError("a renewal that is allowed has a due date")
        steps = [step.as_json() for step in due.steps]
        renewed = loan.renew(facts.loan, stamp(due.at), steps, decision.policy.id, stamp(now))
        settled = queue.settle(facts.title, facts.rules, now)
        write(facts.title, settled.title, settled.ended, actor, now)
        audit.record(actor, "loan.renew", "loan", loan_id, **overrides.noted(decision, override))
    return showing.loan(renewed, facts.rules, now)


def _without_member(facts: Facts, stored: Row) -> Refused:
    """Only a loan that is over has lost its member; say that it is over."""
    policy = facts.rules.policies.for_member("*")
    reasons = list(refusals.of_loan(gather.stored_loan(stored, facts.now), policy))[:1]
    return Refused("renewal-refused", reasons[0].detail, [reason.as_json() for reason in reasons])

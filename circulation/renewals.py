"""Renewing a loan."""

from datetime import datetime

from circulation import blocks, charges, loading, presentation
from circulation.decisions import decide_renewal
from circulation.entities import Rules
from circulation.loading import Situation
from circulation.overrides import Override, codes_of
from circulation.presentation import LoanState
from circulation.title_changes import settled, transaction
from models import audit, loan, locks, renewal
from models.audit import Actor
from models.errors import Missing, Refused
from models.loan import LoanRow
from models.timestamps import stamp


def renew(loan_id: int, actor: Actor, now: datetime, override: Override | None = None) -> LoanState:
    """Renew a loan from today on and give it (rules 16 to 18).

    Raises Missing, Refused `renewal-refused`, NoOpenDay, Unacceptable for the override's codes.
    """
    codes = codes_of(override)
    with transaction():
        locks.take(loan_id=loan_id)
        situation = loading.of_loan(loan_id, now)
        if situation is None or situation.loan is None:
            raise Missing("There is no such loan.")
        if situation.member is None:
            raise _without_member(situation, situation.loan)
        asked = loading.loan_to_renew(situation.loan, now)
        decision = decide_renewal(
            situation.rules, situation.member, situation.title, asked, now, codes
        )
        decision.require("renewal-refused")
        due = decision.due
        if due is None:
            raise ValueError("a renewal that is allowed has a due date")
        steps = [step.to_json() for step in due.steps]
        running = _charged(situation.loan, situation.rules, actor, now)
        renewed = renewal.renew(running, stamp(due.at), steps, decision.policy.id, stamp(now))
        settled(situation, actor)
        noted = override.noted(decision) if override else {}
        audit.record(actor, "loan.renew", "loan", loan_id, **noted)
    return presentation.loan(renewed, situation.rules, now)


def _charged(running: LoanRow, rules: Rules, actor: Actor, now: datetime) -> LoanRow:
    """The loan with the fine charged that renewing it would otherwise wipe out (rule 26)."""
    if not presentation.fine(running, rules, now).amount:
        return running
    charged = charges.overdue(running, rules, now, actor, now)
    return loan.keep_fines(running, charged.to_json(), charged.total)


def _without_member(situation: Situation, stored: LoanRow) -> Refused:
    """Only a loan that is over has lost its member; say that it is over."""
    policy = situation.rules.policies.for_member("*")
    reasons = list(blocks.of_loan(loading.loan_to_renew(stored, situation.now), policy))[:1]
    return Refused("renewal-refused", reasons[0].detail, [reason.to_json() for reason in reasons])

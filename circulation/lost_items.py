"""Copies that do not come back: marked lost, or claimed to have been returned."""

from datetime import datetime

from circulation import charges, loading, presentation
from circulation.entities import Rules
from circulation.loading import Situation
from circulation.locking import lock_loan
from circulation.presentation import LoanState
from circulation.title_changes import settled, transaction, write
from models import audit, loan, locks
from models.audit import Actor
from models.errors import Conflict, Missing
from models.fee import FeeRow
from models.loan import LoanRow
from models.timestamps import stamp
from models.vocabulary import AuditAction, CopyStatus


def declare_lost(loan_id: int, actor: Actor, now: datetime) -> LoanState:
    """Mark the copy of a running loan lost, charge for it, and give the loan (rule 28).

    Raises Missing, Conflict `loan-closed`.
    """
    with transaction():
        situation, running = _running(loan_id, now)
        moment = stamp(now)
        charged = charges.overdue(running, situation.rules, now, actor, now)
        charges.lost(running, situation.copy.price if situation.copy else None, actor, now)
        lost = loan.end(running, charged.to_json(), charged.total, lost_at=moment, ended_at=moment)
        title = settled(situation, actor)
        gone = title.copy(lost.copy_id)._replace(status=CopyStatus.LOST)
        write(title, title.with_copy(gone), {}, actor, now)
        audit.record(actor, "loan.lost", "loan", loan_id)
    return presentation.loan(lost, situation.rules, now)


def close_found(
    lost: LoanRow, rules: Rules, actor: Actor, now: datetime, returned_at: datetime | None = None
) -> tuple[LoanRow, list[FeeRow]]:
    """Close the loan of a lost copy that turned up, and take its charge back (rules 15, 28).

    Where it came back earlier than was thought, its fine is reckoned anew. Gives the loan, and the
    fees changed and made.
    """
    charged = charges.taken_back(lost, rules, returned_at or now, actor, now)
    at = max(stamp(returned_at or now), lost.borrowed_at)
    closed = loan.end(lost, charged.to_json(), charged.total, returned_at=at, ended_at=at)
    audit.record(actor, "loan.return", "loan", lost.id)
    return closed, [*charged.lines, *charges.forgive_loss(lost, actor, now)]


def claim_returned(loan_id: int, actor: Actor, now: datetime) -> LoanState:
    """Note that the member says the copy is back: its fine stops (rule 29); give the loan.

    A second claim changes nothing. Raises Missing, Conflict `loan-closed`.
    """
    with transaction():
        situation, running = _running(loan_id, now)
        if running.claimed_returned_at is None:
            running = loan.claim(running, stamp(now))
            audit.record(actor, "loan.claim-returned", "loan", loan_id)
            settled(situation, actor)
    return presentation.loan(running, situation.rules, now)


def withdraw_claim(loan_id: int, actor: Actor) -> None:
    """Take a claim back: the fine runs as if nothing had been claimed (rule 41).

    Raises Missing, Conflict `not-claimed`.
    """
    with transaction():
        stored = lock_loan(loan_id)
        if stored.ended_at or stored.claimed_returned_at is None:
            raise Conflict("This loan is not claimed to be returned.", code="not-claimed")
        loan.unclaim(stored)
        audit.record(actor, AuditAction.LOAN_UNCLAIM, "loan", loan_id)


def _running(loan_id: int, now: datetime) -> tuple[Situation, LoanRow]:
    locks.take(loan_id=loan_id)
    situation = loading.of_loan(loan_id, now)
    if situation is None or situation.loan is None:
        raise Missing("There is no such loan.")
    if situation.loan.ended_at:
        raise Conflict("This loan has ended.", code="loan-closed")
    return situation, situation.loan

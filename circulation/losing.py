"""Copies that do not come back: marked lost, or claimed to have been returned."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from circulation import charges, gather, queue, showing
from circulation.act import act, write
from circulation.facts import CopyStatus
from circulation.gather import Facts
from models import audit, loan, locks
from models.audit import Actor
from models.clock import stamp
from models.errors import Conflict, Missing

Row = dict[str, Any]


def declare_lost(loan_id: int, actor: Actor, now: datetime) -> Row:
    """Mark the copy of a running loan lost, charge for it, and give the loan (rule 28).

    Raises Missing, Conflict `loan-closed`.
    """
    with act():
        facts, running = _running(loan_id, now)
        moment = stamp(now)
        lost = loan.end(running, lost_at=moment, ended_at=moment)
        settled = queue.settle(facts.title, facts.rules, now)
        gone = replace(settled.title.copy(lost["copy_id"]), status=CopyStatus.LOST)
        write(facts.title, settled.title.with_copy(gone), settled.ended, actor, now)
        audit.record(actor, "loan.lost", "loan", loan_id)
        charges.overdue(running, facts.rules, now, actor, now)
        charges.lost(running, facts.copy["price"] if facts.copy else None, actor, now)
    return showing.loan(lost, facts.rules, now)


def claim_returned(loan_id: int, actor: Actor, now: datetime) -> Row:
    """Note that the member says the copy is back: its fine stops (rule 29); give the loan.

    A second claim changes nothing. Raises Missing, Conflict `loan-closed`.
    """
    with act():
        facts, running = _running(loan_id, now)
        if running["claimed_returned_at"] is None:
            running = loan.claim(running, stamp(now))
            audit.record(actor, "loan.claim-returned", "loan", loan_id)
            settled = queue.settle(facts.title, facts.rules, now)
            write(facts.title, settled.title, settled.ended, actor, now)
    return showing.loan(running, facts.rules, now)


def _running(loan_id: int, now: datetime) -> tuple[Facts, Row]:
    locks.take(loan_id=loan_id)
    facts = gather.of_loan(loan_id, now)
    if facts is None or facts.loan is None:
        raise Missing("There is no such loan.")
    if facts.loan["ended_at"]:
        raise Conflict("This loan is over.", code="loan-closed")
    return facts, facts.loan

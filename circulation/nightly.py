"""The nightly job (rule 35): it may run twice, late, or on two nodes at once, with one result."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from circulation import rulebook
from circulation.act import act
from circulation.holding import let_run_out
from models import audit, fee, hold, loan
from models.audit import Actor
from models.clock import stamp

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did: holds ended, and loans that lost their member's name."""

    holds: int
    loans: int


def nightly(actor: Actor, now: datetime, keep_history_days: int) -> Report:
    """End holds that have run out, and anonymise loans returned more than so many days ago.

    Each title and each batch of loans is a transaction of its own, so that a run which is cut
    short has done something and the desk never waits long.
    """
    today = rulebook.today(now)
    titles = hold.titles_to_settle(stamp(now), today.isoformat())
    holds = sum(let_run_out(book_id, actor, now) for book_id in titles)
    before = stamp(now - timedelta(days=keep_history_days))
    loans = 0
    while forgotten := _forget(before, actor):
        loans += forgotten
    return Report(holds, loans)


def _forget(before: str, actor: Actor) -> int:
    with act():
        loan_ids = loan.to_forget(before, _BATCH)
        loan.forget(loan_ids)
        fee.forget_loans(loan_ids)
        for loan_id in loan_ids:
            audit.record(actor, "loan.anonymise", "loan", loan_id)
    return len(loan_ids)

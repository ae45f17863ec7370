"""The nightly job (rule 35): it may run twice, late, or on two nodes at once, with one result."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from circulation import rulebook
from circulation.holds import let_run_out
from circulation.title_changes import transaction
from models import audit, fee, hold, loan
from models.audit import Actor
from models.timestamps import stamp

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did: holds ended, and loans and past holds that lost their member's name."""

    holds: int
    loans: int
    past_holds: int


def nightly(actor: Actor, now: datetime, keep_history_days: int) -> Report:
    """End holds that have run out, and forget who had the loans and holds of so many days ago.

    No hold is forgotten on the day it ended.
    Each title and each batch of records is a transaction of its own, so that a run which is cut
    short has done something and the desk never waits long.
    """
    calendar = rulebook.latest().calendar
    today = calendar.local_date(now)
    titles = hold.titles_with_lapsed_holds(stamp(now), today.isoformat())
    holds = sum(let_run_out(book_id, actor, now) for book_id in titles)
    before = stamp(now - timedelta(days=keep_history_days))
    loans = _in_batches(lambda: _forget_loans(before, actor))
    # A loan can be cancelled on its day, and gives the holds back that it fulfilled (rule 41).
    before_today = min(before, stamp(calendar.bounds(today, today)[0]))
    past_holds = _in_batches(lambda: _forget_holds(before_today, actor))
    _in_batches(_forget_loans_of_fees)
    return Report(holds, loans, past_holds)


def _in_batches(forget: Callable[[], int]) -> int:
    """Forget a batch after the other until none is left; give how many records they were."""
    forgotten = 0
    while batch := forget():
        forgotten += batch
    return forgotten


def _forget_loans(before: str, actor: Actor) -> int:
    with transaction():
        loan_ids = loan.to_forget(before, _BATCH)
        loan.forget(loan_ids)
        audit.record_all(actor, "loan.anonymise", "loan", loan_ids)
    return len(loan_ids)


def _forget_holds(before: str, actor: Actor) -> int:
    with transaction():
        hold_ids = hold.to_forget(before, _BATCH)
        hold.forget(hold_ids)
        audit.record_all(actor, "hold.anonymise", "hold", hold_ids)
    return len(hold_ids)


def _forget_loans_of_fees() -> int:
    """A fee may be settled long after its loan was forgotten, so these are looked for anew."""
    with transaction():
        fee_ids = fee.to_forget(_BATCH)
        fee.forget_loans(fee_ids)
    return len(fee_ids)

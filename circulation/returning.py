"""Returning: a copy comes back over the desk, whatever it was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from circulation import charges, gather, queue, showing
from circulation.act import act, write
from circulation.checks import check_returned_at
from circulation.facts import CopyStatus, HoldStatus, Title
from circulation.gather import Facts
from circulation.lending import found
from models import audit, hold, loan, locks
from models.audit import Actor
from models.clock import moment, stamp
from models.copy import barcode_key
from models.errors import Missing

Row = dict[str, Any]

# A copy that is scanned where it is not fit to be lent, or set aside already, stays as it is.
_STAYS = frozenset({CopyStatus.IN_REPAIR, CopyStatus.WITHDRAWN, CopyStatus.ON_HOLD_SHELF})


@dataclass(frozen=True, slots=True)
class Return:
    """What a return has done.

    The loan it closed, the fees it changed or made (as stored, see `models.fee.shown`), the hold
    that the copy is set aside for, and the copy.
    """

    loan: Row | None
    fees: list[Row]
    hold: Row | None
    copy: Row


def take_back(
    barcode: str, actor: Actor, now: datetime, returned_at: datetime | None = None
) -> Return:
    """Take a copy back by its barcode alone (rules 15, 19, 22, 26, 28).

    Raises Missing `copy-not-found`, Unacceptable for a `returned_at` in the future or before the
    loan.
    """
    key = {"barcode": barcode_key(barcode)}
    with act():
        locks.take(**key)
        facts = gather.of_copy(key, now)
        if facts is None or facts.copy is None:
            raise Missing("There is no such copy.", code="copy-not-found")
        borrowed_at = moment(facts.loan["borrowed_at"]) if facts.loan else None
        if returned_at is not None:
            check_returned_at(returned_at, borrowed_at, now)
        shelved, ended = _shelved(facts, facts.copy["id"])
        # The clocks of two nodes differ by a little; no loan ends before it began.
        closed, fees = _closed(facts, returned_at or max(now, borrowed_at or now), actor)
        write(facts.title, shelved, ended, actor, now)
        status = shelved.copy(facts.copy["id"]).status
        if facts.loan is None and status != facts.copy["status"] == "lost":
            audit.record(actor, "copy.found", "copy", facts.copy["id"])
        return _answer(facts, closed, fees, shelved)


def _shelved(facts: Facts, copy_id: int) -> tuple[Title, dict[int, HoldStatus]]:
    """The title once the copy has been given to the first hold that may have it, or the shelf."""
    settled = queue.settle(facts.title, facts.rules, facts.now)
    if settled.title.copy(copy_id).status in _STAYS:
        return settled.title, settled.ended
    return queue.hand_over(settled.title, copy_id, facts.rules, facts.today), settled.ended


def _closed(facts: Facts, returned_at: datetime, actor: Actor) -> tuple[Row | None, list[Row]]:
    if facts.loan is None:
        return None, []
    at = stamp(returned_at)
    if facts.loan["lost_at"]:
        fees = found(facts.loan, actor, facts.now, returned_at)
        return loan.find(facts.loan["id"]), fees
    closed = loan.end(facts.loan, returned_at=at, ended_at=at)
    fees = charges.overdue(facts.loan, facts.rules, returned_at, actor, facts.now)
    audit.record(actor, "loan.return", "loan", closed["id"])
    return closed, fees


def _answer(facts: Facts, closed: Row | None, fees: list[Row], title: Title) -> Return:
    if facts.copy is None:
        raise ValueError("there is no answer without a copy")
    copy_id, before = facts.copy["id"], facts.copy["status"]
    served = title.hold_on(copy_id)
    status = title.copy(copy_id).status.value
    moved = {"updated_at": stamp(facts.now), "revision": facts.copy["revision"] + 1}
    return Return(
        loan=showing.loan(closed, facts.rules, facts.now) if closed else None,
        fees=fees,
        hold=showing.hold(hold.find(served.id), facts.rules, facts.now) if served else None,
        copy={**facts.copy, "status": status, **(moved if status != before else {})},
    )

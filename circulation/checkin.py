"""Returning: a copy comes back over the desk, whatever it was."""

from dataclasses import dataclass
from datetime import datetime

from circulation import charges, hold_queue, loading, presentation
from circulation.entities import Ending, Title
from circulation.loading import Situation
from circulation.lost_items import close_found
from circulation.presentation import HoldState, LoanState
from circulation.request_checks import check_returned_at
from circulation.title_changes import transaction, write
from models import audit, hold, house_use, loan
from models.audit import Actor
from models.copy import CopyRow
from models.errors import Conflict, Forbidden
from models.fee import FeeRow
from models.loan import LoanRow
from models.timestamps import moment, stamp
from models.vocabulary import AuditAction, CopyStatus

# A copy that is scanned where it is not fit to be lent, or set aside already, stays as it is.
_STAYS = frozenset({CopyStatus.IN_REPAIR, CopyStatus.WITHDRAWN, CopyStatus.ON_HOLD_SHELF})


@dataclass(frozen=True, slots=True)
class Return:
    """What a return has done.

    The loan it closed, the fees it changed or made (as stored, see `models.fee`), the hold
    that the copy is set aside for, and the copy.
    """

    loan: LoanState | None
    fees: list[FeeRow]
    hold: HoldState | None
    copy: CopyRow


def take_back(
    barcode: str | None,
    actor: Actor,
    now: datetime,
    returned_at: datetime | None = None,
    *,
    copy_id: int | None = None,
    only_for: int | None = None,
    in_house: bool = False,
) -> Return:
    """Take a copy back by its barcode or id alone (rules 15, 19, 22, 26, 28).

    `only_for` is the member whose loan alone it may be, None for any; `in_house` counts a copy that
    was used in the library. Raises Forbidden, Missing `copy-not-found`, Conflict `copy-on-loan` for
    a use in the house of such a copy, Unacceptable for a `returned_at` in the future or before the
    loan.
    """
    key = loading.copy_named(barcode, copy_id)
    with transaction():
        situation = loading.of_locked_copy(lambda: loading.of_copy(key, now), **key)
        if only_for is not None and not _is_lent_to(only_for, situation):
            raise Forbidden("Members take back only what they borrowed themselves.")
        if situation is None or situation.copy is None:
            raise loading.no_copy(barcode)
        borrowed_at = moment(situation.loan.borrowed_at) if situation.loan else None
        if returned_at is not None:
            check_returned_at(returned_at, borrowed_at, now)
        if in_house:
            _note_use(situation.loan, situation.copy.id, returned_at or now, actor)
        shelved, ended = _shelved(situation, situation.copy.id)
        # The clocks of two nodes differ by a little; no loan ends before it began.
        closed, fees = _closed(situation, returned_at or max(now, borrowed_at or now), actor)
        write(situation.title, shelved, ended, actor, now, scanned=situation.copy.id)
        status = shelved.copy(situation.copy.id).status
        if situation.loan is None and status is not situation.copy.status is CopyStatus.LOST:
            audit.record(actor, "copy.found", "copy", situation.copy.id)
        return _answer(situation, closed, fees, shelved)


def _is_lent_to(user_id: int, situation: Situation | None) -> bool:
    running = None if situation is None else situation.loan
    return running is not None and not running.ended_at and running.user_id == user_id


def _note_use(unreturned: LoanRow | None, copy_id: int, at: datetime, actor: Actor) -> None:
    """Count a use in the house. Raises Conflict `copy-on-loan`."""
    if unreturned is not None and not unreturned.ended_at:
        detail = "This copy is on loan; take it back without in_house."
        raise Conflict(detail, code="copy-on-loan", loan_id=unreturned.id)
    house_use.note(copy_id, stamp(at))
    audit.record(actor, AuditAction.COPY_USE, "copy", copy_id)


def _shelved(situation: Situation, copy_id: int) -> tuple[Title, dict[int, Ending]]:
    """The title once the copy has been given to the first hold that may have it, or the shelf."""
    lapsed = hold_queue.lapse_holds(situation.title, situation.rules, situation.now)
    if lapsed.title.copy(copy_id).status in _STAYS:
        return lapsed.title, lapsed.ended
    return hold_queue.hand_over(lapsed.title, copy_id, situation.rules, situation.now), lapsed.ended


def _closed(
    situation: Situation, returned_at: datetime, actor: Actor
) -> tuple[LoanRow | None, list[FeeRow]]:
    if situation.loan is None:
        return None, []
    running, rules, now = situation.loan, situation.rules, situation.now
    if running.lost_at:
        return close_found(running, rules, actor, now, returned_at)
    at = stamp(returned_at)
    charged = charges.overdue(running, rules, returned_at, actor, now)
    closed = loan.end(running, charged.to_json(), charged.total, returned_at=at, ended_at=at)
    audit.record(actor, "loan.return", "loan", closed.id, switches=situation.switches)
    return closed, charged.lines


def _answer(
    situation: Situation, closed: LoanRow | None, fees: list[FeeRow], title: Title
) -> Return:
    if situation.copy is None:
        raise ValueError("there is no answer without a copy")
    copy = situation.copy
    served = title.hold_on(copy.id)
    status, at = title.copy(copy.id).status, stamp(situation.now)
    moved_at = copy.updated_at if status is copy.status else at
    copy = copy._replace(
        status=status, last_seen_at=at, updated_at=moved_at, revision=copy.revision + 1
    )
    rules, now = situation.rules, situation.now
    return Return(
        loan=presentation.loan(closed, rules, now) if closed else None,
        fees=fees,
        hold=presentation.hold(hold.find(served.id), rules, now) if served else None,
        copy=copy,
    )

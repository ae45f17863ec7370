"""Changing and removing copies, books and members where loans or holds matter (25, 31, 32)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from circulation import copy_moves, hold_queue, loading
from circulation.entities import Ending, Title
from circulation.holds import cancel
from circulation.loading import Situation
from circulation.locking import lock_copy
from circulation.lost_items import close_found
from circulation.title_changes import transaction, write
from models import book, circulation_reads, copy, hold, locks, source_key, user
from models.audit import Actor
from models.copy import CopyRow
from models.errors import Conflict, Missing, Unacceptable
from models.vocabulary import CopyStatus, HoldEnd


def change_copy(
    copy_id: int,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    *,
    sent_back: bool = False,
    awaited: bool = False,
) -> CopyRow:
    """Write changed fields of a copy, its status among them, and give it (rule 25).

    With `book_id` it moves to another title first (see `copy_moves`). A copy that leaves the hold
    shelf sends its hold back to the head of the queue; one that was lost on loan is found by being
    given another status but `withdrawn` (rule 28). The last one that could be lent ends the holds
    when it is withdrawn (rule 46), but those on the title where another is `awaited`. Where its
    receipt is taken back (`sent_back`) the one it was set aside for waits again in its place (41).

    Raises Missing, Taken `barcode-taken`, Conflict `copy-on-loan` and `copy-held`, or just Conflict
    when its book was deleted, Unacceptable for a status that only lending and returning bring.
    """
    with transaction():
        values = dict(values)
        target = values.pop("book_id", None)
        if target is not None and target != copy.locked(copy_id).book_id:
            copy_moves.move(copy_id, target, actor, now)
        situation, stored = _copy(copy_id, now)
        wanted = CopyStatus(values.get("status", stored.status))
        lapsed = hold_queue.lapse_holds(situation.title, situation.rules, now)
        present = lapsed.title.copy(copy_id).status
        rest = {name: value for name, value in values.items() if name != "status"}
        if wanted in (present, stored.status):
            write(situation.title, lapsed.title, lapsed.ended, actor, now)
            return copy.update(copy.locked(copy_id), rest, actor)
        _require_free_to_become(wanted, present)
        if present is CopyStatus.WITHDRAWN:
            _require_book(stored.book_id)
        if situation.loan is not None and wanted is not CopyStatus.WITHDRAWN:
            close_found(situation.loan, situation.rules, actor, now)
        # The status goes with the other fields, in one row of the audit log.
        again = hold_queue.waiting_again if sent_back else hold_queue.back_to_head
        served = lapsed.title.hold_on(copy_id)
        title, ended = lapsed.title, lapsed.ended
        if served is not None:
            title = again(title, served.id)
        if wanted is CopyStatus.WITHDRAWN:
            title, ended = _without_holds_on_nothing(
                title, ended, copy_id, situation, only_on_it=awaited
            )
        write(situation.title, _as_stored(title, situation, copy_id), ended, actor, now)
        return copy.update(stored, {**rest, "status": wanted}, actor)


def delete_copy(copy_id: int, actor: Actor, now: datetime) -> None:
    """Withdraw a copy; its history stays (rule 31).

    Raises Missing, Conflict `copy-on-loan` and `copy-held`.
    """
    with transaction():
        situation, stored = _copy(copy_id, now)
        lapsed = hold_queue.lapse_holds(situation.title, situation.rules, now)
        present = lapsed.title.copy(copy_id).status
        if present is CopyStatus.ON_LOAN:
            raise Conflict("This copy is on loan.", code="copy-on-loan")
        if present is CopyStatus.ON_HOLD_SHELF:
            raise Conflict("This copy is set aside for a hold.", code="copy-held")
        title, ended = _without_holds_on_nothing(lapsed.title, lapsed.ended, copy_id, situation)
        write(situation.title, _as_stored(title, situation, copy_id), ended, actor, now)
        copy.withdraw(stored, actor)


def delete_book(book_id: int, actor: Actor, now: datetime) -> None:
    """Take a book out of the catalogue and withdraw its copies; its loans stay (rule 31).

    Raises Missing, Conflict `copies-on-loan` and `holds-open`.
    """
    with transaction():
        locks.take(book_id=book_id)
        stored = book.locked(book_id)
        situation = loading.of_title(book_id, now)
        if situation is None:
            raise Missing("There is no such book.")
        if any(each.loan_id for each in situation.title.copies):
            raise Conflict("Copies of this book are on loan.", code="copies-on-loan")
        lapsed = hold_queue.lapse_holds(situation.title, situation.rules, now)
        if lapsed.title.holds:
            raise Conflict("There are holds on this book.", code="holds-open")
        write(situation.title, lapsed.title, lapsed.ended, actor, now)
        copy.withdraw_all(book_id, actor)
        book.delete(stored, actor)


def delete_member(
    user_id: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Erase a member; their open holds are cancelled, their history stays nameless (rule 32).

    Raises Missing, Conflict `loans-open`, `fees-owed` and `last-admin`.
    """
    with transaction():
        user.lock_admins(user_id)
        locks.take(user_id=user_id)
        stored = user.locked(user_id)
        running, balance = circulation_reads.standing(user_id)
        if running:
            raise Conflict("This member has loans.", code="loans-open")
        if balance > 0:
            raise Conflict("This member owes fees.", code="fees-owed")
        active = hold.active_of(user_id)
        locks.take_titles(book_id for book_id, _ in active)
        for book_id, hold_id in active:
            _cancel(book_id, hold_id, actor, now)
        user.delete(stored, actor)
        source_key.forget("members", user_id)


def _cancel(book_id: int, hold_id: int, actor: Actor, now: datetime) -> None:
    situation = loading.of_title(book_id, now)
    if situation is None:
        return
    lapsed = hold_queue.lapse_holds(situation.title, situation.rules, now)
    if any(one.id == hold_id for one in lapsed.title.holds):
        cancel(situation, hold_id, HoldEnd.MEMBER_GONE, actor)
    else:
        # It has run out, or another act ended it before the title was locked.
        write(situation.title, lapsed.title, lapsed.ended, actor, now)


def _copy(copy_id: int, now: datetime) -> tuple[Situation, CopyRow]:
    stored = lock_copy(copy_id)
    situation = loading.of_copy({"copy_id": copy_id}, now)
    if situation is None:
        raise Missing("There is no such copy.")
    return situation, stored


def _require_free_to_become(wanted: CopyStatus, present: CopyStatus) -> None:
    if wanted in (CopyStatus.ON_LOAN, CopyStatus.ON_HOLD_SHELF):
        detail = "Lending and returning set this status; it cannot be set by hand."
        raise Unacceptable("#/status", "not-settable", detail)
    if present is CopyStatus.ON_LOAN:
        raise Conflict("This copy is on loan; take it back first.", code="copy-on-loan")
    if present is CopyStatus.ON_HOLD_SHELF and wanted is CopyStatus.AVAILABLE:
        raise Conflict("This copy is set aside for a hold; cancel it first.", code="copy-held")


def _require_book(book_id: int) -> None:
    try:
        book.find(book_id)
    except Missing as gone:
        raise Conflict("The book of this copy is no longer in the catalogue.") from gone


def _without_holds_on_nothing(
    title: Title,
    ended: Mapping[int, Ending],
    copy_id: int,
    situation: Situation,
    *,
    only_on_it: bool = False,
) -> tuple[Title, dict[int, Ending]]:
    """The title without the holds that end when a copy is withdrawn, and all that ended (46).

    With `only_on_it` those on the title stay, for which another copy is to come.
    """
    left = title.with_copy(title.copy(copy_id)._replace(status=CopyStatus.WITHDRAWN))
    gone = hold_queue.left_without_copy(title, left, situation.rules)
    if only_on_it:
        gone &= {one.id for one in title.holds if one.requested_copy_id == copy_id}
    now = situation.now
    return (
        title.without_holds(gone),
        {**ended, **dict.fromkeys(gone, Ending(HoldEnd.TITLE_GONE, now))},
    )


def _as_stored(title: Title, situation: Situation, copy_id: int) -> Title:
    """The title with one copy as it was, since its own act writes that one's status."""
    return title.with_copy(
        title.copy(copy_id)._replace(status=situation.title.copy(copy_id).status)
    )

"""Changing and removing copies, books and members, where circulation has a say (rules 25, 31, 32).

`check` of each act is called with the stored row, held, before anything changes: for `If-Match`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from circulation import gather, queue
from circulation.act import Check, act, unchecked, write
from circulation.facts import CopyStatus, Title
from circulation.gather import Facts
from circulation.holding import cancel
from circulation.lending import found
from models import book, copy, desk, hold, locks, user
from models.audit import Actor
from models.errors import Conflict, Missing, Unacceptable

Row = dict[str, Any]


def change_copy(
    copy_id: int,
    values: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    check: Check = unchecked,
) -> Row:
    """Write changed fields of a copy, its status among them, and give it (rule 25).

    A copy that leaves the hold shelf sends its hold back to the head of the queue; one that was
    lost on loan is found by being given another status but `withdrawn` (rule 28).

    Raises Missing, Taken `barcode-taken`, Conflict `copy-on-loan` and `copy-held`, or just Conflict
    when its book was deleted, Unacceptable for a status that only lending and returning bring.
    """
    with act():
        facts, stored = _copy(copy_id, now, check)
        wanted = CopyStatus(values.get("status", stored["status"]))
        settled = queue.settle(facts.title, facts.rules, now)
        present = settled.title.copy(copy_id).status
        rest = {name: value for name, value in values.items() if name != "status"}
        if wanted in (present, stored["status"]):
            write(facts.title, settled.title, settled.ended, actor, now)
            return copy.update(copy.locked(copy_id), rest, actor)
        _require_free_to_become(wanted, present)
        if present is CopyStatus.WITHDRAWN:
            _require_book(stored["book_id"])
        if facts.loan is not None and wanted is not CopyStatus.WITHDRAWN:
            found(facts.loan, actor, now)
        # The status goes with the other fields, in one row of the audit log.
        title = _without_hold_on(settled.title, copy_id)
        write(facts.title, _as_stored(title, facts, copy_id), settled.ended, actor, now)
        return copy.update(stored, {**rest, "status": wanted.value}, actor)


def delete_copy(copy_id: int, actor: Actor, now: datetime, check: Check = unchecked) -> None:
    """Withdraw a copy; its history stays (rule 31).

    Raises Missing, Conflict `copy-on-loan` and `copy-held`.
    """
    with act():
        facts, stored = _copy(copy_id, now, check)
        settled = queue.settle(facts.title, facts.rules, now)
        present = settled.title.copy(copy_id).status
        if present is CopyStatus.ON_LOAN:
            raise Conflict("This copy is on loan.", code="copy-on-loan")
        if present is CopyStatus.ON_HOLD_SHELF:
            raise Conflict("This copy is set aside for a hold.", code="copy-held")
        write(facts.title, _as_stored(settled.title, facts, copy_id), settled.ended, actor, now)
        copy.withdraw(stored, actor)


def delete_book(book_id: int, actor: Actor, now: datetime, check: Check = unchecked) -> None:
    """Take a book out of the catalogue and withdraw its copies; its loans stay (rule 31).

    Raises Missing, Conflict `copies-on-loan` and `holds-open`.
    """
    with act():
        locks.take(book_id=book_id)
        stored = book.locked(book_id)
        check(stored)
        facts = gather.of_title(book_id, now)
        if facts is None:
            raise Missing("There is no such book.")
        if any(each.loan_id for each in facts.title.copies):
            raise Conflict("Copies of this book are on loan.", code="copies-on-loan")
        settled = queue.settle(facts.title, facts.rules, now)
        if settled.title.holds:
            raise Conflict("There are holds on this book.", code="holds-open")
        write(facts.title, settled.title, settled.ended, actor, now)
        copy.withdraw_all(book_id, actor)
        book.delete(stored, actor)


def delete_member(user_id: int, actor: Actor, now: datetime, check: Check = unchecked) -> None:
    """Erase a member; their open holds are cancelled, their history stays nameless (rule 32).

    Raises Missing, Conflict `loans-open`, `fees-owed` and `last-admin`.
    """
    with act():
        user.hold_admins(user_id)
        locks.take(user_id=user_id)
        stored = user.locked(user_id)
        check(stored)
        running, balance = desk.standing(user_id)
        if running:
            raise Conflict("This member has loans.", code="loans-open")
        if balance > 0:
            raise Conflict("This member owes fees.", code="fees-owed")
        held = hold.active_of(user_id)
        locks.take_titles(book_id for book_id, _ in held)
        for book_id, hold_id in held:
            _cancel(book_id, hold_id, actor, now)
        user.delete(stored, actor)


def _cancel(book_id: int, hold_id: int, actor: Actor, now: datetime) -> None:
    facts = gather.of_title(book_id, now)
    if facts is None:
        return
    settled = queue.settle(facts.title, facts.rules, now)
    if any(one.id == hold_id for one in settled.title.holds):
        cancel(facts, hold_id, actor)
    else:
        # It has run out, or another act ended it before the title was held.
        write(facts.title, settled.title, settled.ended, actor, now)


def _copy(copy_id: int, now: datetime, check: Check) -> tuple[Facts, Row]:
    locks.take(copy_id=copy_id)
    stored = copy.locked(copy_id)
    check(stored)
    facts = gather.of_copy({"copy_id": copy_id}, now)
    if facts is None:
        raise Missing("There is no such copy.")
    return facts, stored


def _require_free_to_become(wanted: CopyStatus, present: CopyStatus) -> None:
    if wanted in (CopyStatus.ON_LOAN, CopyStatus.ON_HOLD_SHELF):
        detail = "A copy comes to be on loan or set aside by lending and returning."
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


def _without_hold_on(title: Title, copy_id: int) -> Title:
    held = title.hold_on(copy_id)
    return title if held is None else queue.back_to_head(title, held.id)


def _as_stored(title: Title, facts: Facts, copy_id: int) -> Title:
    """The title with one copy as it was, since its own act writes that one's status."""
    return title.with_copy(replace(title.copy(copy_id), status=facts.title.copy(copy_id).status))

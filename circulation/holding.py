"""Holds: placing, changing and cancelling them, and letting them run out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from circulation import gather, overrides, queue, rulebook, showing
from circulation.act import Check, act, unchecked, write
from circulation.checks import check_hold_dates
from circulation.decisions import decide_hold
from circulation.facts import HoldStatus, Title
from circulation.gather import Facts
from circulation.overrides import Override
from models import audit, hold, locks
from models.audit import Actor
from models.clock import stamp
from models.errors import Conflict, Missing

Row = dict[str, Any]


def place_hold(
    book_id: int,
    user_id: int,
    actor: Actor,
    now: datetime,
    not_needed_after: date | None = None,
    override: Override | None = None,
) -> Row:
    """Put a member at the end of a title's queue and give the hold (rules 2, 8, 20, 24).

    Raises Missing (for the member `user-not-found`), Refused `hold-refused`, Unacceptable.
    """
    codes = overrides.named(override)
    if not_needed_after:
        check_hold_dates(None, not_needed_after, rulebook.today(now))
    with act():
        locks.take(book_id=book_id, user_id=user_id)
        facts = gather.of_title(book_id, now, user_id)
        if facts is None or not facts.in_catalogue:
            raise Missing("There is no such book.")
        if facts.member is None:
            raise Missing("There is no such member.", code="user-not-found")
        decision = decide_hold(facts.rules, facts.member, facts.title, now, codes)
        overrides.require(decision, "hold-refused")
        _settle(facts, actor)
        hold_id = hold.insert(
            book_id=book_id,
            user_id=user_id,
            queue=1 + max((one.place for one in facts.title.holds), default=0),
            placed_at=stamp(now),
            not_needed_after=not_needed_after.isoformat() if not_needed_after else None,
        )
        audit.record(actor, "hold.create", "hold", hold_id, **overrides.noted(decision, override))
        return showing.hold(hold.find(hold_id), facts.rules, now)


def change_hold(
    hold_id: int,
    values: Mapping[str, date | None],
    actor: Actor,
    now: datetime,
    check: Check = unchecked,
) -> Row:
    """Set `suspended_until` and `not_needed_after` of a hold, those given, and give it (rule 23).

    `check` is called with the stored row before anything changes. Raises Missing, Unacceptable,
    Conflict `hold-closed`, and `hold-ready` for suspending one.
    """
    with act():
        facts, stored = _held(hold_id, now, check)
        changed = {
            name: day
            for name, day in values.items()
            if stored[name] != (day.isoformat() if day else None)
        }
        check_hold_dates(
            changed.get("suspended_until"), changed.get("not_needed_after"), facts.today
        )
        title = _open(facts, stored)
        one = next(one for one in title.holds if one.id == hold_id)
        if one.status is HoldStatus.READY and changed.get("suspended_until"):
            raise Conflict("A copy is set aside for this hold already.", code="hold-ready")
        if changed:
            _settle(facts, actor)
            days = {name: day.isoformat() if day else None for name, day in changed.items()}
            hold.change(hold_id, days)
            changes = {name: [stored[name], day] for name, day in days.items()}
            audit.record(actor, "hold.update", "hold", hold_id, changes=changes)
        return showing.hold(hold.find(hold_id), facts.rules, now)


def cancel_hold(hold_id: int, actor: Actor, now: datetime, check: Check = unchecked) -> None:
    """Cancel a hold; a copy set aside goes to the next one, or back to the shelf (rule 22).

    `check` is called with the stored row first. Raises Missing, Conflict `hold-closed`.
    """
    with act():
        facts, stored = _held(hold_id, now, check)
        _open(facts, stored)
        cancel(facts, hold_id, actor)


def cancel(facts: Facts, hold_id: int, actor: Actor) -> None:
    """Cancel an active hold of a title that is held, passing its copy on."""
    settled = queue.settle(facts.title, facts.rules, facts.now)
    set_aside = next(one.copy_id for one in settled.title.holds if one.id == hold_id)
    title = settled.title.without_holds(frozenset({hold_id}))
    if set_aside is not None:
        title = queue.hand_over(title, set_aside, facts.rules, facts.today)
    ended = {**settled.ended, hold_id: HoldStatus.CANCELLED}
    write(facts.title, title, ended, actor, facts.now)


def let_run_out(book_id: int, actor: Actor, now: datetime) -> int:
    """End a title's holds that have run out and pass their copies on; give how many ended."""
    with act():
        locks.take(book_id=book_id)
        facts = gather.of_title(book_id, now)
        return len(_settle(facts, actor)) if facts else 0


def _settle(facts: Facts, actor: Actor) -> dict[int, HoldStatus]:
    settled = queue.settle(facts.title, facts.rules, facts.now)
    write(facts.title, settled.title, settled.ended, actor, facts.now)
    return settled.ended


def _held(hold_id: int, now: datetime, check: Check) -> tuple[Facts, Row]:
    locks.take(hold_id=hold_id)
    stored = hold.find(hold_id)
    check(stored)
    facts = gather.of_title(stored["book_id"], now)
    if facts is None:
        raise Missing("There is no such book.")
    return facts, stored


def _open(facts: Facts, stored: Row) -> Title:
    """The title as it truly stands. Raises Conflict unless the hold is active in it."""
    title = queue.settle(facts.title, facts.rules, facts.now).title
    if all(one.id != stored["id"] for one in title.holds):
        raise Conflict("This hold is over.", code="hold-closed")
    return title

"""Holds: placing and cancelling them, and letting them run out."""

from datetime import datetime

from circulation import hold_queue, loading, presentation, rulebook
from circulation.decisions import decide_hold
from circulation.entities import Ending, Title
from circulation.hold_requests import HoldRequest, look_up
from circulation.loading import Situation
from circulation.locking import lock_hold
from circulation.overrides import codes_of
from circulation.presentation import HoldState
from circulation.request_checks import against_hold_dates
from circulation.title_changes import settled, transaction, write
from models import audit, hold, locks
from models.audit import Actor
from models.errors import Conflict, Missing
from models.hold import HoldRow
from models.timestamps import stamp
from models.vocabulary import HoldEnd


def place_hold(request: HoldRequest, actor: Actor, now: datetime) -> HoldState:
    """Put a member at the end of a title's queue and give the hold (rules 2, 8, 20, 24, 46).

    Raises what `hold_requests.look_up` raises, Refused `hold-refused`, Unacceptable.
    """
    today = rulebook.today(now)
    codes = codes_of(request.override, against_hold_dates(None, request.not_needed_after, today))
    with transaction():
        asked = look_up(request, now, locks=True)
        situation = asked.situation
        decision = decide_hold(
            situation.rules, asked.member, situation.title, now, codes, asked.copy_id
        )
        decision.require("hold-refused")
        settled(situation, actor)
        wanted_until = request.not_needed_after
        hold_id = hold.insert(
            book_id=asked.book_id,
            user_id=request.user_id,
            queue=1 + max((one.place for one in situation.title.holds), default=0),
            placed_at=stamp(now),
            not_needed_after=wanted_until.isoformat() if wanted_until else None,
            requested_copy_id=asked.copy_id,
        )
        noted = request.override.noted(decision) if request.override else {}
        audit.record(actor, "hold.create", "hold", hold_id, **noted)
        return presentation.hold(hold.find(hold_id), situation.rules, now)


def cancel_hold(hold_id: int, actor: Actor, now: datetime, *, by_member: bool = False) -> None:
    """Cancel a hold; a copy set aside goes to the next one, or back to the shelf (rule 22).

    `by_member` tells that its member cancels it, whoever is signed in. Raises Missing, Conflict
    `hold-closed`.
    """
    with transaction():
        situation, stored = locked(hold_id, now)
        open_title(situation, stored)
        own = by_member or (actor.id is not None and actor.id == stored.user_id)
        why = HoldEnd.CANCELLED_BY_MEMBER if own else HoldEnd.CANCELLED_BY_STAFF
        cancel(situation, hold_id, why, actor)


def cancel(situation: Situation, hold_id: int, why: HoldEnd, actor: Actor) -> None:
    """End an active hold of a title that is locked, passing its copy on."""
    lapsed = hold_queue.lapse_holds(situation.title, situation.rules, situation.now)
    set_aside = next(one.copy_id for one in lapsed.title.holds if one.id == hold_id)
    title = lapsed.title.without_holds(frozenset({hold_id}))
    if set_aside is not None:
        title = hold_queue.hand_over(title, set_aside, situation.rules, situation.now)
    ended = {**lapsed.ended, hold_id: Ending(why, situation.now)}
    write(situation.title, title, ended, actor, situation.now)


def let_run_out(book_id: int, actor: Actor, now: datetime) -> int:
    """End a title's holds that have run out and pass their copies on; give how many ended."""
    with transaction():
        locks.take(book_id=book_id)
        situation = loading.of_title(book_id, now)
        if situation is None:
            return 0
        return len(situation.title.holds) - len(settled(situation, actor).holds)


def locked(hold_id: int, now: datetime) -> tuple[Situation, HoldRow]:
    """A hold with its title, both locked. Raises Missing."""
    stored = lock_hold(hold_id)
    situation = loading.of_title(stored.book_id, now)
    if situation is None:
        raise Missing("There is no such book.")
    return situation, stored


def open_title(situation: Situation, stored: HoldRow) -> Title:
    """The title as reads show it, what has run out gone but no copy of it passed on yet.

    Raises Conflict `hold-closed` unless the hold is active in it.
    """
    ended = hold_queue.endings(situation.title, situation.rules, situation.now)
    title = situation.title.without_holds(frozenset(ended))
    if all(one.id != stored.id for one in title.holds):
        raise Conflict("This hold has ended.", code="hold-closed")
    return title

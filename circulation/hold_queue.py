"""The queue of holds for a title: who waits, who is next, and what has ended by itself.

Everything here takes a `Title` and returns a new one; the acts write down the difference.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce

from circulation.due_dates import shelf_expiry
from circulation.entities import Copy, Ending, Hold, Rules, Title
from circulation.hold_matching import could_be_lent, could_be_served, may_have
from models.vocabulary import CopyStatus, HoldEnd, HoldStatus


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A title as it stands: without the holds that ended by themselves, their copies passed on.

    `ended` says by its id how each of these ended: `shelf_expired` or `not_needed`.
    """

    title: Title
    ended: dict[int, Ending]


def lapse_holds(title: Title, rules: Rules, now: datetime) -> Lapsed:
    """End the holds that have run out, and pass their copies on (rules 22, 23).

    Decisions see every title through this, so an expired hold counts as expired before the nightly
    job has run. Doing it twice changes nothing.
    """
    if not title.holds:
        return Lapsed(title, {})
    ended = endings(title, rules, now)
    if not ended:
        return Lapsed(title, {})
    released = [hold.copy_id for hold in title.queue() if hold.id in ended and hold.copy_id]
    title = title.without_holds(frozenset(ended))
    for copy_id in released:
        title = hand_over(title, copy_id, rules, now)
    return Lapsed(title, ended)


def endings(title: Title, rules: Rules, now: datetime) -> dict[int, Ending]:
    """Say how those of a title's active holds ended, by their ids, that have run out."""
    today = rules.calendar.local_date(now)
    ends = ((hold, ending(hold, rules, today, now)) for hold in title.holds)
    return {hold.id: end for hold, end in ends if end}


def ending(hold: Hold, rules: Rules, today: date, now: datetime) -> Ending | None:
    """Say how an active hold has ended by itself, None if it has not (rules 22, 23)."""
    if hold.expires_at and now.replace(microsecond=0) > hold.expires_at:
        return Ending(HoldEnd.SHELF_EXPIRED, hold.expires_at)
    if hold.not_needed_after is None or hold.not_needed_after >= today:
        return None
    return Ending(HoldEnd.NOT_NEEDED, rules.calendar.end_of_day(hold.not_needed_after))


def hand_over(title: Title, copy_id: int, rules: Rules, now: datetime) -> Title:
    """Give a copy that came free to the next hold, or else to the shelf (rules 6, 19, 21, 22).

    The copy must be in the house and fit to lend, and set aside for nobody. The hold that has it
    then is ready from now to the end of its shelf time, or of its need (rule 38). Raises NoOpenDay
    if the shelf time has none.
    """
    today = rules.calendar.local_date(now)
    copy = title.copy(copy_id)
    hold = next_hold(title, copy, rules, today)
    if not hold:
        freed = copy._replace(status=CopyStatus.AVAILABLE, loan_id=None, borrower_id=None)
        return title.with_copy(freed)
    day = shelf_day(hold, rules, today)
    until = rules.calendar.end_of_day(min(day, hold.not_needed_after or day))
    ready = hold._replace(
        status=HoldStatus.READY, copy_id=copy_id, ready_at=now, expires_at=until, kept_until=day
    )
    aside = copy._replace(status=CopyStatus.ON_HOLD_SHELF, loan_id=None, borrower_id=None)
    return title.with_hold(ready).with_copy(aside)


def shelf_day(hold: Hold, rules: Rules, ready_on: date) -> date:
    """Return the last day that a copy is kept which was set aside for a hold on a day (rule 21).

    Raises NoOpenDay if the shelf time has no end.
    """
    shelf_days = rules.policies.for_member(hold.category).hold_shelf_days
    return shelf_expiry(rules.calendar, ready_on, shelf_days).day


def next_hold(title: Title, copy: Copy, rules: Rules, today: date) -> Hold | None:
    """Return the first hold that may have a copy (rules 19, 23, 37).

    Passed over are suspended ones, ones no longer needed, and ones that may not have it.
    """
    for hold in title.queue():
        fits = may_have(hold, copy, rules.policies, today)
        if fits and waits(hold, today) and not _not_needed(hold, today):
            return hold
    return None


def back_to_head(title: Title, hold_id: int) -> Title:
    """Return a ready hold to the head of the queue, without its copy (rule 25)."""
    head = min(hold.place for hold in title.holds) - 1
    return replace(
        title,
        holds=tuple(
            _waiting_at(hold, head) if hold.id == hold_id else hold for hold in title.holds
        ),
    )


def waiting_again(title: Title, hold_id: int) -> Title:
    """Return a ready hold to its own place in the queue, without its copy (rule 41)."""
    return replace(
        title,
        holds=tuple(
            _waiting_at(hold, hold.place) if hold.id == hold_id else hold for hold in title.holds
        ),
    )


def claims(hold: Hold, title: Title, rules: Rules, today: date) -> bool:
    """Say whether a hold claims a copy (rules 5, 17): one that no copy could ever serve does not.

    Where its member or the policies changed after it was placed, it would else keep copies from
    everybody for ever.
    """
    return waits(hold, today) and could_be_served(hold, title, rules.policies, today)


def waiting_before(
    title: Title, user_id: int, copy_id: int, rules: Rules, today: date
) -> list[Hold]:
    """Return the holds that claim a copy before a member could have this one (rule 5).

    Those of others ahead of their own hold that it serves, all if they have none, none if theirs is
    ready.
    """
    own = title.holds_for(user_id, copy_id)
    if any(hold.status is HoldStatus.READY for hold in own):
        return []
    queue = title.queue()
    ahead = queue[: queue.index(own[0])] if own else queue
    others = (hold for hold in ahead if hold.user_id != user_id)
    return [hold for hold in others if claims(hold, title, rules, today)]


def waiting_besides(title: Title, user_id: int, rules: Rules, today: date) -> list[Hold]:
    """Return the holds of others that claim a copy (rule 17)."""
    others = (hold for hold in title.queue() if hold.user_id != user_id)
    return [hold for hold in others if claims(hold, title, rules, today)]


def moved_to(title: Title, hold_id: int, position: int) -> Title:
    """Return the title with a waiting hold at another position, from 1; past the end is the end.

    The others that wait keep their order, and together they keep their places.
    """
    waiting = [hold for hold in title.queue() if hold.status is HoldStatus.WAITING]
    places = [hold.place for hold in waiting]
    moved = next(hold for hold in waiting if hold.id == hold_id)
    waiting.remove(moved)
    waiting.insert(position - 1, moved)
    for hold, place in zip(waiting, places, strict=True):
        title = title.with_hold(hold._replace(place=place))
    return title


def left_without_copy(before: Title, after: Title, rules: Rules) -> frozenset[int]:
    """Return the holds that no copy could be lent to any more, where one could before (rule 46).

    Also those that a lost copy, once found, could serve before, and none could then. A hold for
    which a copy is set aside that stays waits for none.
    """
    aside = {copy.id for copy in after.copies if copy.status is CopyStatus.ON_HOLD_SHELF}
    ways = [(before, after), (_all_found(before), _all_found(after))]

    def served(hold: Hold, title: Title) -> bool:
        return could_be_lent(title, hold.category, rules.policies, hold.requested_copy_id)

    return frozenset(
        hold.id
        for hold in after.holds
        if hold.copy_id not in aside
        and any(served(hold, was) and not served(hold, left) for was, left in ways)
    )


def _all_found(title: Title) -> Title:
    lost = (copy for copy in title.copies if copy.status is CopyStatus.LOST)
    return reduce(
        Title.with_copy, (copy._replace(status=CopyStatus.AVAILABLE) for copy in lost), title
    )


def waits(hold: Hold, today: date) -> bool:
    """Say whether a hold is waiting and not suspended (rule 23)."""
    suspended = hold.suspended_until is not None and today < hold.suspended_until
    return hold.status is HoldStatus.WAITING and not suspended


def _not_needed(hold: Hold, today: date) -> bool:
    return hold.not_needed_after is not None and hold.not_needed_after < today


def _waiting_at(hold: Hold, place: int) -> Hold:
    return hold._replace(
        status=HoldStatus.WAITING,
        place=place,
        copy_id=None,
        ready_at=None,
        expires_at=None,
        kept_until=None,
    )

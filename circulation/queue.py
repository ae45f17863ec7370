"""The queue of holds for a title: who waits, who is next, and what has ended by itself.

Everything here takes a `Title` and returns a new one; the acts write down the difference.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from circulation.due import shelf_expiry
from circulation.facts import CopyStatus, Hold, HoldStatus, Rules, Title

_NEVER_LENT = frozenset({CopyStatus.LOST, CopyStatus.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Settled:
    """A title as it truly stands: without the holds that ended by themselves, copies passed on.

    `ended` maps holds to `expired` or `cancelled`.
    """

    title: Title
    ended: dict[int, HoldStatus]


def settle(title: Title, rules: Rules, now: datetime) -> Settled:
    """Let holds end that have run out, and pass their copies on (rules 22, 23).

    Decisions see every title through this, so an expired hold counts as expired before the nightly
    job has run. Settling twice changes nothing.
    """
    today = rules.calendar.local_date(now)
    ends = ((hold, ending(hold, today, now)) for hold in title.queue())
    ended = {hold.id: status for hold, status in ends if status}
    released = [hold.copy_id for hold in title.queue() if hold.id in ended and hold.copy_id]
    title = title.without_holds(frozenset(ended))
    for copy_id in released:
        title = hand_over(title, copy_id, rules, today)
    return Settled(title, ended)


def ending(hold: Hold, today: date, now: datetime) -> HoldStatus | None:
    """Say how an active hold has ended by itself, None if it has not (rules 22, 23)."""
    if hold.expires_at and now.replace(microsecond=0) > hold.expires_at:
        return HoldStatus.EXPIRED
    return HoldStatus.CANCELLED if _not_needed(hold, today) else None


def hand_over(title: Title, copy_id: int, rules: Rules, today: date) -> Title:
    """Give a copy that came free to the next hold, or else to the shelf (rules 6, 19, 21, 22).

    The copy must be in the house and fit to lend, and set aside for nobody. The hold that has it
    then is ready, with the end of its shelf time. Raises NoOpenDay if that has none.
    """
    copy = title.copy(copy_id)
    hold = next_hold(title, copy.loan_type, rules, today)
    if not hold:
        freed = replace(copy, status=CopyStatus.AVAILABLE, loan_id=None, borrower_id=None)
        return title.with_copy(freed)
    shelf_days = rules.policies.for_member(hold.category).hold_shelf_days
    expires_at = shelf_expiry(rules.calendar, today, shelf_days).at
    ready = replace(hold, status=HoldStatus.READY, copy_id=copy_id, expires_at=expires_at)
    aside = replace(copy, status=CopyStatus.ON_HOLD_SHELF, loan_id=None, borrower_id=None)
    return title.with_hold(ready).with_copy(aside)


def next_hold(title: Title, loan_type: str, rules: Rules, today: date) -> Hold | None:
    """Return the first hold that may have a copy of this loan type (rules 19, 23).

    Passed over are suspended ones, ones no longer needed, and members whose policy does not lend
    such copies.
    """
    for hold in title.queue():
        lends = rules.policies.choose(hold.category, loan_type).lends
        if lends and _waits(hold, today) and not _not_needed(hold, today):
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


def claims(hold: Hold, title: Title, rules: Rules, today: date) -> bool:
    """Say whether a hold claims a copy (rules 5, 17): one that no copy could ever serve does not.

    Where policies changed after it was placed, it would else keep copies from everybody for ever.
    """
    return _waits(hold, today) and could_be_lent(title, hold.category, rules)


def waiting_before(title: Title, user_id: int, rules: Rules, today: date) -> list[Hold]:
    """Return the holds that claim a copy before a member could (rule 5).

    Those ahead of their own hold, all if they have none, none if theirs is ready.
    """
    own = title.hold_of(user_id)
    if own and own.status is HoldStatus.READY:
        return []
    queue = title.queue()
    ahead = queue[: queue.index(own)] if own else queue
    return [hold for hold in ahead if claims(hold, title, rules, today)]


def waiting_besides(title: Title, user_id: int, rules: Rules, today: date) -> list[Hold]:
    """Return the holds of others that claim a copy (rule 17)."""
    others = (hold for hold in title.queue() if hold.user_id != user_id)
    return [hold for hold in others if claims(hold, title, rules, today)]


def could_be_lent(title: Title, category: str, rules: Rules) -> bool:
    """Say whether a copy could ever be lent to a member of a category (rule 24)."""
    return any(
        copy.status not in _NEVER_LENT and rules.policies.choose(category, copy.loan_type).lends
        for copy in title.copies
    )


def _waits(hold: Hold, today: date) -> bool:
    """Say whether a hold is waiting and not suspended (rule 23)."""
    suspended = hold.suspended_until is not None and today < hold.suspended_until
    return hold.status is HoldStatus.WAITING and not suspended


def _not_needed(hold: Hold, today: date) -> bool:
    return hold.not_needed_after is not None and hold.not_needed_after < today


def _waiting_at(hold: Hold, place: int) -> Hold:
    return replace(hold, status=HoldStatus.WAITING, place=place, copy_id=None, expires_at=None)

"""Which hold may have which copy, and how many holds free copies can serve (rules 5, 17, 37)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from circulation.entities import Copy, Hold, Title
from circulation.policies import Policies, Policy
from models.vocabulary import CopyStatus

_NEVER_LENT = frozenset({CopyStatus.LOST, CopyStatus.WITHDRAWN})


def free_copies(title: Title) -> list[Copy]:
    """Return the copies on the shelf."""
    return [copy for copy in title.copies if copy.status is CopyStatus.AVAILABLE]


def lends_to_holds(policy: Policy) -> bool:
    """Say whether a member under this policy can ever borrow such a copy (rules 24, 37)."""
    return policy.lends and policy.max_loans != 0


def may_have(hold: Hold, copy: Copy, policies: Policies, today: date) -> bool:
    """Say whether a hold may have a copy (rule 37).

    What may pass until the pick-up, a block, owed fees, a full limit, overdue loans, does not
    count; neither does where the copy is.
    """
    may_come = hold.member_is_active and (
        hold.member_expires_on is None or hold.member_expires_on >= today
    )
    is_that_copy = hold.requested_copy_id in (None, copy.id)
    return (
        may_come and is_that_copy and lends_to_holds(policies.choose(hold.category, copy.loan_type))
    )


def could_be_served(hold: Hold, title: Title, policies: Policies, today: date) -> bool:
    """Say whether a copy of the title, wherever it is now, could ever serve a hold (rule 37)."""
    return any(
        copy.status not in _NEVER_LENT and may_have(hold, copy, policies, today)
        for copy in title.copies
    )


def could_be_lent(
    title: Title, category: str, policies: Policies, copy_id: int | None = None
) -> bool:
    """Say whether a copy, or this very copy, could ever be lent to a member of a category (24)."""
    return any(
        copy.status not in _NEVER_LENT and _fits(kind, _CopyKind(copy.loan_type, copy.id), policies)
        for kind in (_HoldKind(category, copy_id),)
        for copy in title.copies
    )


def covered(copies: Iterable[Copy], holds: Sequence[Hold], policies: Policies) -> int:
    """Count the holds that copies can serve at once, the most there can be.

    The holds are of members who may come. A hold that has found a copy makes room for another one
    where it can be served by another copy, so that the order of copies and holds makes no
    difference.
    """
    if not holds:
        return 0
    wanted = {hold.requested_copy_id for hold in holds}
    room = Counter(
        _CopyKind(copy.loan_type, copy.id if copy.id in wanted else None) for copy in copies
    )
    served = _Served(room, policies)
    return sum(served.add(_hold_kind(hold), set()) for hold in holds)


class _CopyKind(NamedTuple):
    """Copies that are alike: of a type, and of one id where a hold is on that very copy."""

    loan_type: str
    copy_id: int | None


class _HoldKind(NamedTuple):
    """Holds that are alike: of members of a category, and on one copy if on one."""

    category: str
    copy_id: int | None


def _hold_kind(hold: Hold) -> _HoldKind:
    return _HoldKind(hold.category, hold.requested_copy_id)


def _fits(hold: _HoldKind, copy: _CopyKind, policies: Policies) -> bool:
    is_that_copy = hold.copy_id is None or hold.copy_id == copy.copy_id
    return is_that_copy and lends_to_holds(policies.choose(hold.category, copy.loan_type))


class _Served:
    """The holds served so far, as counts by kinds of copy and hold; within these all are alike."""

    def __init__(self, room: Counter[_CopyKind], policies: Policies) -> None:
        self._room = room
        self._policies = policies
        self._by_copy: dict[_CopyKind, Counter[_HoldKind]] = {kind: Counter() for kind in room}

    def add(self, hold: _HoldKind, asked: set[_CopyKind]) -> bool:
        """Serve one more hold, if that can be; `asked` are kinds that were tried on the way."""
        for copy, served in self._by_copy.items():
            if copy in asked or not _fits(hold, copy, self._policies):
                continue
            asked.add(copy)
            if self._has_room(copy, asked):
                self._room[copy] -= 1
                served[hold] += 1
                return True
        return False

    def _has_room(self, copy: _CopyKind, asked: set[_CopyKind]) -> bool:
        """Say whether a copy of a kind is left, after another hold made room if need be."""
        if self._room[copy]:
            return True
        served = self._by_copy[copy]
        for hold in [one for one, count in served.items() if count]:
            if self.add(hold, asked):
                served[hold] -= 1
                self._room[copy] += 1
                return True
        return False

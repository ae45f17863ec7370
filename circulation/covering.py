"""Do the free copies of a title cover the holds that wait for it? (rules 5, 17)

A copy covers a hold only if it is of a type that the hold's member may borrow.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from circulation.facts import Copy, CopyStatus, Hold, Title
from circulation.policy import Policies


def free_copies(title: Title) -> list[Copy]:
    """Return the copies on the shelf."""
    return [copy for copy in title.copies if copy.status is CopyStatus.AVAILABLE]


def covered(copies: Iterable[Copy], holds: Sequence[Hold], policies: Policies) -> int:
    """Count the holds that copies can serve at once, the most there can be.

    A hold that has found a copy makes room for another one where it can be served by a copy of a
    different type, so that the order of copies and holds makes no difference.
    """
    if not holds:
        return 0
    served = _Served(Counter(copy.loan_type for copy in copies), policies)
    return sum(served.add(hold.category, set()) for hold in holds)


class _Served:
    """The holds served so far, as counts by loan type and category; within these all are alike."""

    def __init__(self, room: Counter[str], policies: Policies) -> None:
        self._room = room
        self._policies = policies
        self._by_type: dict[str, Counter[str]] = {loan_type: Counter() for loan_type in room}

    def add(self, category: str, asked: set[str]) -> bool:
        """Serve one more hold, if that can be; `asked` are types that were tried on the way."""
        for loan_type, served in self._by_type.items():
            if loan_type in asked or not self._policies.choose(category, loan_type).lends:
                continue
            asked.add(loan_type)
            if self._has_room(loan_type, asked):
                self._room[loan_type] -= 1
                served[category] += 1
                return True
        return False

    def _has_room(self, loan_type: str, asked: set[str]) -> bool:
        """Say whether a copy of a type is left, after another hold made room if need be."""
        if self._room[loan_type]:
            return True
        served = self._by_type[loan_type]
        for category in [one for one, count in served.items() if count]:
            if self.add(category, asked):
                served[category] -= 1
                self._room[loan_type] += 1
                return True
        return False

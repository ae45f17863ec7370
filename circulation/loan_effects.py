"""What lending did to a title beside the loan itself, kept so that it can be undone (rule 41).

Most loans do nothing more: the copy stood on the shelf, and no hold ended or moved. For the others
this notes how each hold and each copy stood before, and how the loan left them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from circulation.entities import Copy, Ending, Hold, Title
from models.errors import Conflict
from models.rows import Json
from models.timestamps import stamp
from models.vocabulary import CopyStatus, HoldStatus

LONGEST_DAY = timedelta(days=3)
"""Within which a loan can be undone: a day that begins in one time zone and ends in another."""


class Stand(NamedTuple):
    """How a hold stands: its status, its place, and the copy set aside for it until when."""

    status: HoldStatus
    place: int
    copy_id: int | None
    ready_at: str | None
    expires_at: str | None
    kept_until: str | None = None


# `kept_until` stands beside: the release before would not read a hold with it.
_NOTED = Stand._fields[:-1]


class MovedHold(NamedTuple):
    """A hold that a loan has moved or ended.

    `before` is how it stood, `status` and `copy_id` how the loan left it; `ahead` are the holds
    that were before it in the queue.
    """

    id: int
    requested_copy_id: int | None
    before: Stand
    status: HoldStatus
    copy_id: int | None
    ahead: list[int]


class MovedCopy(NamedTuple):
    """A copy of the title, and its status before and after the loan."""

    id: int
    before: CopyStatus
    after: CopyStatus


class Effects(NamedTuple):
    """All that a loan did to its title."""

    holds: list[MovedHold]
    copies: list[MovedCopy]

    def to_json(self) -> Json:
        """Return it as it is stored with the loan."""
        holds, kept = [], []
        for each in self.holds:
            before = dict(zip(_NOTED, each.before, strict=False))
            holds.append({**each._asdict(), "before": before})
            kept.append(each.before.kept_until)
        copies = [each._asdict() for each in self.copies]
        return {"holds": holds, "copies": copies, "kept_until": kept}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Effects":
        """Return what `to_json` made; that of the release before has no `kept_until`."""
        holds = stored["holds"]
        kept = stored.get("kept_until") or [None] * len(holds)
        return cls(
            [_hold(day, **each) for day, each in zip(kept, holds, strict=True)],
            [_copy(**each) for each in stored["copies"]],
        )


NOTHING = Effects([], [])


def shelf_ends(effects: Effects) -> set[str]:
    """Until when copies were set aside for the holds that a loan moved or ended."""
    return {each.before.expires_at for each in effects.holds if each.before.expires_at}


def rezoned(effects: Effects, ends: Mapping[str, str]) -> Effects:
    """Return the effects with other ends of shelf days: each old moment has its new one.

    Undoing gives a hold its shelf day back, so this follows the time zone as holds do.
    """
    holds = []
    for each in effects.holds:
        until = each.before.expires_at
        moved = ends.get(until, until) if until else None
        holds.append(each._replace(before=each.before._replace(expires_at=moved)))
    return effects._replace(holds=holds)


def joined(effects: Effects, others: Collection[int], order: Sequence[int]) -> Effects:
    """Return the effects for a queue that holds of other titles have come to, the `others`.

    These and the holds of the loan are given in the order in which they were placed.
    """
    holds = []
    for each in effects.holds:
        before = [one for one in order[: order.index(each.id)] if one in others]
        came = [one for one in before if one not in each.ahead]
        holds.append(each._replace(ahead=[*each.ahead, *came]))
    return effects._replace(holds=holds)


def _hold(kept_until: str | None, before: dict[str, Any], status: str, **rest: Any) -> MovedHold:
    known = {"status": HoldStatus(before["status"]), "kept_until": kept_until}
    stood = Stand(**{**before, **known})
    return MovedHold(before=stood, status=HoldStatus(status), **rest)


def _copy(before: str, after: str, **rest: Any) -> MovedCopy:
    return MovedCopy(before=CopyStatus(before), after=CopyStatus(after), **rest)


def noted(before: Title, after: Title, ended: Mapping[int, Ending], lent: int) -> Effects:
    """Note what lending the copy `lent` made of a title; `ended` says how holds ended.

    A lost copy that is lent was found first, and stays so.
    """
    return Effects(
        list(_moved_holds(before, after, ended, lent)), list(_moved_copies(before, after, lent))
    )


def _moved_holds(
    before: Title, after: Title, ended: Mapping[int, Ending], lent: int
) -> Iterator[MovedHold]:
    left = {hold.id: hold for hold in after.holds}
    queue = before.queue()
    for place, one in enumerate(queue):
        now = left.get(one.id)
        if now == one:
            continue
        status, copy_id = (
            (ended[one.id].why.status, lent) if now is None else (now.status, now.copy_id)
        )
        ahead = [other.id for other in queue[:place]]
        yield MovedHold(one.id, one.requested_copy_id, stand(one), status, copy_id, ahead)


def stand(one: Hold) -> Stand:
    """Return how an active hold stands, as it is stored."""
    ready_at = stamp(one.ready_at) if one.ready_at else None
    expires_at = stamp(one.expires_at) if one.expires_at else None
    kept_until = one.kept_until.isoformat() if one.kept_until else None
    return Stand(one.status, one.place, one.copy_id, ready_at, expires_at, kept_until)


def _moved_copies(before: Title, after: Title, lent: int) -> Iterator[MovedCopy]:
    for one in before.copies:
        status = after.copy(one.id).status
        was = CopyStatus.AVAILABLE if one.status is CopyStatus.LOST else one.status
        stood_free = one.id == lent and was is CopyStatus.AVAILABLE
        if status is not one.status and not stood_free:
            yield MovedCopy(one.id, was, status)


def places(title: Title, moved: list[MovedHold]) -> dict[int, int]:
    """Return the place that each hold moved gets back, behind those that were before it.

    All others come after it, those placed meanwhile among them. Where there is no room for it, the
    holds before it are given other places too, in the order they have.
    """
    ids = {each.id for each in moved}
    line: list[Hold | MovedHold] = [one for one in title.queue() if one.id not in ids]
    for each in sorted(moved, key=lambda one: one.before.place):
        known = [index for index, one in enumerate(line) if one.id in each.ahead]
        line.insert(1 + max(known, default=-1), each)
    found: dict[int, int] = {}
    above: int | None = None
    for one in reversed(line):
        stood = one.place if isinstance(one, Hold) else one.before.place
        place = stood if above is None else min(stood, above - 1)
        if isinstance(one, MovedHold) or place != stood:
            found[one.id] = place
        above = place
    return found


def gone_on(
    detail: str = "A hold that this loan fulfilled or moved has changed since; take the copy back.",
) -> Conflict:
    """The refusal to undo what others have built on since."""
    return Conflict(detail, code="holds-moved")


def restored(title: Title, lent: int, copies: list[MovedCopy]) -> Title:
    """Return the title with its copies as they stood before the loan of the copy `lent`.

    Raises Conflict `holds-moved` for a copy that is no longer as the loan left it.
    """
    title = title.with_copy(_returned(title.copy(lent), CopyStatus.AVAILABLE))
    present = {one.id: one for one in title.copies}
    for each in copies:
        one = present.get(each.id)
        if one is None or (each.id != lent and one.status is not each.after):
            raise gone_on()
        title = title.with_copy(_returned(one, each.before))
    return title


def _returned(copy: Copy, status: CopyStatus) -> Copy:
    return Copy(copy.id, copy.loan_type, status)

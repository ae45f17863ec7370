"""What the nightly job finds to tell: one notice for a member and kind, however much it is.

It can be run twice, late, or by two nodes at once (rule 35): what was told of a loan's due date, a
hold's expiry or a membership's end is not told again, and the database sees to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import fn

from circulation import rulebook
from circulation.calendar import Calendar
from models import locks, notice
from models.database import is_postgresql, rows, run, transaction
from models.hold import Hold
from models.loan import Loan
from models.notice import Item, NoticeItem
from models.timestamps import stamp
from models.user import User
from models.vocabulary import HoldStatus, NoticeKind, Role
from notices import outbox
from notices.kinds import OVERDUE, Kinds

BATCH = 500
_ONE_AT_A_TIME = 0x0C7A72


@dataclass(frozen=True, slots=True)
class Finding:
    """What to look for: records of a kind that are to be told, by column and condition."""

    kind: NoticeKind
    record_type: str
    member: Any
    record: Any
    stage: Any
    due: Any

    def members(self, after: int, limit: int) -> list[int]:
        """The next members with something to tell, in the order of their ids."""
        query = self._query(self.member).where(self.member > after).distinct()
        return [row[0] for row in rows(query.order_by(self.member).limit(limit))]

    def about(self, first: int, last: int) -> list[tuple[int, Item]]:
        """All there is to tell to members between two ids."""
        query = self._query(self.member, self.record, self.stage)
        found = rows(query.where(self.member.between(first, last)).order_by(self.stage))
        return [(of, Item(self.record_type, record, stage)) for of, record, stage in found]

    def _query(self, *columns: Any) -> Any:
        told = NoticeItem.select(NoticeItem.id).where(
            (NoticeItem.kind == self.kind)
            & (NoticeItem.record_type == self.record_type)
            & (NoticeItem.record_id == self.record)
            & (NoticeItem.stage == self.stage)
        )
        query = self.record.model.select(*columns)
        return query.where(self.due & self.member.is_null(False) & ~fn.EXISTS(told))


def queue(now: datetime, request_id: str) -> int:
    """Queue what is to be told on this day, and give how many notices that makes.

    Members are taken in batches, each a transaction of its own.
    """
    kinds = outbox.library().kinds
    findings = _findings(kinds, rulebook.latest().calendar, now)
    return sum(_queue_all(each, request_id, stamp(now)) for each in findings)


def tidy(before: datetime, now: datetime) -> None:
    """Forget what notices of before a moment say, and of whom: they name who had a loan.

    What was told is remembered for as long as the night's job would find it again.
    """
    while _forget(stamp(before)):
        pass
    remembered = now - _memory(outbox.library().kinds)
    while _delete(stamp(min(before, remembered))):
        pass


def _forget(before: str) -> int:
    with transaction():
        return notice.forget_before(before, BATCH)


def _delete(before: str) -> int:
    with transaction():
        # Another time zone rewrites items; what deletes them must not meet it halfway.
        locks.keep_opening_days()
        return notice.delete_before(before, BATCH)


def _memory(kinds: Kinds) -> timedelta:
    """The longest time in which the same is found again, or a notice is worth sending."""
    stages = (last - first for _, first, last in _stages(kinds))
    ahead = (NoticeKind.DUE_SOON, NoticeKind.HOLD_EXPIRING, NoticeKind.MEMBERSHIP_ENDING)
    days = (_days(kinds, kind) for kind in ahead)
    worth = (kind.longest for kind in kinds.values())
    # A day is over at its end, in whatever time zone.
    return max(*stages, *days, *worth) + timedelta(days=3)


def _queue_all(finding: Finding, request_id: str, now: str) -> int:
    made = last = 0
    while members := finding.members(last, BATCH):
        with transaction():
            # Else another time zone could move the ends of days after they were read here.
            locks.keep_opening_days()
            if is_postgresql():
                run("SELECT pg_advisory_xact_lock(?)", (_ONE_AT_A_TIME,))
            about = finding.about(members[0], members[-1])
            made += outbox.queue(finding.kind, about, request_id, now)
        last = members[-1]
    return made


def _findings(kinds: Kinds, calendar: Calendar, now: datetime) -> Iterator[Finding]:
    today = calendar.local_date(now)

    def until(kind: NoticeKind) -> str:
        return stamp(calendar.bounds(today, today + _days(kinds, kind))[1])

    out = Loan.ended_at.is_null() & Loan.claimed_returned_at.is_null()
    soon = Loan.due_at.between(stamp(now), until(NoticeKind.DUE_SOON))
    yield _of_loans(NoticeKind.DUE_SOON, out & soon)
    for kind, first, last in _stages(kinds):
        range_ = calendar.bounds(today - last, today - first)
        late = Loan.due_at.between(*map(stamp, range_)) & (Loan.due_at < stamp(now))
        yield _of_loans(kind, out & late)
    shelf = Hold.expires_at.between(stamp(now), until(NoticeKind.HOLD_EXPIRING))
    ready = Hold.ended_at.is_null() & (Hold.status == HoldStatus.READY) & shelf
    stage = Hold.expires_at
    yield Finding(NoticeKind.HOLD_EXPIRING, "hold", Hold.user_id, Hold.id, stage, ready)
    last_day = today + _days(kinds, NoticeKind.MEMBERSHIP_ENDING)
    ending = User.expires_on.between(today.isoformat(), last_day.isoformat())
    member = (User.role == Role.MEMBER) & (User.is_active == 1) & ending
    stage = User.expires_on
    yield Finding(NoticeKind.MEMBERSHIP_ENDING, "user", User.id, User.id, stage, member)


def _of_loans(kind: NoticeKind, due: Any) -> Finding:
    return Finding(kind, "loan", Loan.user_id, Loan.id, Loan.due_at, due)


def _stages(kinds: Kinds) -> Iterator[tuple[NoticeKind, timedelta, timedelta]]:
    """Each reminder with the days after the due day on which it is the latest that is due.

    The last one is not sent for ever: what has been overdue for longer is no news. One that the
    library has off has its days too, for members who have switched it on; whoever has switched on
    a later one is not sent the earlier: `notices.telling` sees to that.
    """
    for place, kind in enumerate(OVERDUE):
        first = _days(kinds, kind)
        later = [_days(kinds, after) for after in OVERDUE[place + 1 :] if kinds[after].is_on]
        last = min(later, default=first + kinds[kind].longest)
        if first < last:
            yield kind, first, last - timedelta(days=1)


def _days(kinds: Kinds, kind: NoticeKind) -> timedelta:
    return timedelta(days=kinds[kind].days or 0)

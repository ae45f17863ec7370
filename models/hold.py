"""Holds: places in the queue for a title, for any copy of it or for one."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from peewee import SQL, ForeignKeyField, IntegerField, TextField, fn

from models import audit
from models.audit import Actor
from models.book import Book
from models.copy import Copy
from models.database import Compiled, Table, for_update, rows, slot
from models.errors import Missing
from models.fields import EnumField
from models.json_lists import among
from models.listing import Filter, Listing, Slots, Sort, equals, status_filters, status_name
from models.rows import RowReader, Tag
from models.timestamps import stamp
from models.user import User
from models.user_list import of_card
from models.vocabulary import CopyStatus, HoldEnd, HoldStatus


class Hold(Table):
    """One hold, active until `ended_at` is set; `queue` orders those of a title, lower first.

    `requested_copy` is the only copy that will do, null for any; `copy` the one set aside or lent.
    `kept_until` is the last day of the shelf time, wherever `not_needed_after` cuts it; it counts
    where that has: staff and closures move `expires_at`, and the release before knows no other.
    """

    book = ForeignKeyField(Book)
    user = ForeignKeyField(User, null=True, on_delete="SET NULL")
    status = EnumField(HoldStatus)
    queue = IntegerField()
    copy = ForeignKeyField(Copy, null=True)
    requested_copy = ForeignKeyField(Copy, null=True, backref="requests")
    placed_at = TextField()
    ready_at = TextField(null=True)
    expires_at = TextField(null=True)
    kept_until = TextField(null=True)
    not_needed_after = TextField(null=True)
    suspended_until = TextField(null=True)
    ended_at = TextField(null=True)
    end_reason = EnumField(HoldEnd, null=True)
    revision = IntegerField()


_ACTIVE: dict[str, Any] = {"unique": True, "where": Hold.ended_at.is_null()}
_ON_TITLE: dict[str, Any] = {
    **_ACTIVE,
    "where": Hold.ended_at.is_null() & Hold.requested_copy_id.is_null(),
}
_ON_COPY: dict[str, Any] = {
    **_ACTIVE,
    "where": Hold.ended_at.is_null() & Hold.requested_copy_id.is_null(False),
}
Hold.add_index(Hold.user_id, Hold.book_id, name="hold_one_per_title", **_ON_TITLE)
Hold.add_index(Hold.user_id, Hold.requested_copy_id, name="hold_one_per_copy", **_ON_COPY)
Hold.add_index(Hold.book_id, Hold.queue, name="hold_queue", **_ACTIVE)
Hold.add_index(Hold.copy_id, name="hold_copy", **_ACTIVE)


class HoldRow(NamedTuple):
    """A hold as it is stored."""

    id: int
    book_id: int
    user_id: int | None
    status: HoldStatus
    queue: int
    copy_id: int | None
    requested_copy_id: int | None
    placed_at: str
    ready_at: str | None
    expires_at: str | None
    kept_until: str | None
    not_needed_after: str | None
    suspended_until: str | None
    ended_at: str | None
    end_reason: HoldEnd | None
    revision: int

    @property
    def tag(self) -> Tag:
        """What names the present state of the hold."""
        return ("hold", self.id, self.revision)

    def status_at(self, now: str, today: str) -> HoldStatus:
        """How the hold stands: one that ran out reads as ended before an act has ended it."""
        if self.ended_at is None:
            if self.expires_at and self.expires_at < now:
                return HoldStatus.EXPIRED
            if self.not_needed_after and self.not_needed_after < today:
                return HoldStatus.CANCELLED
        return self.status


# `circulation.presentation` makes of a row what clients see.
ROWS = RowReader(Hold, HoldRow)


# The conditions of `status` in SQL. What has run out is said by itself and not as the opposite of
# what has not, so that the indexes of both dates serve it.


def is_active(hold: Any = Hold) -> Any:
    """The condition that no act has ended a hold yet; it may have run out all the same."""
    return hold.ended_at.is_null()


def _has_expired(now: Any) -> Any:
    return Hold.expires_at < now


def _is_kept(now: Any) -> Any:
    return Hold.expires_at.is_null() | (Hold.expires_at >= now)


def _is_unwanted(today: Any) -> Any:
    return Hold.not_needed_after < today


def _is_wanted(today: Any, hold: Any = Hold) -> Any:
    return hold.not_needed_after.is_null() | (hold.not_needed_after >= today)


def stands(now: Any, today: Any) -> Any:
    """The condition that a hold is waiting or ready at a moment, and has not run out."""
    return is_active() & _is_kept(now) & _is_wanted(today)


def _waits(today: Any, hold: Any = Hold) -> Any:
    return (hold.status == HoldStatus.WAITING) & is_active(hold) & _is_wanted(today, hold)


def _in_status(wanted: frozenset[str], now: Any, today: Any) -> Any:
    cancelled = is_active() & _is_kept(now) & _is_unwanted(today)
    expired = is_active() & _has_expired(now)
    conditions: dict[str, Any] = {
        HoldStatus.WAITING: _waits(today),
        HoldStatus.READY: (Hold.status == HoldStatus.READY) & stands(now, today),
        HoldStatus.FULFILLED: Hold.status == HoldStatus.FULFILLED,
        HoldStatus.CANCELLED: (Hold.status == HoldStatus.CANCELLED) | cancelled,
        HoldStatus.EXPIRED: (Hold.status == HoldStatus.EXPIRED) | expired,
    }
    return reduce(or_, [conditions[name] for name in HoldStatus if name in wanted])


def _status_filter(wanted: frozenset[str]) -> Filter:
    def build(slots: Slots) -> Any:
        return _in_status(wanted, slots[0], slots[1])

    return Filter(build, list)


def in_status(statuses: Iterable[str], now: datetime, today: date) -> dict[str, Any]:
    """What to ask `LISTING` for, so that it lists the holds in these statuses.

    `today` is the library's date at `now`.
    """
    return {status_name(statuses): (stamp(now), today.isoformat())}


LISTING = Listing(
    Hold,
    ROWS,
    sorts={
        "id": Sort(Hold.id),
        "placed_at": Sort(Hold.placed_at),
        "expires_at": Sort(fn.COALESCE(Hold.expires_at, SQL("''"))),
        "ended_at": Sort(fn.COALESCE(Hold.ended_at, SQL("''"))),
    },
    filters={
        "user_id": equals(Hold.user_id),
        "card_number": of_card(Hold.user_id),
        "book_id": equals(Hold.book_id),
        "reader": equals(Hold.user_id),
        **status_filters(tuple(HoldStatus), _status_filter),
    },
)

_BY_ID = Compiled(lambda: Hold.select(*ROWS.columns).where(Hold.id == slot("id")))


_LOCKED = Compiled(lambda: for_update(Hold.select(*ROWS.columns).where(Hold.id == slot("id"))))


def find(hold_id: int) -> HoldRow:
    """The hold. Raises Missing."""
    return _existing(_BY_ID.row(id=hold_id))


def locked(hold_id: int) -> HoldRow:
    """The hold, locked until the transaction ends. Raises Missing."""
    return _existing(_LOCKED.row(id=hold_id))


_INSERT = Compiled(
    lambda: Hold.insert(
        {
            **{name: slot(name) for name in ("book_id", "user_id", "queue", "placed_at")},
            "not_needed_after": slot("not_needed_after"),
            "requested_copy_id": slot("requested_copy_id"),
            "status": HoldStatus.WAITING,
            "revision": 1,
        }
    )
)
_MOVE = Compiled(
    lambda: Hold.update(
        {
            **{name: slot(name) for name in ("status", "queue", "copy_id", "expires_at")},
            **{name: slot(name) for name in ("ready_at", "kept_until", "ended_at")},
            "end_reason": slot("end_reason"),
            "revision": Hold.revision + SQL("1"),
        }
    ).where(Hold.id == slot("id"))
)


def insert(**values: Any) -> int:
    """Add a waiting hold and give its id."""
    return _INSERT.insert(**values)


def move(**values: Any) -> None:
    """Write where a hold stands.

    `id, status, queue, copy_id, ready_at, expires_at, kept_until, ended_at, end_reason`.
    """
    _MOVE.execute(**values)


def let_go(hold_ids: Collection[int]) -> None:
    """Let those of some holds that are ready wait, before they get other copies."""
    ready = among(Hold.id, hold_ids) & (Hold.status == HoldStatus.READY)
    waiting = {"status": HoldStatus.WAITING, "copy": None, "ready_at": None, "expires_at": None}
    Hold.update(waiting).where(ready).execute()


def change(hold_id: int, values: dict[str, Any]) -> None:
    """Write what is set by hand: the days of the need, `expires_at` and `kept_until`."""
    Hold.update({**values, "revision": Hold.revision + 1}).where(Hold.id == hold_id).execute()


_OUT_OF_THE_WAY = 1 << 40
_PLACE = Compiled(lambda: Hold.update(queue=slot("place")).where(Hold.id == slot("id")))


def reorder(places: Mapping[int, int]) -> None:
    """Give holds, by their ids, other places in the queue of their title.

    These are free, or the same holds have left them; all leave theirs before one takes another.
    """
    if not places:
        return
    moved = among(Hold.id, places)
    Hold.update(queue=Hold.queue - _OUT_OF_THE_WAY).where(moved).execute()
    _PLACE.execute_many([{"id": hold_id, "place": place} for hold_id, place in places.items()])


def active_of(user_id: int) -> list[tuple[int, int]]:
    """The book id and id of each hold of a member that no act has ended."""
    query = Hold.select(Hold.book_id, Hold.id).where((Hold.user_id == user_id) & is_active())
    return list(query.order_by(Hold.book_id).tuples())


def in_order_placed(hold_ids: Iterable[int]) -> list[int]:
    """These holds in the order in which they were placed."""
    query = Hold.select(Hold.id).where(among(Hold.id, hold_ids))
    return [row[0] for row in rows(query.order_by(Hold.placed_at, Hold.id))]


def expiry_moments(first: str, last: str) -> list[str]:
    """The moments in a range at which copies leave the hold shelf, each once."""
    expires = is_active() & Hold.expires_at.between(first, last)
    return [row[0] for row in rows(Hold.select(Hold.expires_at).where(expires).distinct())]


def needs(expires_at: str, before: str) -> list[str]:
    """The last days, before one, on which copies are needed that leave the shelf at a moment."""
    cut = is_active() & (Hold.expires_at == expires_at) & _is_unwanted(before)
    return [row[0] for row in rows(Hold.select(Hold.not_needed_after).where(cut).distinct())]


def postpone(
    expires_at: str, to: str, to_day: str, actor: Actor, *, needed: str | None = None
) -> None:
    """Keep copies on the shelf that would leave it at a moment until another (rule 14).

    Those that are needed on the day `to_day`, to the end of it; or those needed until a day before
    it, `needed`, to the end of that (rule 38).
    """
    wanted = _is_wanted(to_day) if needed is None else Hold.not_needed_after == needed
    _move_expiry("hold.postpone", expires_at, to, actor, wanted, kept_until=to_day)


def rezone(expires_at: str, to: str, actor: Actor) -> None:
    """Move the end of a shelf day to where another time zone has it (rule 11); the day stays."""
    _move_expiry("hold.rezone", expires_at, to, actor)


def _move_expiry(
    action: str, expires_at: str, to: str, actor: Actor, condition: Any = None, **more: str
) -> None:
    expires = is_active() & (Hold.expires_at == expires_at)
    if condition is not None:
        expires &= condition
    changes = {"expires_at": [expires_at, to]}
    ids = Hold.select(Hold.id).where(expires)
    audit.record_each(actor, action, "hold", ids, changes=changes)
    moved = {"expires_at": to, "revision": Hold.revision + 1, **more}
    Hold.update(moved).where(expires).execute()


def titles_with_lapsed_holds(now: str, today: str) -> list[int]:
    """The ids of the books with holds that have run out."""
    query = Hold.select(Hold.book_id).where(is_active() & (_has_expired(now) | _is_unwanted(today)))
    return [row[0] for row in query.distinct().order_by(Hold.book_id).tuples()]


def left_on_shelf(now: str, today: str) -> list[tuple[int, HoldRow]]:
    """The copies set aside for holds that have ended, not scanned since, each with its hold."""
    # Said by the others, so that SQLite begins with the few holds, not with the copies by status.
    elsewhere = (CopyStatus.ON_LOAN, CopyStatus.IN_REPAIR, CopyStatus.LOST, CopyStatus.WITHDRAWN)
    stands = Copy.status.not_in(elsewhere)
    ended = (Hold.id == Copy.ended_hold_id) & Hold.ended_at.is_null(False)
    found = Copy.select(Copy.id, *ROWS.columns)
    left = rows(found.join(Hold, on=ended).where(stands & Copy.ended_hold_id.is_null(False)))
    # From the few holds to their copies: SQLite would read every copy on the shelves otherwise.
    lapsed = is_active() & (_has_expired(now) | _is_unwanted(today)) & Hold.copy_id.is_null(False)
    ready = {row[0]: row for row in rows(Hold.select(Hold.copy_id, *ROWS.columns).where(lapsed))}
    standing = rows(Copy.select(Copy.id).where(among(Copy.id, ready) & stands))
    left += [ready[copy_id] for (copy_id,) in standing]
    return [(copy_id, ROWS.read(columns)) for copy_id, *columns in left]


def to_forget(before: str, limit: int) -> list[int]:
    """The ids of some holds that ended before a moment and still name their member."""
    past = Hold.ended_at.is_null(False) & (Hold.ended_at < before)
    query = Hold.select(Hold.id).where(past & Hold.user_id.is_null(False)).limit(limit)
    return [row[0] for row in for_update(query.order_by(Hold.ended_at)).tuples()]


def forget(hold_ids: list[int]) -> None:
    """Take the member's name off holds."""
    Hold.update(user_id=None, revision=Hold.revision + 1).where(among(Hold.id, hold_ids)).execute()


def counts(book_ids: Iterable[int], now: str, today: str) -> dict[int, int]:
    """How many holds, waiting or ready, each of several titles has."""
    query = Hold.select(Hold.book_id, fn.COUNT(Hold.id)).where(
        among(Hold.book_id, book_ids) & stands(now, today)
    )
    return dict(rows(query.group_by(Hold.book_id)))


def positions(hold_ids: Iterable[int], today: date) -> dict[int, int]:
    """The places in their queues, from 1 without gaps, of those holds that wait (rule 20)."""
    ahead = Hold.alias()
    day = today.isoformat()
    query = (
        Hold.select(Hold.id, fn.COUNT(ahead.id))
        .join(ahead, on=((ahead.book_id == Hold.book_id) & (ahead.queue <= Hold.queue)))
        .where(among(Hold.id, hold_ids) & _waits(day) & _waits(day, ahead))
        .group_by(Hold.id)
    )
    return dict(rows(query))


def _existing(stored: tuple[Any, ...] | None) -> HoldRow:
    if stored is None:
        raise Missing("There is no such hold.")
    return ROWS.read(stored)

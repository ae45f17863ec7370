"""Holds: places in the queue for a title."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from peewee import SQL, IntegerField, TextField, fn

from models import audit
from models.audit import Actor
from models.clock import stamp
from models.database import Compiled, Table, for_update, rows, slot
from models.errors import Missing
from models.listing import Filter, Listing, Slots, Sort, equals, status_filters, status_name
from models.view import View


class Hold(Table):
    """One hold, active until `ended_at` is set; `queue` orders those of a title, lower first."""

    book_id = IntegerField()
    user_id = IntegerField(null=True)
    status = TextField()
    queue = IntegerField()
    copy_id = IntegerField(null=True)
    placed_at = TextField()
    expires_at = TextField(null=True)
    not_needed_after = TextField(null=True)
    suspended_until = TextField(null=True)
    ended_at = TextField(null=True)
    revision = IntegerField()


STATUSES = ("waiting", "ready", "fulfilled", "cancelled", "expired")

# The stored row; `circulation.showing` makes of it what clients see.
VIEW = View(
    Hold,
    "id book_id user_id status queue copy_id placed_at expires_at not_needed_after suspended_until"
    " ended_at revision",
)


def status(hold: dict[str, Any], now: str, today: str) -> str:
    """How a stored hold stands: one that ran out reads as ended before an act has ended it."""
    if hold["ended_at"] is None:
        if hold["expires_at"] and hold["expires_at"] < now:
            return "expired"
        if hold["not_needed_after"] and hold["not_needed_after"] < today:
            return "cancelled"
    stored: str = hold["status"]
    return stored


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
    return (hold.status == "waiting") & is_active(hold) & _is_wanted(today, hold)


def _in_status(wanted: frozenset[str], now: Any, today: Any) -> Any:
    cancelled = is_active() & _is_kept(now) & _is_unwanted(today)
    conditions = {
        "waiting": _waits(today),
        "ready": (Hold.status == "ready") & stands(now, today),
        "fulfilled": Hold.status == "fulfilled",
        "cancelled": (Hold.status == "cancelled") | cancelled,
        "expired": (Hold.status == "expired") | (is_active() & _has_expired(now)),
    }
    return reduce(or_, [conditions[name] for name in STATUSES if name in wanted])


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
    VIEW,
    sorts={"id": Sort(Hold.id)},
    filters={
        "user_id": equals(Hold.user_id),
        "book_id": equals(Hold.book_id),
        "reader": equals(Hold.user_id),
        **status_filters(STATUSES, _status_filter),
    },
)

_BY_ID = Compiled(lambda: Hold.select(*VIEW.columns).where(Hold.id == slot("id")))


def find(hold_id: int) -> dict[str, Any]:
    """The hold as it is stored. Raises Missing."""
    row = _BY_ID.row(id=hold_id)
    if row is None:
        raise Missing("There is no such hold.")
    return VIEW.read(row)


_INSERT = Compiled(
    lambda: Hold.insert(
        {
            **{name: slot(name) for name in ("book_id", "user_id", "queue", "placed_at")},
            "not_needed_after": slot("not_needed_after"),
            "status": "waiting",
            "revision": 1,
        }
    )
)
_MOVE = Compiled(
    lambda: Hold.update(
        {
            **{name: slot(name) for name in ("status", "queue", "copy_id", "expires_at")},
            "ended_at": slot("ended_at"),
            "revision": Hold.revision + SQL("1"),
        }
    ).where(Hold.id == slot("id"))
)


def insert(**values: Any) -> int:
    """Add a waiting hold and give its id."""
    return _INSERT.insert(**values)


def move(**values: Any) -> None:
    """Write where a hold stands: `id, status, queue, copy_id, expires_at, ended_at`."""
    _MOVE.execute(**values)


def change(hold_id: int, values: dict[str, Any]) -> None:
    """Write what a member may set: `suspended_until`, `not_needed_after`."""
    Hold.update({**values, "revision": Hold.revision + 1}).where(Hold.id == hold_id).execute()


def active_of(user_id: int) -> list[tuple[int, int]]:
    """The book id and id of each hold of a member that no act has ended."""
    query = Hold.select(Hold.book_id, Hold.id).where((Hold.user_id == user_id) & is_active())
    return list(query.order_by(Hold.book_id).tuples())


def expiry_moments(first: str, last: str) -> list[str]:
    """The moments in a range at which copies leave the hold shelf, each once."""
    expires = is_active() & Hold.expires_at.between(first, last)
    return [row[0] for row in rows(Hold.select(Hold.expires_at).where(expires).distinct())]


def postpone(expires_at: str, to: str, actor: Actor) -> None:
    """Keep all copies on the shelf that would leave it at a moment until another (rule 14)."""
    expires = is_active() & (Hold.expires_at == expires_at)
    changes = {"expires_at": [expires_at, to]}
    audit.record_each(
        actor, "hold.postpone", "hold", Hold.select(Hold.id).where(expires), changes=changes
    )
    Hold.update(expires_at=to, revision=Hold.revision + 1).where(expires).execute()


def titles_to_settle(now: str, today: str) -> list[int]:
    """The ids of the books with holds that have run out."""
    query = Hold.select(Hold.book_id).where(is_active() & (_has_expired(now) | _is_unwanted(today)))
    return [row[0] for row in query.distinct().order_by(Hold.book_id).tuples()]


def to_forget(before: str, limit: int) -> list[int]:
    """The ids of some holds that ended before a moment and still name their member."""
    past = Hold.ended_at.is_null(False) & (Hold.ended_at < before)
    query = Hold.select(Hold.id).where(past & Hold.user_id.is_null(False)).limit(limit)
    return [row[0] for row in for_update(query.order_by(Hold.ended_at)).tuples()]


def forget(hold_ids: list[int]) -> None:
    """Take the member's name off holds."""
    Hold.update(user_id=None, revision=Hold.revision + 1).where(Hold.id.in_(hold_ids)).execute()


def counts(book_ids: Iterable[int], now: str, today: str) -> dict[int, int]:
    """How many holds, waiting or ready, each of several titles has."""
    query = Hold.select(Hold.book_id, fn.COUNT(Hold.id)).where(
        Hold.book_id.in_(list(book_ids)) & stands(now, today)
    )
    return dict(rows(query.group_by(Hold.book_id)))


def positions(hold_ids: Iterable[int], today: date) -> dict[int, int]:
    """The places in their queues, from 1 without gaps, of those holds that wait (rule 20)."""
    ahead = Hold.alias()
    day = today.isoformat()
    query = (
        Hold.select(Hold.id, fn.COUNT(ahead.id))
        .join(ahead, on=((ahead.book_id == Hold.book_id) & (ahead.queue <= Hold.queue)))
        .where(Hold.id.in_(list(hold_ids)) & _waits(day) & _waits(day, ahead))
        .group_by(Hold.id)
    )
    return dict(rows(query))

"""Holds from rows: queues in the order that the rows tell, ready ones with their copies."""

from collections.abc import Sequence
from datetime import timedelta

from models import copy, locks
from models.database import rows as rows_of
from models.hold import Hold
from models.timestamps import moment, stamp
from models.vocabulary import CopyStatus, HoldEnd, HoldStatus
from moving.outcome import Refuse, Values
from moving.people import People, in_parts
from moving.reading import Row
from moving.taking import About, New, Taker
from moving.things import Copies, Thing, Titles

_GAP = 1000
_SHELF = timedelta(days=7)
_ENDS = {
    HoldStatus.FULFILLED: HoldEnd.FULFILLED,
    HoldStatus.EXPIRED: HoldEnd.SHELF_EXPIRED,
    HoldStatus.CANCELLED: HoldEnd.CANCELLED_BY_STAFF,
}
_ACTIVE = (HoldStatus.WAITING, HoldStatus.READY)


class Holds(Taker):
    """One active hold for a member and title; places in a queue that are taken move on."""

    kind, action, noun = "holds", "hold.create", "hold"

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._people, self._copies, self._titles = People(), Copies(locks=True), Titles()
        self._places: set[tuple[int, int]] = set()
        self._held: set[tuple[int, int, int | None]] = set()
        self._shelved: list[int] = []

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find members, titles and copies, lock them, and read the queues."""
        self._people.look_up(rows)
        self._copies.look_up(rows, "requested_")
        self._titles.look_up(rows)
        self._shelved = []
        ids = {one for row in rows if (one := self._book_id(row))}
        locks.take_titles(sorted(ids))
        self._places.clear()
        self._held.clear()
        wanted = [Hold.book_id, Hold.queue, Hold.user_id, Hold.requested_copy_id]
        for part in in_parts(ids):
            active = Hold.select(*wanted).where(Hold.book_id.in_(part) & Hold.ended_at.is_null())
            for book_id, queue, user_id, requested in rows_of(active):
                self._places.add((book_id, queue))
                self._held.add((user_id, book_id, requested))

    def decide(self, row: Row) -> Values:
        """The new hold."""
        person, thing = self._people.of(row), self._copies.of(row)
        requested = self._copies.of(row, "requested_")
        book_id = self._title(row, requested or thing)
        ended = row.get("ended_at")
        status = self._status(row, ended, thing)
        placed = row.get("placed_at") or self.moment
        if placed > self.moment:
            raise Refuse("placed_at", "future", "The hold is placed in the future.")
        values: Values = {
            "book_id": book_id,
            "user_id": person.id if person else None,
            "status": status,
            "queue": self._queue(row, placed),
            "copy_id": thing.id if thing and status != HoldStatus.WAITING else None,
            "placed_at": placed,
            "ready_at": row.get("ready_at"),
            "expires_at": row.get("expires_at") if status != HoldStatus.WAITING else None,
            "kept_until": row.get("kept_until") if status != HoldStatus.WAITING else None,
            "not_needed_after": row.get("not_needed_after"),
            "suspended_until": row.get("suspended_until"),
            "ended_at": ended,
            "revision": 1,
            "requested_copy_id": requested.id if requested else None,
            "end_reason": (row.get("end_reason") or _ENDS[status]) if ended else None,
        }
        if status in _ACTIVE:
            self._activate(values, thing)
        return values

    def store(self, new: Sequence[New]) -> list[int]:
        """Add the holds, and put the copies of ready ones on their shelf."""
        ids = super().store(new)
        for copy_id in self._shelved:
            copy.place(copy_id, CopyStatus.ON_HOLD_SHELF, self.moment, seen=False)
        return ids

    def _book_id(self, row: Row) -> int | None:
        try:
            return self._title(row, self._copies.of(row, "requested_") or self._copies.of(row))
        except Refuse:
            return None

    def _title(self, row: Row, thing: Thing | None) -> int:
        try:
            found = self._titles.of(row, is_past="ended_at" in row.values)
        except Refuse:
            if thing is None:
                raise
            found = None
        if found is None and thing is not None:
            return thing.book_id
        if found is None:
            detail = "A hold needs its title: isbn, control_number, book_source_key or barcode."
            raise Refuse("isbn", "required", detail)
        return found

    def _status(self, row: Row, ended: str | None, thing: Thing | None) -> HoldStatus:
        said = row.get("status")
        if said is None:
            said = HoldStatus.FULFILLED if ended else HoldStatus.WAITING
        status = HoldStatus(said)
        if (status in _ACTIVE) != (ended is None):
            detail = "Waiting and ready holds have not ended, all others have: ended_at says when."
            raise Refuse("ended_at", "contradiction", detail)
        if status is HoldStatus.READY and thing is None:
            row.note("barcode", "copy-unknown", "Ready without its copy: taken as waiting.")
            return HoldStatus.WAITING
        return status

    def _queue(self, row: Row, placed: str) -> int:
        """A number by which the queue is ordered: as the row says, else the moment."""
        queue, position = row.get("queue"), row.get("position")
        if queue is not None:
            return int(queue)
        if position is not None:
            return int(position) * _GAP
        return int(moment(placed).timestamp()) * _GAP

    def _activate(self, values: Values, thing: Thing | None) -> None:
        """Give an active hold its place, and a ready one its copy. Raises Refuse."""
        if values["user_id"] is None:
            raise Refuse("card_number", "required", "An active hold needs its member.")
        held = (values["user_id"], values["book_id"], values["requested_copy_id"])
        if held in self._held or self.said.get("held", str(held)):
            raise Refuse("isbn", "hold-exists", "The member has an active hold on this title.")
        if values["status"] == HoldStatus.READY and thing is not None:
            self._shelve(values, thing)
        else:
            values["ready_at"] = None
        while self._is_place_taken(values["book_id"], values["queue"]):
            values["queue"] += 1
        self.said.put("place", f"{values['book_id']}:{values['queue']}")
        self.said.put("held", str(held))

    def _is_place_taken(self, book_id: int, queue: int) -> bool:
        return (book_id, queue) in self._places or bool(
            self.said.get("place", f"{book_id}:{queue}")
        )

    def _shelve(self, values: Values, thing: Thing) -> None:
        if thing.status != CopyStatus.AVAILABLE or self.said.get("aside", thing.id):
            detail = f"The copy cannot be set aside: it is {thing.status}."
            raise Refuse("barcode", "copy-unavailable", detail)
        if thing.book_id != values["book_id"]:
            raise Refuse("barcode", "contradiction", "The copy is of another title.")
        self._copies.put(thing._replace(status=CopyStatus.ON_HOLD_SHELF))
        self._shelved.append(thing.id)
        self.said.put("aside", thing.id)
        values["ready_at"] = values["ready_at"] or values["placed_at"]
        values["expires_at"] = values["expires_at"] or self._shelf_end()

    def _shelf_end(self) -> str:
        calendar = self.about.rules.calendar
        return stamp(calendar.end_of_day(calendar.local_date(self.now + _SHELF)))

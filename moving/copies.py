"""Copies from rows, each of a title that is in the catalogue."""

from collections.abc import Sequence

from models import bulk, copy
from models.copy import Copy, barcode_key
from models.errors import DomainError
from models.search import index
from models.vocabulary import CopyStatus
from moving.outcome import Known, Refuse, Values
from moving.reading import Row
from moving.taking import About, New, Taker
from moving.things import Copies, Titles

_PLAIN = ("location", "shelfmark", "price", "acquired_on", "note")
_BY_LENDING = (CopyStatus.ON_LOAN, CopyStatus.ON_HOLD_SHELF)


class CopiesTaker(Taker):
    """A barcode that is there already is the same copy, if it is of the same title."""

    kind, action, noun = "copies", "copy.create", "copy"

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._copies = Copies()
        self._titles = Titles()

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find the titles, and the copies that have the barcodes."""
        self._copies.look_up(rows)
        self._titles.look_up(rows)

    def decide(self, row: Row) -> Values | None:
        """The new copy, unless it is there."""
        barcode = row.get("barcode")
        if not barcode:
            raise Refuse("barcode", "required", "A copy needs a barcode.")
        if (row.get("price") or 0) < 0:
            raise Refuse("price", "too-small", "A price is not negative.")
        status = CopyStatus(row.get("status") or CopyStatus.AVAILABLE)
        if status in _BY_LENDING:
            status = CopyStatus.AVAILABLE
        book_id = self._titles.of(row, is_past=status is CopyStatus.WITHDRAWN)
        key = barcode_key(barcode)
        if status is not CopyStatus.WITHDRAWN and self._is_there(row, key, book_id, status):
            return None
        if book_id is None:
            detail = "A copy needs its title: isbn, control_number or book_source_key."
            raise Refuse("isbn", "required", detail)
        if status is not CopyStatus.WITHDRAWN:
            self.said.put("barcode", key, book_id)
        return {
            "book_id": book_id,
            "barcode": barcode,
            "barcode_key": key,
            **{name: row.get(name) for name in _PLAIN},
            "loan_type": row.get("loan_type") or "standard",
            "status": status,
            "created_at": row.get("created_at") or self.moment,
            "updated_at": self.moment,
            "revision": 1,
        }

    def store(self, new: Sequence[New]) -> list[int]:
        """Add the copies, and their barcodes to the search index."""
        ids = bulk.insert(Copy, [one.values for one in new])
        index.refresh({one.values["book_id"] for one in new})
        return ids

    def _is_there(self, row: Row, key: str, book_id: int | None, status: CopyStatus) -> bool:
        """Whether a stored copy was changed. Raises Known, and Refuse for another title's."""
        before = self.said.get("barcode", key)
        if before is not None:
            if before == book_id:
                raise Known(None, "twice")
            raise Refuse("barcode", "barcode-taken", "The file has this barcode for another title.")
        found = self._copies.in_stock(key)
        if found is None:
            return False
        if book_id is not None and found.book_id != book_id:
            raise Refuse("barcode", "barcode-taken", "A copy of another title has this barcode.")
        if not self.about.updates:
            raise Known(found.id)
        return self._changed(row, found.id, status)

    def _changed(self, row: Row, copy_id: int, status: CopyStatus) -> bool:
        present = copy.locked(copy_id)
        given = {name: row.get(name) for name in (*_PLAIN, "loan_type") if name in row.values}
        if "status" in row.values and present.status not in _BY_LENDING:
            given["status"] = status
        try:
            after = copy.update(present, given, self.about.actor)
        except DomainError as error:
            raise Refuse("barcode", error.code, error.detail) from error
        if after is present:
            raise Known(copy_id, "unchanged")
        return True

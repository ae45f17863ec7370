"""Copies from rows, each of a title that is in the catalogue."""

from collections.abc import Sequence
from contextlib import suppress

from catalogue import copy_items
from formats.marc.items import REFERENCE
from models import audit, bulk, copy, source_key
from models.copy import Copy, CopyRow, barcode_key
from models.database import transaction
from models.errors import DomainError
from models.search import index
from models.vocabulary import CopyStatus
from moving.outcome import Known, Refuse, Values
from moving.reading import Row
from moving.renamed import Renamed
from moving.taking import About, New, Taker
from moving.things import Copies, Thing, Titles

_PLAIN = ("location", "shelfmark", "price", "acquired_on", "note")
# What a copy is by the first of these fields that says so.
_FLAGS = (
    ("withdrawn", CopyStatus.WITHDRAWN),
    ("lost", CopyStatus.LOST),
    ("damaged", CopyStatus.IN_REPAIR),
)
_BY_LENDING = (CopyStatus.ON_LOAN, CopyStatus.ON_HOLD_SHELF)


class CopiesTaker(Taker):
    """A barcode that is there already is the same copy, if it is of the same title."""

    kind, action, noun = "copies", "copy.create", "copy"
    changes = True

    def __init__(self, about: About) -> None:
        super().__init__(about)
        self._copies = Copies()
        self._titles = Titles()
        self._kept: dict[str, set[int | None]] = {}
        self._renamed = Renamed(self.said, Copy, lambda copy_id: {"barcode_key": f" {copy_id}"})

    def look_up(self, rows: Sequence[Row]) -> None:
        """Find the titles, and the copies that have the barcodes, or the keys of rows."""
        for row in rows:
            _take_flags(row.values)
        barcodes = {barcode_key(row.values["barcode"]) for row in rows if "barcode" in row.values}
        keys = {row.values["source_key"] for row in rows if "source_key" in row.values}
        if self.updates and self.about.dry_run:
            self._renamed.redo(barcodes)
        self._copies.find(barcodes, keys if self.updates else ())
        self._titles.look_up(rows)
        self._kept = self._kept_in(rows) if self.updates else {}

    def decide(self, row: Row) -> Values | int:
        """The new copy; the id of one that was changed."""
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
        found = self._there(row, key, book_id, status)
        if found is not None:
            return self._changed(row, found, status)
        self.require_new(row)
        if book_id is None:
            detail = "A copy needs its title: isbn, control_number or book_source_key."
            raise Refuse("isbn", "required", detail)
        if status is not CopyStatus.WITHDRAWN:
            self.said.put("barcode", key, [book_id, row.key])
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

    def _there(self, row: Row, key: str, book_id: int | None, status: CopyStatus) -> Thing | None:
        """The copy that is to be changed. Raises Known, and Refuse for another title's."""
        keyed = self._copies.with_key(row.get("source_key", "")) if self.updates else None
        if keyed is not None:
            _require_title(keyed, book_id)
            self.require_first(keyed.id)
            return keyed
        if status is CopyStatus.WITHDRAWN:
            return self._to_withdraw(row, key, book_id) if self.updates else None
        before = self.said.get("barcode", key)
        if before is not None:
            of_book, first = before
            if of_book == book_id:
                raise Known(None, "twice", first)
            raise Refuse("barcode", "barcode-taken", "The file has this barcode for another title.")
        found = self._copies.in_stock(key)
        if found is None:
            return None
        _require_title(found, book_id)
        if not self.updates:
            raise Known(found.id)
        self.require_first(found.id)
        return found

    def _to_withdraw(self, row: Row, key: str, book_id: int | None) -> Thing | None:
        """The copy of a row that says it is withdrawn: in stock, or withdrawn already.

        It is another one, whose barcode was used again (rule 30), where the file has spoken of the
        copy before, where another row of the batch has the copy in stock, and where the row and
        the copy have different keys.
        """
        found = self._copies.with_barcode(key)
        if found is None or (book_id is not None and found.book_id != book_id):
            return None
        if self.said.get("barcode", key) or self.is_told(found.id):
            return None
        is_kept = not self._kept.get(key, set()).isdisjoint({None, found.book_id})
        if is_kept and found.status != CopyStatus.WITHDRAWN:
            return None
        # A key of the row that were the copy's would have found it.
        is_other = "source_key" in row.values and source_key.is_given("copies", found.id)
        return None if is_other else found

    def _kept_in(self, rows: Sequence[Row]) -> dict[str, set[int | None]]:
        """The titles of rows that do not say withdrawn, by barcode; None where a row names none."""
        kept: dict[str, set[int | None]] = {}
        for row in rows:
            if row.get("barcode") and row.get("status") != CopyStatus.WITHDRAWN:
                with suppress(Refuse):
                    book_id = self._titles.of(row)
                    kept.setdefault(barcode_key(row.values["barcode"]), set()).add(book_id)
        return kept

    def _changed(self, row: Row, found: Thing, status: CopyStatus) -> int:
        """Change a stored copy; its id. Raises Known where there was nothing to change."""
        if found.status == CopyStatus.WITHDRAWN and "status" not in row.values:
            raise Known(found.id)
        given = {name: row.get(name) for name in (*_PLAIN, "loan_type") if name in row.values}
        key = barcode_key(row.values["barcode"])
        takes = key != found.barcode_key or found.status == CopyStatus.WITHDRAWN
        if takes and status is not CopyStatus.WITHDRAWN:
            self._require_free(key)
        if key != found.barcode_key:
            given["barcode"] = row.values["barcode"]
        wanted = _wanted(row, found, status)
        before = copy.find(found.id)
        try:
            if wanted is None and "barcode" not in given:
                after = copy.update(copy.locked(found.id), given, self.about.actor)
            else:
                after = self._by_act(found.id, {**given, "status": wanted or before.status})
        except DomainError as error:
            field = "barcode" if error.code == "barcode-taken" else "status"
            raise Refuse(field, error.code, error.detail) from error
        if after.revision == before.revision:
            raise Known(found.id, "unchanged")
        if takes and after.status != CopyStatus.WITHDRAWN:
            self.said.put("barcode", key, [after.book_id, row.key])
        self._note_changed(found, after)
        return found.id

    def _require_free(self, key: str) -> None:
        """No row before has taken the barcode. Raises Refuse."""
        if self.said.get("barcode", key):
            detail = "The file has this barcode for another copy."
            raise Refuse("barcode", "barcode-taken", detail)

    def _note_changed(self, before: Thing, after: CopyRow) -> None:
        """Let later rows know the barcode and the status that a copy has now."""
        now = before._replace(barcode_key=barcode_key(after.barcode), status=after.status)
        if now != before:
            columns = {"barcode": after.barcode, "barcode_key": now.barcode_key}
            names = {before.barcode_key, now.barcode_key}
            self._renamed.note(before.id, names, {**columns, "status": after.status})
        self._copies.put(now)

    def _by_act(self, copy_id: int, values: Values) -> CopyRow:
        """Give a copy another status or barcode, as the desk does; nothing stays where it raises.

        The kept MARC record of its title has the new barcode then. Members are told what comes of
        it, as of holds that end.
        """
        with transaction(), audit.aloud():
            return copy_items.change_copy(copy_id, values, self.about.actor, self.now)


def _take_flags(values: Values) -> None:
    """Say by status and loan type what the columns for one state say."""
    status = next((status for name, status in _FLAGS if values.get(name)), None)
    if status is not None:
        values["status"] = status
    if values.get("not_for_loan"):
        values["loan_type"] = REFERENCE


def _require_title(found: Thing, book_id: int | None) -> None:
    if book_id is not None and found.book_id != book_id:
        raise Refuse("barcode", "barcode-taken", "A copy of another title has this barcode.")


def _wanted(row: Row, found: Thing, status: CopyStatus) -> CopyStatus | None:
    """The status that a copy is to be given; None where the row asks for none.

    What lending brings says nothing, and what is lent or set aside is available otherwise.
    """
    said, present = row.get("status"), CopyStatus(found.status)
    if said is None or said in _BY_LENDING or status is present:
        return None
    return None if status is CopyStatus.AVAILABLE and present in _BY_LENDING else status

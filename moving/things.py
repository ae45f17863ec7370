"""Which titles and copies rows speak of, looked up for many rows at once."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from peewee import fn

from models import book, bulk, source_key
from models.book import Book
from models.copy import Copy, barcode_key
from models.database import rows
from models.vocabulary import CopyStatus
from moving.outcome import Refuse
from moving.people import in_parts, zero_forms
from moving.reading import Row
from validators.engine.errors import BadValue
from validators.isbn import normalise_isbn


class Thing(NamedTuple):
    """A copy as far as rows concern it."""

    id: int
    book_id: int
    barcode_key: str
    loan_type: str
    status: str
    price: int | None


class Copies:
    """The copies that the rows of a batch name by `barcode` or `copy_source_key`."""

    def __init__(self, *, locks: bool = False) -> None:
        self._locks = locks
        self._by_id: dict[int, Thing] = {}
        self._by_barcode: dict[str, int] = {}
        self._by_key: dict[str, int] = {}
        self._exact: dict[str, int] = {}

    def look_up(self, rows_of_batch: Sequence[Row], *prefixes: str) -> None:
        """Find all at once. With prefixes of the two names, those fields as well."""
        fields = [f"{prefix}barcode" for prefix in ("", *prefixes)]
        keys = [f"{prefix}copy_source_key" for prefix in ("", *prefixes)]
        barcodes = {
            barcode_key(row.values[name])
            for row in rows_of_batch
            for name in fields
            if name in row.values
        }
        wanted = {row.values[name] for row in rows_of_batch for name in keys if name in row.values}
        self.find(barcodes, wanted)

    def find(self, barcodes: Iterable[str], keys: Iterable[str]) -> None:
        """Find copies by barcodes as they are compared, and by source keys."""
        self._by_id, self._by_barcode = {}, {}
        barcodes = set(barcodes)
        self._add_barcodes(barcodes)
        self._exact = dict(self._by_barcode)
        forms = {
            form: key for key in barcodes - self._by_barcode.keys() for form in zero_forms(key)
        }
        if forms:
            padded = dict(self._by_barcode)
            self._add_barcodes(forms)
            found = {key: one for key, one in self._by_barcode.items() if key not in padded}
            self._by_barcode = padded
            for form, one in found.items():
                self._by_barcode.setdefault(forms[form], one)
        by_key = {key: one for key, one in source_key.find("copies", keys).items() if one}
        self._add("id", {one for one in by_key.values() if one not in self._by_id})
        self._by_key = {key: one for key, one in by_key.items() if one in self._by_id}

    def of(self, row: Row, prefix: str = "") -> Thing | None:
        """The copy a row speaks of, None if of none. Raises Refuse for an unknown one."""
        key = row.values.get(f"{prefix}copy_source_key")
        if key is not None and key in self._by_key:
            return self._by_id[self._by_key[key]]
        barcode = row.values.get(f"{prefix}barcode")
        if barcode is not None:
            found = self._by_barcode.get(barcode_key(barcode))
            if found is not None:
                return self._by_id[found]
        if barcode is None and key is None:
            return None
        name = f"{prefix}barcode" if barcode is not None else f"{prefix}copy_source_key"
        raise Refuse(name, "copy-not-found", f"There is no copy {barcode or key}.")

    def in_stock(self, key: str) -> Thing | None:
        """The copy in stock with a barcode as it is compared."""
        found = self.with_barcode(key)
        return None if found is None or found.status == CopyStatus.WITHDRAWN else found

    def with_barcode(self, key: str) -> Thing | None:
        """The copy with a barcode as it is compared: in stock, else the last one withdrawn."""
        return self._by_id.get(self._exact.get(key, 0))

    def with_key(self, key: str) -> Thing | None:
        """The copy with a source key."""
        return self._by_id.get(self._by_key.get(key, 0))

    def put(self, thing: Thing) -> None:
        """A copy has changed, perhaps its barcode."""
        before = self._by_id[thing.id]
        self._by_id[thing.id] = thing
        if thing.barcode_key != before.barcode_key:
            for found in (self._by_barcode, self._exact):
                if found.get(before.barcode_key) == thing.id:
                    del found[before.barcode_key]
                found[thing.barcode_key] = thing.id

    def _add_barcodes(self, barcodes: Iterable[str]) -> None:
        """Of copies with the same barcode the one in stock, else the last one withdrawn."""
        for thing in self._add("barcode_key", barcodes):
            before = self._by_id.get(self._by_barcode.get(thing.barcode_key, 0))
            if before is None or before.status == CopyStatus.WITHDRAWN:
                self._by_barcode[thing.barcode_key] = thing.id

    def _add(self, column: str, values: Iterable[Any]) -> list[Thing]:
        raw = bulk.find(Copy, Thing._fields, column, values, locks=self._locks)
        found = [Thing._make(row) for row in raw]
        self._by_id.update({one.id: one for one in found})
        return found


class Titles:
    """The books that the rows of a batch name by source key, ISBN or control number."""

    def __init__(
        self,
        isbn: str = "isbn",
        control_number: str = "control_number",
        source_key: str = "book_source_key",
    ) -> None:
        self._isbn, self._number, self._key = isbn, control_number, source_key
        self._found: dict[tuple[str, str], list[int]] = {}
        self._gone: dict[str, int] = {}

    def look_up(self, rows_of_batch: Sequence[Row]) -> None:
        """Find all at once."""
        self._found = {}
        isbns = {one for row in rows_of_batch if (one := _isbn(row.values.get(self._isbn)))}
        numbers = {row.values[self._number] for row in rows_of_batch if self._number in row.values}
        keys = {row.values[self._key] for row in rows_of_batch if self._key in row.values}
        for part in in_parts(isbns):
            self._add("isbn", book.ids_by_isbn(part))
        for part in in_parts(numbers):
            self._add("number", book.ids_by_control_number(part))
        known = source_key.find("books", keys | numbers)
        self._add("key", {key: [one] for key, one in known.items() if one})
        self._leave_deleted_out()

    def of(self, row: Row, *, is_past: bool = False) -> int | None:
        """The book a row speaks of, None if of none. Raises Refuse for an unknown one.

        What `is_past` may be of a title that is deleted, if it names that by its key.
        """
        gone = self._gone.get(row.values.get(self._key, ""))
        if is_past and gone is not None:
            return gone
        isbn, number = _isbn(row.values.get(self._isbn)), row.values.get(self._number)
        key = row.values.get(self._key)
        ways = (
            (self._key, "key", key),
            (self._isbn, "isbn", isbn),
            (self._number, "number", number),
            (self._number, "key", number),
        )
        said = None
        for name, kind, value in ways:
            if value is None:
                continue
            said = said or (name, value)
            found = self._found.get((kind, value), [])
            if len(found) > 1 and isbn is not None and number is not None and kind == "isbn":
                also = self._found.get(("number", number), [])
                found = [one for one in found if one in also] or found
            if len(found) == 1:
                return found[0]
            if len(found) > 1:
                raise Refuse(name, "book-ambiguous", f"Several titles have {value}.")
        if said is not None:
            raise Refuse(said[0], "book-not-found", f"There is no title {said[1]}.")
        return None

    def _add(self, kind: str, found: dict[str, list[int]]) -> None:
        for value, ids in found.items():
            self._found[kind, value] = list(dict.fromkeys(ids))

    def _leave_deleted_out(self) -> None:
        ids = {one for found in self._found.values() for one in found}
        living: set[int] = set()
        for part in in_parts(ids):
            there = Book.select(Book.id).where(Book.id.in_(part) & Book.deleted_at.is_null())
            living |= {one for (one,) in rows(there)}
        self._gone = {
            key: found[0]
            for (kind, key), found in self._found.items()
            if kind == "key" and found[0] not in living
        }
        self._found = {
            name: [one for one in found if one in living] for name, found in self._found.items()
        }


def _isbn(value: Any) -> str | None:
    if value is None:
        return None
    try:
        return normalise_isbn(str(value))
    except BadValue:
        return str(value)


def highest_queue(book_ids: Iterable[int], hold: Any) -> dict[int, int]:
    """The last place in the queue of each of these titles."""
    found: dict[int, int] = {}
    for part in in_parts(book_ids):
        query = hold.select(hold.book_id, fn.MAX(hold.queue)).where(
            hold.book_id.in_(part) & hold.ended_at.is_null()
        )
        found.update(rows(query.group_by(hold.book_id)))
    return found

"""Which book a record is: in the database, and for a dry run as if what went before were there."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

from catalogue.called_elsewhere import CalledElsewhere
from catalogue.described import Described, described
from catalogue.finders import FINDERS, KEYS, Key, in_parts
from catalogue.record_check import Candidate, is_withdrawn
from catalogue.record_names import OF_BOOK, brought, named, names_of, sharing
from catalogue.remembered import Remembered
from catalogue.withdrawn_copies import WithdrawnCopies
from models import book, marc_record, source_key

_ALWAYS = ("source_key", "first_row", "isbn", "barcode")
_UNASKED: tuple[Key, ...] = ("source_key", "first_row")
"""The keys by which every import matches, whatever it is asked for."""
BESIDE_BOOK: tuple[Key, ...] = ("source_key", "first_row", "barcode")
"""The keys of names that are no fields of a book: it gets them where it stays as it is, too."""


class Changed(NamedTuple):
    """A book as an import has changed it, and the names of each kind that it has no longer."""

    values: Mapping[str, Any]
    lost: Mapping[Key, Sequence[str]]


class Known:
    """The books by what records name them by, as they are while one batch is decided on.

    A book that is not stored has the number of its record, negative, for an id. What `pretends`
    remembers such books from batch to batch, in a file, since it never finds them in the database,
    and what it would have changed of others.
    Records that have nothing to be known by are known `by_title`, if that is asked for, among the
    books that were there before. The book of the last rows of one title is remembered, since its
    next row may be in the next batch.
    """

    def __init__(
        self,
        *,
        pretends: bool,
        keys: Sequence[Key] = ("isbn", "control_number"),
        by_title: bool = False,
    ) -> None:
        self.pretends = pretends
        self._keys = (*_UNASKED, *(key for key in keys if key not in _UNASKED))
        self._by_title = by_title
        self._newest = book.newest() if by_title else 0
        self._compared: tuple[Key, ...] = tuple(
            key for key in KEYS if key in (*keys, *_ALWAYS) or (key == "title" and by_title)
        )
        self._books: dict[int, Mapping[str, Any]] = {}
        self._described: dict[int, Described] = {}
        self._merged: dict[int, list[dict[str, Any]]] | None = None
        self._found: dict[Key, dict[str, list[int]]] = {key: {} for key in KEYS}
        self._of_rows: dict[str, list[str]] = {}
        self._changed: dict[int, Changed] = {}
        self._strangers: set[int] = set()
        self._last_rows: dict[str, int] = {}
        self._last_rows_before: dict[str, int] = {}
        self._before = Remembered(lasting=True) if pretends else None
        self._called = CalledElsewhere(self._before)
        self._withdrawn = WithdrawnCopies(self._before)

    def asks_for(self, key: Key) -> bool:
        """Whether records are matched by this key."""
        return key in self._keys

    def begin(self) -> None:
        """A transaction begins: `forget` takes back what is remembered from here on."""
        self._last_rows_before = self._last_rows
        if self._before is not None:
            self._before.begin()

    def resume(self, rows: Sequence[Candidate]) -> None:
        """Find the book of the last rows of one title that an interrupted import has taken."""
        self.look_up(rows, by_withdrawn=True)
        for row in rows:
            record = described(0, row.book)
            for found in self._with("barcode", row):
                if found.is_titled_as(record):
                    self.remember_rows(row, found.book_id)
                    return

    def remember_rows(self, candidate: Candidate, book_id: int) -> None:
        """The book of the candidate is this one, in which further rows of its title belong."""
        if rows := candidate.names.get("first_row"):
            self._last_rows = {rows[0]: book_id}

    def look_up(self, candidates: Sequence[Candidate], *, by_withdrawn: bool = False) -> None:
        """Find what the database has of what these records name.

        Books of withdrawn copies are found where records are to be known by barcodes, or if they
        are asked for `by_withdrawn`; else only those of records that something else is known of,
        or that nothing but their copies can be known by.
        """
        self._books.clear()
        self._described.clear()
        self._changed.clear()
        for found in self._found.values():
            found.clear()
        acquainted: set[int] = set()
        # ISBNs and barcodes are among what is compared always: they must be unique.
        for key in self._compared:
            pairs = named(candidates, key)
            wanted = {name for name, _ in pairs}
            self._found[key] = in_parts(FINDERS[key], wanted)
            self._recall_names(key, wanted)
            acquainted |= sharing(pairs, self._found[key], is_unique=len(wanted) == len(pairs))
        of_all = by_withdrawn or self.pretends or "barcode" in self._keys
        acquainted |= self._withdrawn.look_up(
            (
                one
                for one in candidates
                if of_all or one.number in acquainted or self._is_known_by_copies(one)
            ),
            self._found["barcode"],
        )
        self._of_rows.clear()
        for one in candidates:
            if rows := one.names.get("first_row"):
                self._of_rows.setdefault(rows[0], []).extend(one.copies)
        self._strangers = {one.number for one in candidates} - acquainted
        found_by_any = (*self._found.values(), self._withdrawn.books)
        known = {one for names in found_by_any for ids in names.values() for one in ids}
        for row in book.some({one for one in known if one > 0}):
            self._books[row.id] = row._asdict()
        self._merged = None
        self._recall_books(known)
        has_keys = any(one.source_key for one in candidates)
        self._called.look_up(known if has_keys else ())

    def forget(self) -> None:
        """The last batch that was looked up is undone: nothing of it is known."""
        self._last_rows = self._last_rows_before
        if self._before is not None:
            self._before.undo()

    def _recall_names(self, key: Key, names: Collection[str]) -> None:
        """Add the books that earlier records have given these names, or would have."""
        if key == "first_row":
            last = self._last_rows.items()
            self._found[key] |= {name: [one] for name, one in last if name in names}
        if self._before is None or key == "first_row":
            return
        found = self._found[key]
        for name in names:
            if ids := self._before.get(key, name):
                there = found.get(name, [])
                found[name] = there + [one for one in ids if one not in there]

    def _recall_books(self, ids: Iterable[int]) -> None:
        """Add what earlier records said of these books."""
        if self._before is None:
            return
        for book_id in ids:
            said = self._before.get("book", book_id)
            if said is not None:
                self._books.setdefault(book_id, dict(zip(book.TOLD_APART_BY, said, strict=True)))
            changed = self._before.get("changed", book_id)
            if changed is not None:
                self._changed[book_id] = Changed(*changed)
                self._books[book_id] = self._changed[book_id].values

    def is_stranger(self, candidate: Candidate) -> bool:
        """Whether nothing by which it may be known is a book's or another record's.

        Then it is a new book, and there is nothing to decide or to remember; so are most records
        of most files. What `pretends` remembers every record.
        """
        return not self.pretends and candidate.number in self._strangers

    def with_isbn(self, candidate: Candidate) -> list[Described]:
        """The books that have one of its ISBNs."""
        return self._with("isbn", candidate)

    def matches(self, candidate: Candidate) -> Iterator[tuple[Key | Literal["copies"], Described]]:
        """What the keys find that are asked for, key by key, each book once.

        Of a record without a number at last the books that have its `copies`, or those of the rows
        of its title: a file that is sent again has the barcodes that it brought.
        """
        seen: set[int] = set()
        if self._by_title and not any(candidate.names.keys() - {"first_row"}):
            yield from (("first_row", each) for each in self._with("first_row", candidate))
            before = (x for x in self._with("title", candidate) if 0 < x.book_id <= self._newest)
            yield from (("title", each) for each in before)
            return
        for key in self._keys:
            for each in self._with(key, candidate):
                if each.book_id not in seen:
                    seen.add(each.book_id)
                    yield key, each
        if self._is_known_by_copies(candidate):
            for each in self._having("barcode", self._barcodes_of_title(candidate)):
                if each.book_id not in seen:
                    yield "copies", each

    def _is_known_by_copies(self, candidate: Candidate) -> bool:
        """Whether nothing else of the candidate can be known again; nothing is if none is asked."""
        return self._keys != _UNASKED and not candidate.names.keys() & {"isbn", "control_number"}

    def _barcodes_of_title(self, candidate: Candidate) -> Iterable[str]:
        rows = candidate.names.get("first_row")
        return self._of_rows[rows[0]] if rows else candidate.copies

    def has_other_rows(self, candidate: Candidate) -> bool:
        """Whether it is one of the rows of a title that are known by nothing but each other."""
        rows = candidate.names.get("first_row")
        if not rows or not self._is_known_by_copies(candidate):
            return False
        return rows[0] in self._last_rows or len(self._of_rows[rows[0]]) > len(candidate.copies)

    def is_new(self, book_id: int) -> bool:
        """Whether the book came after the import had begun; for one `by_title` alone."""
        return self._by_title and not 0 < book_id <= self._newest

    def is_another(self, candidate: Candidate, book_id: int) -> bool:
        """Whether the library that the record comes from has the book as another one."""
        return self._called.is_another(candidate.source_key, book_id)

    def foreign_barcode(self, candidate: Candidate, book_id: int | None) -> str | None:
        """A barcode of the candidate that belongs to another book than this one."""
        for key, values in candidate.copies.items():
            owners = self._found["barcode"].get(key, ())
            if any(owner != book_id for owner in owners) and not is_withdrawn(values):
                barcode: str = values["barcode"]
                return barcode
        return None

    def missing_copies(self, candidate: Candidate, book_id: int | None = None) -> list[str]:
        """The barcode keys of the candidate that nobody has, nor this book's withdrawn copies."""
        return self._withdrawn.missing(candidate, book_id)

    def weeded(self, candidate: Candidate, book_id: int) -> list[str]:
        """The barcodes of the candidate's copies in stock that are withdrawn copies of the book."""
        return self._withdrawn.weeded(candidate, book_id)

    def add(self, candidate: Candidate, book_id: int, names: Collection[Key] = BESIDE_BOOK) -> None:
        """The candidate's book is, or will be, this one, and has its names of these kinds.

        A new book has those of every kind, `KEYS`; of one that was there `change` tells others.
        """
        before = -candidate.number
        kinds = [key for key in self._compared if key in names]
        if candidate.source_key is not None:
            self._called.add(book_id, candidate.source_key)
        self.remember_rows(candidate, book_id)
        if "barcode" in kinds and candidate.copies:
            self._add_copies(candidate, book_id)
        for key in kinds:
            for name in brought(candidate, key) if key != "barcode" else ():
                _put(self._found[key], name, before, book_id)
        self._books.pop(before, None)
        if not candidate.is_correction:
            self._books.setdefault(book_id, candidate.book)
        if self._before is not None:
            self._remember(candidate, book_id, kinds, self._before)

    def _add_copies(self, candidate: Candidate, book_id: int) -> None:
        """The candidate's copies are the book's; those that are withdrawn there stay so."""
        before = -candidate.number
        for key, values in candidate.copies.items():
            kept_out = book_id in self._withdrawn.books.get(key, ())
            if is_withdrawn(values):
                _put(self._withdrawn.books, key, before, book_id)
            elif not kept_out:
                _put(self._found["barcode"], key, before, book_id)

    def changed(self, book_id: int) -> Mapping[str, Any] | None:
        """The book as `change` was told of it, by an earlier batch only if this one `pretends`."""
        found = self._changed.get(book_id)
        return None if found is None else found.values

    def change(self, book_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """The book is, or would be, changed: names that it had only `before` no longer find it.

        Those of books that were merged into it do, and those that it has only `after`.
        """
        lost = dict(self._changed[book_id].lost) if book_id in self._changed else {}
        for key, names in OF_BOOK.items():
            had, has = {*names(before)}, {*names(after)}
            lost[key] = list({*lost.get(key, ()), *had} - has)
            if lost[key] and key in book.NAMES_THAT_STAY:
                merged = book.names_of_merged(book_id, key)
                lost[key] = [one for one in lost[key] if one not in merged]
            for name in has - had:
                self._gain(key, name, book_id)
        self._changed[book_id] = Changed(after, lost)
        self._books[book_id] = after
        self._described.pop(book_id, None)
        if self._before is not None:
            self._before.put("changed", book_id, [after, lost])

    def _gain(self, key: Key, name: str, book_id: int) -> None:
        _put(self._found[key], name, book_id, book_id)
        if self._before is not None:
            self._before.put(key, name, list(self._found[key][name]))

    def rival(self, book_id: int, after: Mapping[str, Any]) -> Described | None:
        """The other book, if any, that has the place of this one as it is to be `after`."""
        isbn, changed = after["isbn"], described(book_id, after)
        if isbn is not None and isbn not in self._found["isbn"]:
            self._look_up_isbn(isbn)
        others = self._having("isbn", [isbn] if isbn is not None else [])
        return next(
            (one for one in others if one.book_id != book_id and one.has_place_of(changed)), None
        )

    def _look_up_isbn(self, isbn: str) -> None:
        self._found["isbn"][isbn] = FINDERS["isbn"]([isbn]).get(isbn, [])
        self._recall_names("isbn", [isbn])
        unread = [one for one in self._found["isbn"][isbn] if one not in self._books]
        for row in book.some(one for one in unread if one > 0):
            self._books[row.id] = row._asdict()
        self._recall_books(unread)

    def keep(self, book_id: int, record: bytes) -> None:
        """The record is, or would be, kept of the book; only what `pretends` remembers it."""
        if self._before is not None:
            self._before.put("kept", book_id, _digest(record))

    def keeps_another(self, book_id: int, record: bytes) -> bool:
        """Whether the record that is kept of a book is not this one, or there is none."""
        digest = None if self._before is None else self._before.get("kept", book_id)
        if digest is not None:
            return bool(digest != _digest(record))
        return book_id < 0 or marc_record.of_books([book_id]).get(book_id) != record

    def is_of_gone(self, key: str) -> bool:
        """Whether what is called so elsewhere was a book that is gone."""
        ids = self._found["source_key"].get(key, ())
        return any(one > 0 and one not in self._books for one in ids)

    def bury(self, key: str, book_id: int) -> None:
        """A title that was deleted elsewhere, where it is called so, is, or would be, added."""
        if self._before is not None:
            self._before.put("buried", key)
        else:
            self._found["source_key"].setdefault(key, []).append(book_id)

    def is_buried(self, key: str) -> bool:
        """Whether the library has had what is called so elsewhere."""
        if self._before is not None and (
            self._before.get("buried", key) or self._before.get("source_key", key)
        ):
            return True
        return bool(source_key.find("books", [key]))

    def _remember(
        self, candidate: Candidate, book_id: int, kinds: Iterable[Key], before: Remembered
    ) -> None:
        for key in kinds:
            for name in brought(candidate, key) if key != "first_row" else ():
                if name in self._found[key]:
                    before.put(key, name, list(self._found[key][name]))
        for barcode in candidate.copies if "barcode" in kinds else ():
            if ids := self._withdrawn.books.get(barcode):
                before.put("withdrawn", barcode, list(ids))
        if book_id < 0 and book_id in self._books:
            said = self._books[book_id]
            before.put("book", book_id, [said[name] for name in book.TOLD_APART_BY])

    def _with(self, key: Key, candidate: Candidate) -> list[Described]:
        return self._having(key, names_of(candidate, key))

    def _having(self, key: Key, names: Iterable[str]) -> list[Described]:
        ids = (one for name in names for one in self._named_so(key, name))
        return [self._describe(one) for one in dict.fromkeys(ids)]

    def _named_so(self, key: Key, name: str) -> list[int]:
        """The books with a name, in the order in which the database gives them."""
        ids = [one for one in self._ids(key, name) if one in self._books]
        if self._changed:
            ids = [one for one in ids if not self._has_lost(one, key, name)]
        if len(ids) > 1:
            ids.sort(key=lambda one: (one < 0, abs(one)))
            if key == "isbn":
                ids.sort(key=lambda one: self._books[one]["isbn"] != name)
            if key == "barcode":
                ids.sort(key=lambda one: one not in self._found[key].get(name, ()))
        return ids

    def _ids(self, key: Key, name: str) -> Sequence[int]:
        ids = self._found[key].get(name, ())
        return ids if key != "barcode" else [*ids, *self._withdrawn.books.get(name, ())]

    def _has_lost(self, book_id: int, key: Key, name: str) -> bool:
        changed = self._changed.get(book_id)
        return changed is not None and name in changed.lost.get(key, ())

    def _describe(self, book_id: int) -> Described:
        if book_id not in self._described:
            merged = partial(self._merged_into, book_id)
            self._described[book_id] = described(book_id, self._books[book_id], merged)
        return self._described[book_id]

    def _merged_into(self, book_id: int) -> Sequence[Mapping[str, Any]]:
        """The books that were merged into this one: few records are asked about them."""
        if self._merged is None:
            self._merged = book.merged_titles([one for one in self._books if one > 0])
        return self._merged.get(book_id, ())


def _put(found: dict[str, list[int]], name: str, before: int, book_id: int) -> None:
    """Add a book to those with a name, also in place of the number that it had before."""
    ids = found.setdefault(name, [])
    ids[:] = [*(one for one in ids if one not in (before, book_id)), book_id]


def _digest(record: bytes) -> str:
    return blake2b(record, digest_size=16).hexdigest()

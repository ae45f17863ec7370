"""One batch of records on its way into the catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalogue.barcodes import new_barcodes
from catalogue.book_of_record import keep_originals, new_book, place, remake, updated, values_of
from catalogue.described import Described, described
from catalogue.finders import KEYS
from catalogue.import_matching import Known
from catalogue.import_outcome import IN_CATALOGUE, UNCHANGED, Outcome, Skipped
from catalogue.record_check import Candidate, Rejected, found_by
from models import book, copy, locks, marc_record, source_key
from models.audit import Actor
from models.book_fields import FIELDS
from models.errors import Missing
from models.search import index
from models.title_forms import part_beyond

_MEND_IN_FILE = (
    " Mend the row in its file, and send that again; alone it finds its title with match=title"
    " only."
)


class Batch:
    """Decides on records in their order, and writes new books together, a few at a time.

    `trusts_words` while every word that records told is in the index: what comes after such a
    record that is not stored is looked through whole. Call it in a transaction. Raises Taken when
    somebody else wrote the same ISBN or barcode meanwhile, which only PostgreSQL lets happen.
    """

    def __init__(self, updates: bool, actor: Actor, words: set[str], *, trusts_words: bool) -> None:
        """Take the `words` that the index is known to have, and add those of new books."""
        self.trusts_words = trusts_words
        self._updates = updates
        self._words = words
        self._actor = actor
        self._new: list[Candidate] = []
        self._barcodes = new_barcodes()
        self._outcome = Outcome()

    def run(self, candidates: Sequence[Candidate | Rejected], known: Known) -> Outcome:
        """Store what is to be stored of the records, and tell what became of each."""
        good = [one for one in candidates if isinstance(one, Candidate)]
        self._outcome.rejected += [one for one in candidates if isinstance(one, Rejected)]
        known.look_up(good)
        if not known.pretends:
            acquainted = [one for one in good if not known.is_stranger(one)]
            changing = [one for one in acquainted if self._updates or known.missing_copies(one)]
            found = (each for one in changing for _, each in known.matches(one))
            _lock({each.book_id for each in found})
        for candidate in good:
            is_gone = "deleted_at" in candidate.origin
            if known.is_stranger(candidate) and not (candidate.is_correction or is_gone):
                self._add_new(candidate, known)
            else:
                self._decide(candidate, known)
                if candidate.words and not (self._new and self._new[-1] is candidate):
                    self.trusts_words = False
        self._store_new(known)
        return self._outcome

    def _decide(self, candidate: Candidate, known: Known) -> None:
        if "deleted_at" in candidate.origin:
            self._bury(candidate, known)
            return
        if candidate.is_correction:
            self._correct(candidate, known)
            return
        same = self._same_book(candidate, known)
        if same is None:
            if self._makes_way(candidate, known):
                self._create(candidate, known)
        elif self._updates:
            self._update(candidate, known, same)
        else:
            self._skip(candidate, known, same)

    def _bury(self, candidate: Candidate, known: Known) -> None:
        """Add a title that was deleted elsewhere, unless it came before."""
        self._store_new(known)
        key = candidate.source_key
        if key and known.is_buried(key):
            self._outcome.skipped.append(Skipped(candidate.number, IN_CATALOGUE))
            return
        self._outcome.created += 1
        if known.pretends:
            if key:
                known.bury(key, -candidate.number)
            return
        into = candidate.origin.get("merged_into_source_key")
        target = source_key.find("books", [into]).get(into) if into else None
        deleted_at = candidate.origin["deleted_at"]
        book_id = book.bury(values_of(candidate), deleted_at, target, self._actor)
        self._call(candidate, known, book_id)
        if key:
            known.bury(key, book_id)
        keep_originals([(book_id, candidate)])

    def _correct(self, candidate: Candidate, known: Known) -> None:
        """Change the book that a record without title names."""
        found = next(known.matches(candidate), None)
        if found is None:
            detail = "There is no such book; a new one needs a title."
            self._reject(candidate, "title", "required", detail)
        else:
            self._update(candidate, known, found[1].book_id)

    @staticmethod
    def _same_book(candidate: Candidate, known: Known) -> int | None:
        """The book that the record is, by the first key that finds it."""
        for key, found in known.matches(candidate):
            if key == "source_key":
                return found.book_id
            if known.is_another(candidate, found.book_id):
                continue
            record = described(0, candidate.book)
            if found.is_book_of(record, by_title=key in ("title", "copies")):
                return found.book_id
            if key == "control_number":
                detail = "A book of another title has this control number too."
                candidate.note("control_number", "control-number-of-another-title", detail)
        return None

    def _makes_way(self, candidate: Candidate, known: Known) -> bool:
        """Whether a new book may have the record's first ISBN, as another part if need be."""
        for other in known.with_isbn(candidate):
            record = described(0, candidate.book)
            if not other.has_place_of(record):
                continue
            if other.is_titled_as(record):
                self._reject(candidate, "isbn", "isbn-taken", "Another book has this ISBN.")
                return False
            if not self._is_taken_as_part(candidate, record, other):
                detail = f"The book with this ISBN has another title: {other.title[:200]}"
                self._reject(candidate, "isbn", "isbn-of-another-title", detail)
                return False
        return True

    @staticmethod
    def _is_taken_as_part(candidate: Candidate, record: Described, other: Described) -> bool:
        """Whether author and beginning of the title say that it is a part of the same work."""
        part = part_beyond(record.title, other.title, record.language)
        if not part or not record.author or record.author != other.author or record.part:
            return False
        remake(candidate, part=part[: FIELDS["part"].longest])
        detail = "Taken as another part of the work that has this ISBN."
        candidate.note("part", "isbn-of-another-part", detail)
        return True

    def _create(self, candidate: Candidate, known: Known) -> None:
        if self._clashes(candidate, known, None):
            return
        known.add(candidate, -candidate.number, KEYS)
        if known.pretends and self._updates:
            new = candidate.book
            known.change(-candidate.number, new, new)
            self._keep(candidate, known, -candidate.number)
        self._add_new(candidate, known)

    def _add_new(self, candidate: Candidate, known: Known) -> None:
        """Add a new book. A number of this library's that finds no book of its title is its own."""
        if candidate.own_number and known.asks_for("control_number"):
            remake(candidate, control_number=candidate.own_number)
        self._new.append(candidate)
        self._outcome.created += 1

    def _skip(self, candidate: Candidate, known: Known, book_id: int) -> None:
        """Pass the record over, but add the copies that are missing."""
        self._store_new(known)
        book_id = self._stored_id(candidate, known, book_id)
        if self._clashes(candidate, known, book_id):
            return
        self._add_copies(candidate, known, book_id)
        self._tell_unmade(candidate, known, book_id)
        self._call(candidate, known, book_id)
        known.add(candidate, book_id)
        self._outcome.skipped.append(Skipped(candidate.number, IN_CATALOGUE, _shown(book_id)))

    def _update(self, candidate: Candidate, known: Known, book_id: int) -> None:
        self._store_new(known)
        book_id = self._stored_id(candidate, known, book_id)
        if self._clashes(candidate, known, book_id):
            return
        before = known.changed(book_id) if known.pretends else None
        if before is None:
            before = book.described(book.locked(book_id))
        after = updated(candidate, book_id, before)
        if place(after) != place(before) and known.rival(book_id, after):
            self._reject(candidate, "isbn", "isbn-taken", "Another book has this ISBN.")
            return
        changed = self._write_changes(candidate, known, book_id, before, after)
        self._tell_unmade(candidate, known, book_id)
        self._call(candidate, known, book_id)
        known.add(candidate, book_id)
        if changed:
            self._outcome.updated += 1
        else:
            self._outcome.skipped.append(Skipped(candidate.number, UNCHANGED, _shown(book_id)))

    @staticmethod
    def _tell_unmade(candidate: Candidate, known: Known, book_id: int) -> None:
        """Note that a further row of a new title has copies which get no barcode."""
        if candidate.unlabelled and known.is_new(book_id):
            detail = (
                f"Copies of this row that got no barcode: {len(candidate.unlabelled)}. Barcodes are"
                " made for the first row of a title; a column Copies says how many."
            )
            candidate.note("copies", "no-barcode-made", detail)

    @staticmethod
    def _call(candidate: Candidate, known: Known, book_id: int) -> None:
        """Keep what the book is called where the record comes from."""
        if candidate.source_key is not None and not known.pretends:
            _add_keys([(candidate.source_key, book_id)], known)

    def _stored_id(self, candidate: Candidate, known: Known, book_id: int) -> int:
        """The id of a book that was new when it was found, and is stored now."""
        if book_id >= 0 or known.pretends:
            return book_id
        if candidate.is_correction:
            return next(found.book_id for _, found in known.matches(candidate))
        same = self._same_book(candidate, known)
        return book_id if same is None else same

    def _write_changes(
        self,
        candidate: Candidate,
        known: Known,
        book_id: int,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> bool:
        """Whether anything was to change: the book, the record kept of it, or its copies."""
        changed = after != before
        if changed:
            known.change(book_id, before, after)
            if not known.pretends:
                book.write(book_id, before, after, self._actor)
        is_other_record = self._keep(candidate, known, book_id)
        if is_other_record and not changed and not known.pretends:
            book.renew(book_id, self._actor)
        return self._add_copies(candidate, known, book_id) or changed or is_other_record

    @staticmethod
    def _keep(candidate: Candidate, known: Known, book_id: int) -> bool:
        """Keep the record of the book, if another one is kept; whether that was so."""
        record = candidate.original
        if record is None or candidate.is_correction or not known.keeps_another(book_id, record):
            return False
        known.keep(book_id, record)
        if not known.pretends:
            marc_record.keep([(book_id, record)])
        return True

    def _add_copies(self, candidate: Candidate, known: Known, book_id: int) -> bool:
        """Add the copies that are missing; whether there are any."""
        for barcode in known.weeded(candidate, book_id):
            detail = f"The copy {barcode} was withdrawn from the collection, and stays so."
            candidate.note("barcode", "copy-withdrawn", detail)
        missing = known.missing_copies(candidate, book_id)
        added = [(book_id, candidate.copies[key]) for key in missing]
        if added and not known.pretends:
            copy.create_all(added, self._actor)
            index.refresh([book_id])
        return bool(added)

    def _clashes(self, candidate: Candidate, known: Known, book_id: int | None) -> bool:
        """Whether a barcode belongs to another book; if so the record is rejected."""
        barcode = known.foreign_barcode(candidate, book_id)
        if barcode is not None:
            detail = f"Another copy has the barcode {barcode}."
            if known.has_other_rows(candidate):
                detail += _MEND_IN_FILE
            self._reject(candidate, "barcode", "barcode-taken", detail)
        return barcode is not None

    def _reject(self, candidate: Candidate, field: str, code: str, detail: str) -> None:
        self._outcome.rejected.append(candidate.rejected(field, code, detail))

    def _labelled(self, candidate: Candidate) -> list[dict[str, Any]]:
        """The copies of a new book; those without a barcode get one."""
        if not candidate.unlabelled:
            return list(candidate.copies.values())
        made = [{**one, "barcode": next(self._barcodes)} for one in candidate.unlabelled]
        copies = [*candidate.copies.values(), *made]
        remake(candidate, barcodes=found_by(copies))
        return copies

    def _store_new(self, known: Known) -> None:
        if known.pretends or not self._new:
            return
        labelled = list(map(self._labelled, self._new))
        told = [one.words for one in self._new]
        knows_all = self.trusts_words and None not in told
        if knows_all:
            index.know({word for words in told for word in words or ()})
        new = list(map(new_book, self._new))
        ids = book.add_all(new, self._actor, self._words, knows_all=knows_all)
        stored = list(zip(ids, self._new, strict=True))
        for book_id, candidate in stored:
            if not known.is_stranger(candidate):
                known.add(candidate, book_id, KEYS)
        known.remember_rows(self._new[-1], ids[-1])
        copies = [
            (book_id, values)
            for book_id, of_book in zip(ids, labelled, strict=True)
            for values in of_book
        ]
        copy.create_all(copies, self._actor)
        called = ((one.source_key, book_id) for book_id, one in stored if one.origin)
        _add_keys([(key, book_id) for key, book_id in called if key is not None], known)
        keep_originals(stored)
        self._new = []


def _lock(book_ids: set[int]) -> None:
    """Lock the books that are to change. Raises Missing if one of them is no longer there."""
    if book_ids - locks.take_titles(book_ids):
        raise Missing("A book was removed or merged meanwhile.")


def _shown(book_id: int) -> int | None:
    return book_id if book_id > 0 else None


def _add_keys(called: Sequence[tuple[str, int]], known: Known) -> None:
    """Keep what books are called where they come from, also if books that are gone were so."""
    source_key.add("books", called)
    source_key.move("books", [one for one in called if known.is_of_gone(one[0])])

"""One batch of records on its way into the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from catalogue.checking import Candidate, Rejected
from catalogue.known import Known
from models import book, copy, marc_record
from models.audit import Actor


class Skipped(NamedTuple):
    """A record that was passed over: its number from 1, and why."""

    number: int
    code: str


IN_CATALOGUE = "in-catalogue"
UNCHANGED = "unchanged"


@dataclass(slots=True)
class Outcome:
    """What became of the records of a batch."""

    created: int = 0
    updated: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Count another outcome in."""
        self.created += other.created
        self.updated += other.updated
        self.skipped += other.skipped
        self.rejected += other.rejected


class Batch:
    """Decides on records in their order, and writes new books together, a few at a time.

    Call it in a transaction. Raises Taken when somebody else wrote the same ISBN or barcode
    meanwhile, which only PostgreSQL lets happen.
    """

    def __init__(self, matches: bool, updates: bool, actor: Actor) -> None:
        self._matches = matches
        self._updates = updates
        self._actor = actor
        self._new: list[Candidate] = []
        self._outcome = Outcome()

    def run(self, candidates: Sequence[Candidate | Rejected], known: Known) -> Outcome:
        """Store what is to be stored of the records, and tell what became of each."""
        good = [one for one in candidates if isinstance(one, Candidate)]
        self._outcome.rejected += [one for one in candidates if isinstance(one, Rejected)]
        known.look_up(good)
        for candidate in good:
            self._decide(candidate, known)
        self._store_new(known)
        return self._outcome

    def _decide(self, candidate: Candidate, known: Known) -> None:
        found = known.book(candidate)
        if found is None:
            self._create(candidate, known)
        elif not self._matches:
            self._reject(candidate, "isbn", "isbn-taken", "Another book has this ISBN.")
        elif not self._updates:
            self._outcome.skipped.append(Skipped(candidate.number, IN_CATALOGUE))
        else:
            self._update(candidate, known)

    def _create(self, candidate: Candidate, known: Known) -> None:
        if candidate.is_correction:
            detail = "No book has this ISBN; a new one needs a title."
            self._reject(candidate, "title", "required", detail)
            return
        if self._clashes(candidate, known, None):
            return
        known.add(candidate, -candidate.number)
        self._new.append(candidate)
        self._outcome.created += 1

    def _update(self, candidate: Candidate, known: Known) -> None:
        self._store_new(known)
        book_id = known.book(candidate)
        if book_id is None or self._clashes(candidate, known, book_id):
            return
        # Only a dry run still has ids below zero: of books whose earlier record it has counted.
        changed = book_id < 0 or self._write_changes(candidate, known, book_id)
        known.add(candidate, book_id)
        if changed:
            self._outcome.updated += 1
        else:
            self._outcome.skipped.append(Skipped(candidate.number, UNCHANGED))

    def _write_changes(self, candidate: Candidate, known: Known, book_id: int) -> bool:
        """Whether there was anything to change."""
        stored = book.locked(book_id)
        changes = {
            name: value for name, value in candidate.changes.items() if stored[name] != value
        }
        added = [(book_id, candidate.copies[key]) for key in known.missing_copies(candidate)]
        if not known.pretends:
            book.update(stored, changes, self._actor)
            copy.create_all(added, self._actor)
            _keep_originals([(book_id, candidate)])
        return bool(changes or added)

    def _clashes(self, candidate: Candidate, known: Known, book_id: int | None) -> bool:
        """Whether a barcode belongs to another book; if so the record is rejected."""
        barcode = known.foreign_barcode(candidate, book_id)
        if barcode is not None:
            detail = f"Another copy has the barcode {barcode}."
            self._reject(candidate, "barcode", "barcode-taken", detail)
        return barcode is not None

    def _reject(self, candidate: Candidate, field: str, code: str, detail: str) -> None:
        self._outcome.rejected.append(candidate.rejected(field, code, detail))

    def _store_new(self, known: Known) -> None:
        if known.pretends or not self._new:
            return
        ids = book.create_all((candidate.book for candidate in self._new), self._actor)
        stored = list(zip(ids, self._new, strict=True))
        copies: list[tuple[int, dict[str, Any]]] = []
        for book_id, candidate in stored:
            known.add(candidate, book_id)
            copies += [(book_id, values) for values in candidate.copies.values()]
        copy.create_all(copies, self._actor)
        _keep_originals(stored)
        self._new = []


def _keep_originals(stored: Sequence[tuple[int, Candidate]]) -> None:
    originals = [
        (book_id, one.original)
        for book_id, one in stored
        if one.original is not None and not one.is_correction
    ]
    if originals:
        marc_record.keep((book_id, original) for book_id, original in originals)

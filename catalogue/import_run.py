"""Bringing records into the catalogue: matched, in batches, every one accounted for.

A batch is one transaction, in which the caller also keeps how far the import has come, so that it
can go on from there after a crash without doing any record twice. A record goes in whole, with all
its copies, or not at all; and none that is refused keeps the others out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from time import monotonic
from typing import Any, Literal, TypeVar

from peewee import DataError, IntegrityError, OperationalError

from catalogue.import_batch import Batch, Outcome, Skipped
from catalogue.import_matching import Key, Known
from catalogue.record_check import Candidate, Noted, Rejected, checked, noted
from formats import Fault, Record
from models import outages
from models.audit import Actor
from models.database import transaction, writing_much
from models.errors import DomainError
from models.search import index

BATCH = 2000
"""Most records in one transaction."""
BATCH_BYTES = 4 << 20
"""Most bytes of records in memory at once, as far as one record is not longer by itself."""
LEAST = 200
"""Fewest new records in one transaction, where it would take longer than it should.

On a busy machine batches would else become so short that most time goes to transactions.
"""
_FIRST_BATCH = 50
# Words that the search index has, remembered so that they are not written again.
_MOST_WORDS = 100_000
# A transaction that updates locks its books, on SQLite every one locks everything: nobody waits
# for long. Shorter ones take more time in all.
UPDATE_SECONDS = 0.04
BATCH_SECONDS = 0.2
_TRIES = 5
Item = TypeVar("Item")
_FIELD_OF_CODE = {"isbn-taken": "isbn", "barcode-taken": "barcode"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What to do with records whose book is there already, and whether to write at all.

    `match` tells by what a book is known again, tried in turn; `on_match` whether its record is
    passed over or changes the fields it speaks of. Copies that are missing are added either way.
    With `make_barcodes` the copies of new books that have none get one, and a book without a number
    of its own is known again by its title.
    """

    match: tuple[Key, ...] = ("isbn", "control_number")
    on_match: Literal["skip", "update"] = "skip"
    dry_run: bool = False
    make_barcodes: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How many records were read, and what became of them; `processed` is the sum of the others."""

    processed: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0

    def plus(self, outcome: Outcome) -> "Progress":
        """The progress after one batch more."""
        skipped, failed = len(outcome.skipped), len(outcome.rejected)
        done = outcome.created + outcome.updated + skipped + failed
        return Progress(
            self.processed + done,
            self.created + outcome.created,
            self.updated + outcome.updated,
            self.skipped + skipped,
            self.failed + failed,
        )


@dataclass(frozen=True, slots=True)
class Told:
    """The records of a batch that were rejected, read in part, or skipped."""

    rejected: list[Rejected]
    noted: list[Noted]
    skipped: list[Skipped]


Keep = Callable[[Progress, Told], None]


@dataclass
class Import:
    """One import: its rules, who imports, and how far it has come.

    `keep` is called in the transaction of each batch with the progress after it and what is to be
    said of its records. To resume, give the `progress` that was kept and the file from its
    beginning; the records that were processed are passed over.
    """

    rules: Rules
    actor: Actor
    keep: Keep
    progress: Progress = field(default_factory=Progress)
    _words: set[str] = field(default_factory=set, init=False, repr=False)

    def run(self, items: Iterable[Record | Fault]) -> Progress:
        """Import the records, and give what became of them; see `store`."""
        return self.store(map(self.check, items))

    @property
    def check(self) -> Callable[[Record | Fault], Candidate | Rejected]:
        """What makes of a record what `store` takes; another process may do it."""
        updates = self.rules.on_match == "update"
        return partial(checked, may_correct=updates, makes_barcodes=self.rules.make_barcodes)

    def store(self, candidates: Iterable[Candidate | Rejected]) -> Progress:
        """Import the records that were checked, and give what became of them.

        Raises what the database raises when it cannot be reached; what was kept until then stays.
        """
        # Else a file whose books have no number would bring them once more, with new barcodes.
        by_title = self.rules.make_barcodes and bool(self.rules.match)
        known = Known(pretends=self.rules.dry_run, keys=self.rules.match, by_title=by_title)
        seconds = UPDATE_SECONDS if self.rules.on_match == "update" else BATCH_SECONDS
        least = 1 if self.rules.on_match == "update" else LEAST
        rest = islice(iter(candidates), self.progress.processed, None)
        with writing_much():
            for batch in batches(rest, seconds, least=least):
                self._take_again(batch, known)
                if len(self._words) > _MOST_WORDS:
                    self._words.clear()
        if self.progress.created + self.progress.updated and not self.rules.dry_run:
            index.tidy()
        return self.progress

    def _take_again(self, candidates: list[Candidate | Rejected], known: Known) -> None:
        """Take a batch, again when the database ended it in favour of another transaction."""
        for tries_left in reversed(range(_TRIES)):
            try:
                self._take(candidates, known)
                break
            except OperationalError as error:
                self._words.clear()
                known.forget()
                if not tries_left or not outages.is_deadlock(error):
                    raise

    def _take(self, candidates: list[Candidate | Rejected], known: Known) -> None:
        # No savepoint: see `models.integrity.unique_or_over`.
        try:
            with transaction():
                progress = self._kept(candidates, self._stored(candidates, known))
        except (DomainError, IntegrityError, DataError):
            self._words.clear()
            known.forget()
            with transaction():
                progress = self._kept(candidates, self._one_by_one(candidates, known))
        self.progress = progress

    def _kept(self, candidates: list[Candidate | Rejected], outcome: Outcome) -> Progress:
        """The progress after a batch, once it is written with what is to be said of the batch."""
        progress = self.progress.plus(outcome)
        gone = {one.number for one in outcome.rejected}
        kept = [one for one in noted(candidates) if one.number not in gone]
        self.keep(progress, Told(sorted(outcome.rejected), kept, outcome.skipped))
        return progress

    def _one_by_one(self, candidates: list[Candidate | Rejected], known: Known) -> Outcome:
        """Somebody else wrote meanwhile, or the database refuses a record: find out which."""
        whole = Outcome()
        for candidate in candidates:
            try:
                with transaction():
                    whole.add(self._stored([candidate], known))
            except (DomainError, IntegrityError, DataError) as error:
                assert isinstance(candidate, Candidate)  # noqa: S101  the others are not stored
                self._words.clear()
                known.forget()
                whole.rejected.append(_refused(candidate, error))
        return whole

    def _stored(self, candidates: list[Candidate | Rejected], known: Known) -> Outcome:
        batch = Batch(self.rules.on_match == "update", self.actor, self._words)
        return batch.run(candidates, known)


def _refused(candidate: Candidate, error: Exception) -> Rejected:
    if isinstance(error, DomainError):
        return candidate.rejected(_FIELD_OF_CODE.get(error.code), error.code, error.detail)
    return candidate.rejected(None, "not-stored", "The database does not take this record.")


def batches(
    items: Iterator[Item], seconds: float, most: int = 0, *, least: int = 1
) -> Iterator[list[Item]]:
    """The records in parts that are few bytes, and few enough to be stored in a short time.

    A part has at most `most` records, or BATCH, and `least` however long they take.
    """
    most = most or BATCH
    size = _FIRST_BATCH
    while batch := _next_batch(items, min(size, most)):
        started = monotonic()
        yield batch
        passed = monotonic() - started
        fitting = int(len(batch) * seconds / max(passed, 0.001))
        size = max(least, min(fitting, 2 * size, most))


def _next_batch(items: Iterator[Item], most: int) -> list[Item]:
    batch: list[Item] = []
    room = BATCH_BYTES
    for item in items:
        batch.append(item)
        room -= _bytes(item)
        if len(batch) == most or room <= 0:
            break
    return batch


def _bytes(item: Any) -> int:
    original = item.original if isinstance(item, Candidate) else None
    return len(item.raw) + len(original or b"")

"""Bringing records into the catalogue: matched, in batches, every one accounted for.

Records are read in batches and stored in slices. In each transaction, which has one slice or
several, the caller also keeps how far the import has come, so that it can go on from there after a
crash without doing any record twice. A record goes in whole, with all its copies, or not at all;
and none that is refused keeps the others out.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from time import monotonic
from typing import Literal

from peewee import DataError, IntegrityError, OperationalError

from catalogue.finders import Key
from catalogue.import_batch import Batch
from catalogue.import_matching import Known
from catalogue.import_outcome import Outcome, Skipped
from catalogue.pacing import Pace, end_of_title, parts
from catalogue.record_check import (
    MOST_WORDS,
    Candidate,
    Noted,
    Readied,
    Rejected,
    checked,
    noted,
)
from formats import Fault, Record
from models import outages, source_key
from models.audit import Actor
from models.database import is_awaited, is_postgresql, is_sqlite, transaction, writing_much
from models.errors import DomainError
from models.search import index, tallies

BATCH = 8000
"""Most records in one transaction: the more, the fewer pages of indexes are written twice."""
LEAST = 200
"""Fewest new records in a slice, where it would take longer than it should.

On a busy machine slices would else become so short that most time goes to what each takes.
"""
SLICE = 1000
"""Most records in a slice. A transaction may end after each."""
# A transaction that updates locks its books, on SQLite every one locks everything: nobody waits
# for long. Shorter ones take more time in all. On SQLite a transaction goes on after a slice while
# nobody waits, so that slices can be short and transactions long.
UPDATE_SECONDS = 0.04
BATCH_SECONDS = 0.2
_OF_SLICES = 0.25
"""Part of these seconds that a slice takes where a transaction has several."""
# Other programs that write to the file cannot say that they wait.
_LONGEST = 0.5
_TRIES = 5
_REFUSALS = (DomainError, IntegrityError, DataError)
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
    _trusts_words: bool = field(init=False, repr=False)
    _pace: Pace = field(init=False, repr=False)

    def run(self, items: Iterable[Record | Fault]) -> Progress:
        """Import the records, and give what became of them; see `store`."""
        return self.store(map(self.check, items))

    @property
    def check(self) -> Callable[[Record | Fault], Candidate | Rejected]:
        """What makes of a record what `store` takes; another process may do it."""
        updates = self.rules.on_match == "update"
        return partial(
            checked,
            may_correct=updates,
            makes_barcodes=self.rules.make_barcodes,
            library=source_key.code(),
        )

    def ready(self) -> Callable[[Candidate | Rejected], Candidate | Rejected]:
        """What another process may make of what was checked, if it has time.

        A new one for each file, since it remembers the words of records.
        """
        return Readied(for_postgresql=is_postgresql())

    def store(self, candidates: Iterable[Candidate | Rejected]) -> Progress:
        """Import the records that were checked, and give what became of them.

        Raises what the database raises when it cannot be reached; what was kept until then stays.
        """
        # Else a file whose books have no number would bring them once more, with new barcodes.
        by_title = self.rules.make_barcodes and bool(self.rules.match)
        known = Known(pretends=self.rules.dry_run, keys=self.rules.match, by_title=by_title)
        self._pace = _pace(self.rules)
        self._trusts_words = not self.progress.processed
        rest = iter(candidates)
        with writing_much(), nullcontext() if self.rules.dry_run else index.merged_later():
            self._pass_over(rest, known)
            for batch in parts(rest, BATCH):
                self._take(batch, known)
                if len(self._words) > MOST_WORDS:
                    self._words.clear()
        return self.progress

    def _pass_over(self, candidates: Iterator[Candidate | Rejected], known: Known) -> None:
        """Pass over what was processed; the next rows may be of the same title as the last."""
        rows: list[Candidate] = []
        for one in islice(candidates, self.progress.processed):
            if not isinstance(one, Candidate) or "first_row" not in one.names:
                rows = []
            elif rows and rows[0].names["first_row"] == one.names["first_row"]:
                rows.append(one)
            else:
                rows = [one]
        if rows:
            known.resume(rows)

    def tidy(self) -> None:
        """Put in order what the import has left of the search index, which nobody need wait for.

        Else it is done in the night. Raises as `store` does.
        """
        if self.progress.created + self.progress.updated and not self.rules.dry_run:
            with writing_much():
                index.tidy()

    def _take(self, batch: list[Candidate | Rejected], known: Known) -> None:
        """Take a batch; after a refusal each of its slices in a transaction of its own."""
        is_long = is_sqlite()
        while batch:
            taken = self._take_again(batch, known, is_long=is_long)
            is_long = is_long and taken > 0
            batch = batch[taken:]

    def _take_again(self, batch: list[Candidate | Rejected], known: Known, *, is_long: bool) -> int:
        """Take some, again when the database ended it in favour of another transaction.

        Gives how many it took: none if a long transaction was refused.
        """
        for tries_left in reversed(range(_TRIES)):
            try:
                return self._take_some(batch, known, is_long=is_long)
            except OperationalError as error:
                self._forget(known)
                if not tries_left or not outages.is_deadlock(error):
                    raise
        raise AssertionError

    def _take_some(self, batch: list[Candidate | Rejected], known: Known, *, is_long: bool) -> int:
        # No savepoint: see `models.integrity.unique_or_over`.
        try:
            with transaction():
                known.begin()
                with index.together(), tallies.together():
                    taken, outcome = self._stored_slices(batch, known, is_long=is_long)
                progress = self._kept(batch[:taken], outcome)
        except _REFUSALS:
            self._forget(known)
            if is_long:
                return 0
            refused = batch[: self._pace.size]
            taken = len(refused)
            with transaction():
                progress = self._kept(refused, self._one_by_one(refused, known))
        self.progress = progress
        return taken

    def _stored_slices(
        self, batch: list[Candidate | Rejected], known: Known, *, is_long: bool
    ) -> tuple[int, Outcome]:
        """Store one slice; if it may be long, more while nobody waits. Gives how many records."""
        ends = monotonic() + _LONGEST
        taken, whole = 0, Outcome()
        while True:
            one = batch[taken : end_of_title(batch, taken + self._pace.size)]
            with self._pace.measured(len(one)):
                whole.add(self._stored(one, known))
            taken += len(one)
            if not is_long or taken == len(batch) or monotonic() > ends or is_awaited():
                return taken, whole

    def _forget(self, known: Known) -> None:
        """What was stored in the last transaction is undone."""
        self._words.clear()
        known.forget()

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
                    known.begin()
                    whole.add(self._stored([candidate], known))
            except _REFUSALS as error:
                assert isinstance(candidate, Candidate)  # noqa: S101  the others are not stored
                self._forget(known)
                self._trusts_words = False
                whole.rejected.append(_refused(candidate, error))
        return whole

    def _stored(self, candidates: list[Candidate | Rejected], known: Known) -> Outcome:
        updates = self.rules.on_match == "update"
        batch = Batch(updates, self.actor, self._words, trusts_words=self._trusts_words)
        outcome = batch.run(candidates, known)
        self._trusts_words = batch.trusts_words
        return outcome


def _refused(candidate: Candidate, error: Exception) -> Rejected:
    if isinstance(error, DomainError):
        return candidate.rejected(_FIELD_OF_CODE.get(error.code), error.code, error.detail)
    return candidate.rejected(None, "not-stored", "The database does not take this record.")


def _pace(rules: Rules) -> Pace:
    part = _OF_SLICES if is_sqlite() else 1
    if rules.on_match == "update":
        return Pace(UPDATE_SECONDS * part, SLICE)
    return Pace(BATCH_SECONDS * part, SLICE, LEAST)

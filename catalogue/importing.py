"""Bringing records into the catalogue: matched, in batches, every one accounted for.

A batch is one transaction, in which the caller also keeps how far the import has come, so that it
can go on from there after a crash without doing any record twice. A record goes in whole, with all
its copies, or not at all; and none that is refused keeps the others out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from peewee import DataError, IntegrityError

from catalogue.batch import Batch, Outcome, Skipped
from catalogue.checking import Candidate, Noted, Rejected, checked, noted
from catalogue.known import Known
from formats import Fault, Record
from models import book_index
from models.audit import Actor
from models.database import transaction
from models.errors import DomainError

BATCH = 500
_FIELD_OF_CODE = {"isbn-taken": "isbn", "barcode-taken": "barcode"}


@dataclass(frozen=True, slots=True)
class Rules:
    """What to do with records whose book is there already, and whether to write at all.

    `match` tells by what a book is known again; `on_match` whether its record is passed over or
    changes the fields it speaks of and adds the copies that are missing.
    """

    match: Literal["isbn", "none"] = "isbn"
    on_match: Literal["skip", "update"] = "skip"
    dry_run: bool = False


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


Keep = Callable[[Progress, list[Rejected], list[Noted]], None]


@dataclass
class Import:
    """One import: its rules, who imports, and how far it has come.

    `keep` is called in the transaction of each batch with the progress after it, the records that
    the batch rejected and those of which something could not be read. To resume, give the
    `progress` that was kept and the file from its beginning; the records that were processed are
    passed over. `skip` is called after the batch with each record that it skipped.
    """

    rules: Rules
    actor: Actor
    keep: Keep
    progress: Progress = field(default_factory=Progress)
    skip: Callable[[Skipped], None] = lambda _: None

    def run(self, items: Iterable[Record | Fault]) -> Progress:
        """Import the records, and give what became of them.

        Raises what the database raises when it cannot be reached; what was kept until then stays.
        """
        known = Known(pretends=self.rules.dry_run)
        for batch in _batches(islice(iter(items), self.progress.processed, None)):
            self._take(batch, known)
        if self.progress.created + self.progress.updated and not self.rules.dry_run:
            book_index.tidy()
        return self.progress

    def _take(self, items: list[Record | Fault], known: Known) -> None:
        updates = self.rules.on_match == "update"
        candidates = [checked(item, may_correct=updates) for item in items]
        with transaction():
            try:
                with transaction():
                    outcome = self._stored(candidates, known)
            except (DomainError, IntegrityError, DataError):
                outcome = self._one_by_one(candidates, known)
            progress = self.progress.plus(outcome)
            self.keep(progress, sorted(outcome.rejected), noted(items))
        self.progress = progress
        for one in outcome.skipped:
            self.skip(one)

    def _one_by_one(self, candidates: list[Candidate | Rejected], known: Known) -> Outcome:
        """Somebody else wrote meanwhile, or the database refuses a record: find out which."""
        whole = Outcome()
        for candidate in candidates:
            try:
                with transaction():
                    whole.add(self._stored([candidate], known))
            except (DomainError, IntegrityError, DataError) as error:
                assert isinstance(candidate, Candidate)  # noqa: S101  the others are not stored
                whole.rejected.append(_refused(candidate, error))
        return whole

    def _stored(self, candidates: list[Candidate | Rejected], known: Known) -> Outcome:
        batch = Batch(self.rules.match == "isbn", self.rules.on_match == "update", self.actor)
        return batch.run(candidates, known)


def _refused(candidate: Candidate, error: Exception) -> Rejected:
    if isinstance(error, DomainError):
        return candidate.rejected(_FIELD_OF_CODE.get(error.code), error.code, error.detail)
    return candidate.rejected(None, "not-stored", "The database does not take this record.")


def _batches(items: Iterator[Record | Fault]) -> Iterator[list[Record | Fault]]:
    while batch := list(islice(items, BATCH)):
        yield batch

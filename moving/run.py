"""Bringing a file of one kind into the library: in batches, every row accounted for.

A batch is one transaction, in which the caller keeps how far the import has come, so that it can
go on from there after a crash without doing any row twice.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import BinaryIO

from peewee import OperationalError

from catalogue.import_jobs import Task
from catalogue.import_outcome import Outcome
from catalogue.import_run import BATCH_SECONDS, Progress, Told
from catalogue.pacing import Pace, next_part
from catalogue.record_check import Noted
from circulation import rulebook
from circulation.calendar import Calendar
from circulation.money import DECIMALS
from formats.read_ahead import Opening
from formats.record import Fault, Options
from models import import_reject, outages
from models.audit import Actor
from models.database import transaction, writing_much
from models.import_job import ImportRow
from moving import fields
from moving.copies import CopiesTaker
from moving.fees import Fees
from moving.governing import Closures, Policies
from moving.holds import Holds
from moving.loans import Loans
from moving.members import Members
from moving.orders import Orders, Posts
from moving.payments import Payments
from moving.reading import Row, RowsOf, Wish
from moving.taking import MATCH, REFUSALS, About, Batches, Taker

TAKERS: Mapping[str, type[Taker]] = {
    taker.kind: taker
    for taker in (
        Policies,
        Closures,
        Members,
        CopiesTaker,
        Loans,
        Holds,
        Fees,
        Payments,
        Orders,
        Posts,
    )
}
"""By kind, in an order in which all that rows refer to comes before them."""

MOST_ROWS = 4000
"""Most rows in one transaction: the more, the fewer pages of indexes are written twice."""
LEAST_ROWS = 1000
"""Fewest rows in one transaction: on a busy machine the time of a batch says little of its work."""
_TRIES = 5


def _keep_nothing(progress: Progress, told: Told) -> None:
    """Where nobody asks how far it has come."""


@dataclass
class MoveIn:
    """One file on its way in.

    `keep` is called in the transaction of each batch with the progress after it and what is to be
    said of its rows. To resume, give the `progress` that was kept, the numbers of the rows that
    were `rejected`, and the file from its beginning.
    """

    taker: Taker
    keep: Callable[[Progress, Told], None] = _keep_nothing
    progress: Progress = field(default_factory=Progress)
    rejected: Container[int] = ()

    def run(self, items: Iterable[Row | Fault]) -> Progress:
        """Bring the rows in, and give what became of them.

        Raises what the database raises when it cannot be reached; what was kept until then stays.
        """
        took = Batches(self.taker)
        pace = Pace(BATCH_SECONDS, MOST_ROWS, LEAST_ROWS)
        rest = iter(items)
        took.recall(islice(rest, self.progress.processed), self.rejected)
        with writing_much():
            while batch := next_part(rest, pace.size):
                with pace.measured(len(batch)):
                    self._take_again(took, batch)
        return self.progress

    def _take_again(self, took: Batches, batch: list[Row | Fault]) -> None:
        """Take a batch, again when the database ended it in favour of another transaction."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with self.taker.said.kept():
                    self._take(took, batch)
                break
            except OperationalError as error:
                if not tries_left or not outages.is_deadlock(error):
                    raise

    def _take(self, took: Batches, batch: list[Row | Fault]) -> None:
        try:
            with transaction():
                progress = self._kept(*took.take(batch))
        except REFUSALS:
            with transaction():
                progress = self._kept(*took.one_by_one(batch))
        self.progress = progress

    def _kept(self, outcome: Outcome, noted: list[Noted]) -> Progress:
        """The progress after a batch, once it is written with what is to be said of the batch."""
        progress = self.progress.plus(outcome)
        self.keep(progress, Told(sorted(outcome.rejected), noted, outcome.skipped))
        return progress


def opening(kind: str, wish: Wish, about: About) -> Opening:
    """How a file of this kind is opened."""
    counts = TAKERS[kind].counts_same
    calendar, decimals = about.rules.calendar, DECIMALS[about.rules.currency]
    return partial(_rows, kind=kind, wish=wish, calendar=calendar, decimals=decimals, counts=counts)


def _rows(
    file: BinaryIO, kind: str, wish: Wish, calendar: Calendar, decimals: int, *, counts: bool
) -> RowsOf:
    return RowsOf(file, wish, fields.OF_KIND[kind], calendar, decimals, counts=counts)


def about(actor: Actor, match: str = "", *, updates: bool = False, dry_run: bool = False) -> About:
    """Who brings in what, by the rules that hold now."""
    told = tuple(name for name in match.split(",") if name) or MATCH
    return About(actor, rulebook.latest(), told, updates, dry_run)


def of_job(job: ImportRow, begun: Progress) -> Task:
    """The work of an import that waits: an `import_jobs.Opener`."""
    told = job.reading.get
    options = Options(
        job.columns, encoding=told("encoding"), charset=told("charset"), dates=told("dates")
    )
    wish = Wish(job.format, options, told("money"))
    actor = Actor(job.actor_id, job.request_id)
    whole = about(actor, job.match, updates=job.on_match == "update", dry_run=job.dry_run)
    rejected = import_reject.numbers(job.id) if begun.failed else ()
    work = MoveIn(TAKERS[job.kind](whole), progress=begun, rejected=rejected)
    return Task(opening(job.kind, wish, whole), None, work, work.run)

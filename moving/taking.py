"""Taking the rows of one kind: a batch is one transaction, in which every row is accounted for."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar, NamedTuple

from peewee import DataError, IntegrityError

from catalogue.import_outcome import Outcome, Skipped
from catalogue.record_check import Noted, Rejected
from catalogue.remembered import Remembered
from circulation.entities import Rules
from formats.faulty_values import Wrong
from formats.record import Fault
from models import audit, bulk, source_key, timestamps
from models.audit import Actor
from models.database import transaction, undone
from models.errors import DomainError
from moving.outcome import Known, Refuse, Values
from moving.reading import Row

MOST_TOLD = 20
_AT_ONCE = 1000
MATCH = ("card_number", "email", "source_key")
"""By what members are known again, in this order."""


@dataclass(frozen=True, slots=True)
class About:
    """Who brings in what, and how: by what members are matched, whether what is there changes.

    `rules` are the library's when it begins; of a `dry_run` nothing stays.
    """

    actor: Actor
    rules: Rules
    match: tuple[str, ...] = MATCH
    updates: bool = False
    dry_run: bool = False


class New(NamedTuple):
    """A row that becomes a record, with the values of its columns."""

    row: Row
    values: Values


class Taker(ABC):
    """Decides on rows of one kind, and stores those that are new together."""

    kind: ClassVar[str]
    action: ClassVar[str] = ""
    noun: ClassVar[str] = ""
    """What the audit log says of a new record; nothing where the act says it by itself."""
    changes: ClassVar[bool] = False
    """Whether a record that is there takes over what a row says where the import `updates`."""
    counts_same: ClassVar[bool] = False
    """Whether rows that say the same, and have no key, are different records."""

    def __init__(self, about: About) -> None:
        """`said` is what rows of the file have said; of this batch, or of all where it `updates`.

        Of all in a dry run, too. `known` has the records of the keys of a batch, as far as there
        are any: rows that came before.
        """
        self.about = about
        self.updates = self.changes and about.updates
        self.said = Remembered(lasting=about.dry_run or self.updates)
        self.known: Mapping[str, int | None] = {}
        self.begin()

    def begin(self) -> None:
        """Begin a batch; call it in its transaction.

        All that the batch writes is of the moment `now`, `moment` as it is stored. Of the moment at
        which the import began, who asks for what changed since (`commit_horizon`) would miss it.
        """
        self.now = timestamps.now()
        self.moment = timestamps.stamp(self.now)
        self.said.begin()

    @abstractmethod
    def look_up(self, rows: Sequence[Row]) -> None:
        """Find all that the rows of a batch name."""

    @abstractmethod
    def decide(self, row: Row) -> Values | int:
        """The values of a new record; the id of a stored one that was changed.

        Raises Refuse, Known.
        """

    def require_first(self, record_id: int) -> None:
        """Raise Known for a record that the file has spoken of before: the first row decides."""
        if self.is_told(record_id):
            raise Known(record_id, "twice")

    def is_told(self, record_id: int) -> bool:
        """Whether a row of the file before was about this record; asked where it `updates`."""
        return bool(self.said.get("record", record_id))

    def require_new(self, row: Row) -> None:
        """Raise Known for a row that came before: what it made is called otherwise by now."""
        before = self.known.get(row.key) or self.said.get("known", row.key)
        if before is not None:
            raise Known(before)

    def store(self, new: Sequence[New]) -> list[int]:
        """Write new records, and give their ids in order."""
        return bulk.insert(source_key.TABLES[self.kind], [one.values for one in new])

    def audited(self, new: Sequence[New], ids: Sequence[int]) -> Sequence[int]:
        """The ids of the records that the audit log names."""
        return ids


REFUSALS = (DomainError, IntegrityError, DataError)
"""What is raised where somebody else wrote meanwhile, or the database refuses a row."""


class Batches:
    """Takes batch after batch by one taker."""

    def __init__(self, taker: Taker) -> None:
        self._taker = taker
        self._dry_run = taker.about.dry_run

    def recall(self, items: Iterator[Row | Fault], rejected: Container[int]) -> None:
        """Pass over rows that were taken before the import was broken off, and note them as said.

        Not those of the numbers `rejected`: a later row of the same key is taken. Where nothing is
        updated, the database tells what went before.
        """
        while part := list(islice(items, _AT_ONCE)):
            if self._taker.updates:
                rows = [one for one in part if isinstance(one, Row)]
                keys = (row.key for row in rows if row.number not in rejected)
                self._taker.said.begin()
                for key, record_id in source_key.find(self._taker.kind, keys).items():
                    self._say(key, record_id)

    def take(self, items: Sequence[Row | Fault]) -> tuple[Outcome, list[Noted]]:
        """Store what is to be stored, and tell what became of each; call it in a transaction.

        Raises REFUSALS if the rows cannot be stored together: then the transaction has to end, and
        the rows are to be taken `one_by_one`.
        """
        return self._accounted(items, self._together)

    def one_by_one(self, items: Sequence[Row | Fault]) -> tuple[Outcome, list[Noted]]:
        """The same for rows of which some are refused by the database: the others are stored."""
        return self._accounted(items, self._singly)

    @staticmethod
    def _accounted(
        items: Sequence[Row | Fault], store: Callable[[list[Row]], Outcome]
    ) -> tuple[Outcome, list[Noted]]:
        outcome = Outcome()
        outcome.rejected += [_faulty(one) for one in items if not isinstance(one, Row)]
        rows = [one for one in items if isinstance(one, Row)]
        outcome.rejected += [_rejected(one, one.faults) for one in rows if one.faults]
        good = [one for one in rows if not one.faults]
        if good:
            outcome.add(store(good))
        rejected = {one.number for one in outcome.rejected}
        kept = [one for one in good if one.notes and one.number not in rejected]
        return outcome, [Noted(one.number, one.notes[:MOST_TOLD]) for one in kept]

    def _together(self, rows: list[Row]) -> Outcome:
        notes = [len(row.notes) for row in rows]
        try:
            # A savepoint would hold all that the rows change, see `models.integrity`.
            return self._undoable(rows) if self._dry_run else self._done(rows)
        except REFUSALS:
            self._taker.said.undo()
            for row, noted in zip(rows, notes, strict=True):
                del row.notes[noted:]
            raise

    def _singly(self, rows: list[Row]) -> Outcome:
        whole = Outcome()
        for row in rows:
            try:
                whole.add(self._undoable([row]))
            except REFUSALS as error:
                self._taker.said.undo()
                whole.rejected.append(_rejected(row, [_told(error)]))
        return whole

    def _undoable(self, rows: list[Row]) -> Outcome:
        """What became of the rows, of which nothing stays in a dry run or where it raises."""
        with undone() if self._dry_run else transaction():
            return self._done(rows)

    def _done(self, rows: list[Row]) -> Outcome:
        outcome = Outcome()
        with audit.quietly():
            self._run(rows, outcome)
        return outcome

    def _run(self, rows: list[Row], outcome: Outcome) -> None:
        taker = self._taker
        taker.begin()
        taker.known = source_key.find(taker.kind, (row.key for row in rows))
        taker.look_up(rows)
        new: list[New] = []
        also: list[tuple[str, int]] = []
        again: list[tuple[str, str]] = []
        for row in rows:
            try:
                decided = self._decided(row)
            except Refuse as refuse:
                told = (refuse.field, refuse.code, refuse.detail)
                outcome.rejected.append(_rejected(row, [told]))
            except Known as there:
                outcome.skipped.append(Skipped(row.number, there.why, there.record_id))
                if there.record_id:
                    also += self._named(row, there.record_id)
                elif there.first is not None:
                    taker.said.put("key", row.key)
                    again.append((row.key, there.first))
            else:
                taker.said.put("key", row.key)
                if isinstance(decided, int):
                    also += self._named(row, decided)
                    outcome.updated += 1
                else:
                    new.append(New(row, decided))
        self._write(new, also, again)
        outcome.created += len(new)

    def _decided(self, row: Row) -> Values | int:
        taker = self._taker
        if not taker.updates:
            taker.require_new(row)
        if taker.said.get("key", row.key):
            raise Known(taker.known.get(row.key), "twice")
        return taker.decide(row)

    def _named(self, row: Row, record_id: int) -> list[tuple[str, int]]:
        """What a record that is there is called by a row, if that is new."""
        if self._taker.updates:
            self._say(row.key, record_id)
        else:
            self._taker.said.put("known", row.key, record_id)
        return [] if self._taker.known.get(row.key) else [(row.key, record_id)]

    def _say(self, key: str, record_id: int | None) -> None:
        """Note that the file has spoken of a record."""
        self._taker.said.put("key", key)
        if record_id is not None:
            self._taker.said.put("record", record_id)

    def _write(
        self, new: list[New], also: list[tuple[str, int]], again: list[tuple[str, str]]
    ) -> None:
        """Store new records; `again` has keys of rows, each with that of the row before it."""
        taker = self._taker
        ids = taker.store(new) if new else []
        keys = [(one.row.key, record_id) for one, record_id in zip(new, ids, strict=True)]
        if taker.updates and not self._dry_run:
            for key, record_id in keys:
                self._say(key, record_id)
        if again:
            also += self._of_first(again, dict(keys))
        source_key.add(taker.kind, [*keys, *also])
        of_gone = {key for key, record_id in taker.known.items() if record_id is None}
        source_key.move(taker.kind, [one for one in (*keys, *also) if one[0] in of_gone])
        if taker.action:
            named = taker.audited(new, ids)
            audit.record_all(taker.about.actor, taker.action, taker.noun, named)

    def _of_first(
        self, again: list[tuple[str, str]], made: dict[str, int]
    ) -> list[tuple[str, int]]:
        """Keys of rows that the file has again, with the id of what the first of them made."""
        taker = self._taker
        before = source_key.find(taker.kind, {first for _, first in again} - made.keys())
        ids = {**before, **made}
        every = ((key, ids.get(first)) for key, first in again if not taker.known.get(key))
        return [(key, record_id) for key, record_id in every if record_id]


def _faulty(fault: Fault) -> Rejected:
    return Rejected(fault.number, fault.raw, [Wrong(fault.field, fault.code, fault.detail)])


def _rejected(row: Row, faults: Sequence[Any]) -> Rejected:
    return Rejected(row.number, row.raw, [Wrong(*fault) for fault in faults[:MOST_TOLD]])


def _told(error: Exception) -> tuple[str | None, str, str]:
    """What the database refuses, for which somebody else's write may be the reason."""
    if isinstance(error, DomainError):
        return getattr(error, "pointer", None), error.code, error.detail
    return None, "contradiction", "The row contradicts what is in the library already."

"""The records that imports did not take, as they came, and what was wrong with each."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from peewee import BlobField, ForeignKeyField, IntegerField, TextField

from models.database import Compiled, Table, slot
from models.import_job import ImportJob
from models.listing import Listing, Sort, equals
from models.rows import Json, RowReader

LONGEST_FIELD = 200
LONGEST_DETAIL = 1000
_AT_ONCE = 20

Fault = tuple[str | None, str, str]


class ImportReject(Table):
    """The bytes of one record."""

    job = ForeignKeyField(ImportJob, column_name="import_id")
    record = IntegerField()
    raw = BlobField()

    class Meta:
        indexes = ((("job", "record"), True),)


class ImportFault(Table):
    """One fault of a record or note on it; `existing_id` is the book that it is."""

    job = ForeignKeyField(ImportJob, column_name="import_id")
    record = IntegerField()
    field = TextField(null=True)
    code = TextField()
    detail = TextField()
    existing_id = IntegerField(null=True)


class FaultRow(NamedTuple):
    """A fault of a record or a note on it."""

    record: int
    field: str | None
    code: str
    detail: str
    existing_id: int | None

    def to_json(self) -> Json:
        """It as clients see it."""
        shown = self._asdict()
        if self.existing_id is None:
            del shown["existing_id"]
        return shown


LISTING = Listing(
    ImportFault,
    RowReader(ImportFault, FaultRow),
    sorts={"id": Sort(ImportFault.id)},
    filters={"import_id": equals(ImportFault.job)},
)

_FAULT_COLUMNS = ("job", "record", "field", "code", "detail", "existing_id")
_ADD = Compiled(
    lambda: ImportReject.insert({name: slot(name) for name in ("job", "record", "raw")})
)
_ADD_FAULT = Compiled(lambda: ImportFault.insert({name: slot(name) for name in _FAULT_COLUMNS}))
_AFTER = Compiled(
    lambda: (
        ImportReject.select(ImportReject.record, ImportReject.raw)
        .where((ImportReject.job == slot("import_id")) & (ImportReject.record > slot("last")))
        .order_by(ImportReject.record)
        .limit(_AT_ONCE)
    )
)


def add(import_id: int, record: int, raw: bytes, faults: Iterable[Fault]) -> None:
    """Keep a record that was rejected, and why."""
    _ADD.execute(job=import_id, record=record, raw=raw)
    for fault in faults:
        note(import_id, record, *fault)


def note(
    import_id: int,
    record: int,
    field: str | None,
    code: str,
    detail: str,
    existing_id: int | None = None,
) -> None:
    """Keep a fault; of names and sentences that the file made endless, the beginning."""
    _ADD_FAULT.execute(
        job=import_id,
        record=record,
        field=None if field is None else _storable(field, LONGEST_FIELD),
        code=code,
        detail=_storable(detail, LONGEST_DETAIL),
        existing_id=existing_id,
    )


def raw_records(import_id: int) -> Iterator[bytes]:
    """The rejected records as they came, in their order, a few at a time."""
    last = 0
    while found := _AFTER.rows(import_id=import_id, last=last):
        last = found[-1][0]
        yield from (bytes(raw) for _, raw in found)


def numbers(import_id: int) -> frozenset[int]:
    """The numbers of the records that were rejected."""
    found = ImportReject.select(ImportReject.record).where(ImportReject.job == import_id)
    return frozenset(number for (number,) in found.tuples())


def forget(import_id: int) -> None:
    """Forget what an import rejected, since it begins anew."""
    for table in (ImportReject, ImportFault):
        table.delete().where(table.job == import_id).execute()


def forget_before(moment: str) -> int:
    """Forget the rejected records of imports that ended before, and give their number."""
    ended = ImportJob.select(ImportJob.id).where(ImportJob.finished_at < moment)
    removed: int = ImportReject.delete().where(ImportReject.job.in_(ended)).execute()
    return removed


def _storable(text: str, longest: int) -> str:
    return text[:longest].replace("\0", "\ufffd").encode("utf-8", "replace").decode()

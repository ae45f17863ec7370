"""The records that imports did not take, as they came, and what was wrong with each."""

from collections.abc import Iterable, Iterator

from peewee import BlobField, IntegerField, TextField

from models.database import Compiled, Table, slot
from models.import_job import ImportJob
from models.listing import Listing, Sort, equals
from models.view import View

LONGEST_FIELD = 200
LONGEST_DETAIL = 1000
_AT_ONCE = 20

Fault = tuple[str | None, str, str]


class ImportReject(Table):
    """The bytes of one record."""

    import_id = IntegerField()
    record = IntegerField()
    raw = BlobField()


class ImportFault(Table):
    """One thing that was wrong with a record."""

    import_id = IntegerField()
    record = IntegerField()
    field = TextField(null=True)
    code = TextField()
    detail = TextField()


LISTING = Listing(
    ImportFault,
    View(ImportFault, "record field code detail"),
    sorts={"id": Sort(ImportFault.id)},
    filters={"import_id": equals(ImportFault.import_id)},
)

_FAULT_COLUMNS = ("import_id", "record", "field", "code", "detail")
_ADD = Compiled(
    lambda: ImportReject.insert({name: slot(name) for name in ("import_id", "record", "raw")})
)
_ADD_FAULT = Compiled(lambda: ImportFault.insert({name: slot(name) for name in _FAULT_COLUMNS}))
_AFTER = Compiled(
    lambda: (
        ImportReject.select(ImportReject.record, ImportReject.raw)
        .where((ImportReject.import_id == slot("import_id")) & (ImportReject.record > slot("last")))
        .order_by(ImportReject.record)
        .limit(_AT_ONCE)
    )
)


def add(import_id: int, record: int, raw: bytes, faults: Iterable[Fault]) -> None:
    """Keep a record that was rejected, and why."""
    _ADD.execute(import_id=import_id, record=record, raw=raw)
    for fault in faults:
        note(import_id, record, *fault)


def note(import_id: int, record: int, field: str | None, code: str, detail: str) -> None:
    """Keep a fault; of names and sentences that the file made endless, the beginning."""
    _ADD_FAULT.execute(
        import_id=import_id,
        record=record,
        field=None if field is None else _storable(field, LONGEST_FIELD),
        code=code,
        detail=_storable(detail, LONGEST_DETAIL),
    )


def raw_records(import_id: int) -> Iterator[bytes]:
    """The rejected records as they came, in their order, a few at a time."""
    last = 0
    while found := _AFTER.rows(import_id=import_id, last=last):
        last = found[-1][0]
        yield from (bytes(raw) for _, raw in found)


def forget(import_id: int) -> None:
    """Forget what an import rejected, since it begins anew."""
    for table in (ImportReject, ImportFault):
        table.delete().where(table.import_id == import_id).execute()


def forget_before(moment: str) -> int:
    """Forget the rejected records of imports that ended before, and give their number."""
    ended = ImportJob.select(ImportJob.id).where(ImportJob.finished_at < moment)
    removed: int = ImportReject.delete().where(ImportReject.import_id.in_(ended)).execute()
    return removed


def _storable(text: str, longest: int) -> str:
    return text[:longest].replace("\0", "\ufffd").encode("utf-8", "replace").decode()

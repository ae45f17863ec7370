"""Imports: files of records on their way into the catalogue, and how far each has come."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from peewee import BlobField, BooleanField, Case, IntegerField, TextField

from models import audit
from models.audit import Actor
from models.database import Compiled, Table, rows, slot
from models.errors import Missing
from models.fields import EnumField, JsonField
from models.listing import Listing, Sort, one_of
from models.rows import Json, RowReader
from models.timestamps import timestamp
from models.vocabulary import FileFormat, ImportKind, ImportStatus


class ImportJob(Table):
    """One import.

    `reading` is how the file is to be read, as it was asked for. `head` and `foot` make a file of
    rejected records when put around them.
    """

    status = EnumField(ImportStatus)
    kind = EnumField(ImportKind)
    format = EnumField(FileFormat)
    dry_run = BooleanField()
    match = TextField()
    on_match = TextField()
    columns = JsonField()
    copies = TextField(null=True)
    reading = JsonField()
    file = TextField()
    actor_id = IntegerField(null=True)
    request_id = TextField()
    processed = IntegerField()
    created = IntegerField()
    updated = IntegerField()
    skipped = IntegerField()
    failed = IntegerField()
    encoding = TextField(null=True)
    samples = JsonField()
    unused = JsonField()
    read_as = JsonField(default=list)
    head = BlobField()
    foot = BlobField()
    attempts = IntegerField()
    created_at = TextField()
    finished_at = TextField(null=True)


COUNTS = ("processed", "created", "updated", "skipped", "failed")
NOTHING: Mapping[str, int] = dict.fromkeys(COUNTS, 0)
SHOWN = (
    "id",
    "status",
    "kind",
    "format",
    "dry_run",
    *COUNTS,
    "encoding",
    "samples",
    "unused",
    "read_as",
    "created_at",
    "finished_at",
)


class ImportRow(NamedTuple):
    """An import as it is stored, without `head` and `foot`."""

    id: int
    status: ImportStatus
    kind: ImportKind
    format: FileFormat
    dry_run: bool
    match: str
    on_match: str
    columns: dict[str, str]
    copies: str | None
    reading: dict[str, Any]
    file: str
    actor_id: int | None
    request_id: str
    processed: int
    created: int
    updated: int
    skipped: int
    failed: int
    encoding: str | None
    samples: list[str]
    unused: list[str]
    read_as: list[str]
    attempts: int
    created_at: str
    finished_at: str | None

    @property
    def counts(self) -> dict[str, int]:
        """How many records were read, and what became of them."""
        return {name: getattr(self, name) for name in COUNTS}

    def to_json(self) -> Json:
        """The import as clients see it."""
        return {name: getattr(self, name) for name in SHOWN}


ROWS = RowReader(ImportJob, ImportRow)
LISTING = Listing(
    ImportJob,
    ROWS,
    sorts={"id": Sort(ImportJob.id)},
    default_sort=("-id",),
    filters={
        "status": one_of(ImportJob.status),
        "kind": one_of(ImportJob.kind),
        "known": one_of(ImportJob.kind),
    },
)


def create(values: Mapping[str, Any], actor: Actor) -> ImportRow:
    """Add an import that waits for its turn."""
    job_id = ImportJob.insert(
        **{"kind": ImportKind.BOOKS, "reading": {}, **values},
        **NOTHING,
        status=ImportStatus.QUEUED,
        actor_id=actor.id,
        request_id=actor.request_id,
        samples=[],
        unused=[],
        read_as=[],
        head=b"",
        foot=b"",
        attempts=0,
        created_at=timestamp(),
    ).execute()
    audit.record(actor, "import.create", "import", job_id)
    return find(job_id)


def find(job_id: int) -> ImportRow:
    """The import. Raises Missing."""
    row = ROWS.first(ROWS.select().where(ImportJob.id == job_id))
    if row is None:
        raise Missing("There is no such import.")
    return row


def unfinished() -> list[ImportRow]:
    """The imports that wait or are under way, the oldest first."""
    query = ROWS.select().where(ImportJob.finished_at.is_null())
    return ROWS.all(query.order_by(ImportJob.id))


class Described(Protocol):
    """How a file was read: its encoding, words beyond ASCII, and what was used of it."""

    encoding: str | None
    samples: list[str]
    unused: list[str]
    read_as: list[str]


def describe(job_id: int, read: Described) -> None:
    """Write how the file was read, and what of it was not used."""
    names = ("encoding", "samples", "unused", "read_as")
    found = {name: getattr(read, name) for name in names}
    ImportJob.update(found).where(ImportJob.id == job_id).execute()


def begin(job_id: int) -> None:
    """Note that somebody is at work on it, and count the attempt."""
    started = {ImportJob.status: ImportStatus.RUNNING, ImportJob.attempts: ImportJob.attempts + 1}
    ImportJob.update(started).where(ImportJob.id == job_id).execute()


def uncount(job_id: int) -> None:
    """Take back an attempt that ended in good order, though not at the end of the file."""
    fewer = {ImportJob.attempts: ImportJob.attempts - 1}
    ImportJob.update(fewer).where((ImportJob.id == job_id) & (ImportJob.attempts > 0)).execute()


def keep(job_id: int, counts: Mapping[str, int], head: bytes, foot: bytes) -> None:
    """Write how far it has come, in the transaction that brought it there.

    The attempt that got further is the first at the next place; a dry run always begins anew.
    """
    _KEEP.execute(id=job_id, head=head, foot=foot, **counts)


_KEEP = Compiled(
    lambda: ImportJob.update(
        {name: slot(name) for name in (*COUNTS, "head", "foot")},
        attempts=Case(None, [(ImportJob.dry_run, ImportJob.attempts)], 1),
    ).where(ImportJob.id == slot("id"))
)


def finish(job_id: int, status: str) -> None:
    """Write how it ended."""
    ended = {"status": status, "finished_at": timestamp()}
    ImportJob.update(ended).where(ImportJob.id == job_id).execute()


def ends(job_id: int) -> tuple[str, bytes, bytes]:
    """Its format, and what belongs before and after rejected records. Raises Missing."""
    columns = (ImportJob.format, ImportJob.head, ImportJob.foot)
    for kind, head, foot in rows(ImportJob.select(*columns).where(ImportJob.id == job_id)):
        return kind, bytes(head), bytes(foot)
    raise Missing("There is no such import.")

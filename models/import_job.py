"""Imports: files of records on their way into the catalogue, and how far each has come."""

from collections.abc import Mapping
from typing import Any

from peewee import BlobField, IntegerField, TextField

from models import audit
from models.audit import Actor
from models.clock import timestamp
from models.database import Compiled, Table, rows, slot
from models.errors import Missing
from models.listing import Listing, Sort, one_of
from models.view import View


class ImportJob(Table):
    """One import. `head` and `foot` make a file of rejected records when put around them."""

    status = TextField()
    format = TextField()
    dry_run = IntegerField()
    match = TextField()
    on_match = TextField()
    columns = TextField()
    copies = TextField(null=True)
    file = TextField()
    actor_id = IntegerField(null=True)
    request_id = TextField()
    processed = IntegerField()
    created = IntegerField()
    updated = IntegerField()
    skipped = IntegerField()
    failed = IntegerField()
    head = BlobField()
    foot = BlobField()
    created_at = TextField()
    finished_at = TextField(null=True)


COUNTS = ("processed", "created", "updated", "skipped", "failed")
NOTHING: Mapping[str, int] = dict.fromkeys(COUNTS, 0)

VIEW = View(
    ImportJob,
    "id status format dry_run processed created updated skipped failed created_at finished_at",
    flags={"dry_run"},
)
LISTING = Listing(
    ImportJob,
    VIEW,
    sorts={"id": Sort(ImportJob.id)},
    default_sort=("-id",),
    filters={"status": one_of(ImportJob.status)},
)

# What is needed to do the work.
TASK = View(
    ImportJob,
    "id status format dry_run match on_match columns copies file actor_id request_id created_at"
    " processed created updated skipped failed",
    json={"columns"},
    flags={"dry_run"},
)

_BY_ID = Compiled(lambda: ImportJob.select(*VIEW.columns).where(ImportJob.id == slot("id")))


def create(values: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Add an import that waits for its turn."""
    job_id = ImportJob.insert(
        **values,
        **NOTHING,
        status="queued",
        actor_id=actor.id,
        request_id=actor.request_id,
        head=b"",
        foot=b"",
        created_at=timestamp(),
    ).execute()
    audit.record(actor, "import.create", "import", job_id)
    return find(job_id)


def find(job_id: int) -> dict[str, Any]:
    """The import, as it is shown. Raises Missing."""
    row = _BY_ID.row(id=job_id)
    if row is None:
        raise Missing("There is no such import.")
    return VIEW.present(row)


def unfinished() -> list[dict[str, Any]]:
    """The imports that wait or are under way, the oldest first."""
    query = ImportJob.select(*TASK.columns).where(ImportJob.finished_at.is_null())
    return [TASK.read(row) for row in rows(query.order_by(ImportJob.id))]


def begin(job_id: int) -> None:
    """Note that somebody is at work on it."""
    ImportJob.update(status="running").where(ImportJob.id == job_id).execute()


def keep(job_id: int, counts: Mapping[str, int], head: bytes, foot: bytes) -> None:
    """Write how far it has come, in the transaction that brought it there."""
    _KEEP.execute(id=job_id, head=head, foot=foot, **counts)


_KEEP = Compiled(
    lambda: ImportJob.update(
        {name: slot(name) for name in (*COUNTS, "head", "foot")},
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

"""Imports whose files wait in a folder: worked off one after the other, none twice.

The database says which imports there are, the folder which of their files are on this machine. A
process that ends in the middle leaves both as they were after the last batch, and the next one
goes on from there.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from operator import attrgetter
from pathlib import Path
from time import time
from typing import Any

from peewee import InterfaceError, OperationalError

from catalogue.checking import Noted, Rejected
from catalogue.importing import Import, Progress, Rules
from formats import Fault, Options, Reader, Record, holdings, read
from models import import_job, import_reject
from models.audit import Actor
from models.clock import timestamp
from models.database import transaction

MOST_REJECTED = 100_000
"""After so many an import gives up: the file is not what it was said to be."""
MOST_NOTED = 100_000
"""After so many records of which something could not be read, no more are listed."""
LOST_AFTER = timedelta(days=2)
"""When an import is given up whose file is on no machine any more."""
REJECTS_KEPT = timedelta(days=90)
_LOCK = ".lock"
_ORPHAN_SECONDS = 24 * 3600
_log = logging.getLogger("octavo.imports")

Job = dict[str, Any]


def work_off(folder: Path) -> None:
    """Do the imports whose files are in the folder; while another process does, nothing.

    Raises what the database raises when it cannot be reached; the imports wait then.
    """
    with _alone(folder) as alone:
        while alone and (job := _next(folder)):
            _do(job, folder / job["file"])


def sweep(folder: Path) -> int:
    """Remove files that no import waits for, and give their number.

    Imports whose file is lost are given up, and old rejected records forgotten.
    """
    waiting = import_job.unfinished()
    names = {job["file"] for job in waiting}
    removed = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        is_old = path.stat().st_mtime < time() - _ORPHAN_SECONDS
        if path.name not in names and path.name != _LOCK and is_old:
            path.unlink(missing_ok=True)
            removed += 1
    for job in waiting:
        old = job["created_at"] < timestamp(ahead=-LOST_AFTER)
        if old and not (folder / job["file"]).exists():
            _finish(job, "failed", "file-lost", "The file is gone; send it again.")
    with transaction():
        import_reject.forget_before(timestamp(ahead=-REJECTS_KEPT))
    return removed


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process of this machine works in the folder; its lock ends with it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _next(folder: Path) -> Job | None:
    waiting = import_job.unfinished()
    return next((job for job in waiting if (folder / job["file"]).exists()), None)


def _do(job: Job, path: Path) -> None:
    try:
        progress = _imported(job, path)
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # noqa: BLE001  logged, and the others need not wait
        _log.exception("import %s broke off", job["id"])
        _finish(job, "failed", "internal", "Something went wrong here; tell the library.")
    else:
        if progress.processed == 0:
            _finish(job, "failed", "empty", "The file has no records.")
        elif progress.failed >= MOST_REJECTED:
            detail = f"After {progress.failed:,} rejected records the rest was not read."
            _finish(job, "failed", "too-many-faults", detail, progress.processed)
        else:
            _finish(job, "done")
    path.unlink(missing_ok=True)


def _imported(job: Job, path: Path) -> Progress:
    _begin(job)
    with path.open("rb") as file:
        where = holdings(job["copies"]) if job["copies"] else None
        options = Options(job["columns"], where, may_correct=job["on_match"] == "update")
        reader = read(file, job["format"], options)
        work = Import(
            Rules(job["match"], job["on_match"], job["dry_run"]),
            Actor(job["actor_id"], job["request_id"]),
            _Keeper(job["id"], reader).keep,
            Progress(**{name: job[name] for name in import_job.COUNTS}),
        )
        return work.run(_while_hopeful(reader, work))


def _begin(job: Job) -> None:
    """A dry run begins anew: what it would have stored was remembered by the process that died."""
    with transaction():
        import_job.begin(job["id"])
        if job["dry_run"]:
            job.update(import_job.NOTHING)
            import_job.keep(job["id"], import_job.NOTHING, b"", b"")
            import_reject.forget(job["id"])


def _while_hopeful(reader: Reader, work: Import) -> Iterator[Record | Fault]:
    for item in reader:
        if work.progress.failed >= MOST_REJECTED:
            return
        yield item


def _finish(job: Job, status: str, code: str = "", detail: str = "", record: int = 1) -> None:
    with transaction():
        if code:
            import_reject.note(job["id"], record, None, code, detail)
        import_job.finish(job["id"], status)


class _Keeper:
    """Keeps what each batch came to, in its transaction."""

    def __init__(self, job_id: int, reader: Reader) -> None:
        self._job_id = job_id
        self._reader = reader
        self._noted = 0

    def keep(self, progress: Progress, rejected: list[Rejected], noted: list[Noted]) -> None:
        """Write the progress, the rejected records, and what could not be read of any."""
        reader = self._reader
        import_job.keep(self._job_id, asdict(progress), reader.header, reader.footer)
        told: list[Rejected | Noted] = [*rejected, *noted]
        for one in sorted(told, key=attrgetter("number")):
            if isinstance(one, Rejected):
                import_reject.add(self._job_id, one.number, one.raw, one.faults)
            else:
                self._note(one)

    def _note(self, one: Noted) -> None:
        self._noted += 1
        if self._noted <= MOST_NOTED:
            for note in one.notes:
                import_reject.note(self._job_id, one.number, *note)
        elif self._noted == MOST_NOTED + 1:
            detail = "What could not be read of this record and of later ones is not listed."
            import_reject.note(self._job_id, one.number, None, "too-many-notes", detail)

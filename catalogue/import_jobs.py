"""Imports whose files wait in a folder: worked off one after the other, none twice.

The database says which imports there are, the folder which of their files are on this machine. A
process that ends in the middle leaves both as they were after the last batch, and the next one
goes on from there.
"""

import fcntl
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path
from time import time
from typing import Any, Literal, NamedTuple

from catalogue.finders import KEYS, Key
from catalogue.import_outcome import WHY_SKIPPED, Skipped
from catalogue.import_run import Import, Progress, Rules, Told
from catalogue.record_check import Noted, Rejected
from circulation import rulebook
from formats import Options, holdings, read
from formats.read_ahead import Each, Opening, ReaderEnded, reading
from models import import_job, import_reject
from models.audit import Actor
from models.database import transaction
from models.import_job import ImportRow
from models.outages import UNAVAILABLE
from models.timestamps import timestamp
from models.vocabulary import ImportKind

MOST_REJECTED = 100_000
"""After so many an import gives up: the file is not what it was said to be."""
MOST_NOTED = 100_000
"""After so many records of which something could not be read, no more are listed."""
MOST_ATTEMPTS = 3
"""After so many that ended the whole process at the same place an import is given up."""
LOST_AFTER = timedelta(days=2)
"""When an import is given up whose file is on no machine any more."""
REJECTS_KEPT = timedelta(days=90)


def _nothing() -> None:
    """What is to be done after most imports."""


class Task(NamedTuple):
    """How the file of an import is read, what is made of each record, and what brings them in.

    `ready` is made of what `each` made where the file is read ahead, while nobody waits for it.
    `work` is an `Import`, or what has its attributes `keep` and `progress`; `store` takes what
    `each` makes. `after` is called when the import is over; what it raises is only logged.
    """

    opening: Opening
    each: Each | None
    work: Any
    store: Callable[[Iterable[Any]], Progress]
    ready: Each | None = None
    after: Callable[[], None] = _nothing


Opener = Callable[[ImportRow, Progress], Task]
"""Tells what is to be done for an import that has come so far."""
LOCK = ".lock"
"""In the folder of the files: held by the process that works there."""
_OF_OPTIONS = ("encoding", "charset", "dates")
_ORPHAN_SECONDS = 24 * 3600
_log = logging.getLogger("octavo.imports")


def work_off(folder: Path, opened: Opener | None = None) -> None:
    """Do the imports whose files are in the folder; while another process does, nothing.

    `opened` tells what is to be done for those that are not of books.
    Raises what the database raises when it cannot be reached; the imports wait then.
    """
    if not any(path.name != LOCK for path in _files(folder)):
        return  # Looking into the database every few seconds costs a process 6 MiB.
    with _alone(folder) as alone:
        while alone and (job := _next(folder)):
            _do(job, folder / job.file, opened or _books)


def sweep(folder: Path) -> int:
    """Remove files that no import waits for, and give their number.

    Imports whose file is lost are given up, and old rejected records forgotten.
    """
    waiting = import_job.unfinished()
    kept = {LOCK, *(job.file for job in waiting)}
    removed = sum(_remove_if_old(path) for path in _files(folder) if path.name not in kept)
    for job in waiting:
        old = job.created_at < timestamp(ahead=-LOST_AFTER)
        if old and not (folder / job.file).exists():
            _lose(job)
    with transaction():
        import_reject.forget_before(timestamp(ahead=-REJECTS_KEPT))
    return removed


def _files(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def _remove_if_old(path: Path) -> bool:
    """Whether the file was old and is removed; another process may be removing it too."""
    with suppress(FileNotFoundError):
        if path.stat().st_mtime < time() - _ORPHAN_SECONDS:
            path.unlink()
            return True
    return False


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process of this machine works in the folder; its lock ends with it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _next(folder: Path) -> ImportRow | None:
    waiting = import_job.unfinished()
    return next((job for job in waiting if (folder / job.file).exists()), None)


def _do(job: ImportRow, path: Path, opened: Opener) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        _give_up(job)
        path.unlink(missing_ok=True)
        return
    after = _try(job, path, _books if job.kind == ImportKind.BOOKS else opened)
    if after is None:
        return
    path.unlink(missing_ok=True)
    try:
        after()
    except Exception:  # noqa: BLE001  made up for in the night
        _log.exception("the index was not put in order after import %s", job.id)


def _try(job: ImportRow, path: Path, opened: Opener) -> Callable[[], None] | None:
    """What is to be done after the import, which is over.

    None if it is not, and to be tried again from where it came to.
    """
    try:
        task, is_refused = _imported(job, path, opened)
    except UNAVAILABLE:
        # In a transaction, whose beginning opens a connection that was cut.
        with suppress(*UNAVAILABLE), transaction():
            import_job.uncount(job.id)
        raise
    except FileNotFoundError:
        _lose(job)
    except ReaderEnded:
        _log.warning("the process that read import %s was ended", job.id)
        return None
    except Exception:  # noqa: BLE001  logged, and the others need not wait
        _log.exception("import %s broke off", job.id)
        _finish(job, "failed", "internal", "Something went wrong here; tell the library.")
    else:
        _end(job, task.work.progress, is_refused=is_refused)
        return task.after
    return _nothing


def _end(job: ImportRow, progress: Progress, *, is_refused: bool) -> None:
    """Write how an import ended that was read as far as it should be."""
    if is_refused:
        _finish(job, "failed")
    elif progress.processed == 0:
        _finish(job, "failed", "empty", "The file has no records.")
    elif progress.failed >= MOST_REJECTED:
        detail = f"After {progress.failed:,} rejected records the rest was not read."
        _finish(job, "failed", "too-many-faults", detail, progress.processed)
    else:
        _finish(job, "done")


def _lose(job: ImportRow) -> None:
    _finish(job, "failed", "file-lost", "The file is gone; send it again.")


def _give_up(job: ImportRow) -> None:
    detail = (
        f"The server ended {MOST_ATTEMPTS} times while it read one of the records after number"
        f" {job.processed}; leave out the largest of them and send the file again."
    )
    _log.error("import %s ended the server %s times", job.id, MOST_ATTEMPTS)
    _finish(job, "failed", "server-ended", detail, job.processed + 1)


def _imported(job: ImportRow, path: Path, opened: Opener) -> tuple[Task, bool]:
    """The work when it is done, and whether its file was refused as a whole."""
    task = opened(job, _begin(job))
    with path.open("rb") as file, reading(file, task.opening, task.each, task.ready) as reader:
        task.work.keep = _Keeper(job.id, reader).keep
        task.store(_while_hopeful(reader, task.work))
        with transaction():
            import_job.describe(job.id, reader)
        return task, reader.refused is not None


def _books(job: ImportRow, begun: Progress) -> Task:
    actor = Actor(job.actor_id, job.request_id)
    work = Import(_rules(job), actor, lambda progress, told: None, begun)
    opening = partial(read, kind=job.format, options=_options(job))
    return Task(opening, work.check, work, work.store, work.ready(), work.tidy)


def _rules(job: ImportRow) -> Rules:
    on_match: Literal["update", "skip"] = "update" if job.on_match == "update" else "skip"
    makes = bool(job.reading.get("make_barcodes"))
    return Rules(keys(job.match), on_match, job.dry_run, makes)


def _options(job: ImportRow) -> Options:
    """How the file is to be read."""
    where = holdings(job.copies) if job.copies else None
    reading = {name: how for name, how in job.reading.items() if name in _OF_OPTIONS}
    return Options(
        job.columns,
        where,
        may_correct=job.on_match == "update",
        decimals=rulebook.decimals(),
        **reading,
    )


def keys(match: str) -> tuple[Key, ...]:
    """The keys of a list with commas; none of `none`."""
    return tuple(key for key in KEYS if key in match.split(","))


def _begin(job: ImportRow) -> Progress:
    """How far the import has come, once it is noted that it is under way.

    A dry run begins anew: what it would have stored was remembered by the process that died.
    """
    with transaction():
        import_job.begin(job.id)
        if not job.dry_run:
            return Progress(**job.counts)
        import_job.keep(job.id, import_job.NOTHING, b"", b"")
        import_reject.forget(job.id)
        return Progress()


def _while_hopeful(reader: Any, work: Any) -> Iterator[Any]:
    for item in reader:
        if work.progress.failed >= MOST_REJECTED:
            return
        yield item


def _finish(job: ImportRow, status: str, code: str = "", detail: str = "", record: int = 1) -> None:
    with transaction():
        if code:
            import_reject.note(job.id, record, None, code, detail)
        import_job.finish(job.id, status)


class _Keeper:
    """Keeps what each batch came to, in its transaction."""

    def __init__(self, job_id: int, reader: Any) -> None:
        self._job_id = job_id
        self._reader = reader
        self._noted = 0

    def keep(self, progress: Progress, told: Told) -> None:
        """Write the progress, the rejected records, and what is to be said of others."""
        reader = self._reader
        import_job.keep(self._job_id, asdict(progress), reader.header, reader.footer)
        whole: list[Rejected | Noted | Skipped] = [*told.rejected, *told.noted, *told.skipped]
        for one in sorted(whole, key=attrgetter("number")):
            if isinstance(one, Rejected):
                import_reject.add(self._job_id, one.number, one.raw, one.faults)
            else:
                self._note(one)

    def _note(self, one: Noted | Skipped) -> None:
        self._noted += 1
        if self._noted == MOST_NOTED + 1:
            detail = "Notes on this record and later ones are not listed."
            import_reject.note(self._job_id, one.number, None, "too-many-notes", detail)
        elif self._noted > MOST_NOTED:
            return
        elif isinstance(one, Noted):
            for note in one.notes:
                import_reject.note(self._job_id, one.number, *note)
        else:
            why = WHY_SKIPPED[one.code]
            import_reject.note(self._job_id, one.number, None, "exists", why, one.existing_id)

"""Imports worked off from a folder, and many changes at once, on either database."""

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError

from catalogue import import_jobs, import_run
from catalogue.book_batch import change_books
from catalogue.export import sources
from catalogue.import_jobs import Task
from catalogue.import_run import Import, Progress, Rules
from circulation.batch import Change, Done, Undone
from formats import read_ahead
from models import book, import_job, import_reject
from models.errors import Missing
from models.import_job import ImportRow
from models.search import index
from models.timestamps import now
from tests.unit.catalogue.given import WHO, barcodes, titles
from tests.unit.formats.format_samples import marc
from tests.unit.formats.test_read_ahead import Broken

pytestmark = pytest.mark.usefixtures("db")


def take_on(folder: Path, data: bytes, written: str = "csv", **more: Any) -> int:
    """The id of an import whose file waits in the folder."""
    name = f"file-{len(list(folder.iterdir()))}"
    (folder / name).write_bytes(data)
    values = {"dry_run": False, "match": "isbn", "on_match": "skip", "columns": {}, "copies": None}
    job: int = import_job.create({**values, "format": written, "file": name, **more}, WHO).id
    return job


def test_a_file_is_worked_off_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_run, "BATCH", 2)
    job = take_on(tmp_path, b"title,pages\nEmma,1\n,2\nSanditon,3\n,4\n")
    import_jobs.work_off(tmp_path)
    found = import_job.find(job)
    assert (found.status, *found.counts.values()) == ("done", 4, 2, 0, 0, 2)
    assert list(import_reject.raw_records(job)) == [b",2\n", b",4\n"]
    assert titles() == ["Emma", "Sanditon"]


def test_an_import_is_done_before_the_index_is_put_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = take_on(tmp_path, b"title\nEmma\n")
    seen: list[str] = []
    monkeypatch.setattr(index, "tidy", lambda: seen.append(import_job.find(job).status))
    import_jobs.work_off(tmp_path)
    assert seen == ["done"]


def test_an_import_is_over_though_the_index_could_not_be_put_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise OperationalError

    first, second = take_on(tmp_path, b"title\nEmma\n"), take_on(tmp_path, b"title\nSanditon\n")
    monkeypatch.setattr(index, "tidy", fails)
    import_jobs.work_off(tmp_path)
    assert [import_job.find(one).status for one in (first, second)] == ["done", "done"]
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


def test_an_index_to_which_nothing_was_added_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_on(tmp_path, b"title\nEmma\n", dry_run=True)
    take_on(tmp_path, b"title\n\n")
    monkeypatch.setattr(index, "tidy", pytest.fail)
    import_jobs.work_off(tmp_path)


def test_what_a_file_says_of_its_faults_can_be_stored(tmp_path: Path) -> None:
    job = take_on(tmp_path, b'{"title": "Emma", "\\u0000": 1, "\xc3\xa9": 2}\n', "ndjson")
    import_jobs.work_off(tmp_path)
    faults = import_reject.LISTING.page({"import_id": job}, [], limit=9, offset=0)
    assert [(one.record, one.field, one.code) for one in faults] == [
        (1, "\ufffd", "unknown-field"),
        (1, "é", "unknown-field"),
    ]


def told(job: int) -> list[tuple[int, str]]:
    """The records and codes of what is told of an import."""
    rows = import_reject.LISTING.page({"import_id": job}, [], limit=99, offset=0)
    return [(one.record, one.code) for one in rows]


def test_what_could_not_be_read_is_told_up_to_a_number_of_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "MOST_NOTED", 2)
    job = take_on(tmp_path, b"title,pages\n" + b"Emma,many\n" * 9 + b",1\n")
    import_jobs.work_off(tmp_path)
    noted = [(1, "unreadable"), (2, "unreadable"), (3, "too-many-notes")]
    assert told(job) == [*noted, (10, "required")]


def test_after_a_crash_nothing_is_told_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "BATCH", 1)
    job = take_on(tmp_path, b"title,pages\nEmma,many\nIda,few\n")
    monkeypatch.setattr(import_reject, "note", _broken_after(1, import_reject.note))
    with pytest.raises(KeyboardInterrupt):
        import_jobs.work_off(tmp_path)
    monkeypatch.undo()
    import_jobs.work_off(tmp_path)
    assert told(job) == [(1, "unreadable"), (2, "unreadable")]


def _broken_after(times: int, call: Callable[..., None]) -> Callable[..., None]:
    """A function that does its work so many times and then is interrupted."""
    done = iter(range(times))

    def broken(*given: Any) -> None:
        if next(done, None) is None:
            raise KeyboardInterrupt
        call(*given)

    return broken


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_import_that_ends_its_process_three_times_fails_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    monkeypatch.setattr(import_run, "BATCH", 1)
    job = take_on(tmp_path, b"title\nEmma\nIda\n", dry_run=dry_run)
    for progress in (2, 2, 2) if dry_run else (1, 0, 0):
        _interrupted(tmp_path, monkeypatch, after=progress)
    import_jobs.work_off(tmp_path)
    assert import_job.find(job).status == "failed"
    assert told(job) == [(2, "server-ended")]
    assert list(tmp_path.glob("file-*")) == []


def test_an_import_whose_reader_is_killed_three_times_fails_with_a_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_ahead, "LARGE", 0)
    job = take_on(tmp_path, b"", kind="members")

    def opened(_: ImportRow, begun: Progress) -> Task:
        work = Import(Rules(), WHO, lambda progress, told: None, begun)
        return Task(partial(Broken, number=signal.SIGKILL), work.check, work, work.store)

    import_jobs.work_off(tmp_path, opened)
    assert import_job.find(job).status == "failed"
    assert told(job) == [(1, "server-ended")]
    assert list(tmp_path.glob("file-*")) == []


def test_an_import_may_be_interrupted_any_number_of_times_as_long_as_it_gets_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "BATCH", 1)
    job = take_on(tmp_path, b"title\n" + b"Emma\n" * 6)
    for _ in range(5):
        _interrupted(tmp_path, monkeypatch, after=1)
    import_jobs.work_off(tmp_path)
    assert import_job.find(job).created == 6


def test_an_import_of_copies_goes_on_after_the_last_row_that_an_earlier_release_took(
    tmp_path: Path,
) -> None:
    rows = [f"{title},{title}{copy}\n" for title in ("Emma", "Ida", "Nell") for copy in (1, 2)]
    job = take_on(tmp_path, "".join(["title,barcode\n", *rows]).encode())
    import_job.keep(job, {**import_job.NOTHING, "processed": 4, "created": 4}, b"", b"")
    import_jobs.work_off(tmp_path)
    assert import_job.find(job).counts == {
        "processed": 6,
        "created": 5,
        "updated": 0,
        "skipped": 1,
        "failed": 0,
    }
    assert barcodes() == {"Nell": ["Nell1", "Nell2"]}


def test_an_import_waits_for_a_database_that_is_away_any_number_of_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = take_on(tmp_path, b"title\nEmma\n")
    with monkeypatch.context() as broken:
        broken.setattr(book, "add_all", _away)
        for _ in range(5):
            with pytest.raises(OperationalError):
                import_jobs.work_off(tmp_path)
    import_jobs.work_off(tmp_path)
    assert import_job.find(job).created == 1


def _interrupted(folder: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Work the folder off until the process ends, after so many steps were written."""
    with monkeypatch.context() as broken:
        broken.setattr(import_job, "keep", _broken_after(after, import_job.keep))
        with pytest.raises(KeyboardInterrupt):
            import_jobs.work_off(folder)


def _away(*_: Any, **more: Any) -> None:
    raise OperationalError


def test_an_import_whose_file_vanishes_fails_and_the_next_one_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = take_on(tmp_path, b"title\nEmma\n")
    (tmp_path / "file-1").write_bytes(b"")
    other = take_on(tmp_path, b"title\nIda\n")
    begin = import_job.begin

    def begin_late(job: int) -> None:
        begin(job)
        (tmp_path / "file-0").unlink(missing_ok=True)

    monkeypatch.setattr(import_job, "begin", begin_late)
    import_jobs.work_off(tmp_path)
    assert told(lost) == [(1, "file-lost")]
    assert import_job.find(other).created == 1


def test_files_that_vanish_meanwhile_do_not_end_the_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "iterdir", lambda folder: iter([folder / "gone", folder / "old"]))
    (tmp_path / "old").write_bytes(b"")
    os.utime(tmp_path / "old", (0, 0))
    assert import_jobs.sweep(tmp_path) == 1


def test_a_dry_run_that_broke_off_begins_anew(tmp_path: Path) -> None:
    job = take_on(tmp_path, b"title,pages\nEmma,1\n,2\n", dry_run=True)
    counts = {**import_job.NOTHING, "processed": 2, "created": 1, "failed": 1}
    import_job.keep(job, counts, b"", b"")
    import_reject.add(job, 2, b"", [(None, "required", "")])
    import_jobs.work_off(tmp_path)
    assert import_job.find(job).processed == 2
    assert import_reject.LISTING.total({"import_id": job}) == 1
    assert titles() == []


def test_marc_records_go_out_as_they_came_in(tmp_path: Path) -> None:
    data = marc("001 a", "245 10$aEmma", "999   $xLocal")
    take_on(tmp_path, data, "marc")
    import_jobs.work_off(tmp_path)
    [(_, record, _)] = sources({}, with_records=True)
    assert record is not None


def test_a_change_that_fails_leaves_the_others_made() -> None:
    kept = book.create({"title": "Emma", "isbn": "9780141439587"}, WHO).id
    outcomes = change_books(
        [
            Change("create", values={"title": "Again", "isbn": "9780141439587"}),
            Change("update", kept, values={"pages": 474}),
            Change("delete", kept + 99),
        ],
        WHO,
        now(),
        atomic=False,
    )
    assert [getattr(one, "code", one) for one in outcomes] == [
        "isbn-taken",
        Done("update", kept),
        "not-found",
    ]


def test_all_changes_are_undone_with_the_one_that_fails() -> None:
    changes = [Change("create", values={"title": "Emma"}), Change("delete", 99)]
    done, failed = change_books(changes, WHO, now(), atomic=True)
    assert (type(done), type(failed)) == (Undone, Missing)
    assert titles() == []

"""Imports worked off from a folder, and many changes at once, on either database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalogue import importing, jobs
from catalogue.changing import Change, Done, Undone, change_all
from catalogue.exporting import sources
from models import book, import_job, import_reject
from models.clock import now
from models.errors import Missing
from tests.unit.catalogue.given import WHO, titles
from tests.unit.formats.format_samples import marc

pytestmark = pytest.mark.usefixtures("db")


def take_on(folder: Path, data: bytes, kind: str = "csv", **more: Any) -> int:
    """The id of an import whose file waits in the folder."""
    name = f"file-{len(list(folder.iterdir()))}"
    (folder / name).write_bytes(data)
    values = {"dry_run": 0, "match": "isbn", "on_match": "skip", "columns": "{}", "copies": None}
    job: int = import_job.create({**values, "format": kind, "file": name, **more}, WHO)["id"]
    return job


def test_a_file_is_worked_off_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    job = take_on(tmp_path, b"title,pages\nEmma,1\n,2\nSanditon,3\n,4\n")
    jobs.work_off(tmp_path)
    found = import_job.find(job)
    assert [found[name] for name in ("status", *import_job.COUNTS)] == ["done", 4, 2, 0, 0, 2]
    assert list(import_reject.raw_records(job)) == [b",2\n", b",4\n"]
    assert titles() == ["Emma", "Sanditon"]


def test_what_a_file_says_of_its_faults_can_be_stored(tmp_path: Path) -> None:
    job = take_on(tmp_path, b'{"title": "Emma", "\\u0000": 1, "\xc3\xa9": 2}\n', "ndjson")
    jobs.work_off(tmp_path)
    faults = import_reject.LISTING.page({"import_id": job}, [], limit=9, offset=0)
    assert [(record, field, code) for record, field, code, _ in faults] == [
        (1, "\ufffd", "unknown-field"),
        (1, "é", "unknown-field"),
    ]


def told(job: int) -> list[tuple[int, str]]:
    """The records and codes of what is told of an import."""
    rows = import_reject.LISTING.page({"import_id": job}, [], limit=99, offset=0)
    return [(record, code) for record, _, code, _ in rows]


def test_what_could_not_be_read_is_told_up_to_a_number_of_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_NOTED", 2)
    job = take_on(tmp_path, b"title,pages\n" + b"Emma,many\n" * 9 + b",1\n")
    jobs.work_off(tmp_path)
    noted = [(1, "unreadable"), (2, "unreadable"), (3, "too-many-notes")]
    assert told(job) == [*noted, (10, "required")]


def test_after_a_crash_nothing_is_told_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    job = take_on(tmp_path, b"title,pages\nEmma,many\nIda,few\n")
    monkeypatch.setattr(import_reject, "note", _broken_after(1, import_reject.note))
    with pytest.raises(KeyboardInterrupt):
        jobs.work_off(tmp_path)
    monkeypatch.undo()
    jobs.work_off(tmp_path)
    assert told(job) == [(1, "unreadable"), (2, "unreadable")]


def _broken_after(times: int, call: Callable[..., None]) -> Callable[..., None]:
    """A function that does its work so many times and then is interrupted."""
    done = iter(range(times))

    def broken(*given: Any) -> None:
        if next(done, None) is None:
            raise KeyboardInterrupt
        call(*given)

    return broken


def test_a_dry_run_that_broke_off_begins_anew(tmp_path: Path) -> None:
    job = take_on(tmp_path, b"title,pages\nEmma,1\n,2\n", dry_run=1)
    counts = {**import_job.NOTHING, "processed": 2, "created": 1, "failed": 1}
    import_job.keep(job, counts, b"", b"")
    import_reject.add(job, 2, b"", [(None, "required", "")])
    jobs.work_off(tmp_path)
    assert import_job.find(job)["processed"] == 2
    assert import_reject.LISTING.total({"import_id": job}) == 1
    assert titles() == []


def test_marc_records_go_out_as_they_came_in(tmp_path: Path) -> None:
    data = marc("001 a", "245 10$aEmma", "999   $xLocal")
    take_on(tmp_path, data, "marc")
    jobs.work_off(tmp_path)
    [(_, record)] = sources({}, with_records=True)
    assert record is not None


def test_a_change_that_fails_leaves_the_others_made() -> None:
    kept = book.create({"title": "Emma", "isbn": "9780141439587"}, WHO)["id"]
    outcomes = change_all(
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
    done, failed = change_all(changes, WHO, now(), atomic=True)
    assert (type(done), type(failed)) == (Undone, Missing)
    assert titles() == []

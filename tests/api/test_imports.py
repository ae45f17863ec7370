"""Imports over HTTP: files in, progress, faults and rejected records out."""

import io
from pathlib import Path
from typing import Any

import orjson
import pytest

from api import jobs
from api.app import Octavo
from catalogue import import_jobs, import_run
from models import audit, copy, import_job
from models.database import rows
from models.search import book_list
from tests.support import people
from tests.support.asking import Asker
from tests.support.people import Person
from tests.unit.formats.format_samples import collection, items, marc, marcxml

FILE = "application/octet-stream"
CSV, NDJSON = "text/csv", "application/x-ndjson"
MARC, MARCXML = "application/marc", "application/marcxml+xml"
COUNTS = ("processed", "created", "updated", "skipped", "failed")
TITLELESS = [(2, "title", "required"), (3, None, "exists"), (4, "title", "required")]
MIXED = b"""title,isbn,pages
Emma,9780141439587,474
,9780141439679,500
Emma,9780141439587,1
,9780141439679,528
Sanditon,,120
"""


@pytest.fixture
def bring_in(ask: Asker, librarian: Person) -> Any:
    def send(data: bytes, media_type: str = CSV, query: str = "", **how: Any) -> Any:
        headers = {"Content-Type": media_type, **how.pop("headers", {})}
        return ask.post(f"/imports?{query}", raw=data, by=librarian, headers=headers, **how)

    return send


@pytest.fixture
def read(ask: Asker, librarian: Person) -> Any:
    def get(path: str, **how: Any) -> Any:
        return ask.get(path, by=librarian, **how)

    return get


@pytest.fixture
def outcome(bring_in: Any, read: Any) -> Any:
    """Sends a file and gives the import as it is in the end."""

    def send(data: bytes, media_type: str = CSV, query: str = "") -> Any:
        answer = bring_in(data, media_type, query)
        assert answer.status_code == 202, answer.json
        return read(f"/imports/{answer.json['id']}").json

    return send


def counts(found: dict[str, Any]) -> tuple[int, ...]:
    return tuple(found[name] for name in COUNTS)


def faults(read: Any, import_id: int) -> list[tuple[int, str | None, str]]:
    answer = read(f"/imports/{import_id}/errors?limit=100")
    return [(one["record"], one["field"], one["code"]) for one in answer.json["data"]]


def titles() -> list[str]:
    return [row.title for row in book_list.LISTING.page({}, ["id"], limit=1000, offset=0)]


def waiting(app: Octavo) -> list[str]:
    """The names of the files that wait to be imported."""
    folder = jobs.folder(app.config["SETTINGS"])
    return [path.name for path in folder.iterdir() if path.name != ".lock"]


def test_a_file_is_taken_on_and_worked_off(bring_in: Any, read: Any) -> None:
    answer = bring_in(MIXED)
    assert (answer.status_code, answer.json["status"]) == (202, "queued")
    assert answer.headers["Location"] == f"/api/v1/imports/{answer.json['id']}"
    found = read(answer.headers["Location"].removeprefix("/api/v1")).json
    assert (found["status"], found["format"], found["dry_run"]) == ("done", "csv", False)
    assert counts(found) == (5, 2, 0, 1, 2)
    assert found["finished_at"] is not None
    assert titles() == ["Emma", "Sanditon"]


def test_every_fault_is_told_with_its_record(outcome: Any, read: Any) -> None:
    found = outcome(MIXED)
    assert faults(read, found["id"]) == TITLELESS
    (exists,) = [
        one for one in read(f"/imports/{found['id']}/errors").json["data"] if one["record"] == 3
    ]
    assert exists["existing_id"] == read("/books?q=emma").json["data"][0]["id"]


def test_what_could_not_be_read_of_a_record_is_told_though_it_is_taken(
    outcome: Any, read: Any
) -> None:
    data = b"""title,isbn,year,language,pages,barcode,price
Emma,abc,soon,Elvish,many,A1,free
,,soon,,,,
Ida,,1912,,,,
"""
    found = outcome(data)
    assert counts(found) == (3, 2, 0, 0, 1)
    lost = ["published_year", "language", "pages", "isbn", "price"]
    codes = dict.fromkeys(lost, "unreadable") | {"isbn": "isbn-unreadable"}
    assert faults(read, found["id"]) == [
        *((1, field, codes[field]) for field in lost),
        (2, "title", "required"),
    ]
    assert read(f"/imports/{found['id']}/rejects").get_data().count(b"\n") == 2


def test_a_mistyped_isbn_is_left_out_and_noted_in_a_spreadsheet_too(
    outcome: Any, read: Any
) -> None:
    found = outcome(b"title,isbn\nEmma,978-0-14-143958-8\n")
    assert faults(read, found["id"]) == [(1, "isbn", "isbn-unreadable")]
    assert titles() == ["Emma"]


@pytest.mark.parametrize(
    "query",
    ["kind=members", "k%69nd=m%65mbers", "kind=members&kind=books", "kind=books&kind=members"],
)
def test_a_key_brings_in_nothing_beyond_its_scope_however_the_kind_is_spelt(
    ask: Asker, admin: Person, query: str
) -> None:
    headers = people.key(admin, ["catalogue:write"]) | {"Content-Type": CSV}
    answer = ask.post(f"/imports?{query}", raw=b"last_name,card_number\nA,1\n", headers=headers)
    assert answer.status_code in (400, 403)


def test_faults_are_told_in_pages(outcome: Any, read: Any) -> None:
    found = outcome(b"no json\n" * 5, NDJSON)
    page = read(f"/imports/{found['id']}/errors?limit=1&page=2").json
    assert page["pagination"] == {"page": 2, "limit": 1, "total": 5, "pages": 5}
    assert [one["record"] for one in page["data"]] == [2]


def test_rejected_records_come_back_as_they_came(outcome: Any, read: Any) -> None:
    answer = read(f"/imports/{outcome(MIXED)['id']}/rejects")
    assert answer.headers["Content-Type"] == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="import-1-rejec')
    lines = MIXED.splitlines(keepends=True)
    assert answer.get_data() == lines[0] + lines[2] + lines[4]


def test_rejects_in_another_encoding_are_not_said_to_be_utf_8(outcome: Any, read: Any) -> None:
    data = "title,author\n,Ämma\n".encode("latin-1")
    answer = read(f"/imports/{outcome(data)['id']}/rejects")
    assert (answer.headers["Content-Type"], answer.get_data()) == ("text/csv", data)


def test_mended_rejects_can_be_sent_again(outcome: Any, read: Any) -> None:
    rejects = read(f"/imports/{outcome(MIXED)['id']}/rejects").get_data()
    again = outcome(rejects.replace(b"\n,978", b"\nThe Moonstone,978"))
    assert counts(again) == (2, 1, 0, 1, 0)


@pytest.mark.parametrize(
    ("media_type", "good", "bad"),
    [
        (NDJSON, b'{"title": "Emma"}\n', b'{"title": 1}'),
        (MARC, marc("245 10$aEmma"), marc("245 10$c?")),
    ],
)
def test_rejects_of_other_formats_come_back_as_they_came(
    outcome: Any, read: Any, media_type: str, good: bytes, bad: bytes
) -> None:
    found = outcome(good + bad, media_type)
    answer = read(f"/imports/{found['id']}/rejects")
    assert (answer.headers["Content-Type"], answer.get_data()) == (media_type, bad)


def test_rejects_of_marcxml_are_a_document_again(outcome: Any, read: Any) -> None:
    found = outcome(collection(marcxml("245 10$aEmma"), marcxml("245 10$c?")), MARCXML)
    assert counts(found) == (2, 1, 0, 0, 1)
    data = read(f"/imports/{found['id']}/rejects").get_data()
    assert len(items("marcxml", data)) == 1
    assert b"Emma" not in data


def test_a_line_without_an_end_does_not_run_into_the_next(outcome: Any, read: Any) -> None:
    endless = b'{"title": "' + b"x" * (1 << 20) + b'"}\n'
    found = outcome(endless + b"no json\n", NDJSON)
    data = read(f"/imports/{found['id']}/rejects").get_data()
    assert data == endless[: 1 << 20] + b"\nno json\n"


def test_a_dry_run_tells_the_same_and_changes_nothing(outcome: Any, read: Any) -> None:
    data = MIXED + b"Sanditon,9780141439679,1\nSanditon,9780141439679,2\n"
    tried = outcome(data, CSV, "dry_run=true")
    assert (tried["dry_run"], titles()) == (True, [])
    done = outcome(data)
    assert counts(tried) == counts(done)
    assert faults(read, tried["id"]) == faults(read, done["id"])
    assert counts(outcome(data, CSV, "dry_run=true")) == counts(outcome(data))


def test_what_is_there_is_skipped_or_updated(outcome: Any) -> None:
    book = b'{"title": "%s", "isbn": "9780141439587"}\n'
    outcome(book % b"Emma", NDJSON)
    assert counts(outcome(book % b"Emma: a novel", NDJSON)) == (1, 0, 0, 1, 0)
    update = outcome(book % b"Emma: a novel", NDJSON, "on_match=update")
    assert (counts(update), titles()) == ((1, 0, 1, 0, 0), ["Emma: a novel"])
    assert counts(outcome(book % b"Emma", NDJSON, "match=none")) == (1, 0, 0, 0, 1)


def test_a_file_of_corrections_needs_no_titles(outcome: Any, read: Any) -> None:
    outcome(b"title,isbn,pages\nEmma,9780141439587,474\n")
    data = b"isbn,pages\n9780141439587,9\n9780141439679,9\n"
    assert counts(outcome(data, CSV, "on_match=update&dry_run=true")) == (2, 0, 1, 0, 1)
    done = outcome(data, CSV, "on_match=update")
    assert counts(done) == (2, 0, 1, 0, 1)
    assert faults(read, done["id"]) == [(2, "title", "required")]
    assert read("/books/1").json["pages"] == 9


@pytest.mark.parametrize(
    ("data", "query"),
    [(b"isbn,pages\n9780141439587,9\n", ""), (b"name,pages\nEmma,9\n", "on_match=update")],
)
def test_a_file_without_titles_is_one_fault_otherwise(
    outcome: Any, read: Any, data: bytes, query: str
) -> None:
    assert faults(read, outcome(data, CSV, query)["id"]) == [(1, "title", "column")]


def test_columns_may_be_named(outcome: Any) -> None:
    data = b"Werk;Nr.\nEmma;A1\n"
    outcome(data, CSV, "columns=title:Werk,barcode:Nr.")
    assert titles() == ["Emma"]
    assert [one.barcode for one in copy.of_books([1])[1]] == ["A1"]


def test_marc_may_bring_its_copies(outcome: Any) -> None:
    data = marc("245 10$aEmma", "999   $iA1$lAnnexe", "999   $iA2")
    found = outcome(data, MARC, "copies=999$i,$l")
    assert counts(found) == (1, 1, 0, 0, 0)
    copies = copy.of_books([1])[1]
    assert [(one.barcode, one.location) for one in copies] == [("A1", "Annexe"), ("A2", None)]


@pytest.mark.parametrize(
    ("media_type", "query", "parameter"),
    [
        (MARC, "columns=title:Werk", "columns"),
        (CSV, "copies=999$i", "copies"),
        (MARC, "copies=99", "copies"),
        (MARC, "copies=", "copies"),
        (CSV, "columns=status:Status", "columns"),
        (CSV, "match=colour", "match"),
        (CSV, "match=isbn,none", "match"),
        (CSV, "encoding=klingon", "encoding"),
        (CSV, "encoding=hex", "encoding"),
        (CSV, "on_match=replace", "on_match"),
        (CSV, "dry_run=yes", "dry_run"),
        (CSV, "format=ndjson", "format"),
        (FILE, "", "format"),
        (FILE, "format=xlsx", "format"),
    ],
)
def test_parameters_that_mean_nothing_are_faults(
    bring_in: Any, app: Octavo, media_type: str, query: str, parameter: str
) -> None:
    answer = bring_in(b"title\nEmma\n", media_type, query)
    assert answer.status_code == 400
    assert {fault["parameter"] for fault in answer.json["errors"]} == {parameter}


def test_a_file_of_any_type_says_in_the_query_what_it_is(outcome: Any) -> None:
    assert counts(outcome(b"title\nEmma\n", FILE, "format=csv")) == (1, 1, 0, 0, 0)
    assert counts(outcome(b"title\nSanditon\n", CSV, "format=csv")) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "application/zip", ""])
def test_other_types_are_not_taken(bring_in: Any, media_type: str) -> None:
    answer = bring_in(b"title\nEmma\n", media_type)
    assert answer.status_code == 415
    assert CSV in answer.json["supported"]


def test_parameters_of_the_media_type_change_nothing(outcome: Any) -> None:
    assert outcome(b"title\nEmma\n", "Text/CSV; charset=utf-8; header=present")["created"] == 1


@pytest.mark.settings(MAX_IMPORT_BYTES="2000")
def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    bring_in: Any, app: Octavo, librarian: Person
) -> None:
    assert bring_in(b"title\n" + b"x" * 1994).status_code == 202
    answer = bring_in(b"title\n" + b"x" * 1995)
    assert (answer.status_code, answer.json["limit"]) == (413, 2000)
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    client = app.test_client()
    answer = client.post(
        "/api/v1/imports",
        input_stream=io.BytesIO(b"title\n" + b"x" * 1995),
        content_type=CSV,
        environ_overrides=chunked,
        headers=librarian.headers,
    )
    assert answer.status_code == 413
    assert waiting(app) == []


@pytest.mark.parametrize("media_type", [CSV, NDJSON, MARC, MARCXML])
@pytest.mark.parametrize("query", ["", "dry_run=true"])
def test_an_empty_file_is_a_fault(outcome: Any, read: Any, media_type: str, query: str) -> None:
    found = outcome(b"", media_type, query)
    assert (found["status"], counts(found)) == ("failed", (0, 0, 0, 0, 0))
    assert faults(read, found["id"]) == [(1, None, "empty")]


def test_a_file_of_headers_alone_is_empty_too(outcome: Any) -> None:
    assert outcome(b"title,isbn\n")["status"] == "failed"


def test_imports_are_listed_the_newest_first(outcome: Any, read: Any) -> None:
    outcome(MIXED)
    outcome(b"")
    listed = read("/imports").json
    assert [(one["id"], one["status"]) for one in listed["data"]] == [(2, "failed"), (1, "done")]
    assert [one["id"] for one in read("/imports?status=done,running").json["data"]] == [1]


def test_an_import_that_never_was_is_not_found(read: Any) -> None:
    for path in ("/imports/9", "/imports/9/errors", "/imports/9/rejects"):
        assert read(path).status_code == 404


def test_rejects_come_in_one_type_only(outcome: Any, read: Any) -> None:
    path = f"/imports/{outcome(MIXED)['id']}/rejects"
    assert read(path, headers={"Accept": MARC}).status_code == 406
    assert read(path, headers={"Accept": CSV}).status_code == 200


def test_an_import_is_in_the_audit_log_with_all_it_did(bring_in: Any, librarian: Person) -> None:
    request_id = bring_in(b"title,barcode\nEmma,A1\n").headers["X-Request-ID"]
    query = audit.Audit.select(audit.Audit.action, audit.Audit.actor_id).where(
        audit.Audit.request_id == request_id
    )
    assert rows(query) == [
        ("import.create", librarian.id),
        ("book.create", librarian.id),
        ("copy.create", librarian.id),
    ]


def test_a_file_sent_twice_under_one_key_is_imported_once(
    bring_in: Any, read: Any, app: Octavo
) -> None:
    key = {"Idempotency-Key": "one"}
    first, again = (bring_in(MIXED, query="match=none", headers=key) for _ in range(2))
    assert again.get_data() == first.get_data()
    assert read("/imports").json["pagination"]["total"] == 1
    other = bring_in(MIXED + b"x\n", query="match=none", headers=key)
    as_other = bring_in(MIXED, MARC, headers=key)
    assert (other.status_code, as_other.status_code) == (422, 422)
    assert waiting(app) == []


def test_no_file_is_left_when_the_work_is_done(outcome: Any, app: Octavo) -> None:
    outcome(MIXED)
    outcome(b"")
    assert waiting(app) == []


@pytest.fixture
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody works off the imports until `jobs.work_off` is called."""
    monkeypatch.setattr(jobs, "wake", lambda settings: None)


class _Killed(BaseException):
    """What no code catches."""


@pytest.mark.parametrize(
    ("query", "expected", "expected_faults", "expected_titles"),
    [
        ("", (5, 2, 0, 1, 2), TITLELESS, ["Emma", "Sanditon"]),
        ("dry_run=true", (5, 2, 0, 1, 2), TITLELESS, []),
        (
            "match=none",
            (5, 2, 0, 0, 3),
            [TITLELESS[0], (3, "isbn", "isbn-taken"), TITLELESS[2]],
            ["Emma", "Sanditon"],
        ),
    ],
)
@pytest.mark.parametrize("survived", [0, 1, 2, 3])
def test_after_a_crash_the_import_goes_on_where_it_was(
    asleep: None,
    bring_in: Any,
    read: Any,
    app: Octavo,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
    expected: tuple[int, ...],
    expected_faults: list[Any],
    expected_titles: list[str],
    survived: int,
) -> None:
    monkeypatch.setattr(import_run, "BATCH", 2)
    folder = jobs.folder(app.config["SETTINGS"])
    import_id = bring_in(MIXED, query=query).json["id"]
    _crash_after(survived, monkeypatch, folder)
    crashed = read(f"/imports/{import_id}").json
    assert (crashed["status"], crashed["processed"]) == ("running", min(2 * survived, 5))
    import_jobs.work_off(folder)
    found = read(f"/imports/{import_id}").json
    assert (found["status"], counts(found)) == ("done", expected)
    assert faults(read, import_id) == expected_faults
    assert titles() == expected_titles


def _crash_after(batches: int, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Work off until so many batches are committed, and die in the transaction of the next step."""
    done = 0
    keep = import_job.keep

    def keeping(*given: Any) -> None:
        nonlocal done
        keep(*given)
        if done == batches and given[1]["processed"]:
            raise _Killed
        done += bool(given[1]["processed"])

    def finishing(*given: Any) -> None:
        raise _Killed

    with monkeypatch.context() as patch:
        patch.setattr(import_job, "keep", keeping)
        patch.setattr(import_job, "finish", finishing)
        with pytest.raises(_Killed):
            import_jobs.work_off(folder)


def test_imports_are_worked_off_in_their_order(asleep: None, bring_in: Any, app: Octavo) -> None:
    bring_in(b"title\nEmma\n")
    bring_in(b"title\nSanditon\n")
    import_jobs.work_off(jobs.folder(app.config["SETTINGS"]))
    assert titles() == ["Emma", "Sanditon"]


def test_two_at_work_do_nothing_twice(asleep: None, bring_in: Any, read: Any, app: Octavo) -> None:
    folder = jobs.folder(app.config["SETTINGS"])
    bring_in(b"title\nEmma\n")
    with import_jobs._alone(folder):
        import_jobs.work_off(folder)
        assert read("/imports/1").json["status"] == "queued"
    import_jobs.work_off(folder)
    assert titles() == ["Emma"]


def test_an_import_that_breaks_off_says_so_and_keeps_none_of_the_others_waiting(
    asleep: None, bring_in: Any, read: Any, app: Octavo, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = jobs.folder(app.config["SETTINGS"])
    bring_in(b"title\nEmma\n")
    bring_in(b"title\nSanditon\n")
    real = import_jobs._imported

    def breaking(job: Any, path: Path, opened: Any) -> Any:
        if job.id == 1:
            raise RuntimeError("a bug")
        return real(job, path, opened)

    monkeypatch.setattr(import_jobs, "_imported", breaking)
    import_jobs.work_off(folder)
    assert [read(f"/imports/{n}").json["status"] for n in (1, 2)] == ["failed", "done"]
    assert faults(read, 1) == [(1, None, "internal")]
    assert waiting(app) == []


def test_a_file_of_nothing_but_rubbish_is_given_up(
    outcome: Any, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "BATCH", 10)
    monkeypatch.setattr(import_jobs, "MOST_REJECTED", 20)
    found = outcome(b"x\n" * 100, NDJSON)
    assert (found["status"], counts(found)) == ("failed", (20, 0, 0, 0, 20))
    assert faults(read, found["id"])[-1] == (20, None, "too-many-faults")


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        (NDJSON, b'{"title": "Emma", "\\u0000a": 1}\n'),
        (NDJSON, b'{"title": "Emma", "' + b"a" * 5000 + b'": 1}\n'),
        (NDJSON, b"[" * 100_000),
        (NDJSON, b"\xff\xfe\x00\n"),
        (NDJSON, orjson.dumps({"title": ["Emma"] * 10_000})),
        (CSV, b'title\n"never ending\n'),
        (CSV, b"\0\0\0\0"),
        (CSV, b"PK\x03\x04 a workbook"),
        (CSV, b"name\nEmma\n"),
        (MARC, b"99999nam a2200000 i 4500"),
        (MARC, b"\x1d" * 50),
        (MARC, b"PK"),
        (MARCXML, b'<!DOCTYPE x [<!ENTITY a "aaaa">]><collection>&a;</collection>'),
        (MARCXML, b"<collection><record><datafield tag='245'>"),
        (MARCXML, b"<a>" * 50_000),
    ],
)
def test_a_hostile_file_is_all_faults_and_no_books(
    outcome: Any, read: Any, media_type: str, data: bytes
) -> None:
    found = outcome(data, media_type)
    assert found["status"] in ("done", "failed")
    assert found["failed"] == found["processed"]
    told = read(f"/imports/{found['id']}/errors").json["data"]
    assert told
    assert all(len(one["field"] or "") <= 200 for one in told)
    assert read(f"/imports/{found['id']}/rejects").status_code == 200
    assert "internal" not in {one["code"] for one in told}
    assert titles() == []


def test_what_nobody_waits_for_is_swept_away(
    asleep: None, bring_in: Any, read: Any, app: Octavo, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = jobs.folder(app.config["SETTINGS"])
    bring_in(b"title\nEmma\n")
    (folder / "left behind").write_bytes(b"")
    assert import_jobs.sweep(folder) == 0
    monkeypatch.setattr(import_jobs, "_ORPHAN_SECONDS", -1)
    assert import_jobs.sweep(folder) == 1
    assert len(waiting(app)) == 1


def test_an_import_whose_file_is_lost_is_given_up(
    asleep: None, bring_in: Any, read: Any, app: Octavo
) -> None:
    folder = jobs.folder(app.config["SETTINGS"])
    bring_in(b"title\nEmma\n")
    (folder / waiting(app)[0]).unlink()
    import_jobs.sweep(folder)
    assert read("/imports/1").json["status"] == "queued"
    import_job.ImportJob.update(created_at="2020-01-01T00:00:00Z").execute()
    import_jobs.sweep(folder)
    assert read("/imports/1").json["status"] == "failed"
    assert faults(read, 1) == [(1, None, "file-lost")]


def test_rejected_records_are_forgotten_in_the_end(outcome: Any, read: Any, app: Octavo) -> None:
    outcome(MIXED)
    import_job.ImportJob.update(finished_at="2020-01-01T00:00:00Z").execute()
    import_jobs.sweep(jobs.folder(app.config["SETTINGS"]))
    assert read("/imports/1/rejects").get_data() == MIXED.splitlines(keepends=True)[0]


def test_books_without_any_number_get_barcodes_once(
    outcome: Any, ask: Asker, librarian: Person
) -> None:
    data = b"title,author,copies\nEmma,Jane Austen,2\nPoems,,1\nPoems,,1\n"
    first, second = (outcome(data, "text/csv", "make_barcodes=true") for _ in range(2))
    assert [(one["created"], one["skipped"]) for one in (first, second)] == [(3, 0), (0, 3)]
    assert ask.get("/copies", by=librarian).json["pagination"]["total"] == 4


def test_copies_without_barcodes_get_one_and_the_same_file_again_makes_none(
    outcome: Any, ask: Asker, librarian: Person
) -> None:
    data = b"title,isbn,copies\nEmma,9780141439587,2\nIda,9780306406157,1\nOwls,9783161484100,0\n"
    for _ in range(2):
        assert outcome(data, "text/csv", "make_barcodes=true")["status"] == "done"
    found = ask.get("/copies?sort=barcode", by=librarian).json["data"]
    assert [copy["barcode"] for copy in found] == [
        "30000000000012",
        "30000000000020",
        "30000000000038",
    ]

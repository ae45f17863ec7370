"""A library that is exported whole and brought into an empty one is the same library."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from shutil import copyfile
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.export import sources
from catalogue.import_run import Import, Progress, Rules
from catalogue.merging import merge_books
from circulation import (
    accounts,
    acquisitions,
    lost_items,
    payments,
    presentation,
    renewals,
    rulebook,
    undo,
)
from circulation.calendar import Calendar
from circulation.hold_changes import change_hold
from circulation.holds import cancel_hold
from circulation.inventory import delete_book
from formats import read, write
from formats.marc.in_json import from_json
from formats.record import Options
from models import audit, calendar, copy, loan, marc_record, post, timestamps
from models.audit import Actor
from models.calendar import CalendarPlan
from models.database import connect, database
from models.fee import Fee
from models.hold import Hold
from models.rulebook import changed
from moving import fields, run
from moving.export import cell, parts
from moving.folder import read_manifest, set_calendar, take_out
from moving.reading import Row, RowsOf, Wish
from tests.checker import broken
from tests.unit.circulation import library
from tests.unit.circulation.library import DAY, DESK, NOW, back, held, held_copy, lent, title
from validators.engine.errors import BadValue
from validators.engine.values import normalise_label

KINDS = tuple(run.TAKERS)
# What is each library's own; passwords never leave.
OWN = ("updated_at", "last_seen_at", "has_password", "has_pin")
RECORD = {
    "leader": "00000nam a2200000 a 4500",
    "fields": [
        {"001": "m1"},
        {"245": {"ind1": "1", "ind2": "4", "subfields": [{"a": "The mill /"}, {"c": "G. E."}]}},
        {"700": {"ind1": "1", "ind2": " ", "subfields": [{"a": "Eliot"}, {"a": "George"}]}},
    ],
}


@pytest.fixture
def libraries(
    sqlite_template: Path, folder: Path, postgresql: Any
) -> Iterator[dict[str, Callable[[], Any]]]:
    """Connects to one of two empty libraries, on each database."""
    copyfile(sqlite_template, folder / "other.db")
    url = f"sqlite:///{folder / 'other.db'}"
    yield {"sqlite": lambda: connect(url), "postgresql": lambda: database.initialize(postgresql)}
    if database.obj is not postgresql:
        database.obj.close()
    database.initialize(postgresql)


def live() -> None:
    """A year of a small library: each act that leaves something of its own behind."""
    audit.subscribe({})
    library.berlin(replacement_fee=2500, fees_block_at=None, max_loans=None)
    library.policy("child", "*", loan_days=14)
    library.closed("2026-12-24", "2026-12-26")
    ada, bob, eve = library.member(), library.member(category="child"), library.member()
    library.amend(eve, note="=1+1", blocked=1, block_reason="asked", email=None, email_key=None)
    emma, (one, two) = title(2, shelfmark="AUS", price=1250)
    mill, (three, four, five) = title(3)
    marc_record.keep([(mill, _kept())])
    lent(one, ada, NOW - 60 * DAY)
    back(one, NOW - 20 * DAY)
    paid = payments.pay(_last_fee(), 100, "cash", "EUR", DESK, NOW - 19 * DAY)
    payments.void(paid.payment_id, "mistake", DESK, NOW - 19 * DAY)
    payments.pay(_last_fee(), 50, "card", "EUR", DESK, NOW - 18 * DAY)
    accounts.waive(_last_fee(), 25, "goodwill", "EUR", DESK, NOW - 18 * DAY)
    renewals.renew(lent(one, bob, NOW - 10 * DAY).row.id, DESK, NOW - 5 * DAY)
    lost_items.declare_lost(lent(three, ada, NOW - 30 * DAY).row.id, DESK, NOW - 2 * DAY)
    payments.pay(_last_fee(), 500, "cash", "EUR", DESK, NOW - DAY)
    lost_items.claim_returned(lent(four, ada, NOW - 9 * DAY).row.id, DESK, NOW - DAY)
    undo.cancel_loan(lent(five, bob).row.id, "mistake", DESK, NOW)
    held(emma, ada, NOW - 3 * DAY)
    held_copy(five, library.member(), NOW - 2 * DAY)
    lent(two, bob, NOW - 4 * DAY, "held-for-others", "title-on-loan")
    back(two, NOW)
    held(mill, bob, NOW - DAY)
    _return_taken_back()
    accounts.charge(ada, 300, "Spilt coffee", None, DESK, NOW)
    spare = accounts.charge(ada, 400, "Mistake", None, DESK, NOW)
    accounts.void(spare.id, "mistake", DESK, NOW)
    wanted = {"title": "Romola", "quantity": 2, "isbn": None, "book_id": emma}
    order = acquisitions.request(wanted, Actor(ada, "r"), NOW).id
    for status in ("approved", "ordered"):
        acquisitions.change(order, {"status": status}, DESK, NOW)
    acquisitions.receive(order, ["R1"], DESK, NOW)
    post.create({"title": "News", "content": "=Open", "published": True}, Actor(ada, "r"))
    _titles_that_go()
    withdrawn = copy.create(emma, {"barcode": "W"}, DESK)
    copy.withdraw(copy.locked(withdrawn.id), DESK)
    copy.create(emma, {"barcode": "W"}, DESK)


def _titles_that_go() -> None:
    """A title that was lent, held and deleted, and one that became another."""
    gone, [barcode] = title(control_number="g1")
    lent(barcode, library.member(), NOW - 40 * DAY)
    waiting = held(gone, library.member(), NOW - 39 * DAY)
    cancel_hold(waiting.row.id, DESK, NOW - 38 * DAY)
    back(barcode, NOW - 30 * DAY)
    delete_book(gone, DESK, NOW)
    (kept, _), (same, _) = title(), title(control_number="g2")
    merge_books(kept, [same], DESK, NOW)


def _return_taken_back() -> None:
    """A fine that was waived by a return dated earlier, and is owed again."""
    [barcode] = title()[1]
    loan_id = lent(barcode, library.member(), NOW - 60 * DAY).row.id
    renewals.renew(loan_id, DESK, NOW - 30 * DAY)
    back(barcode, NOW - 20 * DAY, NOW - 39 * DAY)
    undo.reopen_loan(loan_id, "another copy", DESK, NOW - 20 * DAY)


# Each is a barcode to the API, and something else to a spreadsheet or a database.
TAKEN_FOR_OTHER = ("5E12", "100E25", "3.1E+13", "10.0", "'A", '="1"', "#AB", "=A", "NULL", "\\N")


@pytest.mark.parametrize("label", TAKEN_FOR_OTHER)
def test_a_label_comes_back_from_ndjson_as_it_was(libraries: Any, label: str) -> None:
    libraries["sqlite"]()
    library.berlin()
    library.member(card_number=label, card_key=label.casefold())
    copy.create(title(0)[0], {"barcode": label}, DESK)
    before = taken_out()
    libraries["postgresql"]()
    bring_in(before)
    after = taken_out()
    for kind, name in (("members", "card_number"), ("copies", "barcode")):
        assert [one[name] for one in lines(after, kind)] == [label]


@pytest.mark.parametrize("name", ["NULL", "\\N"])
def test_a_name_that_databases_have_for_nothing_comes_back_from_ndjson(
    libraries: Any, name: str
) -> None:
    libraries["sqlite"]()
    library.berlin()
    library.member(last_name=name)
    before = taken_out()
    libraries["postgresql"]()
    bring_in(before)
    assert [one["last_name"] for one in lines(taken_out(), "members")] == [name]


def _label_rules(text: str) -> str | None:
    """The label that the API makes of a text, None if it refuses it."""
    try:
        label = normalise_label(text)
    except BadValue:
        return None
    return label if 0 < len(label) <= 64 else None


LABELS = st.one_of(
    st.text(max_size=70),
    st.text("0123456789.,eE+-#='NULAB/ \\", max_size=12),
    st.sampled_from(TAKEN_FOR_OTHER),
)


@given(LABELS.map(_label_rules).filter(bool))
def test_every_label_that_the_api_takes_is_read_from_ndjson_as_it_is(label: str) -> None:
    columns = ("card_number", "barcode")
    line = orjson.dumps(dict.fromkeys(columns, label))
    wish, day = Wish("ndjson", Options()), Calendar("Europe/Berlin", [0], [])
    [row] = RowsOf(BytesIO(line), wish, fields.OF_KIND["loans"], day, 2, counts=False)
    assert isinstance(row, Row)
    assert {name: row.values.get(name) for name in columns} == dict.fromkeys(columns, label)


@given(LABELS.map(_label_rules).filter(bool))
def test_every_label_that_the_api_takes_comes_back_from_csv_as_it_was(label: str) -> None:
    columns = ("card_number", "barcode", "source_key")
    file = StringIO()
    writer = csv.writer(file)
    writer.writerows([columns, [cell(name, label) for name in columns]])
    wish, day = Wish("csv", Options()), Calendar("Europe/Berlin", [0], [])
    data = BytesIO(file.getvalue().encode())
    [row] = RowsOf(data, wish, fields.OF_KIND["loans"], day, 2, counts=False)
    assert isinstance(row, Row)
    assert {name: row.values.get(name) for name in columns} == dict.fromkeys(columns, label)


def _kept() -> bytes:
    return from_json(RECORD) or b""


def _last_fee() -> int:
    found: int = Fee.select(Fee.id).order_by(Fee.id.desc()).scalar()
    return found


def taken_out(written: str = "ndjson") -> dict[str, bytes]:
    """Everything, by kind."""
    books = sources({}, with_records=True, with_origin=True, with_deleted=True)
    found = {"books": b"".join(write("ndjson", books))}
    return found | {kind: b"".join(one.data for one in parts(kind, written)) for kind in KINDS}


def bring_in(files: dict[str, bytes], written: str = "ndjson") -> dict[str, Progress]:
    """Bring files into the library that is connected."""
    reader = read(BytesIO(files["books"]), "ndjson")
    done = {"books": Import(Rules(), DESK, run._keep_nothing).run(reader)}
    for kind in KINDS:
        about = run.about(DESK)
        rows = run.opening(kind, Wish(written, Options()), about)(BytesIO(files[kind]))
        done[kind] = run.MoveIn(run.TAKERS[kind](about)).run(rows)
        assert rows.unused == []
    return done


def lines(files: dict[str, bytes], kind: str) -> list[dict[str, Any]]:
    """The records of a kind, without what is each library's own."""
    told = [orjson.loads(line) for line in files[kind].splitlines()]
    kept = [{k: v for k, v in one.items() if k not in OWN} for one in told]
    return sorted(kept, key=lambda one: str(one["source_key"]))


WAYS = [("sqlite", "postgresql"), ("postgresql", "sqlite")]


@pytest.mark.parametrize("written", ["ndjson", "csv"])
@pytest.mark.parametrize(("there", "here"), WAYS)
def test_a_library_brought_into_an_empty_one_is_the_same(
    libraries: Any, there: str, here: str, written: str
) -> None:
    libraries[there]()
    live()
    before, files = taken_out(), taken_out(written)
    libraries[here]()
    done = bring_in(files, written)
    assert {kind: one.failed for kind, one in done.items()} == dict.fromkeys(done, 0)
    after = taken_out()
    for kind in ("books", *KINDS):
        assert lines(after, kind) == lines(before, kind), kind
    assert broken(database.obj) == []
    again = bring_in(files, written)
    assert {kind: (one.created, one.updated, one.failed) for kind, one in again.items()} == (
        dict.fromkeys(again, (0, 0, 0))
    )
    assert taken_out() == after


@pytest.mark.parametrize(("there", "here"), WAYS)
def test_a_hold_cut_by_its_need_gets_its_shelf_time_back_in_another_library(
    libraries: Any, there: str, here: str
) -> None:
    libraries[there]()
    audit.subscribe({})
    library.berlin()
    book_id, [barcode] = title()
    lent(barcode, library.member())
    placed = held(book_id, library.member()).row.id
    back(barcode)
    change_hold(placed, {"expires_on": date(2026, 3, 27)}, DESK, NOW)
    change_hold(placed, {"not_needed_after": date(2026, 3, 16)}, DESK, NOW)
    files = taken_out()
    libraries[here]()
    library.berlin()
    bring_in(files)
    [brought] = Hold.select()
    after = change_hold(brought.id, {"not_needed_after": None}, DESK, NOW)
    assert after.row.expires_at == "2026-03-27T22:59:59Z"


def _in_folder(folder: Path) -> dict[str, bytes]:
    """The files of a whole export, by kind."""
    return {one.kind: (folder / one.file).read_bytes() for one in read_manifest(folder)}


def _set_two_days() -> None:
    """Open on Tuesdays and Thursdays alone for four weeks, and always open before that."""
    values = {"valid_from": str((NOW - 28 * DAY).date()), "open_weekdays": [2, 4]}
    CalendarPlan.insert(values).execute()
    changed()


def _week_and_fines() -> Any:
    every = loan.ROWS.all(loan.ROWS.select())
    fines = [one.fine_accrued for one in presentation.loans(every, NOW)]
    return calendar.find().to_json(str(NOW.date())), sorted(fines)


@pytest.mark.parametrize(("there", "here"), WAYS)
def test_a_return_dated_back_after_a_move_lessens_the_fines_of_its_own_member(
    libraries: Any, there: str, here: str
) -> None:
    libraries[there]()
    library.berlin()
    [barcode] = title()[1]
    renewals.renew(lent(barcode, library.member(), NOW - 60 * DAY).row.id, DESK, NOW - 30 * DAY)
    [charged] = Fee.select(Fee.id, Fee.amount).tuples()
    files = taken_out()
    libraries[here]()
    library.berlin()
    accounts.charge(library.member(), 300, "Spilt coffee", None, DESK, NOW)
    bring_in(files)
    back(barcode, NOW - 29 * DAY, NOW - 39 * DAY)
    [other, own] = Fee.select(Fee.id, Fee.balance).order_by(Fee.id).tuples()
    assert other == (charged[0], 300)
    assert own[1] < charged[1]


def test_fines_of_loans_that_are_not_of_the_form_of_exports_are_refused(libraries: Any) -> None:
    libraries["sqlite"]()
    library.berlin()
    lent(title()[1][0], library.member(), NOW)
    files = taken_out()
    files["loans"] = files["loans"].replace(b'"fines":[]', b'"fines":[{"amount":5}]')
    libraries["postgresql"]()
    library.berlin()
    assert bring_in(files)["loans"].failed == 1


@pytest.mark.parametrize(("there", "here"), WAYS)
def test_opening_days_of_the_past_and_the_fines_counted_by_them_come_along(
    libraries: Any, tmp_path: Path, there: str, here: str
) -> None:
    libraries[there]()
    library.berlin()
    for days in (60, 45):
        lent(title()[1][0], library.member(), NOW - days * DAY)
    _set_two_days()
    before = _week_and_fines()
    take_out(tmp_path, "ndjson", lambda kind, records: None)
    libraries[here]()
    assert set_calendar(tmp_path, DESK)
    bring_in(_in_folder(tmp_path))
    assert _week_and_fines() == before
    assert not set_calendar(tmp_path, DESK)


def test_a_library_with_loans_keeps_its_past_and_takes_over_the_week_of_today(
    libraries: Any, tmp_path: Path
) -> None:
    libraries["sqlite"]()
    library.berlin()
    _set_two_days()
    take_out(tmp_path, "ndjson", lambda kind, records: None)
    libraries["postgresql"]()
    library.berlin()
    lent(title()[1][0], library.member(), NOW - 60 * DAY)
    [before] = _week_and_fines()[1]
    set_calendar(tmp_path, DESK)
    first, second = calendar.find().plans
    assert first.open_weekdays == [1, 2, 3, 4, 5, 6]
    today = rulebook.today(timestamps.now()).isoformat()
    assert (second.valid_from, second.open_weekdays) == (today, [2, 4])
    assert _week_and_fines()[1] == [before]


def test_a_week_that_began_since_the_export_is_the_week_of_today(
    libraries: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries["sqlite"]()
    library.berlin()
    later = timestamps.now() + 7 * DAY
    day = rulebook.today(later)
    CalendarPlan.insert(valid_from=str(day), open_weekdays=[2, 4]).execute()
    changed()
    take_out(tmp_path, "ndjson", lambda kind, records: None)
    libraries["postgresql"]()
    library.berlin()
    lent(title()[1][0], library.member(), NOW)
    monkeypatch.setattr(timestamps, "now", lambda: later + DAY)
    set_calendar(tmp_path, DESK)
    assert calendar.find().plan_on(str(day + DAY)).open_weekdays == [2, 4]

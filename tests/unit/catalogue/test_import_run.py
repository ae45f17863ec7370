"""Importing: matched, all or nothing for a record, every record accounted for."""

import dataclasses
import io
import tracemalloc
from dataclasses import astuple
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError

from catalogue import finders, import_run
from catalogue.import_run import Import, Progress, Rules, Told
from formats import Fault, Record, read
from models import audit, book, book_merge, copy, marc_record, source_key
from models.database import database, rows, run
from models.search import book_list
from models.search.suggestions import suggest
from tests.unit.catalogue.given import WHO, Heard, barcodes, bring_in, catalogue, records, titles

pytestmark = pytest.mark.usefixtures("db")

EMMA = {"title": "Emma", "isbn": "9780199535521"}
OTHER_ISBN = "9780141185064"
MOONSTONE = {"title": "The Moonstone", "isbn": "9780141439679"}


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_run, "BATCH", 2)
    monkeypatch.setattr(import_run, "BATCH_SECONDS", 60)
    monkeypatch.setattr(import_run, "UPDATE_SECONDS", 60)


def test_new_books_come_in_with_their_copies() -> None:
    done = bring_in({**EMMA, "copies": [{"barcode": "A1"}, {"barcode": "A2"}]}, MOONSTONE)
    assert done == Progress(processed=2, created=2)
    assert barcodes() == {"Emma": ["A1", "A2"]}


def test_imported_books_are_found_by_searching() -> None:
    bring_in(EMMA, MOONSTONE)
    assert book_list.LISTING.total({"q": "moonstone"}) == 1


def test_each_imported_book_and_copy_is_in_the_audit_log() -> None:
    bring_in({**EMMA, "copies": [{"barcode": "A1"}]})
    (emma,) = catalogue()
    query = audit.Audit.select(
        audit.Audit.action, audit.Audit.record_id, audit.Audit.request_id
    ).order_by(audit.Audit.id)
    (one,) = copy.of_books([emma["id"]])[emma["id"]]
    assert rows(query) == [
        ("book.create", emma["id"], "import-1"),
        ("copy.create", one.id, "import-1"),
    ]


def test_a_record_whose_book_is_there_is_skipped() -> None:
    bring_in(EMMA)
    told = Heard()
    done = bring_in({**EMMA, "pages": 9}, MOONSTONE, told=told)
    assert done == Progress(processed=2, created=1, skipped=1)
    assert titles() == ["Emma", "The Moonstone"]
    assert [(one.number, one.existing_id) for one in told.skipped] == [(1, catalogue()[0]["id"])]


def test_a_book_is_known_again_within_the_file(small_batches: None) -> None:
    again = {**EMMA, "pages": 9}
    done = bring_in(EMMA, again, MOONSTONE, again)
    assert done == Progress(processed=4, created=2, skipped=2)


def test_an_update_changes_only_what_the_record_speaks_of() -> None:
    bring_in({**EMMA, "author": "Austen, Jane", "pages": 418})
    done = bring_in({**EMMA, "title": "Emma: a novel", "pages": 420}, on_match="update")
    assert done == Progress(processed=1, updated=1)
    (emma,) = catalogue()
    assert (emma["title"], emma["author"], emma["pages"]) == ("Emma: a novel", "Austen, Jane", 420)
    assert emma["revision"] == 2


def test_a_correction_needs_the_isbn_and_what_it_changes() -> None:
    bring_in({**EMMA, "author": "Austen, Jane"})
    done = bring_in(
        {"isbn": EMMA["isbn"], "pages": 9, "copies": [{"barcode": "A1"}]}, on_match="update"
    )
    assert done == Progress(processed=1, updated=1)
    (emma,) = catalogue()
    assert (emma["title"], emma["author"], emma["pages"]) == ("Emma", "Austen, Jane", 9)
    assert barcodes() == {"Emma": ["A1"]}


@pytest.mark.parametrize("rules", [{"on_match": "update"}, {"on_match": "update", "match": ()}])
def test_a_correction_of_no_book_lacks_its_title(rules: dict[str, Any]) -> None:
    told = Heard()
    done = bring_in({"isbn": EMMA["isbn"], "pages": 9}, MOONSTONE, told=told, **rules)
    assert done == Progress(processed=2, created=1, failed=1)
    assert told.faults == [(1, "title", "required")]


def test_a_title_can_be_left_out_of_a_correction_but_not_emptied() -> None:
    bring_in(EMMA)
    told = Heard()
    bring_in({**EMMA, "title": ""}, {**EMMA, "title": None}, told=told, on_match="update")
    assert [code for _, _, code in told.faults] == ["blank", "required"]


def test_records_that_are_to_be_skipped_lack_their_title_as_ever() -> None:
    bring_in(EMMA)
    assert bring_in({"isbn": EMMA["isbn"]}) == Progress(processed=1, failed=1)


def test_a_correction_does_not_stand_in_for_the_record_of_its_book() -> None:
    for title in ("Emma", None):
        values = {"title": title, "isbn": EMMA["isbn"], "edition": str(title)}
        book = {name: value for name, value in values.items() if value}
        record = Record(1, book, b"", original=str(title).encode())
        Import(Rules(on_match="update"), WHO, Heard().keep).run([record])
    (emma,) = catalogue()
    assert emma["edition"] == "None"
    assert marc_record.of_books([emma["id"]]) == {emma["id"]: b"Emma"}


def test_an_update_that_says_nothing_new_is_skipped() -> None:
    bring_in({**EMMA, "copies": [{"barcode": "A1"}]})
    done = bring_in({**EMMA, "copies": [{"barcode": "a1"}]}, on_match="update")
    assert done == Progress(processed=1, skipped=1)
    assert catalogue()[0]["revision"] == 1


def test_an_update_adds_the_copies_that_are_missing() -> None:
    bring_in({**EMMA, "copies": [{"barcode": "A1"}]})
    done = bring_in({**EMMA, "copies": [{"barcode": "A1"}, {"barcode": "A2"}]}, on_match="update")
    assert done == Progress(processed=1, updated=1)
    assert barcodes() == {"Emma": ["A1", "A2"]}


BOTH = [MOONSTONE["isbn"], OTHER_ISBN]


@pytest.mark.parametrize("isbn", BOTH)
def test_an_update_by_one_isbn_of_a_book_takes_no_other_from_it(isbn: str) -> None:
    bring_in({"title": "The Moonstone", "isbns": BOTH})
    done = bring_in({"title": "The Moonstone", "isbn": isbn}, on_match="update")
    assert done == Progress(processed=1, skipped=1)
    assert [(one["isbn"], one["isbns"]) for one in catalogue()] == [(BOTH[0], BOTH)]


def test_an_update_adds_isbns_to_those_that_found_the_book() -> None:
    bring_in({"title": "The Moonstone", "isbns": BOTH})
    more = [OTHER_ISBN, EMMA["isbn"]]
    bring_in({"title": "The Moonstone", "isbns": more}, on_match="update")
    assert [one["isbns"] for one in catalogue()] == [[*more, BOTH[0]]]


def test_an_update_found_by_its_number_corrects_the_first_isbn() -> None:
    bring_in({"title": "The Moonstone", "isbns": BOTH, "control_number": "1"})
    bring_in({"isbn": EMMA["isbn"], "control_number": "1"}, on_match="update")
    assert [one["isbns"] for one in catalogue()] == [[EMMA["isbn"], OTHER_ISBN]]


def test_an_update_under_the_number_of_a_merged_book_keeps_the_number_of_the_other() -> None:
    owls = {"title": "Owls", "control_number": "b1"}
    again = {"title": "The owls", "control_number": "b2"}
    bring_in(owls, again)
    _merge()
    for _ in range(2):
        assert bring_in(owls, again, on_match="update").created == 0
    assert [(one["title"], one["control_number"]) for one in catalogue()] == [("The owls", "b1")]


SPELT_DIFFERENTLY = [
    {"title": "Owls", "control_number": "b1", "isbn": EMMA["isbn"]},
    {"title": "Birds of the night", "control_number": "b2", "isbn": OTHER_ISBN},
]


@pytest.mark.parametrize("is_gone", [False, True])
@pytest.mark.parametrize("on_match", ["skip", "update"])
def test_a_record_with_a_number_of_ours_that_is_no_book_of_its_title_comes_in_once(
    on_match: str, is_gone: bool
) -> None:
    bring_in({"title": "Owls"})
    (owls,) = catalogue()
    if is_gone:
        book.delete(book.locked(owls["id"]), WHO)
    moths = {"title": "Moths", "control_number": f"({source_key.code()}){owls['id']}"}
    assert bring_in(moths, on_match=on_match).created == 1
    assert bring_in(moths, on_match=on_match).created == 0
    assert titles() == [*([] if is_gone else ["Owls"]), "Moths"]
    assert bring_in({**moths, "title": "Owls"}, on_match=on_match).created == is_gone


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("match", ["isbn", "control_number", "title"])
def test_a_title_that_was_merged_into_one_spelt_differently_comes_no_second_time(
    match: Any, *, dry_run: bool
) -> None:
    bring_in(*SPELT_DIFFERENTLY)
    _merge()
    done = bring_in(*SPELT_DIFFERENTLY, match=(match,), dry_run=dry_run)
    assert done == Progress(processed=2, skipped=2)


def test_a_part_that_was_merged_into_another_comes_no_second_time() -> None:
    volumes = [{"title": "Owls", "part": part, "control_number": part} for part in ("1", "I")]
    bring_in(*volumes)
    _merge()
    assert bring_in(*volumes) == Progress(processed=2, skipped=2)


def test_a_number_of_a_merged_title_is_no_proof_of_a_third_one() -> None:
    bring_in(*SPELT_DIFFERENTLY)
    _merge()
    assert bring_in({"title": "Newts", "control_number": "b2"}).created == 1


@pytest.mark.parametrize("on_match", ["skip", "update"])
def test_a_record_that_was_merged_comes_no_second_time(on_match: str) -> None:
    file = [{"title": "Owls", "source_key": f"old:{number}"} for number in (1, 2)]
    bring_in(*file)
    _merge()
    assert bring_in(*file, on_match=on_match).created == 0


def test_a_title_that_was_deleted_here_comes_in_again_once(small_batches: None) -> None:
    owls = {"title": "Owls", "source_key": "old:1"}
    bring_in(owls)
    book.delete(book.locked(catalogue()[0]["id"]), WHO)
    assert bring_in(owls, owls, owls) == Progress(processed=3, created=1, skipped=2)


def _merge() -> None:
    """Merge the second book, if there is one, into the first."""
    kept, *others = map(book.find, [one["id"] for one in catalogue()[:2]])
    book_merge.retire(others, kept.id, WHO)
    book_merge.absorb(kept, others, WHO)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from([*BOTH, EMMA["isbn"]]), min_size=1), min_size=1))
def test_a_file_of_updates_that_comes_twice_brings_nothing_new(file: list[list[str]]) -> None:
    books = [{"title": "Emma", "isbns": isbns} for isbns in file]
    with database.atomic() as whole:
        bring_in(*books, on_match="update")
        assert bring_in(*books, on_match="update").created == 0
        whole.rollback()


def test_a_later_record_of_the_file_updates_the_book_of_an_earlier_one() -> None:
    done = bring_in(EMMA, {**EMMA, "pages": 418}, on_match="update")
    assert done == Progress(processed=2, created=1, updated=1)
    assert catalogue()[0]["pages"] == 418


def test_without_matching_a_taken_isbn_is_a_fault() -> None:
    told = Heard()
    done = bring_in(EMMA, EMMA, {"title": "Emma"}, match=(), told=told)
    assert done == Progress(processed=3, created=2, failed=1)
    assert told.faults == [(2, "isbn", "isbn-taken")]


@pytest.mark.parametrize("where", ["in stock", "in the file"])
def test_a_taken_barcode_rejects_the_whole_record(where: str) -> None:
    first = {**EMMA, "copies": [{"barcode": "A1"}]}
    second = {**MOONSTONE, "copies": [{"barcode": "A2"}, {"barcode": " a1 "}]}
    told = Heard()
    if where == "in stock":
        bring_in(first)
        bring_in(second, told=told)
    else:
        bring_in(first, second, told=told)
    assert [(field, code) for _, field, code in told.faults] == [("barcode", "barcode-taken")]
    assert titles() == ["Emma"]
    assert barcodes() == {"Emma": ["A1"]}


def test_a_barcode_that_a_record_has_twice_counts_once() -> None:
    told = Heard()
    copies = [{"barcode": "A1"}, {"barcode": "a1"}, {"barcode": "A2"}]
    done = bring_in({**EMMA, "copies": copies}, told=told)
    assert (done.created, done.failed, barcodes()) == (1, 0, {"Emma": ["A1", "A2"]})
    assert told.notes == [(1, "copies/1/barcode", "barcode-taken")]


def test_the_barcode_of_a_withdrawn_copy_is_free() -> None:
    bring_in({**EMMA, "copies": [{"barcode": "A1", "status": "withdrawn"}]})
    done = bring_in({**MOONSTONE, "copies": [{"barcode": "A1"}]})
    assert done == Progress(processed=1, created=1)


def test_every_fault_of_a_record_is_told() -> None:
    told = Heard()
    done = bring_in(
        EMMA, {"title": " ", "pages": 0, "copies": [{"location": "Hall"}]}, MOONSTONE, told=told
    )
    assert done == Progress(processed=3, created=2, failed=1)
    assert told.faults == [
        (2, "title", "blank"),
        (2, "pages", "too-small"),
        (2, "copies/0/barcode", "required"),
    ]


def test_a_record_that_cannot_be_read_keeps_no_other_out() -> None:
    told = Heard()
    items = records(EMMA, MOONSTONE)
    items.insert(1, Fault(2, None, "malformed-json", "This is not JSON.", b"{"))
    done = Import(Rules(), WHO, told.keep).run(items)
    assert done == Progress(processed=3, created=2, failed=1)
    assert [(one.number, one.raw) for one in told.rejected] == [(2, b"{")]


def test_too_many_copies_reject_a_record() -> None:
    told = Heard()
    bring_in({**EMMA, "copies": [{"barcode": str(n)} for n in range(10_001)]}, told=told)
    assert told.faults == [(1, "copies", "too-many")]


def test_a_record_may_bring_more_than_a_thousand_copies() -> None:
    done = bring_in({**EMMA, "copies": [{"barcode": str(n)} for n in range(3000)]})
    assert done.created == 1
    assert copy.Copy.select().count() == 3000


def test_many_records_with_many_copies_come_in() -> None:
    books = [
        {"title": f"Volume {n}", "copies": [{"barcode": f"{n}-{m}"} for m in range(900)]}
        for n in range(3)
    ]
    assert bring_in(*books).created == 3


@pytest.mark.parametrize("on_match", ["skip", "update"])
def test_a_dry_run_counts_like_a_real_one_and_writes_nothing(
    on_match: Any, small_batches: None
) -> None:
    file: list[dict[str, Any]] = [
        {**EMMA, "copies": [{"barcode": "A1"}]},
        {**EMMA, "pages": 418},
        {**MOONSTONE, "copies": [{"barcode": "A1"}]},
        MOONSTONE,
        {**MOONSTONE, "pages": 1, "copies": [{"barcode": "A2"}]},
        {"title": ""},
    ]
    pretended = bring_in(*file, on_match=on_match, dry_run=True)
    assert titles() == []
    assert pretended == bring_in(*file, on_match=on_match)


_TEXTS = st.sampled_from((None, "1", "2", "3"))
_ISBNS = st.sampled_from((None, EMMA["isbn"], MOONSTONE["isbn"]))
_COPIES = st.lists(st.sampled_from("ABCD"), max_size=2, unique=True)


@st.composite
def _books(draw: st.DrawFn) -> dict[str, Any]:
    """A book of a few that are alike."""
    return {
        "title": draw(st.sampled_from(("Emma", "The Moonstone"))),
        "isbn": draw(_ISBNS),
        "control_number": draw(_TEXTS),
        "source_key": draw(_TEXTS),
        "author": draw(st.sampled_from((None, "Austen, Jane"))),
        "copies": [{"barcode": barcode} for barcode in draw(_COPIES)],
    }


@st.composite
def _rows(draw: st.DrawFn) -> str:
    """A row of a spreadsheet with a row for each copy."""
    title = draw(st.sampled_from(("Emma", "Ida")))
    return f"{title},{draw(st.sampled_from('ABCDEF'))},{draw(st.sampled_from(('', EMMA['isbn'])))}"


@st.composite
def _corrections(draw: st.DrawFn) -> Record:
    """A record of a few that are alike, which speaks of some fields and may be kept."""
    has = {
        "title": draw(st.sampled_from(("Emma", "Emma: a novel", "The Moonstone"))),
        "isbns": draw(st.sampled_from(([], [MOONSTONE["isbn"]], [EMMA["isbn"], OTHER_ISBN]))),
        **{name: draw(_TEXTS) for name in ("control_number", "part", "author")},
        "isbn": draw(_ISBNS),
    }
    (record,) = records(
        {
            **{name: has[name] for name in draw(st.lists(st.sampled_from(list(has)), unique=True))},
            **draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "source_key": st.sampled_from("12"),
                        "deleted_at": st.just("2020-01-01T00:00:00Z"),
                    },
                )
            ),
            "copies": [{"barcode": barcode} for barcode in draw(_COPIES)],
        }
    )
    assert isinstance(record, Record)
    record.original = draw(st.sampled_from((None, b"one", b"other")))
    record.nonfiling = draw(st.sampled_from((None, 0, 1)))
    return record


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_books(), max_size=9))
def test_a_dry_run_tells_of_each_record_what_a_real_one_does(
    small_batches: None, file: list[dict[str, Any]]
) -> None:
    _compare(records(*file), Rules())


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_rows(), max_size=9), st.sampled_from(("skip", "update")))
def test_a_dry_run_tells_of_each_row_what_a_real_one_does(
    small_batches: None, file: list[str], on_match: Any
) -> None:
    _compare(rows_of_copies(*file, header="title,barcode,isbn"), Rules(on_match=on_match))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_corrections(), max_size=3),
    st.lists(_corrections(), max_size=8),
    st.sampled_from((("isbn", "control_number"), ("control_number",), ("barcode",), ())),
    st.booleans(),
    st.booleans(),
)
def test_a_dry_run_that_updates_tells_of_each_record_what_a_real_one_does(
    small_batches: None,
    there: list[Record],
    file: list[Record],
    match: tuple[finders.Key, ...],
    merges: bool,
    makes_barcodes: bool,
) -> None:
    with database.atomic() as whole:
        Import(Rules(), WHO, Heard().keep).run(_numbered(there))
        if merges and catalogue():
            _merge()
        _compare(_numbered(file), Rules(match, "update", make_barcodes=makes_barcodes))
        whole.rollback()


def _numbered(file: list[Record]) -> list[Record | Fault]:
    return [dataclasses.replace(one, number=number) for number, one in enumerate(file, 1)]


def _compare(file: list[Record | Fault], rules: Rules) -> None:
    pretended, real = Heard(), Heard()
    with database.atomic() as whole:
        dry = dataclasses.replace(rules, dry_run=True)
        counted = Import(dry, WHO, pretended.keep).run(file)
        assert counted == Import(rules, WHO, real.keep).run(file)
        whole.rollback()
    assert pretended.faults == real.faults
    skipped = [[(one.number, one.code) for one in told.skipped] for told in (pretended, real)]
    assert skipped[0] == skipped[1]


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_update_that_gives_a_book_the_isbn_of_another_is_rejected(dry_run: bool) -> None:
    bring_in(MOONSTONE, {"title": "Emma", "control_number": "1"})
    told = Heard()
    taken = {"title": "Emma", "control_number": "1", "isbn": MOONSTONE["isbn"]}
    bring_in(taken, told=told, match=("control_number",), on_match="update", dry_run=dry_run)
    assert told.faults == [(1, "isbn", "isbn-taken")]


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_update_that_the_file_repeats_counts_once(dry_run: bool, small_batches: None) -> None:
    bring_in(EMMA)
    again = {**EMMA, "pages": 9}
    done = bring_in(again, again, again, on_match="update", dry_run=dry_run)
    assert done == Progress(processed=3, updated=1, skipped=2)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_title_that_was_deleted_elsewhere_comes_once(dry_run: bool, small_batches: None) -> None:
    gone = {"title": "Emma", "source_key": "old:1", "deleted_at": "2020-01-01T00:00:00Z"}
    done = bring_in(gone, gone, gone, dry_run=dry_run)
    assert done == Progress(processed=3, created=1, skipped=2)


def test_a_title_that_was_deleted_elsewhere_needs_its_title_in_an_update_too() -> None:
    told = Heard()
    gone = {"isbn": EMMA["isbn"], "source_key": "old:1", "deleted_at": "2020-01-01T00:00:00Z"}
    bring_in(gone, told=told, on_match="update")
    assert told.faults == [(1, "title", "required")]


def test_a_record_that_is_passed_over_gives_its_book_no_further_number() -> None:
    """Wherever a batch ends: the book is known by what it has."""
    told = Heard()
    known = {"title": "The Moonstone", "source_key": "1"}
    bring_in(known, {**EMMA, "source_key": "1"}, {**MOONSTONE, "isbn": EMMA["isbn"]}, told=told)
    assert [one.number for one in told.skipped] == [2]
    assert titles() == ["The Moonstone", "The Moonstone"]


def test_a_dry_run_takes_no_more_memory_for_more_records(monkeypatch: pytest.MonkeyPatch) -> None:
    # On a quick machine the largest batch, which is in memory at once, would be most of it.
    monkeypatch.setattr(import_run, "BATCH", 200)
    grown: list[int] = []

    def keep(progress: Progress, told: Told) -> None:
        grown.append(tracemalloc.get_traced_memory()[0])

    lines = (
        orjson.dumps(
            {"title": f"Volume {n}", "source_key": f"{n}", "copies": [{"barcode": f"{n}"}]}
        )
        for n in range(4000)
    )
    file = io.BytesIO(b"\n".join(lines))
    tracemalloc.start()
    try:
        Import(Rules(dry_run=True), WHO, keep).run(read(file, "ndjson"))
    finally:
        tracemalloc.stop()
    assert grown[-1] - min(grown) < 1_000_000, grown


def test_every_record_is_accounted_for(small_batches: None) -> None:
    told = Heard()
    bring_in(EMMA, EMMA, {"title": ""}, MOONSTONE, {"title": "Emma"}, told=told)
    for progress in told.progress:
        processed, *parts = astuple(progress)
        assert processed == sum(parts)
    assert told.progress[-1].processed == 5


def test_an_import_goes_on_where_it_was_stopped(small_batches: None) -> None:
    file = records(*({"title": f"Volume {n}"} for n in range(7)))
    kept = Heard()

    def broken(progress: Progress, told: Told) -> None:
        if progress.processed == 6:
            raise RuntimeError("the power failed")
        kept.keep(progress, told)

    with pytest.raises(RuntimeError, match="power"):
        Import(Rules(), WHO, broken).run(file)
    assert len(titles()) == kept.progress[-1].processed == 4
    done = Import(Rules(), WHO, kept.keep, kept.progress[-1]).run(file)
    assert done == Progress(processed=7, created=7)
    assert titles() == [f"Volume {n}" for n in range(7)]


def rows_of_copies(*rows: str, header: str = "title,barcode") -> list[Record | Fault]:
    """The records of a spreadsheet with a row for each copy."""
    return list(read(io.BytesIO("\n".join([header, *rows, ""]).encode()), "csv"))


OF_COPIES = rows_of_copies("Owls,A1", "Owls,A2", "Moths,B1", "Moths,B2", "Newts,C1", "Newts,C2")
THREE_TITLES = [("Owls", ["A1", "A2"]), ("Moths", ["B1", "B2"]), ("Newts", ["C1", "C2"])]


def with_barcodes() -> list[tuple[str, list[str]]]:
    """The title of every book, and the barcodes of its copies."""
    books = catalogue()
    found = copy.of_books([book["id"] for book in books])
    return [(book["title"], [one.barcode for one in found[book["id"]]]) for book in books]


@pytest.mark.parametrize("on_match", ["skip", "update"])
@pytest.mark.parametrize("match", [("isbn", "control_number"), ()])
def test_rows_of_the_copies_of_one_title_are_one_book(on_match: Any, match: Any) -> None:
    done = Import(Rules(match, on_match), WHO, Heard().keep).run(OF_COPIES)
    assert (done.processed, done.created) == (6, 3)
    assert with_barcodes() == THREE_TITLES


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_rows_of_one_title_are_one_book_across_batches(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "BATCH", size)
    Import(Rules(), WHO, Heard().keep).run(OF_COPIES)
    assert with_barcodes() == THREE_TITLES


@pytest.mark.parametrize("done", range(7))
def test_an_import_of_rows_that_was_stopped_anywhere_loses_none_and_divides_no_title(
    done: int,
) -> None:
    begun = Import(Rules(), WHO, Heard().keep).run(OF_COPIES[:done])
    assert begun.processed == done
    whole = Import(Rules(), WHO, Heard().keep, begun).run(OF_COPIES)
    assert whole == Progress(processed=6, created=3, skipped=3)
    assert with_barcodes() == THREE_TITLES


def test_rows_that_an_earlier_release_brought_in_as_a_title_each_are_not_passed_over() -> None:
    rows = [one for one in OF_COPIES if isinstance(one, Record)]
    apart = [dataclasses.replace(one, first_row=None) for one in rows]
    begun = Import(Rules(), WHO, Heard().keep).run(apart[:4])
    Import(Rules(), WHO, Heard().keep, begun).run(OF_COPIES)
    assert with_barcodes()[4:] == [("Newts", ["C1", "C2"])]


@pytest.mark.parametrize("header", ["title,barcode", "title,barcode,isbn"])
@pytest.mark.parametrize("taken", ["B1", "B2", "B3"])
def test_a_copy_that_belongs_to_another_book_keeps_no_other_copy_of_its_title_out(
    header: str, taken: str, small_batches: None
) -> None:
    bring_in({**MOONSTONE, "copies": [{"barcode": taken}]})
    isbn = f",{EMMA['isbn']}" if "isbn" in header else ""
    file = rows_of_copies(*(f"Emma,{code}{isbn}" for code in ("B1", "B2", "B3")), header=header)
    told = Heard()
    done = Import(Rules(), WHO, told.keep).run(file)
    assert done == Progress(processed=3, created=1, skipped=1, failed=1)
    assert told.faults == [(int(taken[1]), "barcode", "barcode-taken")]
    others = [code for code in ("B1", "B2", "B3") if code != taken]
    assert with_barcodes()[1:] == [("Emma", others)]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("on_match", ["skip", "update"])
def test_rows_of_copies_that_are_sent_again_are_there(on_match: Any, *, dry_run: bool) -> None:
    Import(Rules(), WHO, Heard().keep).run(OF_COPIES)
    done = Import(Rules(on_match=on_match, dry_run=dry_run), WHO, Heard().keep).run(OF_COPIES)
    assert done == Progress(processed=6, skipped=6)


@pytest.mark.parametrize("mended", ["A1", "A2", "A3"])
def test_a_mended_row_in_its_file_finds_the_title_of_its_other_copies(mended: str) -> None:
    rows_of_title = [f"Owls,{code}" for code in ("A1", "A2", "A3")]
    bring_in({**MOONSTONE, "copies": [{"barcode": "B1"}]})
    faulty = [row.replace(mended, "B1") for row in rows_of_title]
    Import(Rules(), WHO, Heard().keep).run(rows_of_copies(*faulty))
    done = Import(Rules(), WHO, Heard().keep).run(rows_of_copies(*rows_of_title))
    assert done == Progress(processed=3, skipped=3)
    ((title, codes),) = with_barcodes()[1:]
    assert (title, sorted(codes)) == ("Owls", ["A1", "A2", "A3"])


def test_rows_that_have_the_barcodes_of_a_title_of_somebody_else_are_rejected() -> None:
    header = "title,author,barcode"
    for author in ("Doe", "Roe"):
        told = Heard()
        file = rows_of_copies(f"Owls,{author},A1", header=header)
        Import(Rules(), WHO, told.keep).run(file)
    assert told.faults == [(1, "barcode", "barcode-taken")]


@pytest.mark.parametrize("dry_run", [True, False])
def test_further_rows_of_a_title_whose_copies_get_no_barcode_are_told(*, dry_run: bool) -> None:
    file = list(rows_of_copies(*[f"Emma,,{EMMA['isbn']}"] * 3, header="title,barcode,isbn"))
    told = Heard()
    Import(Rules(make_barcodes=True, dry_run=dry_run), WHO, told.keep).run(file)
    assert told.notes == [(number, "copies", "no-barcode-made") for number in (2, 3)]


def test_a_row_whose_barcode_was_destroyed_is_of_the_title_of_the_rows_beside_it() -> None:
    for make_barcodes in (False, True):
        file = rows_of_copies(f"Owls,A{make_barcodes:d}", "Owls,3.1E+13")
        Import(Rules(make_barcodes=make_barcodes), WHO, Heard().keep).run(file)
    assert titles() == ["Owls", "Owls"]


def test_a_marc_record_is_kept_whole() -> None:
    record = Record(1, {"title": "Emma"}, b"", original=b"the whole record")
    Import(Rules(), WHO, Heard().keep).run([record])
    (emma,) = catalogue()
    assert marc_record.of_books([emma["id"]]) == {emma["id"]: b"the whole record"}


def test_an_update_keeps_the_newer_marc_record() -> None:
    for original in (b"older", b"newer"):
        record = Record(1, {**EMMA, "edition": original.decode()}, b"", original=original)
        Import(Rules(on_match="update"), WHO, Heard().keep).run([record])
    (emma,) = catalogue()
    assert marc_record.of_books([emma["id"]]) == {emma["id"]: b"newer"}


def update_record(original: bytes, *, dry_run: bool = False) -> Progress:
    """Bring in a record of one book that came in these bytes, to update it."""
    record = Record(1, dict(EMMA), b"", original=original)
    return Import(Rules(on_match="update", dry_run=dry_run), WHO, Heard().keep).run([record])


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_update_of_the_kept_record_alone_counts_as_one(dry_run: bool) -> None:
    update_record(b"older")
    assert update_record(b"newer", dry_run=dry_run) == Progress(processed=1, updated=1)


def test_an_update_of_the_kept_record_alone_renews_the_book_once() -> None:
    update_record(b"older")
    run("UPDATE book SET updated_at = '2020-01-01T00:00:00Z'")
    update_record(b"newer")
    (emma,) = catalogue()
    assert emma["updated_at"] > "2020-01-02"
    assert emma["revision"] == 2


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_update_by_the_record_that_is_kept_is_skipped(dry_run: bool) -> None:
    update_record(b"newer")
    assert update_record(b"newer", dry_run=dry_run) == Progress(processed=1, skipped=1)
    assert catalogue()[0]["revision"] == 1


def test_an_update_of_fields_and_kept_record_is_one_revision() -> None:
    update_record(b"older")
    record = Record(1, {**EMMA, "pages": 418}, b"", original=b"newer")
    Import(Rules(on_match="update"), WHO, Heard().keep).run([record])
    assert catalogue()[0]["revision"] == 2


def test_what_somebody_else_writes_meanwhile_rejects_one_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on PostgreSQL, where an ISBN may be taken between looking and writing."""
    bring_in(EMMA)
    monkeypatch.setitem(finders.FINDERS, "isbn", lambda isbns: {})
    told = Heard()
    done = bring_in({"title": "One"}, EMMA, {"title": "Two"}, told=told)
    assert done == Progress(processed=3, created=2, failed=1)
    assert told.faults == [(2, "isbn", "isbn-taken")]
    assert titles() == ["Emma", "One", "Two"]


def test_a_refused_record_in_a_long_batch_keeps_no_other_out_and_brings_none_in_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bring_in(EMMA)
    monkeypatch.setitem(finders.FINDERS, "isbn", lambda isbns: {})
    monkeypatch.setattr(import_run, "SLICE", 3)
    told = Heard()
    volumes = [{"title": f"Volume {n}"} for n in range(20)]
    done = bring_in(*volumes[:10], EMMA, *volumes[10:], told=told)
    assert done == Progress(processed=21, created=20, failed=1)
    assert told.faults == [(11, "isbn", "isbn-taken")]
    assert titles() == ["Emma", *(f"Volume {n}" for n in range(20))]
    assert told.progress[-1] == done


def test_words_of_a_batch_that_was_undone_are_suggested_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bring_in({**EMMA, "copies": [{"barcode": "A1"}]})
    monkeypatch.setitem(finders.FINDERS, "barcode", lambda keys: {})
    bring_in({"title": "Zanzibar"}, {**MOONSTONE, "copies": [{"barcode": "A1"}]})
    assert suggest("zanzibra") == ["zanzibar"]


def test_of_records_that_share_a_name_with_none_each_is_a_book() -> None:
    shared = {"title": "Emma", "control_number": "(X)1"}
    others = [{"title": "Emma", "control_number": f"(X){number}"} for number in range(2, 5)]
    done = bring_in(*others, shared, {**shared, "isbn": EMMA["isbn"]}, MOONSTONE)
    assert done == Progress(processed=6, created=5, skipped=1)


def test_the_longest_values_can_be_stored() -> None:
    """Letters of three bytes that hardly compress: the worst for an index."""
    letters = [chr(0x4E00 + (n * 7919) % 20_000) for n in range(1000)]
    done = bring_in({"title": "".join(letters), "author": "".join(letters[:500])})
    assert done == Progress(processed=1, created=1)


def test_an_import_is_one_transaction_for_each_batch(small_batches: None) -> None:
    depths: list[int] = []

    def keep(progress: Progress, told: Told) -> None:
        depths.append(database.obj.transaction_depth())

    Import(Rules(), WHO, keep).run(records(EMMA, MOONSTONE, {"title": "Emma"}))
    assert depths == [1, 1]


@pytest.mark.parametrize("updates", [False, True])
def test_books_that_the_reader_of_a_file_made_ready_are_stored_like_others(
    *, updates: bool
) -> None:
    first = {"title": "The Idiot", "isbn": "9780140447927", "subjects": ["Novels"], "pages": 600}
    isbns = ["9780306406157", "9780140447927"]
    again = {**first, "isbns": isbns, "pages": 656}
    for books in ([first, {"title": "Émile", "copies": [{"barcode": "7"}]}], [again]):
        rules = Rules(on_match="update" if updates else "skip")
        job = Import(rules, WHO, Heard().keep)
        ready = job.ready()
        job.store([ready(job.check(one)) for one in records(*books)])
    idiot, emile = catalogue()
    assert (idiot["pages"], idiot["isbns"]) == ((656, isbns) if updates else (600, isbns[1:]))
    assert (idiot["subjects"], emile["title"]) == (["Novels"], "Émile")
    assert barcodes() == {"Émile": ["7"]}
    assert suggest("emilo") == ["emile"]


def store_read_ahead(*books: dict[str, Any], **how: Any) -> Heard:
    """Import these books as a process makes them ready that is far ahead."""
    heard = Heard()
    job = Import(Rules(), WHO, heard.keep, **how)
    ready = job.ready()
    job.store([ready(job.check(one)) for one in records(*books)])
    return heard


CHESS = {"title": "Chess", "description": "A zugzwang"}


def test_words_that_a_skipped_record_had_first_are_those_of_a_later_book_too() -> None:
    """What reads ahead tells a word with the first record alone that has it."""
    bring_in(EMMA)
    store_read_ahead({**EMMA, "description": "zugzwang"}, MOONSTONE, CHESS)
    assert titles() == ["Emma", "The Moonstone", "Chess"]
    assert suggest("zugzwamg") == ["zugzwang"]


def test_words_that_a_refused_record_had_first_are_those_of_a_later_book_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def add_all(many: Any, *how: Any, **more: Any) -> list[int]:
        if any(one.get("title") == "Refused" for one in many):
            raise IntegrityError
        return added(many, *how, **more)

    added = book.add_all
    monkeypatch.setattr(book, "add_all", add_all)
    store_read_ahead({"title": "Refused", "description": "zugzwang"}, CHESS)
    assert titles() == ["Chess"]
    assert suggest("zugzwamg") == ["zugzwang"]


def test_words_of_a_part_whose_barcode_is_taken_are_those_of_a_later_book_too() -> None:
    works = {"title": "Gesammelte Werke", "author": "Kafka, Franz", "isbn": EMMA["isbn"]}
    bring_in(works, {**MOONSTONE, "copies": [{"barcode": "77"}]})
    part = {**works, "title": "Gesammelte Werke. Band 2", "description": "zugzwang"}
    heard = store_read_ahead({**part, "copies": [{"barcode": "77"}]}, CHESS)
    assert heard.faults == [(1, "barcode", "barcode-taken")]
    assert suggest("zugzwamg") == ["zugzwang"]


def test_words_of_an_import_that_goes_on_after_a_crash_come_in_again() -> None:
    """The reader begins the file anew, and tells them with records that are passed over now."""
    first = {"title": "Zugzwang", "pages": 0}
    store_read_ahead(first, CHESS, progress=Progress(processed=1, failed=1))
    assert titles() == ["Chess"]
    assert suggest("zugzwamg") == ["zugzwang"]


def test_words_of_skipped_records_do_not_count_as_those_of_books() -> None:
    bring_in(EMMA, CHESS)
    store_read_ahead({**EMMA, "description": "zugzvanc"})
    assert suggest("zugzvanb") == ["zugzwang"]

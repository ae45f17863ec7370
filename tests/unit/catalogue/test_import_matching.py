"""Which book a record is: by ISBN and title, control number, barcode or title; other parts."""

import io
from typing import Any

import pytest

from catalogue.import_run import Import, Progress, Rules
from formats import read
from models import copy
from models.database import rows
from models.search import book_list
from models.title_forms import part_beyond, title_forms
from tests.unit.catalogue.given import WHO, Heard, barcodes, bring_in, catalogue, titles

ISBN, OTHER = "9780199535521", "9780141439679"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("The Moonstone", None), ("Moonstone, The", None)),
        (("Sense & Sensibility", None), ("Sense and sensibility.", None)),
        (("Emma", None), ("Emma : a novel", None)),
        (("Emma", None), ("Emma", "a novel")),
        (("Emma: a novel", None), ("Emma", "A Novel")),
        (("L'ours", None), ("Ours, L'", None)),
        (("“Émile”", None), ("Emile", None)),
    ],
)
def test_titles_that_count_as_the_same(one: Any, other: Any) -> None:
    forms = title_forms(*one, None), title_forms(*other, None)
    assert forms[0].is_same(forms[1])
    assert forms[1].is_same(forms[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Harbour Lights: 1. The Pier", None), ("Harbour Lights: 2. The Storm", None)),
        (("Emma", "a novel"), ("Emma", "a reader's guide")),
        (("Emma", None), ("Emmanuel", None)),
    ],
)
def test_titles_that_are_different(one: Any, other: Any) -> None:
    assert not title_forms(*one, None).is_same(title_forms(*other, None))


def test_what_a_title_has_beyond_another() -> None:
    first = "Harbour Lights: 1. The Pier"
    assert part_beyond("Harbour Lights: 2. The Storm", first, None) == "2. The Storm"
    assert part_beyond("Lights", first, None) is None
    assert part_beyond("Harbour Lights", first, None) is None


@pytest.mark.usefixtures("db")
def test_volumes_under_one_isbn_are_all_taken() -> None:
    volume = {"isbn": ISBN, "author": "Vane, Olive"}
    told = Heard()
    done = bring_in(
        {**volume, "title": "Harbour Lights: 1. The Pier", "copies": [{"barcode": "1"}]},
        {**volume, "title": "Harbour Lights: 2. The Storm", "copies": [{"barcode": "2"}]},
        {**volume, "title": "Harbour Lights: 3. The Return", "copies": [{"barcode": "3"}]},
        told=told,
    )
    assert done == Progress(processed=3, created=3)
    assert [one["part"] for one in catalogue()] == [None, "2. The Storm", "3. The Return"]
    assert told.notes == [(2, "part", "isbn-of-another-part"), (3, "part", "isbn-of-another-part")]
    assert len(barcodes()) == 3


@pytest.mark.usefixtures("db")
def test_parts_that_a_file_names_are_books_of_their_own() -> None:
    volume = {"title": "Guide", "isbn": ISBN}
    done = bring_in(*({**volume, "part": f"Book {n}"} for n in (1, 2, 1)))
    assert done == Progress(processed=3, created=2, skipped=1)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("on_match", ["skip", "update"])
def test_another_title_under_an_isbn_is_rejected(on_match: str) -> None:
    told = Heard()
    bring_in({"title": "Emma", "isbn": ISBN, "author": "Austen, Jane"})
    done = bring_in(
        {"title": "Cookery", "isbn": ISBN, "author": "Beeton"}, told=told, on_match=on_match
    )
    assert done == Progress(processed=1, failed=1)
    assert told.faults == [(1, "isbn", "isbn-of-another-title")]
    assert titles() == ["Emma"]


@pytest.mark.usefixtures("db")
def test_a_further_isbn_finds_the_book() -> None:
    bring_in({"title": "Emma", "isbns": [ISBN, OTHER]})
    assert bring_in({"title": "Emma", "isbn": OTHER}).skipped == 1


@pytest.mark.usefixtures("db")
def test_a_skipped_record_leaves_its_new_copies() -> None:
    books = [{"title": "Emma", "isbn": ISBN, "copies": [{"barcode": f"A{n}"}]} for n in (1, 2, 3)]
    assert bring_in(*books) == Progress(processed=3, created=1, skipped=2)
    assert barcodes() == {"Emma": ["A1", "A2", "A3"]}
    assert bring_in(*books) == Progress(processed=3, skipped=3)


@pytest.mark.usefixtures("db")
def test_records_without_isbn_are_known_again_by_their_control_number() -> None:
    record = {"title": "Emma", "control_number": "(DE-1)7"}
    told = Heard()
    assert bring_in(record, record) == Progress(processed=2, created=1, skipped=1)
    done = bring_in({**record, "title": "Cookery"}, told=told)
    assert done == Progress(processed=1, created=1)
    assert told.notes == [(1, "control_number", "control-number-of-another-title")]


@pytest.mark.usefixtures("db")
def test_matching_by_barcode_and_by_title() -> None:
    bring_in({"title": "Emma", "author": "Austen", "copies": [{"barcode": "A1"}]})
    again = {"title": "Emma", "copies": [{"barcode": "a1"}]}
    assert bring_in(again, match=("barcode",)).skipped == 1
    assert bring_in({"title": "Emma", "author": "AUSTEN"}, match=("title",)).skipped == 1
    assert bring_in({"title": "Emma", "author": "Other"}, match=("title",)).created == 1
    assert bring_in({"title": "Emma"}, match=()).created == 1


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("dry_run", [True, False])
def test_values_that_are_too_long_or_faulty_are_left_out_and_noted(dry_run: bool) -> None:
    told = Heard()
    done = bring_in(
        {
            "title": "T" * 1200,
            "isbn": "9780141439588",
            "publisher": "P" * 501,
            "pages": 0,
            "subjects": ["Love", "x" * 201, "War"],
            "cover_url": "none",
            "copies": [{"barcode": "A1", "price": -1}, {"location": "Hall"}],
        },
        told=told,
        dry_run=dry_run,
    )
    assert done == Progress(processed=1, created=1)
    assert sorted(field or "" for _, field, _ in told.notes) == [
        "copies/0/price",
        "copies/1/barcode",
        "cover_url",
        "isbn",
        "pages",
        "publisher",
        "subjects/1",
        "title",
    ]
    if not dry_run:
        (made,) = catalogue()
        assert (len(made["title"]), made["subjects"]) == (1000, ["Love", "War"])
        assert list(barcodes().values()) == [["A1"]]


OWLS = {"title": "Owls", "isbn": ISBN}
WEEDED = {"barcode": "A1", "status": "withdrawn"}


def on_shelves(barcode: str = "A1") -> list[str]:
    """The statuses of the copies that have a barcode, withdrawn ones too, in the order of ids."""
    query = copy.Copy.select(copy.Copy.status).where(copy.Copy.barcode == barcode)
    return [status for (status,) in rows(query.order_by(copy.Copy.id))]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("on_match", ["skip", "update"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_withdrawn_copy_of_a_file_that_comes_again_is_there(
    *, on_match: str, dry_run: bool
) -> None:
    file = {**OWLS, "copies": [WEEDED, {"barcode": "A2"}]}
    bring_in(file)
    done = bring_in(file, file, on_match=on_match, dry_run=dry_run)
    assert done == Progress(processed=2, skipped=2)
    assert on_shelves() == ["withdrawn"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("on_match", ["skip", "update"])
def test_a_copy_that_was_withdrawn_here_stays_so_and_is_told(on_match: str) -> None:
    file = {**OWLS, "copies": [{"barcode": "A1"}]}
    bring_in(file)
    (owls,) = catalogue()
    (stored,) = copy.of_books([owls["id"]])[owls["id"]]
    copy.withdraw(copy.locked(stored.id), WHO)
    told = Heard()
    assert bring_in(file, told=told, on_match=on_match) == Progress(processed=1, skipped=1)
    assert on_shelves() == ["withdrawn"]
    assert told.notes == [(1, "barcode", "copy-withdrawn")]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_withdrawn_copy_finds_its_title_that_has_no_number(*, dry_run: bool) -> None:
    file = {"title": "Owls", "author": "Doe", "copies": [{"barcode": "A1"}]}
    bring_in(file)
    (owls,) = catalogue()
    (stored,) = copy.of_books([owls["id"]])[owls["id"]]
    copy.withdraw(copy.locked(stored.id), WHO)
    assert bring_in(file, dry_run=dry_run) == Progress(processed=1, skipped=1)
    assert on_shelves() == ["withdrawn"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_withdrawn_copy_finds_nothing_where_no_match_is_asked_for(*, dry_run: bool) -> None:
    file = {"title": "Owls", "copies": [WEEDED]}
    bring_in(file)
    assert bring_in(file, match=(), dry_run=dry_run) == Progress(processed=1, created=1)


def test_merged_titles_are_asked_for_once_a_slice_and_only_if_a_title_differs(db: Any) -> None:
    file = [{"title": f"Owls {one}", "control_number": f"n{one}"} for one in range(4)]
    bring_in(*file)
    sent: list[str] = []
    db.query_hooks.append(lambda event: sent.append(event.sql))
    bring_in(*file)
    bring_in(*({**one, "title": "Moths"} for one in file), dry_run=True)
    db.query_hooks.clear()
    assert sum('"merged_into_id" IN' in sql for sql in sent) == 1


@pytest.mark.usefixtures("db")
def test_a_withdrawn_copy_finds_its_title_by_its_barcode() -> None:
    file = {"title": "Owls", "copies": [WEEDED]}
    bring_in(file)
    assert bring_in(file, match=("barcode",)) == Progress(processed=1, skipped=1)
    assert on_shelves() == ["withdrawn"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("weeded_first", [True, False])
def test_a_barcode_that_was_used_again_comes_in_with_the_withdrawn_copy_of_another_title(
    *, dry_run: bool, weeded_first: bool
) -> None:
    weeded = {**OWLS, "copies": [WEEDED]}
    other = {"title": "Moths", "isbn": OTHER, "copies": [{"barcode": "A1"}]}
    file = [weeded, other] if weeded_first else [other, weeded]
    assert bring_in(*file, dry_run=dry_run) == Progress(processed=2, created=2)


@pytest.mark.usefixtures("db")
def test_a_copy_that_came_withdrawn_is_not_found_by_its_barcode() -> None:
    bring_in({**OWLS, "copies": [{"barcode": "A777", "status": "withdrawn"}, {"barcode": "A778"}]})
    assert [book_list.LISTING.total({"q": code}) for code in ("A777", "A778")] == [0, 1]


SENT_ALONE = "alone it finds its title with match=title only"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("taken", ["A1", "A2"])
def test_a_rejected_row_of_a_title_says_how_it_is_to_be_sent_again(taken: str) -> None:
    bring_in({"title": "Moths", "copies": [{"barcode": taken}]})
    told = Heard()
    file = io.BytesIO(b"title,barcode\nOwls,A1\nOwls,A2\n")
    Import(Rules(), WHO, told.keep).run(read(file, "csv"))
    ((fault,),) = (one.faults for one in told.rejected)
    assert SENT_ALONE in fault.detail
    row = io.BytesIO(b"title,barcode\nOwls,A9\n")
    assert Import(Rules(("title",)), WHO, told.keep).run(read(row, "csv")).skipped == 1


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("row", ["Owls,A1,", f"Owls,A1,{OTHER}"])
def test_a_rejected_row_that_is_its_title_alone_is_sent_again_as_it_is(row: str) -> None:
    bring_in({"title": "Moths", "isbn": ISBN, "copies": [{"barcode": "A1"}]})
    told = Heard()
    file = io.BytesIO(f"title,barcode,isbn\n{row}\n".encode())
    Import(Rules(), WHO, told.keep).run(read(file, "csv"))
    ((fault,),) = (one.faults for one in told.rejected)
    assert SENT_ALONE not in fault.detail

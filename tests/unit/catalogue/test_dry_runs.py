"""A dry run tells what the real run does, however many records are taken at once."""

import dataclasses
import io
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import import_run
from catalogue.import_run import Import, Rules
from formats import Fault, Record, read
from models import book, book_merge, copy
from models.copy import Copy
from models.database import database, rows
from tests.unit.catalogue.given import WHO, Heard, bring_in, catalogue, records

pytestmark = pytest.mark.usefixtures("db")

ISBN, OTHER = "9780199535521", "9780141439679"
MATCHES = (
    ("isbn", "control_number"),
    ("control_number",),
    ("barcode",),
    ("title",),
    ("isbn", "title"),
    ("isbn", "control_number", "barcode", "title"),
    (),
)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No slice is shorter than it may be because the machine is slow."""
    monkeypatch.setattr(import_run, "BATCH_SECONDS", 60)
    monkeypatch.setattr(import_run, "UPDATE_SECONDS", 60)


def became(file: Iterable[Record | Fault], rules: Rules, size: int, there: set[int]) -> Any:
    """What became of each record of a file that is taken in parts of a size; it is undone."""
    told = Heard()
    with pytest.MonkeyPatch.context() as patch, database.atomic() as whole:
        patch.setattr(import_run, "BATCH", size)
        done = Import(rules, WHO, told.keep).run(map(_again, file))
        whole.rollback()
    skipped = [
        (one.number, one.code, one.existing_id if one.existing_id in there else None)
        for one in told.skipped
    ]
    return done, sorted(told.faults), sorted(skipped), sorted(told.notes, key=str)


def _again(item: Record | Fault) -> Record | Fault:
    """The item as it is read again: an import adds to its notes."""
    return dataclasses.replace(item, notes=[*item.notes]) if isinstance(item, Record) else item


def compare(file: list[Record | Fault], rules: Rules) -> None:
    """Take a file in parts of several sizes, dry and in earnest: the same comes of all."""
    there = {one["id"] for one in catalogue()}
    dry = dataclasses.replace(rules, dry_run=True)
    expected = became(file, rules, 100, there)
    for each, size in ((rules, 1), (dry, 1), (dry, 2), (dry, 100)):
        assert became(file, each, size, there) == expected, (each.dry_run, size)


def rows_of_copies(*lines: str, header: str = "title,barcode,isbn,author") -> list[Record | Fault]:
    """The records of a spreadsheet with a row for each copy."""
    return list(read(io.BytesIO("\n".join([header, *lines, ""]).encode()), "csv"))


def merge(kept: int, other: int) -> None:
    """Make the second book the first one."""
    others = [book.find(other)]
    book_merge.move_copies(other, kept, WHO)
    book_merge.retire(others, kept, WHO)
    book_merge.absorb(book.find(kept), others, WHO)


_PARTS = st.sampled_from((None, "1", "2"))


@st.composite
def _records(draw: st.DrawFn) -> Record:
    """A record of a few that clash with each other."""
    book = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "title": st.sampled_from(
                    ("Emma", "Emma: a novel", "The Moonstone", "Emma. Part two")
                ),
                "isbn": st.sampled_from((None, ISBN, OTHER)),
                "isbns": st.sampled_from(([], [OTHER, ISBN], ["9780141185064"])),
                "control_number": _PARTS,
                "part": _PARTS,
                "author": st.sampled_from(("Austen, Jane", "Doe")),
                "pages": st.sampled_from((1, 2)),
                "source_key": st.sampled_from(("1", "2", "x:1", "x:2", "y:1")),
                "deleted_at": st.just("2020-01-01T00:00:00Z"),
            },
        )
    )
    codes = draw(st.lists(st.sampled_from("ABCD"), max_size=2, unique=True))
    status = draw(st.sampled_from(("available", "available", "withdrawn")))
    copies = [{"barcode": code, "status": status} for code in codes]
    (record,) = records({**book, "copies": copies})
    assert isinstance(record, Record)
    record.original = draw(st.sampled_from((None, b"one", b"other")))
    record.nonfiling = draw(st.sampled_from((None, 0, 4)))
    return record


_RULES = st.builds(
    Rules,
    match=st.sampled_from(MATCHES),
    on_match=st.sampled_from(("skip", "update")),
    make_barcodes=st.booleans(),
)
_KEPT = st.sampled_from(("as it came", "merged", "deleted", "weeded"))


def _change_library(how: str) -> None:
    books = [one["id"] for one in catalogue()]
    if how == "merged" and len(books) > 1:
        merge(*books[:2])
    elif how == "deleted" and books:
        book.delete(book.locked(books[0]), WHO)
    elif how == "weeded":
        for (one,) in rows(Copy.select(Copy.id))[:1]:
            copy.withdraw(copy.locked(one), WHO)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_records(), max_size=3), _KEPT, st.lists(_records(), max_size=6), _RULES)
def test_what_comes_of_a_file_depends_on_no_batches_and_a_dry_run_tells_it(
    there: list[Record], kept: str, file: list[Record], rules: Rules
) -> None:
    with database.atomic() as whole:
        Import(Rules(), WHO, Heard().keep).run(_numbered(there))
        _change_library(kept)
        compare(_numbered(file), rules)
        whole.rollback()


def _numbered(file: list[Record]) -> list[Record | Fault]:
    return [dataclasses.replace(one, number=number) for number, one in enumerate(file, 1)]


@st.composite
def _lines(draw: st.DrawFn) -> str:
    """A row of a spreadsheet with a row for each copy."""
    title = draw(st.sampled_from(("Emma", "Ida", "Emma: a novel")))
    code = draw(st.sampled_from(("", *"ABCDE")))
    isbn = draw(st.sampled_from(("", "", ISBN)))
    return f"{title},{code},{isbn},{draw(st.sampled_from(('', 'Doe')))}"


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_lines(), max_size=3), st.lists(_lines(), max_size=6), _RULES)
def test_what_comes_of_rows_depends_on_no_batches_and_a_dry_run_tells_it(
    there: list[str], file: list[str], rules: Rules
) -> None:
    with database.atomic() as whole:
        Import(Rules(), WHO, Heard().keep).run(rows_of_copies(*there))
        compare(rows_of_copies(*file), rules)
        whole.rollback()


@pytest.mark.parametrize("before", [None, 0, 4])
@pytest.mark.parametrize("now", [None, 0, 4])
def test_a_title_is_known_again_whether_its_article_counts_in_sorting_or_not(
    before: int | None, now: int | None
) -> None:
    file = records({"title": "The Moonstone"}, {"title": "The Moonstone"})
    for record, nonfiling in zip(file, (before, now), strict=True):
        assert isinstance(record, Record)
        record.nonfiling = nonfiling
    compare(file, Rules(("title",)))
    assert became(file, Rules(("title",)), 1, set())[0].skipped == 1


def test_a_merged_title_goes_on_finding_its_book_when_that_gets_another_title() -> None:
    bring_in({"title": "Emma. Part two", "isbn": ISBN}, {"title": "Emma", "isbn": OTHER})
    merge(*(one["id"] for one in catalogue()))
    updates = ({"title": title, "isbn": ISBN} for title in ("Emma", "Emma: a novel"))
    file = records(*updates, {"title": "Emma"})
    compare(file, Rules(("isbn", "title"), "update"))
    assert became(file, Rules(("isbn", "title"), "update"), 1, set())[0].created == 0


def test_two_records_of_another_library_are_two_titles_also_beside_a_book_of_this_one() -> None:
    bring_in({"title": "Emma", "isbn": ISBN})
    file = [{"title": "Emma", "isbn": ISBN, "source_key": f"x:{number}"} for number in (1, 2)]
    compare(records(*file), Rules())


def test_rows_of_copies_are_known_by_the_barcodes_of_rows_that_follow() -> None:
    Import(Rules(), WHO, Heard().keep).run(rows_of_copies("Owls,A2,,Doe", "Owls,A3,,Doe"))
    file = rows_of_copies("Owls,A1,,Doe", "Owls,A2,,Doe", "Owls,A3,,Doe")
    compare(file, Rules())
    assert became(file, Rules(), 1, set())[0].skipped == 3

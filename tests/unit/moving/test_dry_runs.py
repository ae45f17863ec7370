"""A dry run of members or copies tells what the real run does, over however many batches."""

from typing import Any

import pytest

from models import audit, book, copy, source_key
from models.copy import Copy
from models.database import transaction
from moving import run
from tests.unit.circulation.library import DESK, berlin
from tests.unit.moving.test_updating import Import, ada, one_by_one, shelved

pytestmark = pytest.mark.usefixtures("library")
ISBN = "9780141439587"


@pytest.fixture
def library(db: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A library with two copies of one title and two members, and batches of one row."""
    audit.subscribe({})
    berlin()
    copy.create(shelved("1"), {"barcode": "2"}, DESK)
    grace = ada(card_number="C2", last_name="Hopper", first_name="Grace", email="g@example.org")
    source_key.add("members", [("K1", ada(email="a@example.org")), ("K2", grace)])
    source_key.add("copies", [("K1", 1), ("K2", 2)])
    one_by_one(monkeypatch)
    return db


COPIES = "source_key,isbn,barcode,status\n"
MEMBERS = "source_key,card_number,email,last_name\n"


@pytest.mark.parametrize(
    ("kind", "rows", "counts"),
    [
        ("copies", f"K1,{ISBN},3,\nK9,{ISBN},1,\n", (1, 1, 0, 0)),
        ("copies", f"K1,{ISBN},3,\nK2,{ISBN},1,\nK9,{ISBN},2,\n", (1, 2, 0, 0)),
        ("copies", f"K1,{ISBN},1,withdrawn\nK9,{ISBN},1,\n", (1, 1, 0, 0)),
        ("copies", f"K1,{ISBN},3,\n,{ISBN},3,in_repair\n", (0, 1, 1, 0)),
        ("members", "K1,C3,,Byron\nK9,C1,,Dune\n", (1, 1, 0, 0)),
        ("members", "K1,C3,,Byron\nK2,C1,,Hopper\nK9,C2,,Dune\n", (1, 2, 0, 0)),
        ("members", "K1,,new@example.org,\nK9,,a@example.org,Dune\n", (1, 1, 0, 0)),
        ("members", "K1,,,Dune\n,C1,,Dune\n,C1,,Hopper\n", (0, 1, 1, 1)),
    ],
)
def test_a_dry_run_knows_what_changed_records_gave_up_in_earlier_batches(
    kind: str, rows: str, counts: tuple[int, ...]
) -> None:
    data = (COPIES if kind == "copies" else MEMBERS) + rows
    match = "source_key,card_number,email" if kind == "members" else ""
    dry, real = (Import(kind, data, match, dry_run=is_dry) for is_dry in (True, False))
    assert dry.counts == real.counts == counts
    assert dry.codes == real.codes


def test_a_dry_run_changes_none_of_the_records_that_it_renames_again() -> None:
    Import("copies", f"{COPIES}K1,{ISBN},3,\nK2,{ISBN},1,\nK9,{ISBN},2,\n", dry_run=True)
    kept = [(one.barcode, one.barcode_key) for one in Copy.select().order_by(Copy.id)]
    assert kept == [("1", "1"), ("2", "2")]


@pytest.mark.parametrize("is_dry", [True, False])
def test_a_withdrawn_copy_comes_back_under_no_barcode_that_the_file_gave_to_another(
    *, is_dry: bool
) -> None:
    with transaction():
        copy.withdraw(copy.locked(1), DESK)
    rows = f"K9,{ISBN},1,\nK1,{ISBN},1,available\n"
    found = Import("copies", COPIES + rows, dry_run=is_dry)
    assert (found.counts, found.codes) == ((1, 0, 0, 1), ["barcode-taken"])


@pytest.mark.parametrize("is_dry", [True, False])
def test_a_copy_that_comes_back_takes_its_barcode_from_later_rows(*, is_dry: bool) -> None:
    other = "9780199535521"
    book.create({"title": "Another", "isbn": other}, DESK)
    with transaction():
        copy.withdraw(copy.locked(1), DESK)
    rows = f"K1,{ISBN},1,available\nK9,{other},1,\n"
    found = Import("copies", COPIES + rows, dry_run=is_dry)
    assert (found.counts, found.codes) == ((0, 1, 0, 1), ["barcode-taken"])


@pytest.mark.parametrize("rows_at_once", [1, 4000])
def test_a_key_that_a_row_gave_to_a_copy_here_is_that_copy_in_the_same_batch_too(
    monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    monkeypatch.setattr(run, "MOST_ROWS", rows_at_once)
    found = Import("copies", f"{COPIES}K9,{ISBN},1,\nK9,{ISBN},3,\n", updates=False)
    assert found.counts == (0, 0, 2, 0)


@pytest.mark.parametrize("is_dry", [True, False])
@pytest.mark.parametrize("rows_at_once", [1, 4000])
@pytest.mark.parametrize(
    ("match", "rows", "counts", "codes"),
    [
        ("", "K3,C3,,Byron\nK1,C3,,Byron\n", (1, 0, 1, 0), ["twice"]),
        ("", "K3,C3,,Dune\nK1,C3,,Byron\n", (1, 0, 0, 1), ["card-number-taken"]),
        ("", "K3,,n@example.org,Dune\nK4,C4,n@example.org,Dune\n", (1, 0, 1, 0), ["twice"]),
        ("", "K3,,n@example.org,Dune\nK4,C4,n@example.org,Snow\n", (2, 0, 0, 0), ["email-shared"]),
        ("source_key", "K3,C3,,Dune\nK4,C3,,Dune\n", (1, 0, 0, 1), ["card-number-taken"]),
    ],
)
def test_a_new_member_is_known_to_the_next_row_wherever_the_batch_ends(
    monkeypatch: pytest.MonkeyPatch,
    match: str,
    rows: str,
    counts: tuple[int, ...],
    codes: list[str],
    rows_at_once: int,
    *,
    is_dry: bool,
) -> None:
    monkeypatch.setattr(run, "MOST_ROWS", rows_at_once)
    found = Import("members", MEMBERS + rows, match, dry_run=is_dry)
    assert (found.counts, found.codes) == (counts, codes)


@pytest.mark.parametrize("updates", [True, False])
@pytest.mark.parametrize("rows_at_once", [1, 4000])
@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("members", f"{MEMBERS}K3,C3,,Dune\nK4,C3,,Dune\n"),
        ("copies", f"{COPIES}K3,{ISBN},3,\nK4,{ISBN},3,\n"),
    ],
)
def test_a_record_that_a_file_has_twice_is_known_by_both_keys_wherever_the_batch_ends(
    monkeypatch: pytest.MonkeyPatch, kind: str, rows: str, rows_at_once: int, *, updates: bool
) -> None:
    monkeypatch.setattr(run, "MOST_ROWS", rows_at_once)
    assert Import(kind, rows, updates=updates).counts == (1, 0, 1, 0)
    found = source_key.find(kind, ["K3", "K4"])
    assert found["K4"] == found["K3"] is not None

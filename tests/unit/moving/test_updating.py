"""What on_match=update makes of members and copies that are here, on each database."""

from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random
from typing import Any

import pytest

from catalogue.import_run import Progress, Told
from circulation.inventory import change_copy, delete_member
from formats import rename_item
from formats.marc.fields import Field, MarcRecord, freeze
from formats.record import Options
from models import audit, book, copy, marc_record, source_key, user
from models.audit import Audit
from models.copy import Copy
from models.database import transaction, undone
from models.hold import Hold
from models.notice import Notice
from models.user import User
from moving import run
from moving.reading import Wish
from notices import causes, outbox
from notices.library import Library
from tests.unit.circulation.library import DESK, NOW, berlin, held, lent, member
from tests.unit.notices.conftest import LIBRARY

pytestmark = pytest.mark.usefixtures("library")
BLOCK = {"blocked": True, "block_reason": "Lost three atlases", "blocked_until": "2100-01-31"}
ADA = "card_number,first_name,last_name,category\nC1,Ada,Byron,"


@pytest.fixture
def library(db: Any) -> Any:
    audit.subscribe({})
    berlin()
    return db


class Import:
    """One import of a file: what it came to, and what was said of its rows."""

    def __init__(
        self,
        kind: str,
        data: str,
        match: str = "",
        *,
        updates: bool = True,
        dry_run: bool = False,
        begun: Progress | None = None,
        rejected: Sequence[int] = (),
    ) -> None:
        written = "ndjson" if data.startswith("{") else "csv"
        about = run.about(DESK, match, updates=updates, dry_run=dry_run)
        rows = run.opening(kind, Wish(written, Options()), about)(BytesIO(data.encode()))
        self.codes: list[str] = []
        self.rejected: list[int] = []
        work = run.MoveIn(run.TAKERS[kind](about), self._keep, begun or Progress(), rejected)
        self.progress = work.run(rows)

    def _keep(self, progress: Progress, told: Told) -> None:
        self.codes += [fault.code for one in told.rejected for fault in one.faults]
        self.rejected += [one.number for one in told.rejected]
        self.codes += [note.code for one in told.noted for note in one.notes]
        self.codes += [one.code for one in told.skipped]

    @property
    def counts(self) -> tuple[int, int, int, int]:
        done = self.progress
        return (done.created, done.updated, done.skipped, done.failed)


def ada(**fields: Any) -> int:
    named = {"first_name": "Ada", "last_name": "Byron", "card_number": "C1", **fields}
    return user.create(named, None, DESK).id


def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each row have a transaction of its own."""
    monkeypatch.setattr(run, "MOST_ROWS", 1)
    monkeypatch.setattr(run, "LEAST_ROWS", 1)


@pytest.mark.parametrize(
    "row", ["card_number,phone\nC1,5\n", '{"card_number":"C1","last_name":"Byron","phone":"5"}']
)
def test_a_row_that_says_nothing_of_blocks_leaves_a_block_as_it_is(row: str) -> None:
    one = ada(**BLOCK)
    assert Import("members", row).counts == (0, 1, 0, 0)
    after = user.find(one)
    assert after.phone == "5"
    assert (after.blocked, after.block_reason, after.blocked_until) == tuple(BLOCK.values())


@pytest.mark.parametrize(
    ("fields", "after"),
    [
        ("blocked\nC1,Byron,false", (False, None, None)),
        ("blocked\nC1,Byron,true", (True, "Lost three atlases", "2100-01-31")),
        ("block_reason\nC1,Byron,Lost two", (True, "Lost two", "2100-01-31")),
        ("blocked_until\nC1,Byron,2101-01-31", (True, "Lost three atlases", "2101-01-31")),
        ("blocked_until\nC1,Byron,9999-12-31", (True, "Lost three atlases", None)),
        ("blocked_until\nC1,Byron,2001-01-31", (False, None, None)),
    ],
)
def test_of_a_block_only_what_a_row_says_is_changed(fields: str, after: tuple[Any, ...]) -> None:
    one = ada(**BLOCK)
    Import("members", f"card_number,last_name,{fields}\n")
    found = user.find(one)
    assert (found.blocked, found.block_reason, found.blocked_until) == after


def test_the_reason_of_a_block_blocks_nobody() -> None:
    one = ada()
    assert Import("members", "card_number,block_reason\nC1,Lost two\n").codes == ["unchanged"]
    assert not user.find(one).blocked


def test_a_part_of_an_address_takes_the_place_of_none() -> None:
    one = ada(address="12 Road\n1234 Town")
    assert Import("members", "card_number,city\nC1,Lyon\n").codes == [
        "address-in-part",
        "unchanged",
    ]
    assert user.find(one).address == "12 Road\n1234 Town"


def test_a_whole_address_is_put_together_from_its_parts() -> None:
    one = ada(address="12 Road\n1234 Town")
    Import("members", "card_number,address,city\nC1,3 Lane,Lyon\n")
    assert user.find(one).address == "3 Lane\nLyon"


@pytest.mark.parametrize(
    ("row", "after"),
    [
        ("middle_name\nC1,Augusta", ("Ada", "Byron")),
        ("last_name,middle_name\nC1,Byron,Augusta", ("Ada", "Byron")),
        ('name,middle_name\nC1,"Byron, Ada",Augusta', ("Ada Augusta", "Byron")),
        ("name\nC1,Ada Augusta Byron", ("Ada Augusta", "Byron")),
    ],
)
def test_a_middle_name_alone_is_no_first_name(row: str, after: tuple[str, str]) -> None:
    one = ada()
    Import("members", f"card_number,{row}\n")
    assert (user.find(one).first_name, user.find(one).last_name) == after


def test_a_member_goes_on_signing_in_where_the_row_has_the_email_of_another() -> None:
    member(email="parent@example.org", email_key="parent@example.org")
    one = ada(email="ada@example.org")
    found = Import("members", "card_number,email\nC1,parent@example.org\n")
    assert (found.counts, found.codes) == ((0, 1, 0, 0), ["email-shared"])
    after = user.find(one)
    assert (after.email, after.contact_email) == ("ada@example.org", "parent@example.org")


def test_where_notices_go_stays_as_the_member_chose_it() -> None:
    member(email="parent@example.org", email_key="parent@example.org")
    one = ada(email="ada@example.org", contact_email="home@example.org")
    Import("members", "card_number,email\nC1,parent@example.org\n")
    assert user.find(one).contact_email == "home@example.org"


def test_a_mistaken_file_is_put_right_by_sending_the_good_one() -> None:
    Import("members", ADA + "4a\n")
    Import("members", ADA + "5a\n")
    assert Import("members", ADA + "4a\n").counts == (0, 1, 0, 0)
    assert User.get().category == "4a"


@pytest.mark.parametrize("match", ["", "card_number", "source_key"])
def test_a_row_whose_key_came_before_updates(match: str) -> None:
    row = "source_key,card_number,first_name,last_name,category\nS17,C1,Ada,Byron,"
    Import("members", row + "4a\n")
    assert Import("members", row + "5a\n", match).counts == (0, 1, 0, 0)
    assert User.get().category == "5a"


def test_a_member_with_the_key_of_the_row_may_have_another_name_by_now() -> None:
    row = "source_key,card_number,first_name,last_name\nS17,C1,Ada,"
    Import("members", row + "Byron\n")
    assert Import("members", row + "Lovelace\n").counts == (0, 1, 0, 0)
    assert User.get().last_name == "Lovelace"


def test_a_row_that_came_before_makes_nobody_a_second_time() -> None:
    Import("members", ADA + "4a\n")
    User.update(card_number="C2", card_key="c2").execute()
    assert Import("members", ADA + "4a\n").counts == (0, 0, 1, 0)
    assert User.select().count() == 1


def test_what_is_not_to_be_updated_stays_though_the_row_came_before() -> None:
    row = "source_key,card_number,first_name,last_name,category\nS17,C1,Ada,Byron,"
    Import("members", row + "4a\n")
    assert Import("members", row + "5a\n", updates=False).counts == (0, 0, 1, 0)
    assert User.get().category == "4a"


def test_a_row_that_changes_nothing_leaves_no_line_in_the_audit_log() -> None:
    Import("members", ADA + "4a\n")
    lines = Audit.select().count()
    assert Import("members", ADA + "4a\n").codes == ["unchanged"]
    assert Audit.select().count() == lines


def test_what_updates_a_member_names_them_for_later_rows() -> None:
    one = ada()
    Import("members", "source_key,card_number,phone\nS17,C1,5\n")
    assert source_key.find("members", ["S17"]) == {"S17": one}


TWICE = (
    "source_key,card_number,first_name,last_name,category\n"
    "S1,C1,Ada,Byron,4a\nS1,C1,Ada,Byron,5a\n"
    "S2,C2,Grace,Hopper,4a\nS3,C2,Grace,Hopper,5a\n"
    "S4,C9,Mary,Shelley,4a\nS5,C9,Mary,Shelley,5a\n"
)


@pytest.mark.parametrize("is_slow", [True, False])
def test_of_rows_for_one_member_the_first_decides_and_a_dry_run_says_so(
    monkeypatch: pytest.MonkeyPatch, is_slow: bool
) -> None:
    user.create({"last_name": "Shelley", "card_number": "C9"}, None, DESK)
    if is_slow:
        one_by_one(monkeypatch)
    dry, real = Import("members", TWICE, dry_run=True), Import("members", TWICE)
    assert dry.counts == real.counts == (2, 1, 3, 0)
    assert dry.codes == real.codes == ["twice"] * 3
    assert {one.category for one in User.select()} == {"4a"}


def test_an_import_that_goes_on_knows_of_the_rows_before_its_end() -> None:
    first = "source_key,card_number,first_name,last_name,category\nS1,C1,Ada,Byron,4a\n"
    begun = Import("members", first).progress
    again = Import("members", f"{first}S1,C1,Ada,Byron,5a\nS2,C1,Ada,Byron,6a\n", begun=begun)
    assert (again.counts, again.codes) == ((1, 0, 2, 0), ["twice", "twice"])
    assert User.get().category == "4a"


def test_an_import_that_goes_on_takes_a_row_whose_key_a_rejected_row_had() -> None:
    header = "source_key,card_number,first_name,last_name,category\n"
    Import("members", f"{header}S1,C1,Ada,Byron,4a\nS2,C2,Grace,Hopper,4a\n")
    first = f"{header}S1,C2,Ada,Byron,4a\n"
    begun = Import("members", first)
    assert (begun.counts, begun.codes) == ((0, 0, 0, 1), ["card-number-taken"])
    row = "S1,C1,Ada,Byron,5a\n"
    again = Import("members", first + row, begun=begun.progress, rejected=begun.rejected)
    assert (again.counts, again.codes) == ((0, 1, 0, 1), [])


def test_an_erased_member_leaves_no_key_and_may_come_again() -> None:
    row = "source_key,card_number,last_name\npupil-2009-0417,C1,Byron\n"
    Import("members", row)
    delete_member(User.get().id, DESK, NOW)
    assert source_key.SourceKey.select().count() == 0
    assert Import("members", row, updates=False).counts == (1, 0, 0, 0)


def test_a_key_of_a_member_who_is_gone_names_the_one_who_comes_again() -> None:
    row = "source_key,card_number,last_name\nS17,C1,Byron\n"
    Import("members", row)
    User.delete().execute()
    assert Import("members", row).counts == (1, 0, 0, 0)
    assert source_key.find("members", ["S17"]) == {"S17": User.get().id}


def shelved(barcode: str = "1") -> int:
    book_id = book.create({"title": "Emma", "isbn": "9780141439587"}, DESK).id
    copy.create(book_id, {"barcode": barcode}, DESK)
    return book_id


def statuses() -> list[tuple[str, str]]:
    found = Copy.select().order_by(Copy.id)
    return [(one.barcode, one.status) for one in found]


WITHDRAWN = "barcode,isbn,status\n1,9780141439587,withdrawn\n"


def test_a_copy_that_a_row_says_is_withdrawn_is_withdrawn() -> None:
    shelved()
    assert Import("copies", WITHDRAWN).counts == (0, 1, 0, 0)
    assert statuses() == [("1", "withdrawn")]
    again = "barcode,isbn,status,location\n1,9780141439587,withdrawn,\n"
    assert Import("copies", again).counts == (0, 0, 1, 0)


def test_a_copy_that_came_withdrawn_beside_one_in_stock_is_another_one() -> None:
    book.create({"title": "Emma", "isbn": "9780141439587"}, DESK)
    rows = "source_key,barcode,isbn,status\nK2,1,9780141439587,\nK1,1,9780141439587,withdrawn\n"
    assert Import("copies", rows).counts == (2, 0, 0, 0)
    assert statuses() == [("1", "available"), ("1", "withdrawn")]
    assert Import("copies", rows).counts == (0, 0, 2, 0)


def test_a_withdrawn_copy_with_another_key_leaves_the_one_in_stock() -> None:
    book.create({"title": "Emma", "isbn": "9780141439587"}, DESK)
    row = "source_key,barcode,isbn,status\n{}K2,1,9780141439587,available\n"
    Import("copies", row.format(""))
    found = Import("copies", row.format("K1,1,9780141439587,withdrawn\n"))
    assert (found.counts, found.codes) == ((1, 0, 1, 0), ["unchanged"])
    assert statuses() == [("1", "available"), ("1", "withdrawn")]
    assert source_key.find("copies", ["K1", "K2"]) == {"K1": 2, "K2": 1}


def test_a_withdrawn_copy_with_a_key_is_the_one_in_stock_that_came_without() -> None:
    book.create({"title": "Emma", "isbn": "9780141439587"}, DESK)
    Import("copies", "barcode,isbn\n1,9780141439587\n")
    row = "source_key,barcode,isbn,status\nK1,1,9780141439587,withdrawn\n"
    assert Import("copies", row).counts == (0, 1, 0, 0)
    assert statuses() == [("1", "withdrawn")]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_withdrawn_copy_is_not_the_one_in_stock_that_another_row_has(dry_run: bool) -> None:
    shelved()
    row = "barcode,isbn,status\n1,9780141439587,withdrawn\n1,9780141439587,available\n"
    found = Import("copies", row, dry_run=dry_run)
    assert (found.counts, found.codes) == ((1, 0, 1, 0), ["unchanged"])
    made = [] if dry_run else [("1", "withdrawn")]
    assert statuses() == [("1", "available"), *made]
    if not dry_run:
        assert Import("copies", row).counts == (0, 0, 2, 0)


def test_a_withdrawn_copy_comes_as_it_is_where_nothing_is_updated() -> None:
    shelved()
    assert Import("copies", WITHDRAWN, updates=False).counts == (1, 0, 0, 0)
    assert statuses() == [("1", "available"), ("1", "withdrawn")]


@pytest.mark.parametrize("status", ["withdrawn", "in_repair"])
def test_a_copy_on_loan_keeps_its_status_and_the_row_is_told_why(status: str) -> None:
    shelved()
    lent("1", member())
    rows = WITHDRAWN.replace("withdrawn", status)
    found = Import("copies", rows)
    assert (found.counts, found.codes) == ((0, 0, 0, 1), ["copy-on-loan"])
    assert statuses() == [("1", "on_loan")]


def test_a_row_that_calls_a_copy_on_loan_available_changes_the_rest() -> None:
    shelved()
    lent("1", member())
    rows = "barcode,status,location\n1,available,Branch\n"
    assert Import("copies", rows).counts == (0, 1, 0, 0)
    assert (Copy.get().status, Copy.get().location) == ("on_loan", "Branch")


def test_withdrawing_the_last_copy_ends_the_holds() -> None:
    book_id = shelved()
    Copy.update(status="in_repair").execute()
    held(book_id, member())
    assert Import("copies", WITHDRAWN).counts == (0, 1, 0, 0)
    assert Hold.get().end_reason == "title_gone"


def test_a_member_is_told_of_a_hold_that_ends_by_an_import_as_by_the_desk() -> None:
    withdrawals: list[Callable[[], Any]] = [
        lambda: change_copy(Copy.get().id, {"status": "withdrawn"}, DESK, NOW),
        lambda: Import("copies", WITHDRAWN),
    ]
    book_id = shelved()
    causes.subscribe(LIBRARY)
    try:
        for withdraw in withdrawals:
            Copy.update(status="available").execute()
            Notice.delete().execute()
            held(book_id, member())
            withdraw()
            kinds = [one.kind for one in Notice.select().order_by(Notice.id)]
            assert kinds == ["welcome", "hold-ended"]
    finally:
        outbox.use(Library())


def test_a_copy_is_updated_by_its_key_though_its_barcode_is_new() -> None:
    book.create({"title": "Emma", "isbn": "9780141439587"}, DESK)
    row = "source_key,isbn,barcode\nK1,9780141439587,"
    Import("copies", row + "1\n")
    assert Import("copies", row + "2\n").counts == (0, 1, 0, 0)
    assert statuses() == [("2", "available")]


def test_a_new_barcode_comes_into_the_kept_record_too() -> None:
    book_id = book.create({"title": "Emma", "isbn": "9780141439587"}, DESK).id
    row = "source_key,isbn,barcode\nK1,9780141439587,"
    Import("copies", row + "B1\n")
    item = Field.of("952", "  ", [("p", "B1"), ("8", "local")])
    named = Field.of("245", "10", [("a", "Emma")])
    marc_record.keep([(book_id, freeze(MarcRecord("00000nam a2200000 i 4500", [named, item])))])
    Import("copies", row + "B2\n")
    assert rename_item(marc_record.of_books([book_id])[book_id], "B1", "B3") is None
    assert rename_item(marc_record.of_books([book_id])[book_id], "B2", "B3") is not None


def test_a_withdrawn_copy_stays_so_where_the_row_says_nothing_of_it() -> None:
    book.create({"title": "Emma", "isbn": "9780141439587"}, DESK)
    row = "source_key,isbn,barcode,location\nK1,9780141439587,1,"
    Import("copies", row + "Main\n")
    with transaction():
        copy.withdraw(copy.locked(Copy.get().id), DESK)
    assert Import("copies", row + "Branch\n").counts == (0, 0, 1, 0)
    assert statuses() == [("1", "withdrawn")]


TAKES = [
    ("members", "source_key,card_number,last_name\nS1,C8,Byron\nS2,C8,Hopper\n"),
    ("copies", "source_key,isbn,barcode\nK1,9780141439587,8\nK2,9780141439587,8\n"),
]


@pytest.mark.parametrize("is_slow", [True, False])
@pytest.mark.parametrize(("kind", "rows"), TAKES)
def test_what_a_changed_record_takes_is_taken_in_dry_runs_and_in_real_ones(
    monkeypatch: pytest.MonkeyPatch, kind: str, rows: str, is_slow: bool
) -> None:
    book_id = shelved("1")
    copy.create(book_id, {"barcode": "2"}, DESK)
    members_here = [ada(), ada(card_number="C2", first_name="Grace", last_name="Hopper")]
    source_key.add("members", [("S1", members_here[0]), ("S2", members_here[1])])
    source_key.add("copies", [("K1", 1), ("K2", 2)])
    if is_slow:
        one_by_one(monkeypatch)
    found = [
        Import(kind, rows, "source_key" * (kind == "members"), dry_run=d) for d in (True, False)
    ]
    code = "card-number-taken" if kind == "members" else "barcode-taken"
    assert [(one.counts, one.codes) for one in found] == [((0, 1, 0, 1), [code])] * 2


def test_a_card_that_a_changed_member_had_is_free_for_the_next_row() -> None:
    source_key.add("members", [("S1", ada())])
    rows = "source_key,card_number,last_name\nS1,C8,Byron\nS2,C1,Hopper\n"
    assert Import("members", rows, "source_key").counts == (1, 1, 0, 0)


CHOICES = {
    "members": {
        "source_key": ("K1", "K2", "K3", ""),
        "last_name": ("Byron", "Hopper", "Dune"),
        "card_number": ("C1", "C2", "C3", ""),
        "email": ("ada@example.org", "grace@example.org", "new@example.org", ""),
    },
    "copies": {
        "source_key": ("K1", "K2", "K3", ""),
        "isbn": ("9780141439587",),
        "barcode": ("1", "2", "3"),
        # Of withdrawn ones the other rows of a batch tell whether their barcode was used again.
        "status": ("available", "in_repair", ""),
        "note": ("x", ""),
    },
}


def outcome(kind: str, data: str, *, dry_run: bool) -> tuple[Any, list[str]]:
    """What an import comes to, of which nothing stays."""
    with undone():
        found = Import(kind, data, dry_run=dry_run)
        return found.counts, sorted(found.codes)


@pytest.mark.parametrize("kind", CHOICES)
@pytest.mark.parametrize("seed", range(8))
def test_what_becomes_of_rows_depends_neither_on_the_batch_nor_on_a_dry_run(
    monkeypatch: pytest.MonkeyPatch, kind: str, seed: int
) -> None:
    book_id = shelved("1")
    copy.create(book_id, {"barcode": "2"}, DESK)
    grace = {"first_name": None, "last_name": "Hopper", "card_number": "C2"}
    here = [ada(email="ada@example.org"), ada(**grace, email="grace@example.org")]
    source_key.add("members", zip(("K1", "K2"), here, strict=True))
    source_key.add("copies", [("K1", 1), ("K2", 2)])
    chance = Random(seed)  # noqa: S311
    rows = [[chance.choice(each) for each in CHOICES[kind].values()] for _ in range(3)]
    data = "\n".join(",".join(row) for row in [list(CHOICES[kind]), *rows])
    real = outcome(kind, data, dry_run=False)
    assert outcome(kind, data, dry_run=True) == real, data
    one_by_one(monkeypatch)
    for dry_run in (False, True):
        assert outcome(kind, data, dry_run=dry_run) == real, data

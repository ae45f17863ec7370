"""The checker finds what it is there to find: each fault is planted in a sound library."""

from typing import Any

import pytest

from circulation.lost_items import declare_lost
from tests.checker import broken
from tests.unit.circulation.library import DAY, DESK, NOW, back, berlin, held, lent, member, title

FAULTS = {
    "UPDATE copy SET status = 'available' WHERE id = 1": "running loan whose copy",
    "UPDATE copy SET status = 'on_loan' WHERE id = 4": "on_loan without a running loan",
    "UPDATE copy SET status = 'on_hold_shelf' WHERE id = 4": "on the hold shelf for nobody",
    "UPDATE copy SET status = 'available' WHERE id = 2": "ready hold without its copy",
    "UPDATE copy SET status = 'available' WHERE id = 3": "lost and unreturned loan",
    "UPDATE loan SET user_id = NULL WHERE id = 1": "running loan without a member",
    "UPDATE loan SET renewals = 1 WHERE id = 1": "renewals were miscounted",
    "UPDATE loan SET book_id = 2 WHERE id = 1": "loan of a copy of another title",
    "UPDATE loan SET returned_at = '2020-01-01T00:00:00Z' WHERE id = 2": "returned before it was",
    "UPDATE fee SET balance = balance - 1 WHERE id = 1": "balance does not add up",
    "UPDATE fee SET waived = 1 WHERE id = 1": "waivers were miscounted",
    "UPDATE book SET deleted_at = '2026' WHERE id = 1": "copy in stock of a book that is gone",
    "DELETE FROM audit WHERE action = 'loan.return'": "loan.return not in the audit log",
    "DELETE FROM audit WHERE action = 'hold.ready'": "hold.ready not in the audit log",
    "DELETE FROM audit WHERE action = 'fee.create'": "fee.create not in the audit log",
}


@pytest.fixture
def library(sqlite: Any) -> Any:
    """Copy 1 on loan, 2 set aside, 3 lost, 4 on the shelf, and somebody waiting."""
    berlin(replacement_fee=500)
    book_id, [first, second] = title(2)
    _, [third, _] = title(2)
    lent(first, member())
    lent(second, member())
    held(book_id, member())
    held(book_id, member())
    back(second, NOW + DAY)
    declare_lost(lent(third, member()).row.id, DESK, NOW)
    return sqlite


def test_a_sound_library_is_sound(library: Any) -> None:
    assert broken(library) == []


@pytest.mark.parametrize(("fault", "named"), FAULTS.items())
def test_a_fault_is_named(library: Any, fault: str, named: str) -> None:
    library.execute_sql(fault)
    assert any(named in one for one in broken(library))


MOVED = {
    "UPDATE loan SET renewals = 0 WHERE id = 1": "renewals were miscounted",
    "INSERT INTO renewal (loan_id, renewed_at, policy_id, due_before, due_after)"
    " VALUES (1, '2999', 1, '2999', '2999')": "renewal not in the audit log",
    "UPDATE loan SET returned_at = '2999', ended_at = '2999' WHERE id = 1": "loan.return not in",
    "UPDATE loan SET claimed_returned_at = '2999' WHERE id = 1": "loan.claim-returned not in",
    "DELETE FROM audit WHERE action = 'loan.create'": "loan.create not in the audit log",
}


@pytest.fixture
def moved(library: Any) -> Any:
    """Loan 1 came from elsewhere, where it was renewed once and claimed returned."""
    library.execute_sql("INSERT INTO source_key VALUES ('loans', 'elsewhere-1', 1)")
    library.execute_sql(
        "INSERT INTO renewal (loan_id, renewed_at, policy_id, due_before, due_after)"
        " VALUES (1, '2001', 1, '2001', '2001')"
    )
    library.execute_sql("UPDATE loan SET renewals = 1, claimed_returned_at = '2001' WHERE id = 1")
    return library


def test_what_was_done_elsewhere_needs_no_line_in_the_audit_log(moved: Any) -> None:
    assert broken(moved) == []


@pytest.mark.parametrize(("fault", "named"), MOVED.items())
def test_what_was_done_here_to_what_came_from_elsewhere_does(
    moved: Any, fault: str, named: str
) -> None:
    moved.execute_sql(fault)
    assert any(named in one for one in broken(moved))


@pytest.mark.parametrize(
    ("index", "fault", "named"),
    [
        ("hold_queue", "UPDATE hold SET queue = 1", "two holds in one place"),
        ("hold_one_per_title", "UPDATE hold SET user_id = 1", "two active holds on a title"),
        (
            "hold_copy",
            "UPDATE hold SET copy_id = 2, status = 'ready', expires_at = '2027'",
            "for two",
        ),
        (
            "loan_one_per_copy",
            "UPDATE loan SET copy_id = 1, ended_at = NULL, lost_at = NULL, returned_at = NULL",
            "more than one running loan",
        ),
        ("copy_barcode", "UPDATE copy SET barcode_key = 'b'", "barcode of two copies"),
    ],
)
def test_it_does_not_rely_on_the_database_to_refuse(
    library: Any, index: str, fault: str, named: str
) -> None:
    library.execute_sql(f"DROP INDEX {index}")
    library.execute_sql(fault)
    assert any(named in one for one in broken(library))

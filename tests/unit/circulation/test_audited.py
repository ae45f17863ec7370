"""What is done and that it was done are one transaction, on each database: rule 34."""

from collections.abc import Callable
from typing import Any

import pytest

from circulation import due_date_changes, payments
from circulation.accounts import charge, void, waive
from circulation.checkin import take_back
from circulation.hold_changes import change_hold
from circulation.holds import cancel_hold
from circulation.inventory import change_copy, delete_book, delete_copy, delete_member
from circulation.lost_items import claim_returned, declare_lost, withdraw_claim
from circulation.nightly import nightly
from circulation.payments import pay
from circulation.renewals import renew
from circulation.undo import cancel_loan, reopen_loan
from models import fee
from models.audit import Audit, record
from tests.unit.circulation.library import DAY, DESK, NOW, back, held, lent, member, title

pytestmark = pytest.mark.usefixtures("library")

TABLES = (
    "loan",
    "house_use",
    "due_date_batch",
    "due_date_move",
    "renewal",
    "hold",
    "fee",
    "fee_entry",
    "copy",
    "book",
    '"user"',
)
LATER = NOW + 30 * DAY


def everything(db: Any) -> list[list[Any]]:
    """All that acts write beside the audit log."""
    return [
        db.execute_sql(f"SELECT * FROM {table} ORDER BY id").fetchall()  # noqa: S608  ours
        for table in TABLES
    ]


def on_loan() -> tuple[str, int]:
    _, [barcode] = title(price=1200)
    return barcode, lent(barcode, member()).row.id


def owing() -> int:
    fee_id: int = charge(member(), 500, "spilt coffee", None, DESK, NOW).id
    return fee_id


def waiting() -> int:
    hold_id: int = held(title()[0], member()).row.id
    return hold_id


def lending() -> Callable[[], Any]:
    [barcode], borrower = title()[1], member()
    return lambda: lent(barcode, borrower)


def returning() -> Callable[[], Any]:
    barcode, _ = on_loan()
    return lambda: back(barcode, LATER)


def renewing() -> Callable[[], Any]:
    _, loan_id = on_loan()
    return lambda: renew(loan_id, DESK, NOW + DAY)


def losing() -> Callable[[], Any]:
    _, loan_id = on_loan()
    return lambda: declare_lost(loan_id, DESK, LATER)


def claiming() -> Callable[[], Any]:
    _, loan_id = on_loan()
    return lambda: claim_returned(loan_id, DESK, LATER)


def holding() -> Callable[[], Any]:
    book_id, waiter = title()[0], member()
    return lambda: held(book_id, waiter)


def suspending() -> Callable[[], Any]:
    hold_id = waiting()
    return lambda: change_hold(hold_id, {"suspended_until": (NOW + DAY).date()}, DESK, NOW)


def cancelling() -> Callable[[], Any]:
    hold_id = waiting()
    return lambda: cancel_hold(hold_id, DESK, NOW)


def charging() -> Callable[[], Any]:
    debtor = member()
    return lambda: charge(debtor, 500, "spilt coffee", None, DESK, NOW)


def paying() -> Callable[[], Any]:
    fee_id = owing()
    return lambda: pay(fee_id, 100, "cash", "EUR", DESK, NOW)


def waiving() -> Callable[[], Any]:
    fee_id = owing()
    return lambda: waive(fee_id, 100, "goodwill", "EUR", DESK, NOW)


def cancelling_a_loan() -> Callable[[], Any]:
    book_id, [barcode] = title()
    reader = member()
    held(book_id, reader)
    loan_id = lent(barcode, reader).row.id
    return lambda: cancel_loan(loan_id, "the wrong card", DESK, NOW)


def reopening() -> Callable[[], Any]:
    barcode, loan_id = on_loan()
    back(barcode, LATER)
    return lambda: reopen_loan(loan_id, "another copy", DESK, LATER)


def unclaiming() -> Callable[[], Any]:
    _, loan_id = on_loan()
    claim_returned(loan_id, DESK, NOW)
    return lambda: withdraw_claim(loan_id, DESK)


def voiding_a_fee() -> Callable[[], Any]:
    barcode, loan_id = on_loan()
    back(barcode, LATER)
    [line] = fee.ROWS.all(fee.ROWS.select().where(fee.Fee.loan_id == loan_id))
    return lambda: void(line.id, "a mistake", DESK, LATER)


def voiding_a_payment() -> Callable[[], Any]:
    paid = pay(owing(), 100, "cash", "EUR", DESK, NOW)
    return lambda: payments.void(paid.payment_id, "a mistake", DESK, NOW)


def paying_an_account() -> Callable[[], Any]:
    user_id = fee.find(owing()).user_id or 0
    return lambda: payments.pay_account(user_id, 100, "cash", "EUR", DESK, NOW)


def changing_a_due_date() -> Callable[[], Any]:
    _, loan_id = on_loan()
    return lambda: due_date_changes.change(loan_id, LATER.date(), "heating", DESK, NOW)


def changing_due_dates() -> Callable[[], Any]:
    on_loan()
    days = due_date_changes.Range(NOW.date(), LATER.date())
    to = LATER.date()
    return lambda: due_date_changes.change_all(days, to, "heating", DESK, NOW, dry_run=False)


def using_in_the_house() -> Callable[[], Any]:
    _, [barcode] = title()
    return lambda: take_back(barcode, DESK, NOW, in_house=True)


def repairing() -> Callable[[], Any]:
    title()
    return lambda: change_copy(1, {"status": "in_repair"}, DESK, NOW)


def withdrawing() -> Callable[[], Any]:
    title()
    return lambda: delete_copy(1, DESK, NOW)


def removing() -> Callable[[], Any]:
    book_id, _ = title()
    return lambda: delete_book(book_id, DESK, NOW)


def erasing() -> Callable[[], Any]:
    leaver = member()
    return lambda: delete_member(leaver, DESK, NOW)


def expiring() -> Callable[[], Any]:
    held(title()[0], member(), not_needed_after=NOW.date())
    return lambda: nightly(DESK, NOW + DAY, 365)


ACTS = (
    *(lending, returning, renewing, losing, claiming, holding, suspending, cancelling),
    *(charging, paying, waiving, repairing, withdrawing, removing, erasing, expiring),
    *(cancelling_a_loan, reopening, unclaiming, voiding_a_fee, voiding_a_payment),
    *(paying_an_account, changing_a_due_date, changing_due_dates, using_in_the_house),
)


@pytest.mark.parametrize("prepared", ACTS)
def test_rule_34_what_cannot_be_audited_is_not_done(
    db: Any, monkeypatch: pytest.MonkeyPatch, prepared: Callable[[], Callable[[], Any]]
) -> None:
    deed = prepared()
    before, known = everything(db), Audit.select().count()

    def recorded_and_broken(*args: Any, **options: Any) -> None:
        record(*args, **options)
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("models.audit.record", recorded_and_broken)
        with pytest.raises(ConnectionError):
            deed()
    assert (everything(db), Audit.select().count()) == (before, known)
    deed()
    assert everything(db) != before
    assert Audit.select().count() > known

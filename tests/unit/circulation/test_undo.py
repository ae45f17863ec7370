"""Loans and returns made by mistake are taken back whole or not at all: rule 41."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from circulation import accounts, explanations, reports
from circulation.closures import close
from circulation.hold_changes import change_hold
from circulation.holds import cancel_hold
from circulation.inventory import change_copy, delete_copy, delete_member
from circulation.lost_items import claim_returned, declare_lost
from circulation.nightly import nightly
from circulation.overrides import Override
from circulation.payments import pay, void
from circulation.renewals import renew
from circulation.reports import Span
from circulation.undo import cancel_loan, reopen_loan
from models import audit, copy, fee, hold, loan, loan_list, report
from models.errors import Conflict, Missing
from models.timestamps import stamp
from models.vocabulary import FeeKind, LoanStatus
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    amend,
    audited,
    back,
    berlin,
    fees,
    held,
    lent,
    member,
    on_copy,
    title,
)

pytestmark = pytest.mark.usefixtures("library")

HOUR = timedelta(hours=1)
WHY = "the wrong card"


def cancelled(loan_id: int, now: datetime = NOW) -> Any:
    return cancel_loan(loan_id, WHY, DESK, now)


def reopened(loan_id: int, now: datetime = NOW) -> Any:
    return reopen_loan(loan_id, WHY, DESK, now)


def refusal(deed: Any, *given: Any) -> str:
    with pytest.raises(Conflict) as refused:
        deed(*given)
    return refused.value.code


def stands(hold_id: int) -> tuple[str, int | None]:
    row = hold.find(hold_id)
    return row.status, row.copy_id


def waiting(book_id: int) -> list[int]:
    """The holds that wait for a title, in their order."""
    rows = hold.LISTING.page({"book_id": book_id}, (), limit=50, offset=0)
    return [x.id for x in sorted(rows, key=lambda x: x.queue) if x.status == "waiting"]


def status(barcode: str) -> str:
    return str(on_copy(barcode)["status"])


# Cancelling a loan.


def test_a_loan_is_cancelled_on_the_day_it_was_made() -> None:
    _, [barcode] = title()
    made = lent(barcode, member()).row
    done = cancelled(made.id, NOW + HOUR)
    assert (done.status, done.row.returned_at, done.fine_accrued) == ("cancelled", None, 0)
    assert loan.find(made.id) == done.row
    assert status(barcode) == "available"
    assert [(row["record_id"], row["reason"]) for row in audited("loan.cancel")] == [(made.id, WHY)]
    assert lent(barcode, member()).status == "open"


def test_the_next_day_is_too_late_to_cancel() -> None:
    late = NOW.replace(hour=22, minute=59)
    loan_id = lent(title()[1][0], member(), late).row.id
    assert refusal(cancelled, loan_id, late + 2 * timedelta(minutes=1)) == "too-late"
    assert cancelled(loan_id, late).status == "cancelled"


def test_a_loan_that_has_ended_is_not_cancelled() -> None:
    _, [barcode] = title()
    returned = lent(barcode, member()).row.id
    back(barcode)
    assert refusal(cancelled, returned) == "loan-closed"
    lost = lent(title()[1][0], member()).row.id
    declare_lost(lost, DESK, NOW)
    assert refusal(cancelled, lost) == "loan-closed"
    once = lent(title()[1][0], member()).row.id
    cancelled(once)
    assert refusal(cancelled, once) == "loan-closed"
    with pytest.raises(Missing):
        cancelled(999)


def test_a_cancelled_loan_counts_nowhere() -> None:
    berlin(max_loans=1)
    _, [barcode] = title()
    borrower = member()
    made = lent(barcode, borrower).row
    cancelled(made.id)
    day = Span(NOW.date(), NOW.date())
    [row] = reports.circulation(day, "day")
    assert (row["loans"], row["returns"]) == (0, 0)
    assert reports.popular(day, 10) == []
    assert report.OVERDUE.total({"now": "2027-01-01T00:00:00Z"}) == 0
    assert not loan.is_known(made.copy_id)
    lent(title()[1][0], borrower)


def test_a_renewal_of_a_cancelled_loan_counts_nowhere() -> None:
    made = lent(title()[1][0], member(), NOW, due_on=(NOW + DAY).date()).row
    renew(made.id, DESK, NOW)
    cancelled(made.id)
    [row] = reports.circulation(Span(NOW.date(), NOW.date()), "day")
    assert row["renewals"] == 0


def test_a_cancelled_loan_is_closed_to_every_act() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    cancelled(loan_id)
    assert refusal(declare_lost, loan_id, DESK, NOW) == "loan-closed"
    assert refusal(claim_returned, loan_id, DESK, NOW) == "loan-closed"
    assert refusal(renew, loan_id, DESK, NOW) == "renewal-refused"
    assert refusal(reopened, loan_id) == "loan-open"
    assert back(barcode).loan is None
    assert explanations.explain(loan_id, NOW)["fine"]["amount"] == 0


def test_a_claim_of_the_day_goes_with_the_loan() -> None:
    loan_id = lent(title()[1][0], member()).row.id
    claim_returned(loan_id, DESK, NOW)
    assert cancelled(loan_id).status == "cancelled"


def test_the_hold_that_a_loan_fulfilled_is_ready_again_with_its_copy() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    reader = member()
    wished = held(book_id, reader).row.id
    back(barcode)
    before = hold.find(wished)
    loan_id = lent(barcode, reader).row.id
    assert stands(wished)[0] == "fulfilled"
    cancelled(loan_id)
    after = hold.find(wished)
    assert after._replace(revision=0) == before._replace(revision=0)
    assert status(barcode) == "on_hold_shelf"
    assert len(audited("hold.restore")) == 1


def test_a_waiting_hold_that_a_loan_fulfilled_waits_again_before_those_placed_since() -> None:
    book_id, [one, other] = title(2)
    lent(one, member())
    reader = member()
    wished = held(book_id, reader).row.id
    loan_id = lent(other, reader).row.id
    later = held(book_id, member()).row.id
    cancelled(loan_id)
    assert waiting(book_id) == [wished, later]
    assert status(other) == "available"


def test_a_hold_is_restored_in_its_place_though_another_was_placed_there_since() -> None:
    book_id, barcodes = title(3)
    lent(barcodes[0], member())
    reader = member()
    ahead = held(book_id, member()).row.id
    wished = held(book_id, reader).row.id
    loan_id = lent(barcodes[1], reader).row.id
    since = held(book_id, member()).row.id
    cancelled(loan_id)
    assert waiting(book_id) == [ahead, wished, since]


def test_the_copy_that_went_on_to_the_next_hold_comes_back_to_the_first() -> None:
    book_id, [trapped, other] = title(2)
    for barcode in (trapped, other):
        lent(barcode, member())
    reader = member()
    first, second = held(book_id, reader).row.id, held(book_id, member()).row.id
    back(trapped)
    back(other)
    cancel_hold(second, DESK, NOW)
    third = held(book_id, member()).row.id
    loan_id = lent(other, reader).row.id
    assert stands(third) == ("ready", on_copy(trapped)["id"])
    cancelled(loan_id)
    assert stands(first) == ("ready", on_copy(trapped)["id"])
    assert waiting(book_id) == [third]
    assert (status(trapped), status(other)) == ("on_hold_shelf", "available")


def test_the_hold_whose_copy_was_lent_by_an_override_has_it_again() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    wished = held(book_id, member()).row.id
    back(barcode)
    loan_id = lent(barcode, member(), NOW, "copy-held").row.id
    assert stands(wished) == ("waiting", None)
    cancelled(loan_id)
    assert stands(wished) == ("ready", on_copy(barcode)["id"])
    assert status(barcode) == "on_hold_shelf"


def test_two_holds_that_a_loan_made_exchange_their_copies_have_their_own_again() -> None:
    book_id, barcodes = title(2)
    for barcode in barcodes:
        lent(barcode, member())
    reader = member()
    wished = [held(book_id, reader).row.id, held(book_id, member()).row.id]
    for barcode in barcodes:
        back(barcode)
    before = [hold.find(one)._replace(revision=0) for one in wished]
    loan_id = lent(barcodes[1], reader, NOW, "copy-held").row.id
    assert stands(wished[1]) == ("ready", on_copy(barcodes[0])["id"])
    cancelled(loan_id)
    assert [hold.find(one)._replace(revision=0) for one in wished] == before
    assert [status(barcode) for barcode in barcodes] == ["on_hold_shelf"] * 2


def test_a_hold_that_had_its_copy_from_one_that_ran_out_is_ready_again_since_then() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    reader = member()
    held(book_id, member())
    wished = held(book_id, reader).row.id
    back(barcode)
    late = NOW + 10 * DAY
    loan_id = lent(barcode, reader, late).row.id
    cancelled(loan_id, late + HOUR)
    assert stands(wished) == ("ready", on_copy(barcode)["id"])
    assert hold.find(wished).ready_at == stamp(late)
    assert wished in [row["record_id"] for row in audited("hold.ready")]


def test_a_copy_in_repair_that_was_lent_is_in_repair_again() -> None:
    _, [barcode] = title()
    change_copy(on_copy(barcode)["id"], {"status": "in_repair"}, DESK, NOW)
    loan_id = lent(barcode, member(), NOW, "copy-in-repair").row.id
    cancelled(loan_id)
    assert status(barcode) == "in_repair"


def test_a_lost_copy_that_was_lent_has_been_found() -> None:
    _, [barcode] = title(price=1200)
    reader = member()
    lost = lent(barcode, reader).row.id
    declare_lost(lost, DESK, NOW)
    loan_id = lent(barcode, member(), NOW, "copy-lost").row.id
    cancelled(loan_id)
    assert (status(barcode), loan.find(lost).returned_at is None) == ("available", False)
    assert fee.balance(reader) == 0


def test_a_loan_is_not_cancelled_once_its_holds_have_gone_on() -> None:
    book_id, [trapped, other] = title(2)
    for barcode in (trapped, other):
        lent(barcode, member())
    reader, following = member(), member()
    held(book_id, reader)
    back(trapped)
    held(book_id, following)
    back(other)
    change_copy(on_copy(other)["id"], {"status": "in_repair"}, DESK, NOW)
    loan_id = lent(other, reader, NOW, "copy-in-repair").row.id
    lent(trapped, following)
    before = hold.LISTING.page({"book_id": book_id}, (), limit=50, offset=0)
    assert refusal(cancelled, loan_id) == "holds-moved"
    assert hold.LISTING.page({"book_id": book_id}, (), limit=50, offset=0) == before
    assert loan.find(loan_id).ended_at is None


def test_a_loan_is_not_cancelled_once_a_copy_it_freed_is_one_of_another_title() -> None:
    book_id, [trapped, other] = title(2)
    lent(trapped, member())
    reader = member()
    held(book_id, reader)
    back(trapped)
    loan_id = lent(other, reader).row.id
    change_copy(on_copy(trapped)["id"], {"book_id": title()[0]}, DESK, NOW)
    assert refusal(cancelled, loan_id) == "holds-moved"


def test_a_return_is_taken_back_of_a_copy_that_is_one_of_another_title_since() -> None:
    _, [barcode] = title()
    made = lent(barcode, member()).row
    back(barcode)
    target, _ = title()
    change_copy(made.copy_id, {"book_id": target}, DESK, NOW)
    done = reopened(made.id)
    assert (done.status, done.row.book_id, status(barcode)) == ("open", target, "on_loan")


def test_a_loan_is_not_cancelled_once_who_had_the_copy_set_aside_has_suspended_the_hold() -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    waits = held(book_id, member()).row
    back(barcode)
    loan_id = lent(barcode, member(), NOW, "copy-held").row.id
    change_hold(waits.id, {"suspended_until": (NOW + 5 * DAY).date()}, DESK, NOW)
    assert refusal(cancelled, loan_id) == "holds-moved"


def test_a_loan_is_not_cancelled_once_its_member_waits_anew() -> None:
    book_id, [barcode, _] = title(2)
    reader = member()
    held(book_id, reader)
    loan_id = lent(barcode, reader).row.id
    held(book_id, reader, override=_overriding("title-on-loan"))
    assert refusal(cancelled, loan_id) == "holds-moved"


def test_a_loan_is_not_cancelled_once_the_member_of_its_hold_is_forgotten() -> None:
    book_id, [barcode] = title()
    reader = member()
    wished = held(book_id, reader).row.id
    loan_id = lent(barcode, reader).row.id
    hold.forget([wished])
    assert refusal(cancelled, loan_id) == "forgotten"
    assert (stands(wished)[0], loan.find(loan_id).ended_at) == ("fulfilled", None)


def test_a_loan_is_cancelled_though_the_nightly_job_keeps_no_history() -> None:
    book_id, [barcode] = title()
    reader = member()
    wished = held(book_id, reader).row.id
    loan_id = lent(barcode, reader).row.id
    nightly(DESK, NOW + HOUR, 0)
    cancelled(loan_id, NOW + HOUR)
    assert (stands(wished), hold.find(wished).user_id) == (("waiting", None), reader)
    assert nightly(DESK, NOW + DAY, 0).past_holds == 0


@pytest.mark.parametrize(("needed", "kept"), [(None, "2026-03-12"), ("2026-03-11", "2026-03-11")])
def test_a_hold_that_is_ready_again_is_kept_until_an_open_day(
    needed: str | None, kept: str
) -> None:
    book_id, [barcode] = title()
    lent(barcode, member())
    reader = member()
    until = date.fromisoformat(needed) if needed else None
    wished = held(book_id, reader, not_needed_after=until).row.id
    back(barcode)
    loan_id = lent(barcode, reader).row.id
    close({"starts_on": "2026-03-10", "ends_on": "2026-03-11", "reason": "heating"}, DESK, NOW)
    cancelled(loan_id)
    assert hold.find(wished).expires_at == f"{kept}T22:59:59Z"


def _overriding(*codes: str) -> Any:
    return Override(codes, "asked at the desk")


# Reopening a return.


def test_a_return_is_taken_back_with_what_it_charged() -> None:
    _, [barcode] = title()
    reader = member()
    made = lent(barcode, reader).row
    late = NOW + 31 * DAY
    back(barcode, late)
    [charged] = fees(reader)
    done = reopened(made.id, late)
    assert (done.status, done.row.returned_at) == ("overdue", None)
    assert done.row._replace(revision=0) == made._replace(revision=0)
    assert done.fine_accrued == charged.amount == 225
    assert [line.status for line in fees(reader)] == ["void"]
    assert status(barcode) == "on_loan"
    assert [row["reason"] for row in audited("loan.reopen")] == [WHY]
    assert explanations.explain(made.id, late)["fine"]["amount"] == 225
    back(barcode, late + DAY)
    assert [(line.amount, line.status) for line in fees(reader)] == [(225, "void"), (250, "open")]


def test_a_loan_that_runs_again_is_due_on_an_open_day() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    back(barcode)
    close({"starts_on": "2026-03-23", "ends_on": "2026-03-24", "reason": "heating"}, DESK, NOW)
    done = reopened(loan_id)
    assert done.row == loan.find(loan_id)
    assert done.row.due_at == "2026-03-25T22:59:59Z"
    step = explanations.explain(loan_id, NOW)["due"][-1]
    assert (step["from"], step["to"], step["rule"]) == ("2026-03-23", "2026-03-25", 14)


def test_a_loan_that_was_overdue_is_due_as_it_was_whatever_was_closed_since() -> None:
    _, [barcode] = title()
    made = lent(barcode, member()).row
    late = NOW + 31 * DAY
    back(barcode, late)
    close({"starts_on": "2026-03-23", "ends_on": "2026-03-24", "reason": "heating"}, DESK, late)
    assert reopened(made.id, late).row.due_at == made.due_at


def test_what_was_paid_of_the_fine_is_refunded() -> None:
    _, [barcode] = title()
    reader = member()
    loan_id = lent(barcode, reader).row.id
    late = NOW + 31 * DAY
    back(barcode, late)
    pay(fees(reader)[0].id, 100, "cash", "EUR", DESK, late)
    reopened(loan_id, late)
    assert [(x.kind, x.amount, x.balance, x.status) for x in fees(reader)] == [
        ("overdue", 225, 0, "waived"),
        ("refund", -100, -100, "open"),
    ]
    assert fee.balance(reader) == -100


def test_a_fine_that_was_voided_already_stays_so() -> None:
    _, [barcode] = title()
    reader = member()
    loan_id = lent(barcode, reader).row.id
    back(barcode, NOW + 31 * DAY)
    accounts.void(fees(reader)[0].id, "a gesture", DESK, NOW + 31 * DAY)
    assert reopened(loan_id, NOW + 31 * DAY).row.fined == 0


LATE = NOW + 31 * DAY


def renewed_late() -> tuple[int, int, str, int]:
    """A loan renewed ten days late: its id, its member, the barcode, and the fee it brought."""
    _, [barcode] = title()
    reader = member()
    loan_id = lent(barcode, reader).row.id
    renew(loan_id, DESK, LATE, _overriding("loans-overdue"))
    [charged] = fees(reader)
    return loan_id, reader, barcode, charged.id


def renewed_late_and_returned_as_on_time(paid: int) -> tuple[int, int, str]:
    """Such a loan, taken back dated to before it was due; what was paid meanwhile."""
    loan_id, reader, barcode, charged = renewed_late()
    if paid:
        pay(charged, paid, "cash", "EUR", DESK, LATE)
    back(barcode, LATE + DAY, returned_at=NOW + 20 * DAY)
    return loan_id, reader, barcode


@pytest.mark.parametrize("paid", [0, 100, 225])
def test_what_a_return_had_taken_back_is_owed_again(paid: int) -> None:
    loan_id, reader, _ = renewed_late_and_returned_as_on_time(paid)
    assert fee.balance(reader) == -paid
    done = reopened(loan_id, NOW + 32 * DAY)
    assert (done.row.fined, done.row.renewals) == (225, 1)
    assert fee.balance(reader) == 225 - paid
    charge = fees(reader)[0]
    assert (charge.amount, charge.waived, charge.paid) == (225, 0, paid)
    [told] = explanations.explain(loan_id, NOW + 32 * DAY)["fine"]["charges"]
    assert (told["amount"], "reduced_from" in told) == (225, False)


@pytest.mark.parametrize(("waived", "paid", "left"), [(225, 0, 0), (100, 125, 0), (50, 75, 100)])
def test_what_staff_had_waived_stays_waived_when_a_return_is_taken_back(
    waived: int, paid: int, left: int
) -> None:
    loan_id, reader, barcode, charged = renewed_late()
    accounts.waive(charged, waived, "a gesture", "EUR", DESK, LATE)
    if paid:
        pay(charged, paid, "cash", "EUR", DESK, LATE)
    before = fee.find(charged)
    back(barcode, LATE + DAY, returned_at=LATE - 5 * DAY)
    done = reopened(loan_id, LATE + DAY)
    assert (done.row.fined, fee.balance(reader), fee.find(charged)) == (225, left, before)


def test_what_staff_waived_after_a_return_stays_waived_when_it_is_taken_back() -> None:
    _, [barcode] = title()
    reader = member()
    loan_id = lent(barcode, reader).row.id
    late = NOW + 31 * DAY
    renew(loan_id, DESK, late, _overriding("loans-overdue"))
    back(barcode, late + DAY, returned_at=late - 5 * DAY)
    [charged] = fees(reader)
    accounts.waive(charged.id, 225 - charged.balance, "a gesture", "EUR", DESK, late + DAY)
    reopened(loan_id, late + DAY)
    assert (fee.balance(reader), fees(reader)[0].waived) == (charged.balance, 225 - charged.balance)


def test_what_is_owed_again_is_no_matter_of_the_till() -> None:
    loan_id, _, _ = renewed_late_and_returned_as_on_time(0)
    reopened(loan_id, NOW + 32 * DAY)
    day = (NOW + 32 * DAY).date()
    assert reports.takings(Span(NOW.date(), day), "month") == []


def test_a_refund_that_was_paid_out_keeps_the_return() -> None:
    loan_id, reader, barcode = renewed_late_and_returned_as_on_time(225)
    refund = fees(reader)[-1]
    paid = pay(refund.id, 225, "cash", "EUR", DESK, NOW + 32 * DAY)
    assert refusal(reopened, loan_id, NOW + 32 * DAY) == "refunded"
    assert (status(barcode), fee.balance(reader)) == ("available", 0)
    void(paid.payment_id, WHY, DESK, NOW + 32 * DAY)
    assert reopened(loan_id, NOW + 32 * DAY).row.ended_at is None


def test_the_hold_that_a_return_served_is_first_again() -> None:
    book_id, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    first, second = (held(book_id, member()).row.id for _ in range(2))
    back(barcode)
    assert stands(first)[0] == "ready"
    reopened(loan_id)
    assert waiting(book_id) == [first, second]
    assert (stands(first), status(barcode)) == (("waiting", None), "on_loan")
    back(barcode)
    assert stands(first)[0] == "ready"


def test_holds_keep_their_order_whichever_return_is_taken_back_first() -> None:
    book_id, barcodes = title(2)
    loans = [lent(barcode, member()).row.id for barcode in barcodes]
    wished = [held(book_id, member()).row.id for _ in range(3)]
    for barcode in barcodes:
        back(barcode)
    for loan_id in loans:
        reopened(loan_id)
    assert waiting(book_id) == wished


def test_a_copy_that_has_gone_out_since_is_not_lent_twice() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    back(barcode)
    again = lent(barcode, member()).row.id
    assert refusal(reopened, loan_id) == "copy-on-loan"
    back(barcode, NOW + DAY)
    assert refusal(reopened, loan_id, NOW + DAY) == "copy-on-loan"
    assert reopened(again, NOW + DAY).status == "open"


def test_a_loan_by_mistake_in_between_does_not_count() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    back(barcode)
    cancelled(lent(barcode, member()).row.id)
    assert reopened(loan_id).status == "open"


def test_what_was_not_returned_is_not_reopened() -> None:
    running = lent(title()[1][0], member()).row.id
    assert refusal(reopened, running) == "loan-open"
    _, [barcode] = title(price=1200)
    lost = lent(barcode, member()).row.id
    declare_lost(lost, DESK, NOW)
    assert refusal(reopened, lost) == "loan-open"
    back(barcode)
    assert refusal(reopened, lost) == "loan-lost"


def test_a_loan_without_its_name_is_not_reopened() -> None:
    _, [barcode] = title()
    reader = member()
    loan_id = lent(barcode, reader).row.id
    back(barcode)
    delete_member(reader, DESK, NOW)
    assert refusal(reopened, loan_id) == "forgotten"


def test_a_copy_that_left_the_stock_since_is_not_on_loan_again() -> None:
    _, [barcode] = title()
    made = lent(barcode, member()).row
    back(barcode)
    delete_copy(made.copy_id, DESK, NOW)
    assert refusal(reopened, made.id) == "conflict"
    assert copy.find(made.copy_id).status == "withdrawn"


@pytest.mark.parametrize("found", ["in_repair", "lost"])
def test_a_copy_that_was_missed_meanwhile_is_with_its_borrower(found: str) -> None:
    _, [barcode] = title()
    made = lent(barcode, member()).row
    back(barcode)
    change_copy(made.copy_id, {"status": found}, DESK, NOW)
    assert reopened(made.id).status == "open"
    assert status(barcode) == "on_loan"


def test_a_claim_stands_again_after_the_return_is_taken_back() -> None:
    _, [barcode] = title()
    loan_id = lent(barcode, member()).row.id
    claim_returned(loan_id, DESK, NOW + 31 * DAY)
    back(barcode, NOW + 40 * DAY)
    done = reopened(loan_id, NOW + 40 * DAY)
    assert (done.status, done.fine_accrued) == ("claimed_returned", 225)


def test_limits_do_not_refuse_what_is_put_right() -> None:
    berlin(max_loans=1)
    reader = member()
    _, [barcode] = title()
    loan_id = lent(barcode, reader).row.id
    back(barcode)
    lent(title()[1][0], reader)
    amend(reader, blocked=True, block_reason="late")
    assert reopened(loan_id).status == "open"


def test_a_reopened_loan_is_cancelled_on_its_day_with_what_it_had_done_to_holds() -> None:
    book_id, [barcode] = title()
    reader = member()
    wished = held(book_id, reader).row.id
    loan_id = lent(barcode, reader).row.id
    back(barcode)
    reopened(loan_id)
    cancelled(loan_id)
    assert (waiting(book_id), status(barcode)) == ([wished], "available")


# Charges that are voided.


def test_a_fine_that_was_voided_counts_neither_in_the_sum_nor_under_the_cap() -> None:
    berlin(fine_cap=300)
    _, [barcode] = title()
    reader = member()
    loan_id = lent(barcode, reader).row.id
    renew(loan_id, DESK, NOW + 31 * DAY, _overriding("loans-overdue"))
    [charged] = fees(reader)
    assert charged.amount == 225
    accounts.void(charged.id, "the lift was broken", DESK, NOW + 31 * DAY)
    assert explanations.explain(loan_id, NOW + 31 * DAY)["fine"]["amount"] == 0
    back(barcode, NOW + 65 * DAY)
    assert [(x.amount, x.status) for x in fees(reader)] == [(225, "void"), (275, "open")]
    assert explanations.explain(loan_id, NOW + 65 * DAY)["fine"]["amount"] == 275


def test_a_fine_that_was_voided_stays_so_when_the_return_is_taken_back() -> None:
    loan_id, reader, _ = renewed_late_and_returned_as_on_time(0)
    accounts.void(fees(reader)[0].id, "the lift was broken", DESK, NOW + 32 * DAY)
    assert reopened(loan_id, NOW + 32 * DAY).row.fined == 0
    assert fee.balance(reader) == 0


def test_a_voided_charge_for_a_lost_copy_does_not_keep_another_from_being_made() -> None:
    _, [barcode] = title(price=1200)
    reader = member()
    loan_id = lent(barcode, reader).row.id
    declare_lost(loan_id, DESK, NOW)
    accounts.void(fees(reader)[0].id, "found behind the shelf", DESK, NOW)
    stamp = "2026-03-02T09:00:00Z"
    values: Any = {"user_id": reader, "loan_id": loan_id, "note": None, "created_at": stamp}
    again = fee.create(**values, kind=FeeKind.LOST, amount=800)
    audit.record(DESK, "fee.create", "fee", again.id)
    back(barcode)
    assert [(x.amount, x.status) for x in fees(reader)] == [(1200, "void"), (800, "waived")]


def test_a_status_is_asked_for_by_its_name() -> None:
    loan_id = lent(title()[1][0], member()).row.id
    lent(title()[1][0], member())
    cancelled(loan_id)
    asked = loan_list.in_status([LoanStatus.CANCELLED], NOW)
    assert [row.id for row in loan_list.LISTING.page(asked, (), limit=9, offset=0)] == [loan_id]

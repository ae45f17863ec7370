"""Fees by hand, payments and waivers, on each database: rules 26 to 28."""

from typing import Any

import pytest

from circulation.accounts import charge, waive
from circulation.lost_items import declare_lost
from circulation.payments import pay, pay_account, void_receipt
from models import fee, payment
from models.errors import Conflict, Missing, Unacceptable
from models.fee import FeeRow
from tests.unit.circulation.library import (
    DESK,
    NOW,
    amend,
    audited,
    back,
    fees,
    lent,
    member,
    title,
)
from tests.unit.circulation.test_parallel import at_once

pytestmark = pytest.mark.usefixtures("library")


def charged(user_id: int, amount: int = 500, loan_id: int | None = None) -> FeeRow:
    return charge(user_id, amount, "spilt coffee", loan_id, DESK, NOW)


def paid(fee_id: int, amount: int) -> FeeRow:
    return pay(fee_id, amount, "cash", "EUR", DESK, NOW).line


def waived(fee_id: int, amount: int | None = None) -> FeeRow:
    return waive(fee_id, amount, "goodwill", "EUR", DESK, NOW)


def refund() -> FeeRow:
    """A refund line of 1500, for a lost copy of 2000 that was found when 1500 had been paid."""
    borrower = member()
    _, [barcode] = title(price=2000)
    loan_id = lent(barcode, borrower).row.id
    declare_lost(loan_id, DESK, NOW)
    [lost] = fees(borrower)
    paid(lost.id, 1500)
    back(barcode)
    return fees(borrower)[-1]


def test_a_fee_by_hand_is_open_and_counts() -> None:
    borrower = member()
    line = charged(borrower)
    assert (line.kind, line.amount, line.balance) == ("manual", 500, 500)
    assert line.status == "open"
    assert fee.balance(borrower) == 500


def test_a_fee_for_an_unknown_member_is_missing() -> None:
    with pytest.raises(Missing) as missing:
        charged(999)
    assert missing.value.code == "user-not-found"


def test_a_fee_may_name_a_loan_of_the_member() -> None:
    borrower = member()
    loan_id = lent(title()[1][0], borrower).row.id
    assert charged(borrower, loan_id=loan_id).loan_id == loan_id


def test_a_fee_for_another_members_loan_is_a_fault() -> None:
    loan_id = lent(title()[1][0], member()).row.id
    other = member()
    for named in (loan_id, 999):
        with pytest.raises(Unacceptable) as fault:
            charged(other, loan_id=named)
        assert fault.value.pointer == "#/loan_id"
    assert fees(other) == []


def test_rule_27_a_payment_lowers_the_balance() -> None:
    line = paid(charged(member()).id, 200)
    assert (line.amount, line.balance, line.status) == (500, 300, "open")
    assert fee.find(line.id) == line


@pytest.mark.parametrize("fact", [{"blocked": 1}, {"is_active": 0}, {"expires_on": "2026-01-01"}])
def test_rule_8_payments_are_taken_from_whom_nothing_is_lent_to(fact: dict[str, Any]) -> None:
    debtor = member()
    line = charged(debtor)
    amend(debtor, **fact)
    assert paid(line.id, 500).balance == 0


def test_rule_27_a_fee_that_is_paid_is_paid() -> None:
    line = paid(charged(member()).id, 500)
    assert (line.balance, line.status) == (0, "paid")


def test_rule_27_a_fee_of_which_a_part_was_waived_is_waived() -> None:
    fee_id = charged(member()).id
    waived(fee_id, 1)
    line = paid(fee_id, 499)
    assert (line.balance, line.status) == (0, "waived")


def test_a_waiver_without_an_amount_waives_all_that_is_left() -> None:
    fee_id = charged(member()).id
    paid(fee_id, 100)
    line = waived(fee_id)
    assert (line.balance, line.waived, line.status) == (0, 400, "waived")
    [row] = audited("fee.waive")
    assert (row["reason"], row["changes"]) == ("goodwill", '{"balance":[400,0]}')


def test_rule_27_more_than_is_left_cannot_be_paid_or_waived() -> None:
    fee_id = charged(member()).id
    paid(fee_id, 100)
    for deed in (paid, waived):
        with pytest.raises(Conflict) as refused:
            deed(fee_id, 401)
        assert refused.value.code == "overpaid"
        assert refused.value.extra == {"balance": 400}
        assert "4.00 EUR" in refused.value.detail
    assert fee.find(fee_id).balance == 400


def test_a_settled_fee_takes_nothing_more() -> None:
    fee_id = charged(member()).id
    paid(fee_id, 500)
    for amount in (1, None):
        with pytest.raises(Conflict) as refused:
            waived(fee_id, amount)
        assert refused.value.code == "overpaid"
    with pytest.raises(Conflict):
        paid(fee_id, 1)


def test_rule_28_a_refund_is_paid_out_by_payments_on_its_line() -> None:
    line = refund()
    assert (line.kind, line.amount, line.balance) == ("refund", -1500, -1500)
    line = paid(line.id, 500)
    assert (line.balance, line.status) == (-1000, "open")
    with pytest.raises(Conflict) as refused:
        paid(line.id, 1001)
    assert refused.value.extra == {"balance": -1000}
    line = paid(line.id, 1000)
    assert (line.balance, line.status) == (0, "paid")


def test_a_refund_is_not_the_librarys_to_waive() -> None:
    line = refund()
    for amount in (1, 1500, None):
        with pytest.raises(Conflict) as refused:
            waived(line.id, amount)
        assert (refused.value.code, refused.value.extra) == ("overpaid", {"balance": -1500})
        assert "a refund" in str(refused.value)
    assert fee.find(line.id).balance == -1500


def test_the_account_is_the_sum_of_its_lines() -> None:
    line = refund()
    borrower = line.user_id or 0
    charged(borrower, 600)
    assert fee.balance(borrower) == -900
    assert [each.balance for each in fee.unsettled(borrower)] == [-1500, 600]


def test_payments_at_once_never_take_more_than_is_owed() -> None:
    fee_id = charged(member()).id
    outcomes = at_once(*[lambda: paid(fee_id, 300)] * 4)
    assert sum(isinstance(one, Conflict) for one in outcomes) == 3
    assert fee.find(fee_id).balance == 200


def test_rule_41_a_receipt_is_taken_back_as_a_whole_or_not_at_all() -> None:
    borrower = member()
    _, [barcode] = title(price=2000)
    declare_lost(lent(barcode, borrower).row.id, DESK, NOW)
    charged(borrower)
    first, second = pay_account(borrower, 2500, "cash", "EUR", DESK, NOW)
    back(barcode)
    with pytest.raises(Conflict) as refunded:
        void_receipt(second.id, "a mistake", DESK, NOW)
    assert refunded.value.code == "refunded"
    assert [payment.find(one.id).voided_at for one in (first, second)] == [None, None]


def test_rule_41_every_payment_of_a_receipt_gives_its_balance_back() -> None:
    borrower = member()
    lines = [charged(borrower), charged(borrower), charged(borrower)]
    paid(lines[2].id, 100)
    [first, _] = pay_account(borrower, 700, "cash", "EUR", DESK, NOW)
    void_receipt(first.id, "a mistake", DESK, NOW)
    assert [line.balance for line in fees(borrower)] == [500, 500, 400]


def test_an_unknown_fee_is_missing() -> None:
    for deed in (paid, waived):
        with pytest.raises(Missing):
            deed(999, 1)

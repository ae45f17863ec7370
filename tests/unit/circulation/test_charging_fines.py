"""Fines as they are charged by renewals, returns and losses, and taken back: rules 15, 26, 28.

Every loan is for 14 days, at 50 a day, in a library that is open every day.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from circulation import accounts
from circulation.closures import set_week
from circulation.explanations import explain
from circulation.lost_items import declare_lost
from circulation.overrides import Override
from circulation.presentation import LoanState
from circulation.renewals import renew
from models import calendar, fee, loan, rulebook
from models.calendar import CalendarPlan
from models.policy import Policy
from models.vocabulary import FeeKind, PaymentMethod
from tests.unit.circulation.library import DESK, audited, back, fees, lent, member, title

pytestmark = pytest.mark.usefixtures("open_every_day")

LENT = datetime(2026, 1, 4, 9, tzinfo=UTC)
"""Due on 18 January."""


@pytest.fixture
def open_every_day(library: Any) -> None:
    CalendarPlan.update(open_weekdays=[1, 2, 3, 4, 5, 6, 7]).execute()
    Policy.update(
        loan_days=14,
        fine_per_day=50,
        max_renewals=None,
        replacement_fee=2000,
        fees_block_at=None,
        overdue_block=False,
    ).execute()
    rulebook.changed()


def january(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


def charged(user_id: int) -> list[int]:
    return [line.amount for line in fees(user_id) if line.kind is FeeKind.OVERDUE]


def told(loan_id: int, now: datetime) -> dict[str, Any]:
    fine: dict[str, Any] = explain(loan_id, now)["fine"]
    return fine


class Borrowed:
    """A copy lent on 4 January, due on the 18th."""

    def __init__(self) -> None:
        [self.barcode] = title()[1]
        self.borrower = member()
        self.loan_id = lent(self.barcode, self.borrower, LENT).row.id

    def renew(self, day: int) -> LoanState:
        return renew(self.loan_id, DESK, january(day))

    @property
    def owed(self) -> int:
        return fee.balance(self.borrower)


@pytest.fixture
def copy() -> Borrowed:
    return Borrowed()


def test_rule_26_renewing_late_charges_the_fine_that_has_run_up(copy: Borrowed) -> None:
    renewed = copy.renew(28)
    assert (renewed.fine_accrued, renewed.row.due_at[:10]) == (0, "2026-02-11")
    assert charged(copy.borrower) == [500]
    back(copy.barcode, january(28, 10))
    assert charged(copy.borrower) == [500]
    assert told(copy.loan_id, january(60))["amount"] == 500


def test_rule_26_every_late_renewal_charges_what_ran_up_since_the_last(copy: Borrowed) -> None:
    """Seventeen, eighteen and sixteen days late."""
    day = 18
    for late in (17, 18, 16):
        copy.renew(day + late)
        day += late + 14
    back(copy.barcode, january(day))
    assert charged(copy.borrower) == [850, 900, 800]
    fine = told(copy.loan_id, january(300))
    assert fine["amount"] == 2550
    assert [each["days_late"] for each in fine["charges"]] == [17, 18, 16, 0]


def test_rule_26_the_cap_is_that_of_the_loan_as_a_whole(copy: Borrowed) -> None:
    loan.Loan.update(fine_cap=700).execute()
    copy.renew(28)
    renewed = loan.find(copy.loan_id)
    assert renewed.fined == 500
    done = back(copy.barcode, january(28 + 14 + 30))
    assert charged(copy.borrower) == [500, 200]
    assert done.loan is not None
    assert told(copy.loan_id, january(200))["capped"]


def test_rule_26_a_renewal_in_time_charges_nothing(copy: Borrowed) -> None:
    copy.renew(18)
    assert charged(copy.borrower) == []
    assert loan.fines(copy.loan_id) == []


def test_rule_26_a_loss_after_a_late_renewal_keeps_what_it_charged(copy: Borrowed) -> None:
    copy.renew(28)
    declare_lost(copy.loan_id, DESK, january(29))
    assert [(line.kind, line.amount) for line in fees(copy.borrower)] == [
        (FeeKind.OVERDUE, 500),
        (FeeKind.LOST, 2000),
    ]


def test_rule_15_a_return_dated_before_the_renewal_takes_its_charge_back(copy: Borrowed) -> None:
    """Renewed nine days late, by a member who had dropped it in the box the evening it was due."""
    copy.renew(27)
    assert copy.owed == 450
    done = back(copy.barcode, january(28), january(18, 18))
    assert copy.owed == 0
    assert [(line.amount, line.balance) for line in done.fees] == [(450, 0)]
    assert told(copy.loan_id, january(60))["amount"] == 0
    assert len(audited("fee.waive")) == 1


def test_rule_15_a_weekend_in_the_book_drop_costs_nothing_though_renewed_on_monday() -> None:
    """Due on Saturday the 17th, dropped in the box, renewed by the member on Monday at nine."""
    [barcode], borrower = title()[1], member()
    loan_id = lent(barcode, borrower, january(3)).row.id
    renew(loan_id, DESK, january(19))
    assert fee.balance(borrower) == 100
    back(barcode, january(19, 10), january(17, 18))
    assert fee.balance(borrower) == 0
    assert told(loan_id, january(60))["amount"] == 0


def test_rule_15_only_the_days_after_the_return_are_taken_back(copy: Borrowed) -> None:
    copy.renew(27)
    back(copy.barcode, january(28), january(20))
    assert copy.owed == 100
    assert told(copy.loan_id, january(60))["amount"] == 100


def test_rule_15_what_was_paid_of_a_charge_taken_back_is_refunded(copy: Borrowed) -> None:
    copy.renew(27)
    [line] = fees(copy.borrower)
    fee.pay(line, 400, PaymentMethod.CASH, "2026-01-27T10:00:00Z", None)
    back(copy.barcode, january(28), january(20))
    assert [(each.kind, each.amount, each.balance) for each in fees(copy.borrower)] == [
        (FeeKind.OVERDUE, 450, 0),
        (FeeKind.REFUND, -300, -300),
    ]


def test_rule_28_a_lost_copy_that_was_back_in_time_costs_nothing(copy: Borrowed) -> None:
    declare_lost(copy.loan_id, DESK, january(35))
    assert copy.owed == 850 + 2000
    back(copy.barcode, january(39), january(17))
    assert copy.owed == 0
    assert told(copy.loan_id, january(60))["amount"] == 0


def test_rule_28_a_lost_copy_that_was_back_three_days_late_costs_three_days(
    copy: Borrowed,
) -> None:
    declare_lost(copy.loan_id, DESK, january(35))
    back(copy.barcode, january(39), january(21))
    assert copy.owed == 150
    assert loan.find(copy.loan_id).fined == 150


def test_rule_28_a_part_already_paid_of_the_fine_is_refunded(copy: Borrowed) -> None:
    declare_lost(copy.loan_id, DESK, january(35))
    fine = fees(copy.borrower)[0]
    fee.pay(fine, 850, PaymentMethod.CASH, "2026-02-05T10:00:00Z", None)
    back(copy.barcode, january(39), january(17))
    assert copy.owed == -850


def test_rule_28_a_lost_copy_found_today_keeps_the_fine_up_to_the_loss(copy: Borrowed) -> None:
    declare_lost(copy.loan_id, DESK, january(35))
    back(copy.barcode, january(39))
    assert copy.owed == 850


def test_rule_26_the_explanation_is_that_of_the_charge_whatever_the_calendar_becomes(
    copy: Borrowed,
) -> None:
    back(copy.barcode, january(28))
    before = told(copy.loan_id, january(28))
    assert (before["amount"], before["days_late"], before["until"]) == (500, 10, "2026-01-28")
    CalendarPlan.update(open_weekdays=[1]).execute()
    rulebook.changed()
    assert told(copy.loan_id, january(60)) == before


def test_rule_14_a_new_week_does_not_change_the_fine_of_days_gone_by() -> None:
    """Due on Friday 8 November in a week of five days: sixteen open days late on 2 December."""
    CalendarPlan.update(open_weekdays=[1, 2, 3, 4, 5]).execute()
    rulebook.changed()
    [barcode], borrower = title()[1], member()
    loan_id = lent(barcode, borrower, datetime(2024, 10, 25, 9, tzinfo=UTC)).row.id
    now = datetime(2024, 12, 2, 9, tzinfo=UTC)
    assert told(loan_id, now)["amount"] == 800
    zone = calendar.find().timezone
    set_week({"timezone": zone, "open_weekdays": [1, 2, 3, 4, 5, 6, 7]}, DESK, now)
    assert told(loan_id, now)["amount"] == 800
    back(barcode, now)
    assert charged(borrower) == [800]


def test_rule_14_a_weekday_closed_for_good_leaves_no_due_date_on_it() -> None:
    """Due on a Saturday, which is closed from now on: back on Monday is in time."""
    CalendarPlan.update(open_weekdays=[1, 2, 3, 4, 5, 6]).execute()
    rulebook.changed()
    [barcode], borrower = title()[1], member()
    loan_id = lent(barcode, borrower, january(3)).row.id
    assert loan.find(loan_id).due_at[:10] == "2026-01-17"
    zone = calendar.find().timezone
    set_week({"timezone": zone, "open_weekdays": [1, 2, 3, 4, 5]}, DESK, january(4))
    assert loan.find(loan_id).due_at[:10] == "2026-01-19"
    back(barcode, january(19))
    assert charged(borrower) == []


def test_rule_26_renewing_late_by_an_override_charges_too_and_so_does_the_loss(
    copy: Borrowed,
) -> None:
    Policy.update(overdue_block=True).execute()
    rulebook.changed()
    renew(copy.loan_id, DESK, january(28), Override(["loans-overdue"], "a long illness"))
    assert charged(copy.borrower) == [500]
    declare_lost(copy.loan_id, DESK, january(28))
    assert copy.owed == 500 + 2000


def test_a_renewal_s_fine_that_was_voided_stays_in_the_explanation() -> None:
    [barcode] = title()[1]
    ada = member()
    loan_id = lent(barcode, ada, LENT).row.id
    renew(loan_id, DESK, january(22))
    [line] = fees(ada)
    accounts.void(line.id, "a mistake", DESK, january(22))
    [while_lent] = told(loan_id, january(23))["charges"]
    back(barcode, january(23))
    first, last = told(loan_id, january(24))["charges"]
    assert (while_lent["fee_id"], while_lent["amount"]) == (line.id, 0)
    assert (first, last["amount"]) == (while_lent, 0)


def test_a_renewal_s_fine_that_was_voided_stays_beside_the_next_one() -> None:
    [barcode] = title()[1]
    ada = member()
    loan_id = lent(barcode, ada, LENT).row.id
    renew(loan_id, DESK, january(22))
    accounts.void(fees(ada)[0].id, "a mistake", DESK, january(22))
    renew(loan_id, DESK, january(22) + timedelta(days=20))
    charges = told(loan_id, january(23) + timedelta(days=20))["charges"]
    assert [one["fee_id"] for one in charges] == [line.id for line in fees(ada)]

"""Fines of loans that release 0.1.0 brought in, with the numbers of lines of another library."""

from typing import Any

import orjson
import pytest

from circulation import renewals, undo
from circulation.explanations import explain
from circulation.fines import with_lines
from models import loan
from models.fee import Fee, FeeRow
from models.loan import Loan
from models.vocabulary import FeeKind
from moving.export import parts
from tests.unit.circulation.library import (
    DAY,
    DESK,
    NOW,
    back,
    berlin,
    fees,
    lent,
    member,
    owes,
    title,
)

Moved = tuple[str, int, int, int]


@pytest.fixture
def moved(db: Any) -> Moved:
    """Barcode and loan of Kay, renewed late, whose fine names a line of Bee; Kay and Bee."""
    berlin()
    bee, kay = member(), member()
    owes(bee, 222)
    _, [barcode] = title()
    loan_id = lent(barcode, kay, NOW - 60 * DAY).row.id
    renewals.renew(loan_id, DESK, NOW - 30 * DAY)
    stored(loan_id, fee_id=fees(bee)[0].id)
    return barcode, loan_id, kay, bee


def stored(loan_id: int, **fields: Any) -> None:
    """Write fields of the loan's fines, past all rules; None takes them away."""
    for_good = {name for name, value in fields.items() if value is None}
    fines = [
        {name: value for name, value in {**one, **fields}.items() if name not in for_good}
        for one in loan.fines(loan_id)
    ]
    Loan.update(fines=fines).where(Loan.id == loan_id).execute()


def exported(loan_id: int) -> list[Any]:
    """The fines of a loan as they go out."""
    lines = b"".join(part.data for part in parts("loans", "ndjson")).splitlines()
    [fines] = [orjson.loads(line)["fines"] for line in lines]
    return list(fines)


def test_a_return_dated_back_lessens_the_fine_of_the_loan_and_nobody_elses(moved: Moved) -> None:
    barcode, loan_id, kay, bee = moved
    [charged] = fees(kay)
    back(barcode, NOW - 29 * DAY, NOW - 40 * DAY)
    assert [one.balance for one in fees(bee)] == [222]
    assert fees(kay)[0].balance == 0
    undo.reopen_loan(loan_id, "mistake", DESK, NOW - 29 * DAY)
    assert ([one.balance for one in fees(bee)], fees(kay)[0].balance) == ([222], charged.amount)


def test_what_a_loan_cost_names_its_own_line(moved: Moved) -> None:
    _, loan_id, kay, _ = moved
    [charge] = explain(loan_id, NOW)["fine"]["charges"]
    assert charge["fee_id"] == fees(kay)[0].id
    assert exported(loan_id)[0]["fee_source_key"].endswith(f":{fees(kay)[0].id}")


def test_a_fine_whose_line_never_came_is_told_without_one(moved: Moved) -> None:
    barcode, loan_id, kay, bee = moved
    Fee.delete().where(Fee.user_id == kay).execute()
    stored(loan_id, fee_id=None, fee_source_key="old:7")
    [charge] = explain(loan_id, NOW)["fine"]["charges"]
    assert charge["fee_id"] is None
    assert [one["fee_source_key"] for one in exported(loan_id)] == ["old:7"]
    back(barcode, NOW - 29 * DAY, NOW - 40 * DAY)
    assert [one.balance for one in fees(bee)] == [222]
    assert exported(loan_id)[0]["fee_source_key"] == "old:7"


def line(fee_id: int, amount: int, kind: FeeKind = FeeKind.OVERDUE) -> FeeRow:
    """A line of the loan."""
    return FeeRow(fee_id, 1, 1, kind, amount, amount, 0, None, "2026-03-02T09:00:00Z")


FINES = [
    ([9], [140], [line(4, 140)], [4]),
    ([4], [140], [line(4, 140)], [4]),
    ([9, 8], [140, 140], [line(4, 140), line(5, 140)], [4, 5]),
    ([9, 5], [140, 140], [line(4, 140), line(5, 140)], [4, 5]),
    ([9], [140], [line(4, 140), line(5, 140)], [None]),
    ([9], [140], [line(4, 140, FeeKind.MANUAL)], [None]),
    ([9], [140], [line(4, 100)], [None]),
    ([None], [0], [line(4, 140)], [None]),
]


@pytest.mark.parametrize(("told", "amounts", "lines", "right"), FINES)
def test_the_line_of_a_fine_is_known_by_the_loan_its_amount_and_its_order(
    told: list[Any], amounts: list[int], lines: list[FeeRow], right: list[Any]
) -> None:
    fines = [{"fee_id": one, "amount": amount} for one, amount in zip(told, amounts, strict=True)]
    assert [one["fee_id"] for one in with_lines(fines, lines)] == right

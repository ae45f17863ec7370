"""The page of transitions is true: every act is tried on a copy in every status."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import pytest

from circulation.holds import cancel_hold, let_run_out
from circulation.inventory import change_copy, delete_book, delete_copy
from circulation.lost_items import claim_returned, declare_lost
from circulation.reasons import NEVER_OVERRIDABLE
from circulation.renewals import renew
from circulation.transitions import FREED, TRANSITIONS, Freed, Refusal
from circulation.undo import cancel_loan, reopen_loan
from models import copy, hold, loan
from models.errors import DomainError
from models.vocabulary import CopyStatus, HoldStatus, ReasonCode
from tests.unit.circulation.library import DAY, DESK, NOW, back, held, lent, member, on_copy, title

pytestmark = pytest.mark.usefixtures("library")

LATER = NOW + DAY
OVERRIDABLE = [code.value for code in ReasonCode if code not in NEVER_OVERRIDABLE]


class Case(NamedTuple):
    """A copy in a status, with the last loan of it and the hold that it is set aside for."""

    book_id: int
    barcode: str
    copy_id: int
    loan_id: int = 0
    hold_id: int = 0


def _in_status(status: CopyStatus) -> Case:
    book_id, [barcode] = title()
    case = Case(book_id, barcode, on_copy(barcode)["id"])
    case = case._replace(loan_id=lent(barcode, member()).row.id)
    if status in (CopyStatus.AVAILABLE, CopyStatus.IN_REPAIR, CopyStatus.WITHDRAWN):
        back(barcode)
    if status is CopyStatus.ON_HOLD_SHELF:
        case = case._replace(hold_id=held(book_id, member()).row.id)
        back(barcode)
    elif status is CopyStatus.LOST:
        declare_lost(case.loan_id, DESK, NOW)
    elif status is CopyStatus.WITHDRAWN:
        delete_copy(case.copy_id, DESK, NOW)
    elif status is CopyStatus.IN_REPAIR:
        _set(status)(case)
    return case


def _set(status: CopyStatus) -> Callable[[Case], Any]:
    return lambda case: change_copy(case.copy_id, {"status": status.value}, DESK, LATER)


def _checkout(case: Case) -> Any:
    return lent(case.barcode, member(), LATER)


def _checkout_for_the_hold(case: Case) -> Any:
    return lent(case.barcode, hold.find(case.hold_id).user_id, LATER)


def _checkout_overridden(case: Case) -> Any:
    return lent(case.barcode, member(), LATER, *OVERRIDABLE, due_on=(NOW + 9 * DAY).date())


def _expire(case: Case) -> Any:
    far = datetime.fromisoformat(hold.find(case.hold_id).expires_at or "") + DAY
    return let_run_out(case.book_id, DESK, far)


ACTS: dict[str, Callable[[Case], Any]] = {
    "checkout": _checkout,
    "checkout by the member it is set aside for": _checkout_for_the_hold,
    "checkout with every reason overridden": _checkout_overridden,
    "checkin": lambda case: back(case.barcode, LATER),
    "renewal": lambda case: renew(case.loan_id, DESK, LATER),
    "claim returned": lambda case: claim_returned(case.loan_id, DESK, LATER),
    "cancel the loan": lambda case: cancel_loan(case.loan_id, "the wrong card", DESK, NOW),
    "reopen the last loan": lambda case: reopen_loan(case.loan_id, "not back", DESK, LATER),
    "declare lost": lambda case: declare_lost(case.loan_id, DESK, LATER),
    "cancel the hold it is set aside for": lambda case: cancel_hold(case.hold_id, DESK, LATER),
    "let the hold it is set aside for expire": _expire,
    **{f"set {status.value}": _set(status) for status in CopyStatus},
    "withdraw": lambda case: delete_copy(case.copy_id, DESK, LATER),
    "delete the book": lambda case: delete_book(case.book_id, DESK, LATER),
}

EVERY = [
    pytest.param(act, CopyStatus(status), outcome, id=f"{act}, {status}")
    for act, row in TRANSITIONS.items()
    for status, outcome in row._asdict().items()
    if outcome is not None
]


def _status(case: Case) -> str:

    return copy.find(case.copy_id).status


def test_the_page_has_every_act_that_is_tried() -> None:
    assert TRANSITIONS.keys() == ACTS.keys()


@pytest.mark.parametrize(("act", "status", "outcome"), EVERY)
def test_an_act_does_to_a_copy_what_the_page_says(
    act: str, status: CopyStatus, outcome: Any
) -> None:
    case = _in_status(status)
    if isinstance(outcome, Refusal):
        with pytest.raises(DomainError) as refused:
            ACTS[act](case)
        assert refused.value.code == outcome.problem
        if outcome.reason:
            codes = [reason["code"] for reason in refused.value.extra["reasons"]]
            assert outcome.reason in codes
        assert _status(case) == status
    else:
        ACTS[act](case)
        assert _status(case) == (CopyStatus.AVAILABLE if outcome is FREED else outcome)


@pytest.mark.parametrize(
    ("act", "status"),
    [
        pytest.param(act, CopyStatus(status), id=f"{act}, {status}")
        for act, row in TRANSITIONS.items()
        for status, outcome in row._asdict().items()
        if isinstance(outcome, Freed)
    ],
)
def test_a_copy_that_is_freed_goes_to_the_hold_that_waits(act: str, status: CopyStatus) -> None:
    case = _in_status(status)
    if status is CopyStatus.LOST:
        title_hold = _place_on_lost(case)
    else:
        title_hold = held(case.book_id, member()).row.id
    ACTS[act](case)
    assert _status(case) == CopyStatus.ON_HOLD_SHELF
    assert hold.find(title_hold).status == HoldStatus.READY


def _place_on_lost(case: Case) -> int:
    """A hold placed while another copy could be lent, which is lent then."""
    other = copy.create(case.book_id, {"barcode": f"{case.barcode}-2"}, DESK)
    lent(other.barcode, member())
    assert loan.find(case.loan_id).lost_at
    return held(case.book_id, member()).row.id

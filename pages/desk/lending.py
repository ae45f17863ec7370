"""Acts at the desk beside scanning: overrides, renewals, due dates, lost and claimed copies."""

from typing import Any

from flask import Response

from models.vocabulary import CopyStatus, LoanStatus, Role
from pages.desk import scanning
from pages.desk.blueprint import DESK
from pages.desk.counter import shown
from pages.desk.outcomes import Outcome, attempted
from pages.desk.state import State, number
from pages.frame.views import page
from pages.frame.visit import Visit


@page(DESK, "/desk/overrides", least=Role.LIBRARIAN, methods=("POST",))
def override(visit: Visit) -> Response:
    """Lend or renew all the same, by the reasons that the form names."""
    form, state = visit.form, State.of(visit.form)
    codes = [code for code in form.get("codes", "").split(",") if code]
    waved = {"codes": codes, "reason": form.get("reason", "")}
    if form.get("act") == "renew":
        loan = visit.do("getLoan", loan_id=number(form.get("loan_id", "")))
        return shown(visit, state, scanning.renew(visit, loan, override=waved))
    copy = visit.do("getCopy", copy_id=number(form.get("copy_id", "")))
    more: dict[str, Any] = {"override": waved}
    if form.get("due_on"):
        more["due_on"] = form["due_on"]
    return shown(visit, state, scanning.lend(visit, state, copy, **more))


@page(DESK, "/desk/returns", least=Role.LIBRARIAN, methods=("POST",))
def take_back(visit: Visit) -> Response:
    """Take back a copy that was refused to the member at the desk, or one of their loans or a list.

    One that has been lent to somebody since the page was loaded stays out, as it is not here.
    """
    form, state = visit.form, State.of(visit.form)
    copy = visit.do("getCopy", copy_id=number(form.get("copy_id", "")))
    is_lent = _is_lent_since(visit, copy, form.get("loan_id"))
    return shown(visit, state, scanning.take_back(visit, state, copy, is_lent_since=is_lent))


def _is_lent_since(visit: Visit, copy: dict[str, Any], loan_id: str | None) -> bool:
    """Whether a copy is on loan otherwise than the page has shown it.

    `loan_id` is the loan that it has shown, empty where nobody had the copy, None where the page
    does not say.
    """
    if copy["status"] != CopyStatus.ON_LOAN or loan_id is None:
        return False
    return not loan_id or visit.do("getLoan", loan_id=number(loan_id))["status"] in _OVER


@page(DESK, "/desk/renewals", least=Role.LIBRARIAN, methods=("POST",))
def renew(visit: Visit) -> Response:
    """Renew one loan, or all loans of the member at the desk."""
    form, state = visit.form, State.of(visit.form)
    if form.get("loan_id"):
        loan = visit.do("getLoan", loan_id=number(form.get("loan_id", "")))
        return shown(visit, state, scanning.renew(visit, loan))
    outcomes = [scanning.renew(visit, loan) for loan in _loans(visit, state)]
    values = {"outcomes": outcomes}
    failed = any(one.is_refusal for one in outcomes)
    return shown(visit, state, Outcome("renewed_all", values, is_refusal=failed))


def _loans(visit: Visit, state: State) -> list[dict[str, Any]]:
    """Every running loan of the member, read before the first is renewed: that moves it."""
    query = {"user_id": state.member_id, "status": scanning.RUNNING, "sort": "due_at"}
    return visit.every("listLoans", query=query)


@page(DESK, "/desk/due-dates", least=Role.LIBRARIAN, methods=("POST",))
def change_due_date(visit: Visit) -> Response:
    """Change the due date of a loan by hand."""
    form, state = visit.form, State.of(visit.form)
    why = form.get("reason", "").strip() or str(visit.say("desk.due_reason"))
    body = {"due_on": form.get("due_on", ""), "reason": why}
    loan_id = number(form.get("loan_id", ""))
    loan, refusal = attempted(visit, lambda: visit.do("changeDueDate", loan_id=loan_id, body=body))
    return shown(visit, state, refusal or Outcome("due_changed", {"loan": loan}))


@page(DESK, "/desk/losses", least=Role.LIBRARIAN, methods=("POST",))
def lose(visit: Visit) -> Response:
    """Mark a loan as lost, as claimed returned, or withdraw that claim."""
    form, state = visit.form, State.of(visit.form)
    what = form.get("what", "")
    operation, loan_id = _LOSSES.get(what, "declareLost"), number(form.get("loan_id", ""))
    _, refusal = attempted(visit, lambda: visit.do(operation, loan_id=loan_id))
    return shown(visit, state, refusal or Outcome(what if what in _LOSSES else "lost"))


@page(DESK, "/desk/holds/<id:hold_id>/cancellation", least=Role.LIBRARIAN, methods=("POST",))
def cancel_hold(visit: Visit, hold_id: int) -> Response:
    """Cancel a hold of the member at the desk."""
    state = State.of(visit.form)
    _, refusal = attempted(visit, lambda: visit.do("cancelHold", hold_id=hold_id))
    return shown(visit, state, refusal or Outcome("hold_cancelled"))


_OVER = (LoanStatus.RETURNED, LoanStatus.CANCELLED)
_LOSSES = {"lost": "declareLost", "claimed": "claimReturned", "unclaimed": "withdrawClaim"}

"""Money at the desk: payments of one fee or the whole account, waivers, charges, refunds."""

from typing import Any

from flask import Response

from models.vocabulary import Role
from pages.desk import amounts
from pages.desk.blueprint import DESK
from pages.desk.counter import shown
from pages.desk.outcomes import Outcome, attempted
from pages.desk.state import State, number
from pages.frame.views import page
from pages.frame.visit import Visit


@page(DESK, "/desk/payments", least=Role.LIBRARIAN, methods=("POST",))
def pay(visit: Visit) -> Response:
    """Take a payment on the account, the oldest fee first, or on one fee."""
    state, form = State.of(visit.form), visit.form
    amount = _amount(visit, "amount")
    if not amount:
        return shown(visit, state, _no_amount(visit))
    body = {"amount": amount, "method": form.get("method", "")}
    if form.get("fee_id"):
        where: dict[str, Any] = {"operation_id": "payFee", "fee_id": number(form["fee_id"])}
    else:
        where = {"operation_id": "payAccount", "user_id": state.member_id or 0}
    return _done(visit, state, "paid", {**where, "body": body}, amount)


@page(DESK, "/desk/waivers", least=Role.LIBRARIAN, methods=("POST",))
def waive(visit: Visit) -> Response:
    """Waive what is left of a fee, or a part of it."""
    state, form = State.of(visit.form), visit.form
    body: dict[str, Any] = {"reason": form.get("reason", "")}
    amount = None
    if form.get("amount", "").strip():
        amount = _amount(visit, "amount")
        if not amount:
            return shown(visit, state, _no_amount(visit))
        body["amount"] = amount
    fee_id = number(form.get("fee_id", ""))
    asked = {"operation_id": "waiveFee", "fee_id": fee_id, "body": body}
    return _done(visit, state, "waived", asked, amount)


@page(DESK, "/desk/fees", least=Role.LIBRARIAN, methods=("POST",))
def charge(visit: Visit) -> Response:
    """Charge the member at the desk for something."""
    state, form = State.of(visit.form), visit.form
    amount = _amount(visit, "amount")
    if not amount:
        return shown(visit, state, _no_amount(visit))
    body = {
        "user_id": state.member_id,
        "amount": amount,
        "note": form.get("note", ""),
        "kind": form.get("kind", ""),
    }
    asked = {"operation_id": "createFee", "body": body}
    return _done(visit, state, "charged", asked, amount)


def _done(
    visit: Visit, state: State, kind: str, asked: dict[str, Any], amount: int | None
) -> Response:
    made, refusal = attempted(visit, lambda: visit.do(**asked))
    if refusal:
        return shown(visit, state, refusal)
    return shown(visit, state, Outcome(kind, {"amount": amount, "payment_id": _payment_id(made)}))


def _payment_id(made: dict[str, Any]) -> int | None:
    """The payment that the receipt is named after; None of a waiver or a charge."""
    found: int | None = made.get("payment_id")
    return made["payments"][0]["receipt_id"] if "payments" in made else found


def _amount(visit: Visit, name: str) -> int | None:
    return amounts.read(visit.form.get(name, ""), visit.settings.currency)


def _no_amount(visit: Visit) -> Outcome:
    """What was typed is no amount of money."""
    values = {"text": visit.form.get("amount", ""), "example": visit.money(1250)}
    return Outcome("no_amount", values, is_refusal=True, status=400)

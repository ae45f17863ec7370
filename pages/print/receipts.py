"""`/print/receipts/{payment}`: what was paid at once, on one slip."""

from datetime import timedelta
from typing import Any

from flask import Response

from models.vocabulary import Role
from pages.frame.views import page, render
from pages.frame.visit import Visit
from pages.print.blueprint import PRINT


@page(PRINT, "/print/receipts/<id:payment_id>", least=Role.LIBRARIAN)
def receipt(visit: Visit, payment_id: int) -> Response:
    """The receipt that a payment stands on, with every other payment of the same note."""
    named = visit.do("getPayment", payment_id=payment_id)
    paid = _of_note(visit, named)
    member = visit.do("getUser", user_id=named["user_id"]) if named["user_id"] else None
    valid = [one for one in paid if one["voided_at"] is None]
    return render(
        visit,
        "print/receipt.html",
        named=named,
        member=member,
        lines=[(one, visit.do("getFee", fee_id=one["fee_id"])) for one in paid],
        total=sum(-one["amount"] if one["direction"] == "out" else one["amount"] for one in valid),
    )


def _of_note(visit: Visit, named: dict[str, Any]) -> list[dict[str, Any]]:
    """The payments of the same note, in their order; they were made in one moment."""
    if named["user_id"] is None:
        return [named]
    day = visit.local_day(named["paid_at"])
    near = {"from": day - timedelta(days=1), "to": day + timedelta(days=1)}
    query = {"user_id": named["user_id"], "sort": "id", **near}
    found = visit.every("listPayments", query=query)
    return [one for one in found if one["receipt_id"] == named["receipt_id"]] or [named]

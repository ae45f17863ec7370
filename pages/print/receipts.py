"""`/print/receipts/{payment}`: what was paid at once, on one slip."""

from typing import Any

from flask import Response

from models import payment
from models.vocabulary import Role
from pages.frame.fee_titles import note_of
from pages.frame.views import page, render
from pages.frame.visit import Visit
from pages.print.blueprint import PRINT


@page(PRINT, "/print/receipts/<id:payment_id>", least=Role.LIBRARIAN)
def receipt(visit: Visit, payment_id: int) -> Response:
    """The receipt that a payment stands on, with every other payment of the same note."""
    named = visit.do("getPayment", payment_id=payment_id)
    rows = payment.on_receipt(named["receipt_id"], named["paid_at"])
    paid = [row.to_json(visit.settings.currency) for row in rows]
    member = visit.do("getUser", user_id=named["user_id"]) if named["user_id"] else None
    valid = [one for one in paid if one["voided_at"] is None]
    return render(
        visit,
        "print/receipt.html",
        named=named,
        member=member,
        lines=[_line(visit, one) for one in paid],
        total=sum(-one["amount"] if one["direction"] == "out" else one["amount"] for one in valid),
    )


def _line(visit: Visit, paid: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A payment and its fee, with the note of a person."""
    fee = visit.do("getFee", fee_id=paid["fee_id"])
    return paid, {**fee, "note": note_of(fee)}

"""What a member has paid, with the receipts to be printed again."""

from flask import Response, request

from models.vocabulary import Role
from pages.desk.blueprint import DESK
from pages.desk.listing import filters, following
from pages.desk.outcomes import attempted
from pages.desk.rendering import render
from pages.frame.views import page
from pages.frame.visit import Visit


@page(DESK, "/desk/payments", least=Role.LIBRARIAN)
def payments(visit: Visit) -> Response:
    """Payments, the latest first; of one member where the address names one."""
    asked = filters(request.args, ("user_id", "from", "to"))
    query = {**asked, "sort": "-id", "cursor": request.args.get("cursor", "")}
    found, refusal = attempted(visit, lambda: visit.do("listPayments", query=query))
    if refusal:
        found = {"data": [], "pagination": {"next_cursor": None}}
    return render(
        visit,
        "desk/payments.html",
        status=refusal.status if refusal else 200,
        found=found["data"],
        asked=asked,
        refusal=refusal.values if refusal else None,
        following=following("/desk/payments", asked, found),
    )

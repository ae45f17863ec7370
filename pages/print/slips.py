"""`/print/slips`: slips for holds that are ready, and what a member has on loan."""

from typing import Any

from flask import Response, request

from models.vocabulary import Role
from pages.frame.views import page, render
from pages.frame.visit import Visit
from pages.print import barcodes, drawing
from pages.print.barcodes import Symbology
from pages.print.blueprint import PRINT

_WIDTH = 72.0
_BARS = 14.0
_MOST = 100
_RUNNING = "open,overdue,claimed_returned"


@page(PRINT, "/print/slips", least=Role.LIBRARIAN)
def slips(visit: Visit) -> Response:
    """Slips for all holds that are ready, or for those named by `hold_id`.

    With `user_id` the slip of a member's loans instead.
    """
    user_id = request.args.get("user_id", "")
    if user_id:
        return _loans(visit, user_id)
    query = {"status": "ready", "embed": "user,book,copy", "limit": _MOST, "sort": "-id"}
    named = request.args.getlist("hold_id")
    found = visit.do("listHolds", query=query)["data"]
    chosen = [one for one in found if not named or str(one["id"]) in named]
    return render(visit, "print/slips.html", holds=[(one, _label(one["copy"])) for one in chosen])


def _loans(visit: Visit, user_id: str) -> Response:
    query = {"user_id": user_id, "status": _RUNNING, "embed": "book,copy,user", "limit": _MOST}
    loans = visit.do("listLoans", query={**query, "sort": "due_at"})["data"]
    return render(visit, "print/loans_slip.html", loans=loans)


def _label(copy: dict[str, Any] | None) -> Any:
    """The bars of the copy's number, for the desk to scan."""
    if copy is None:
        return None
    try:
        pattern = barcodes.bars(
            barcodes.printed(copy["barcode"], Symbology.CODE128), Symbology.CODE128
        )
        path = drawing.bar_path(pattern, 0, 0, _WIDTH, _BARS)
    except barcodes.Unprintable:
        return None
    return drawing.Label(_WIDTH, _BARS, [], path)

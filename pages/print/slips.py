"""`/print/slips`: slips for holds that are ready, and what a member has on loan."""

from contextlib import suppress
from typing import Any

from flask import Response, request

from models.errors import Missing
from models.vocabulary import HoldStatus, Role
from pages.desk.state import number
from pages.frame.book_languages import tell_languages
from pages.frame.views import page, render
from pages.frame.visit import Visit
from pages.print import barcodes, drawing
from pages.print.barcodes import Symbology
from pages.print.blueprint import PRINT

_WIDTH = 72.0
_BARS = 14.0
_EMBEDDED = "user,book,copy"
_READY = {"status": HoldStatus.READY, "embed": _EMBEDDED, "sort": "-id"}
_RUNNING = "open,overdue,claimed_returned"


@page(PRINT, "/print/slips", least=Role.LIBRARIAN)
def slips(visit: Visit) -> Response:
    """Slips for all holds that are ready, or for those named by `hold_id`.

    With `user_id` the slip of a member's loans instead.
    """
    user_id = request.args.get("user_id", "")
    if user_id:
        return _loans(visit, user_id)
    named = [number(text) for text in request.args.getlist("hold_id")]
    chosen = _named(visit, named) if named else visit.every("listHolds", query=_READY)
    tell_languages(chosen)
    return render(visit, "print/slips.html", holds=[(one, _label(one["copy"])) for one in chosen])


def _named(visit: Visit, hold_ids: list[int]) -> list[dict[str, Any]]:
    """Those of the holds that are ready."""
    found = []
    for hold_id in dict.fromkeys(hold_ids):
        with suppress(Missing):
            found.append(visit.do("getHold", hold_id=hold_id, query={"embed": _EMBEDDED}))
    return [one for one in found if one["status"] == HoldStatus.READY]


def _loans(visit: Visit, user_id: str) -> Response:
    query = {"user_id": user_id, "status": _RUNNING, "embed": _EMBEDDED, "sort": "due_at"}
    loans = visit.every("listLoans", query=query)
    tell_languages(loans)
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

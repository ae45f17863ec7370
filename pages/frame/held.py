"""Holds as pages show them: what is over is not told, and a copy asked for has its barcode."""

from datetime import date
from typing import Any

from models import copy, timestamps
from pages.frame.book_languages import tell_languages
from pages.frame.visit import Visit


def holds_of(visit: Visit, query: dict[str, Any]) -> dict[str, Any]:
    """A page of the holds that run, as `listHolds` gives it.

    `suspended_until` is None from that day on, as the hold is active again. `asked` is the barcode
    of the one copy that will do, None where any of the title does. Embedded titles have their
    `language`.
    """
    asked = {"status": "waiting,ready", **query}
    found: dict[str, Any] = visit.do("listHolds", query=asked)
    today = visit.calendar.local_date(timestamps.now())
    wanted = {one["requested_copy_id"] for one in found["data"]} - {None}
    barcodes = copy.barcodes(wanted) if wanted else {}
    for hold in found["data"]:
        until = hold["suspended_until"]
        if until is not None and date.fromisoformat(until) <= today:
            hold["suspended_until"] = None
        hold["asked"] = barcodes.get(hold["requested_copy_id"])
    tell_languages(found["data"])
    return found


def place(visit: Visit, body: dict[str, Any]) -> None:
    """Place the hold that a form asks for. Raises what the operation raises.

    A form that is sent twice places one; where that has been cancelled meanwhile, another one.
    """
    placed = visit.do("placeHold", body=body)
    if visit.do("getHold", hold_id=placed["id"])["ended_at"] is not None:
        visit.do("placeHold", body=body, anew=True)

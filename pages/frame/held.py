"""Holds as pages show them: what is over is not told, and a copy asked for has its barcode."""

from datetime import date
from typing import Any

from models import timestamps
from models.errors import Missing
from pages.frame.visit import Visit


def holds_of(visit: Visit, query: dict[str, Any]) -> dict[str, Any]:
    """A page of the holds that run, as `listHolds` gives it.

    `suspended_until` is None from that day on, as the hold is active again. `asked` is the barcode
    of the one copy that will do, None where any of the title does.
    """
    asked = {"status": "waiting,ready", **query}
    found: dict[str, Any] = visit.do("listHolds", query=asked)
    today = visit.calendar.local_date(timestamps.now())
    for hold in found["data"]:
        until = hold["suspended_until"]
        if until is not None and date.fromisoformat(until) <= today:
            hold["suspended_until"] = None
        hold["asked"] = _barcode(visit, hold["requested_copy_id"])
    return found


def _barcode(visit: Visit, copy_id: int | None) -> str | None:
    if copy_id is None:
        return None
    try:
        barcode: str = visit.do("getCopy", copy_id=copy_id)["barcode"]
    except Missing:
        return None
    return barcode

"""Copies over SIP2: 17, and 19, which is not supported."""

from typing import Any, NamedTuple

from peewee import SQL, Case, fn

from models import hold
from models.book import Book
from models.copy import Copy, barcode_key
from models.database import Compiled, slot
from models.hold import Hold
from models.loan import Loan
from models.timestamps import stamp
from protocols.sip2.refusals import refused_for
from protocols.sip2.visit import Values, Visit

_LONGEST_BARCODE = 64

# The circulation status of SIP2 by that of the copy.
_STATUS = {
    "available": "03",
    "on_loan": "04",
    "on_hold_shelf": "08",
    "in_repair": "01",
    "lost": "12",
    "withdrawn": "01",
}
_TO_BE_SHELVED = "09"
_CLAIMED_RETURNED = "11"

# The media type of SIP2 by the kind of material of the title.
_MEDIA = {
    "text": "001",
    "serial": "002",
    "audio": "006",
    "video": "005",
    "electronic": "007",
}
_OTHER_MEDIA = "000"


class Item(NamedTuple):
    """A copy by its barcode: what machines are told of it."""

    copy_id: int
    book_id: int
    barcode: str
    title: str
    status: str
    location: str | None
    shelfmark: str | None
    media_type: str


def _by_barcode() -> Any:
    in_stock_first = Case(None, [(Copy.status == SQL("'withdrawn'"), SQL("1"))], SQL("0"))
    columns = (Copy.id, Copy.book_id, Copy.barcode, Book.title, Copy.status, Copy.location)
    return (
        Copy.select(*columns, Copy.shelfmark, Book.material_type)
        .join(Book, on=(Book.id == Copy.book_id))
        .where(Copy.barcode_key == slot("barcode"))
        .order_by(in_stock_first, Copy.id.desc())
        .limit(SQL("1"))
    )


_BY_BARCODE = Compiled(_by_barcode)
_LOAN = Compiled(
    lambda: Loan.select(Loan.due_at, Loan.claimed_returned_at).where(
        (Loan.copy_id == slot("copy_id")) & Loan.ended_at.is_null()
    )
)
_WAITING = Compiled(
    lambda: Hold.select(fn.COUNT(Hold.id)).where(
        (Hold.book_id == slot("book_id"))
        & (Hold.status == SQL("'waiting'"))
        & hold.stands(slot("now"), slot("today"))
    )
)
_SHELVED = Compiled(
    lambda: Hold.select(Hold.expires_at).where(
        (Hold.copy_id == slot("copy_id")) & hold.stands(slot("now"), slot("today"))
    )
)


def find_item(barcode: str) -> Item | None:
    """The copy in stock with a barcode, else the last one withdrawn (rule 30), or None."""
    if not barcode or len(barcode) > _LONGEST_BARCODE:
        return None
    found = _BY_BARCODE.row(barcode=barcode_key(barcode))
    if found is None:
        return None
    return Item._make((*found[:-1], _MEDIA.get(found[-1], _OTHER_MEDIA)))


def item_information(visit: Visit) -> Values:
    """18: where a copy is, when it is due, and how many wait for its title."""
    item = find_item(visit.request["AB"])
    if item is None:
        return {"AJ": ""} | refused_for(visit, "unknown-item")
    due_at, is_claimed = _loan_of(item.copy_id)
    pickup_until = _pickup_until(visit, item.copy_id)
    return {
        "circulation_status": _status(item, pickup_until, is_claimed=is_claimed),
        "AB": item.barcode,
        "AJ": item.title,
        "CF": str(_waiting(visit, item.book_id)),
        "AH": visit.sip_time(due_at) if due_at else None,
        "CM": visit.sip_time(pickup_until) if pickup_until else None,
        "CK": item.media_type,
        "AQ": item.location,
        "AP": item.location,
        "CS": item.shelfmark,
    }


def item_status_update(visit: Visit) -> Values:
    """20: properties of copies are not kept."""
    item = find_item(visit.request["AB"])
    return {"AJ": item.title if item else None} | refused_for(visit, "not-supported")


def _loan_of(copy_id: int) -> tuple[str | None, bool]:
    """When a copy on loan is due, and whether its member says that it was returned."""
    found = _LOAN.row(copy_id=copy_id)
    return (None, False) if found is None else (found[0], found[1] is not None)


def _status(item: Item, pickup_until: str | None, *, is_claimed: bool) -> str:
    """The circulation status; a copy whose hold has run out waits to be put back."""
    if is_claimed:
        return _CLAIMED_RETURNED
    if item.status == "on_hold_shelf" and pickup_until is None:
        return _TO_BE_SHELVED
    return _STATUS[item.status]


def _waiting(visit: Visit, book_id: int) -> int:
    count: int = _WAITING.scalar(book_id=book_id, **_moment(visit))
    return count


def _pickup_until(visit: Visit, copy_id: int) -> str | None:
    """The stored moment until which a copy is kept for a hold that stands (rule 22), or None."""
    until: str | None = _SHELVED.scalar(copy_id=copy_id, **_moment(visit))
    return until


def _moment(visit: Visit) -> dict[str, str]:
    today = visit.rules.calendar.local_date(visit.now).isoformat()
    return {"now": stamp(visit.now), "today": today}

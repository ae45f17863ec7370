"""Holds over SIP2: 15, which places, cancels and changes them."""

from dataclasses import replace
from datetime import date

from circulation.hold_changes import change_hold
from circulation.hold_requests import HoldRequest
from circulation.holds import cancel_hold, place_hold
from models.errors import DomainError, Unacceptable
from models.member_items import HoldItem, standing_holds
from models.timestamps import stamp
from models.user import UserRow
from protocols.sip2.items import Item, find_item
from protocols.sip2.lending import wrong_secret
from protocols.sip2.refusals import refusal, refused_for
from protocols.sip2.visit import Values, Visit

_ONE_COPY = "3"
"""The hold type (BY) of a hold on the copy itself; all others are on the title."""


def hold_message(visit: Visit) -> Values:
    """16: place (`+`), cancel (`-`) or change (`*`) the member's hold on the title of a copy."""
    item = find_item(visit.request["AB"])
    values: Values = {"AJ": item.title if item else None, "AB": visit.request["AB"] or None}
    wrong = wrong_secret(visit)
    if wrong:
        return values | wrong
    if visit.patron is None:
        return values | refused_for(visit, "unknown-card")
    if item is None:
        return values | refused_for(visit, "unknown-item")
    act = {"-": _cancel, "*": _change}.get(visit.request.fixed["hold_mode"], _place)
    try:
        return values | act(visit, visit.patron, item)
    except Unacceptable:
        return values | refused_for(visit, "hold-expiry")
    except DomainError as error:
        return values | refusal(visit, error)


def _place(visit: Visit, patron: UserRow, item: Item) -> Values:
    until = _expiry(visit)
    request = HoldRequest(patron.id, item.book_id, not_needed_after=until)
    if _is_on_copy(visit):
        request = replace(request, book_id=None, copy_id=item.copy_id)
    placed = place_hold(request, visit.actor, visit.now)
    return _held(visit, item, placed.position, until)


def _cancel(visit: Visit, patron: UserRow, item: Item) -> Values:
    own = _own(visit, patron, item)
    if own is None:
        return refused_for(visit, "no-hold")
    cancel_hold(own.hold_id, visit.actor, visit.now, by_member=True)
    return {"ok": "1"}


def _change(visit: Visit, patron: UserRow, item: Item) -> Values:
    own = _own(visit, patron, item)
    if own is None:
        return refused_for(visit, "no-hold")
    until = _expiry(visit)
    values = {} if until is None else {"not_needed_after": until}
    changed = change_hold(own.hold_id, values, visit.actor, visit.now)
    kept = changed.row.not_needed_after
    return _held(visit, item, changed.position, date.fromisoformat(kept) if kept else None)


def _own(visit: Visit, patron: UserRow, item: Item) -> HoldItem | None:
    """The member's hold that a copy stands for: on the copy itself, else on its title.

    A hold type (BY) in the request says which of the two is meant.
    """
    today = visit.rules.calendar.local_date(visit.now).isoformat()
    holds = standing_holds(patron.id, stamp(visit.now), today)
    on_copy = [one for one in holds if one.requested_copy_id == item.copy_id]
    on_title = [
        one for one in holds if one.book_id == item.book_id and one.requested_copy_id is None
    ]
    if visit.request["BY"]:
        return next(iter(on_copy if _is_on_copy(visit) else on_title), None)
    return next(iter(on_copy + on_title), None)


def _is_on_copy(visit: Visit) -> bool:
    return visit.request["BY"] == _ONE_COPY


def _held(visit: Visit, item: Item, position: int | None, until: date | None) -> Values:
    """A hold that stands; `available` tells of a copy that is free on its shelf."""
    return {
        "ok": "1",
        "available": "Y" if item.status == "available" else "N",
        "BW": None if until is None else visit.sip_time(visit.rules.calendar.end_of_day(until)),
        "BR": None if position is None else str(position),
        "BS": visit.request["BS"] or None,
    }


def _expiry(visit: Visit) -> date | None:
    """The last day the hold is wanted (BW), None where it is missing or blank, as dates may be.

    Raises Unacceptable.
    """
    text = visit.request["BW"]
    try:
        return visit.local_day(text) if text else None
    except (ValueError, OverflowError):
        raise Unacceptable("#/not_needed_after", "format", "This is not a date.") from None

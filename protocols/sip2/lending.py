"""Loans over SIP2: 11, 09, 29 and 65. The machine's own due and return dates are not obeyed."""

from datetime import timedelta

from circulation.checkin import take_back
from circulation.checkout import Request, lend
from circulation.presentation import HoldState, LoanState
from circulation.renewals import renew
from models import audit, loan
from models.errors import DomainError, Refused
from models.member_items import LoanItem, running_loans
from models.timestamps import stamp
from models.vocabulary import ReasonCode
from protocols.sip2 import patrons
from protocols.sip2.items import Item, find_item
from protocols.sip2.refusals import refusal, refused_for
from protocols.sip2.standing import full_name
from protocols.sip2.visit import Values, Visit

SAME_CHECKOUT = timedelta(minutes=10)
"""How long a machine may send a checkout again and is answered as the first time."""

# Why a sorter shall put a copy aside (extension field CV).
_FOR_HOLD, _FOR_STAFF = "01", "99"


def checkout(visit: Visit) -> Values:
    """12: lend a copy. What a machine sends again within ten minutes is done once."""
    item = find_item(visit.request["AB"])
    values = {**_of_item(visit, item), "AH": ""}
    wrong = wrong_secret(visit)
    if wrong:
        return values | wrong
    request = Request(barcode=visit.request["AB"], card_number=visit.request["AA"])
    try:
        lent = lend(request, visit.actor, visit.now)
    except Refused as refused:
        loan_id = _own_loan(refused)
        if loan_id is None:
            return values | refusal(visit, refused)
        return values | _borrowed_before(visit, loan_id, refused)
    except DomainError as error:
        return values | refusal(visit, error)
    return values | _lent(visit, lent.row.due_at)


def checkin(visit: Visit) -> Values:
    """10: take a copy back, whatever it was; only an unknown barcode is refused."""
    item = find_item(visit.request["AB"])
    place = item.location if item else None
    values: Values = {
        "AQ": place or "",
        "AJ": item.title if item else None,
        "CS": item.shelfmark if item else None,
        "CK": item.media_type if item else None,
    }
    try:
        done = take_back(visit.request["AB"], visit.actor, visit.now)
    except DomainError as error:
        return values | refusal(visit, error) | {"alert": "Y", "CV": "00"}
    values |= {"ok": "1", "resensitize": "Y", "AA": _card_of(visit, done.loan)}
    if done.hold is not None:
        return values | _for_hold(visit, done.hold, place)
    status = done.copy.status
    return values | ({} if status == "available" else {"alert": "Y", "CV": _FOR_STAFF})


def renewal(visit: Visit) -> Values:
    """30: renew the member's loan of a copy."""
    item = find_item(visit.request["AB"])
    values = {**_of_item(visit, item), "AH": ""}
    wrong = wrong_secret(visit)
    if wrong:
        return values | wrong
    if visit.patron is None:
        return values | refused_for(visit, "unknown-card")
    if item is None:
        return values | refused_for(visit, "unknown-item")
    running = {one.barcode: one for one in running_loans(visit.patron.id)}
    own = running.get(item.barcode)
    if own is None:
        return values | refused_for(visit, "not-on-loan")
    return values | _renewed(visit, own.loan_id, own.due_at)


def renew_all(visit: Visit) -> Values:
    """66: renew all the member's loans, those due first before the others."""
    wrong = wrong_secret(visit)
    if wrong:
        return wrong
    if visit.patron is None:
        return refused_for(visit, "unknown-card")
    outcomes = [(one, _renew_one(visit, one)) for one in running_loans(visit.patron.id)]
    renewed = [one.barcode for one, told in outcomes if told is None]
    unrenewed = [(one, told) for one, told in outcomes if told is not None]
    return {
        "ok": "1",
        "renewed": f"{min(len(renewed), 9999):04d}",
        "unrenewed": f"{min(len(unrenewed), 9999):04d}",
        "BM": renewed,
        "BN": [one.barcode for one, _ in unrenewed],
        "AF": [f"{one.barcode}: {text}" for one, told in unrenewed for text in told],
    }


def _renew_one(visit: Visit, one: LoanItem) -> list[str] | None:
    try:
        renew(one.loan_id, visit.actor, visit.now)
    except DomainError as error:
        told: list[str] = refusal(visit, error)["AF"]
        return told
    return None


def _renewed(visit: Visit, loan_id: int, due_at: str) -> Values:
    try:
        renewed = renew(loan_id, visit.actor, visit.now)
    except DomainError as error:
        return refusal(visit, error) | {"AH": visit.sip_time(due_at)}
    return _lent(visit, renewed.row.due_at) | {"renewal_ok": "Y"}


def _lent(visit: Visit, due_at: str) -> Values:
    return {"ok": "1", "desensitize": "Y", "AH": visit.sip_time(due_at)}


def _own_loan(refused: Refused) -> int | None:
    """The member's own loan of the copy, when that is why it was refused."""
    for reason in refused.extra["reasons"]:
        if reason["code"] == ReasonCode.ALREADY_BORROWED:
            loan_id: int = reason["params"]["loan_id"]
            return loan_id
    return None


def _borrowed_before(visit: Visit, loan_id: int, refused: Refused) -> Values:
    """The loan this machine has just made is answered again; an older one renewed if wished."""
    due_at = loan.find(loan_id).due_at
    since = stamp(visit.now - SAME_CHECKOUT)
    if audit.was_by(visit.machine.mark, "loan.create", "loan", loan_id, since):
        return _lent(visit, due_at)
    if visit.request.fixed["renewal_policy"].upper() == "Y":
        return _renewed(visit, loan_id, due_at)
    return refusal(visit, refused) | {"AH": visit.sip_time(due_at)}


def _of_item(visit: Visit, item: Item | None) -> Values:
    return {"AJ": item.title if item else "", "CK": item.media_type if item else None}


def wrong_secret(visit: Visit) -> Values:
    """The refusal of a wrong PIN or password of a card that is known; none need be sent."""
    if visit.patron is None:
        return {}
    proof = visit.proof
    if proof.minutes is not None:
        return refused_for(visit, "too-many-pins", minutes=proof.minutes)
    if proof.was_given and not proof.is_right:
        return refused_for(visit, "wrong-pin")
    return {}


def _card_of(visit: Visit, closed: LoanState | None) -> str | None:
    borrower = patrons.with_id(closed.row.user_id if closed else None, visit.now)
    return borrower.card_number if borrower else None


def _for_hold(visit: Visit, served: HoldState, place: str | None) -> Values:
    """Which member the copy is set aside for, and where it goes."""
    waiter = patrons.with_id(served.row.user_id, visit.now)
    return {
        "alert": "Y",
        "CT": place,
        "CV": _FOR_HOLD,
        "CY": waiter.card_number if waiter else None,
        "DA": full_name(waiter) if waiter else None,
        "AF": [visit.phrase("set-aside")],
    }

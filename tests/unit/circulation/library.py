"""A small library in a database, for the tests of the acts: what is there, in a few words each.

`NOW` is Monday 2 March 2026, ten in the morning in Berlin, where the library opens Monday to
Saturday.
"""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from circulation.checkin import Return, take_back
from circulation.checkout import Request, lend
from circulation.hold_requests import HoldRequest
from circulation.holds import place_hold
from circulation.overrides import Override
from circulation.presentation import HoldState, LoanState
from models import audit, book, copy, fee, rulebook, user
from models.audit import Actor, Audit
from models.calendar import Calendar, CalendarPlan
from models.closure import Closure
from models.fee import Fee, FeeRow
from models.policy import Policy
from models.vocabulary import FeeKind

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
DESK = Actor(None, "test")
_numbers = count(1)

Row = dict[str, Any]


def berlin(**policy: Any) -> None:
    """Open Monday to Saturday in Berlin; the policy for everyone differs in these fields."""
    Calendar.update(timezone="Europe/Berlin").execute()
    CalendarPlan.update(open_weekdays=[1, 2, 3, 4, 5, 6]).execute()
    usual = {"loan_days": 21, "max_renewals": 2, "hold_shelf_days": 7, "fine_per_day": 25}
    Policy.update({**usual, **policy}).where(Policy.member_category == "*").execute()
    rulebook.changed()


def policy(category: str, loan_type: str, **fields: Any) -> int:
    """A policy beside the one for everyone, which it is otherwise like; its id."""
    usual = Policy.select().where((Policy.member_category == "*") & (Policy.loan_type == "*"))
    row = {name: value for name, value in usual.dicts().get().items() if name != "id"}
    new = {**row, "member_category": category, "loan_type": loan_type, **fields}
    policy_id: int = Policy.insert(new).execute()
    rulebook.changed()
    return policy_id


def closed(starts_on: str, ends_on: str | None = None) -> None:
    """Close the library on these days."""
    Closure.insert(
        starts_on=starts_on, ends_on=ends_on or starts_on, reason="stocktaking", revision=1
    ).execute()
    rulebook.changed()


def member(**fields: Any) -> int:
    """A member; their id."""
    number = next(_numbers)
    values = {"email": f"m{number}@example.org", "first_name": "Ada", "last_name": "Byron"}
    created = user.create({**values, "card_number": f"Card {number}"}, "hash", DESK)
    member_id: int = created.id
    if fields:
        amend(member_id, **fields)
    return member_id


def amend(user_id: int, **fields: Any) -> None:
    """Write fields of a member."""
    user.User.update(fields).where(user.User.id == user_id).execute()


def owes(user_id: int, amount: int) -> None:
    """Put a fee on a member's account."""
    line = fee.create(
        user_id=user_id,
        loan_id=None,
        kind=FeeKind.MANUAL,
        amount=amount,
        note=None,
        created_at="2026-03-01T09:00:00Z",
    )
    audit.record(DESK, "fee.create", "fee", line.id)


def title(copies: int = 1, **fields: Any) -> tuple[int, list[str]]:
    """A book with so many copies, made alike; its id and their barcodes."""
    book_id = book.create({"title": "Middlemarch"}, DESK).id
    barcodes = [f"B{next(_numbers)}" for _ in range(copies)]
    for barcode in barcodes:
        copy.create(book_id, {"barcode": barcode, **fields}, DESK)
    return book_id, barcodes


def lent(
    barcode: str, user_id: int | None, now: datetime = NOW, *override: str, **fields: Any
) -> LoanState:
    """Lend a copy, waving these codes through."""
    waved = Override(override, "asked at the desk") if override else None
    request = Request(barcode=barcode, user_id=user_id, override=waved, **fields)
    return lend(request, DESK, now)


def back(barcode: str, now: datetime = NOW, returned_at: datetime | None = None) -> Return:
    """Take a copy back."""
    return take_back(barcode, DESK, now, returned_at)


def held(book_id: int, user_id: int, now: datetime = NOW, **fields: Any) -> HoldState:
    """Place a hold."""
    return place_hold(HoldRequest(user_id, book_id=book_id, **fields), DESK, now)


def held_copy(barcode: str, user_id: int, now: datetime = NOW, **fields: Any) -> HoldState:
    """Place a hold on one copy."""
    return place_hold(HoldRequest(user_id, barcode=barcode, **fields), DESK, now)


def on_copy(barcode: str) -> Row:
    """The copy in stock with a barcode."""
    query = copy.Copy.select().where(copy.Copy.barcode == barcode)
    row: Row = query.order_by(copy.Copy.id.desc()).dicts().get()
    return row


def fees(user_id: int) -> list[FeeRow]:
    """A member's fees as they are stored, the oldest first."""
    return fee.ROWS.all(fee.ROWS.select().where(Fee.user_id == user_id).order_by(Fee.id))


def audited(action: str) -> list[Row]:
    """What the audit log has of an action."""
    return list(Audit.select().where(Audit.action == action).order_by(Audit.id).dicts())

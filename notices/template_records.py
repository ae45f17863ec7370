"""What notices tell: the records they are about, as they are when it is sent."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from peewee import JOIN

from circulation import rulebook
from circulation.calendar import Calendar
from circulation.fines import overdue_fine
from circulation.policies import FineTerms
from models.book import Book
from models.copy import Copy
from models.database import rows
from models.fee import Fee, FeeEntry
from models.hold import Hold
from models.json_lists import among
from models.loan import Loan
from models.notice import Item
from models.order import Order
from models.timestamps import moment
from models.user import User
from models.vocabulary import HoldEnd, HoldStatus
from models.webhook import IS_GONE, Webhook


class ToldLoan(NamedTuple):
    """A loan as a notice knows it; `due_on` and `returned_on` are the library's dates.

    `fine` is what has run up so far; of a loan that has ended, what was charged for it.
    """

    title: str
    author: str | None
    barcode: str
    due_at: str
    due_on: date
    days_overdue: int
    fine: int
    returned_at: str | None
    returned_on: date | None
    is_running: bool
    is_claimed: bool


class ToldHold(NamedTuple):
    """A hold as a notice knows it; `barcode` is of the only copy that will do, if it is on one.

    `withdrawn` tells that it ended because no copy is left.
    """

    title: str
    author: str | None
    barcode: str | None
    ready_at: str | None
    expires_at: str | None
    expires_on: date | None
    expired: bool
    withdrawn: bool
    is_ready: bool
    has_ended: bool


class ToldOrder(NamedTuple):
    """An order as a notice knows it."""

    title: str
    author: str | None


class ToldPayment(NamedTuple):
    """A payment as a notice knows it; `title` is of the loan it was for, if any."""

    amount: int
    paid_on: date
    title: str | None


class ToldWebhook(NamedTuple):
    """A webhook as a notice knows it: `site` alone of its address, which may hold a secret.

    `gone` tells a receiver that answered 410 from one that failed for too long.
    """

    site: str
    description: str | None
    gone: bool
    disabled_on: date | None


class ToldMember(NamedTuple):
    """What a notice tells of the membership itself."""

    expires_on: date | None


Records = Mapping[tuple[str, int], Any]
"""What was found of each record, by type and id."""


def load(items: Iterable[Item], now: datetime) -> Records:
    """All records that some notices are about, read in one query for each type."""
    ids: dict[str, set[int]] = {}
    for item in items:
        ids.setdefault(item.record_type, set()).add(item.record_id)
    calendar = rulebook.latest().calendar
    return {
        (name, record_id): record
        for name, wanted in ids.items()
        if name in _READERS
        for record_id, record in _READERS[name](sorted(wanted), calendar, now)
    }


Found = Iterable[tuple[int, Any]]


def _loans(ids: list[int], calendar: Calendar, now: datetime) -> Found:
    terms = (Loan.fine_per_day, Loan.grace_days, Loan.fine_cap, Loan.fined)
    dates = (Loan.due_at, Loan.returned_at, Loan.ended_at, Loan.claimed_returned_at)
    query = (
        Loan.select(Loan.id, Book.title, Book.author, Copy.barcode, *dates, *terms)
        .join(Book, on=(Book.id == Loan.book_id))
        .join(Copy, on=(Copy.id == Loan.copy_id))
    )
    today = calendar.local_date(now)
    for loan_id, title, author, barcode, *found in rows(query.where(among(Loan.id, ids))):
        due_at, returned_at, ended_at, claimed_at, *fine_terms, fined = found
        due_on = calendar.local_date(moment(due_at))
        # A claimed return has stopped it (rule 29).
        until = min(now, moment(claimed_at)) if claimed_at else now
        so_far = overdue_fine(calendar, FineTerms(*fine_terms), moment(due_at), until, fined)
        yield (
            loan_id,
            ToldLoan(
                title=title,
                author=author,
                barcode=barcode,
                due_at=due_at,
                due_on=due_on,
                days_overdue=max(0, (today - due_on).days),
                fine=fined if ended_at else so_far.amount,
                returned_at=returned_at,
                returned_on=_day(returned_at, calendar),
                is_running=ended_at is None,
                is_claimed=claimed_at is not None,
            ),
        )


def _holds(ids: list[int], calendar: Calendar, now: datetime) -> Found:
    columns = (Hold.id, Book.title, Book.author, Copy.barcode, Hold.ready_at, Hold.expires_at)
    query = (
        Hold.select(*columns, Hold.status, Hold.ended_at, Hold.end_reason)
        .join(Book, on=(Book.id == Hold.book_id))
        .switch(Hold)
        .join(Copy, JOIN.LEFT_OUTER, on=(Copy.id == Hold.requested_copy_id))
    )
    for hold_id, title, author, barcode, *how in rows(query.where(among(Hold.id, ids))):
        ready_at, expires_at, status, ended_at, why = how
        is_kept = expires_at is not None and moment(expires_at) > now
        yield (
            hold_id,
            ToldHold(
                title=title,
                author=author,
                barcode=barcode,
                ready_at=ready_at,
                expires_at=expires_at,
                expires_on=_day(expires_at, calendar),
                expired=status == HoldStatus.EXPIRED,
                withdrawn=why == HoldEnd.TITLE_GONE,
                is_ready=status == HoldStatus.READY and is_kept,
                has_ended=ended_at is not None,
            ),
        )


def _orders(ids: list[int], calendar: Calendar, now: datetime) -> Found:
    query = Order.select(Order.id, Order.title, Order.author).where(among(Order.id, ids))
    return [(order_id, ToldOrder(*found)) for order_id, *found in rows(query)]


def _payments(ids: list[int], calendar: Calendar, now: datetime) -> Found:
    query = (
        FeeEntry.select(FeeEntry.id, FeeEntry.amount, FeeEntry.at, Book.title)
        .join(Fee, on=(Fee.id == FeeEntry.fee_id))
        .left_outer_join(Loan, on=(Loan.id == Fee.loan_id))
        .left_outer_join(Book, on=(Book.id == Loan.book_id))
    )
    taken = among(FeeEntry.id, ids) & FeeEntry.voided_at.is_null()
    for entry_id, amount, at, title in rows(query.where(taken)):
        yield entry_id, ToldPayment(amount, calendar.local_date(moment(at)), title)


def _webhooks(ids: list[int], calendar: Calendar, now: datetime) -> Found:
    columns = (Webhook.id, Webhook.url, Webhook.description, Webhook.disabled_at)
    failing = (Webhook.disabled_reason, Webhook.enabled)
    for webhook_id, url, description, at, reason, enabled in rows(
        Webhook.select(*columns, *failing).where(among(Webhook.id, ids))
    ):
        disabled_on = None if enabled else _day(at, calendar)
        site = urlsplit(url).hostname or ""
        yield webhook_id, ToldWebhook(site, description, reason == IS_GONE, disabled_on)


def _members(ids: list[int], calendar: Calendar, now: datetime) -> Found:
    query = User.select(User.id, User.expires_on).where(among(User.id, ids))
    for user_id, expires_on in rows(query):
        yield user_id, ToldMember(date.fromisoformat(expires_on) if expires_on else None)


def _day(stored: str | None, calendar: Calendar) -> date | None:
    return None if stored is None else calendar.local_date(moment(stored))


_READERS: dict[str, Callable[[list[int], Calendar, datetime], Found]] = {
    "loan": _loans,
    "hold": _holds,
    "order": _orders,
    "payment": _payments,
    "user": _members,
    "webhook": _webhooks,
}

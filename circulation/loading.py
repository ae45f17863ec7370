"""What an act or a dry run decides on, loaded with one statement, with the rules in force."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from circulation import rulebook
from circulation.entities import NOBODY, Copy, Hold, Loan, Member, Rules, Title
from circulation.policies import ANY
from models import circulation_reads, locks
from models.circulation_reads import BookRow, Found, MemberRow, TitleCopy, TitleHold
from models.copy import CopyRow, barcode_key
from models.errors import Missing
from models.isbn import isbn_13
from models.loan import LoanRow
from models.timestamps import moment, stamp
from models.vocabulary import CopyStatus, HoldStatus


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known at `now`: the rules, the title, and the rows that were asked for.

    `title` is as stored; `hold_queue.lapse_holds` gives it as it stands. `switches` are the
    member's for notices, where the situation is of a loan or a return.
    """

    rules: Rules
    now: datetime
    today: date
    title: Title
    copy: CopyRow | None
    loan: LoanRow | None
    member: Member | None
    book: BookRow | None
    switches: str | None

    @property
    def in_catalogue(self) -> bool:
        """Whether the book asked for has not been deleted."""
        return self.book is not None and self.book.deleted_at is None


Key = dict[str, Any]
_ISBN_10 = 10
"""Digits, which no publisher prints as a barcode; a library's own may look like one."""


def lending(copy_key: Key, member_key: Key, now: datetime) -> Situation | None:
    """Load what a loan is decided on; the keys are those of `circulation_reads.lending`."""
    return _load(lambda at, today: circulation_reads.lending(copy_key, member_key, at, today), now)


def copy_named(barcode: str | None, copy_id: int | None) -> Key:
    """The key of a copy, by its barcode where that is given, else by its id."""
    return {"copy_id": copy_id} if barcode is None else {"barcode": barcode_key(barcode)}


def no_copy(barcode: str | None) -> Missing:
    """The answer where a copy named by its barcode, or by its id, is not there."""
    if barcode is None:
        return Missing("There is no such copy.", code="copy-not-found")
    detail = f"There is no copy with the barcode {barcode}."
    if len(barcode) > _ISBN_10 and isbn_13(barcode):
        detail += " It is an ISBN, as publishers print it; scan the library's own barcode."
    return Missing(detail, code="copy-not-found")


def no_member(card_number: str | None) -> Missing:
    """The answer where a member named by their card, or by their id, is not there."""
    named = "such member" if card_number is None else f"member with the card {card_number}"
    return Missing(f"There is no {named}.", code="user-not-found")


def of_copy(copy_key: Key, now: datetime) -> Situation | None:
    """Load a copy's title and its loan not yet returned, by `{copy_id}` or `{barcode}`."""
    return _load(lambda at, today: circulation_reads.of_copy(copy_key), now)


def of_locked_copy(ask: Callable[[], Situation | None], **keys: Any) -> Situation | None:
    """Lock what an act on a copy concerns, then ask for its situation.

    Again where the copy was moved to another title while this waited for the one it had.
    """
    while True:
        locked = locks.take(**keys)
        found = ask()
        if locked is None or found is None or found.copy is None or found.copy.book_id in locked:
            return found


def of_loan(loan_id: int, now: datetime) -> Situation | None:
    """Load a loan's title, copy and member."""
    return _load(lambda at, today: circulation_reads.of_loan(loan_id, at, today), now)


def of_title(book_id: int, now: datetime, user_id: int | None = None) -> Situation | None:
    """Load a title, with a member if one is named."""
    return _load(lambda at, today: circulation_reads.of_title(book_id, user_id, at, today), now)


def loan_to_renew(row: LoanRow, now: datetime) -> Loan:
    """A stored loan as decisions see it."""
    return Loan(row.copy_id, row.status_at(stamp(now)), moment(row.due_at), row.renewals)


def _load(ask: Callable[[str, str], Found | None], now: datetime) -> Situation | None:
    """Ask with the date that the known calendar gives; if the rules have changed, ask again."""
    version, rules = rulebook.known()
    while True:
        today = rules.calendar.local_date(now)
        found = ask(stamp(now), today.isoformat())
        if found is None:
            return None
        if found.version == version:
            member = None if found.member is None else member_of(found.member)
            stored = (found.copy, found.loan, member, found.book, found.switches)
            title = title_of(found.copies, found.holds)
            return Situation(rules, now, today, title, *stored)
        version, rules = found.version, rulebook.at(found.version)


# Called for each copy of each title of a list: an enumeration takes ten times as long to ask.
_COPY_STATUS = {status.value: status for status in CopyStatus}


def title_of(copies: Iterable[TitleCopy], holds: Iterable[TitleHold]) -> Title:
    """A title as decisions see it."""
    return Title(
        tuple(
            Copy(row.id, row.loan_type, _COPY_STATUS[row.status], row.loan_id, row.borrower_id)
            for row in copies
        ),
        tuple(_hold(row) for row in holds),
    )


def _hold(row: TitleHold) -> Hold:
    return Hold(
        id=row.id,
        user_id=row.user_id or NOBODY,
        category=row.category or ANY,
        place=row.queue,
        status=HoldStatus(row.status),
        copy_id=row.copy_id,
        expires_at=moment(row.expires_at) if row.expires_at else None,
        suspended_until=_date(row.suspended_until),
        not_needed_after=_date(row.not_needed_after),
        member_is_active=bool(row.member_is_active),
        member_expires_on=_date(row.member_expires_on),
        ready_at=moment(row.ready_at) if row.ready_at else None,
        requested_copy_id=row.requested_copy_id,
        kept_until=_date(row.kept_until),
    )


def member_of(row: MemberRow) -> Member:
    """A member as decisions see them."""
    values = row._asdict()
    for name in ("is_active", "blocked"):
        values[name] = bool(values[name])
    return Member(**{**values, "expires_on": _date(row.expires_on)})


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

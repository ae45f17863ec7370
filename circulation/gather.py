"""From stored rows to facts: what an act or a dry run decides on, with the rules in force."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from circulation import rulebook
from circulation.facts import (
    Copy,
    CopyStatus,
    Hold,
    HoldStatus,
    Loan,
    LoanStatus,
    Member,
    Rules,
    Title,
)
from models import desk, loan
from models.clock import moment, stamp

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at `now`: the rules, the title, and the stored rows that were asked for.

    `title` is as stored; see `queue.settle` for how it truly stands.
    """

    rules: Rules
    now: datetime
    today: date
    title: Title
    copy: Row | None
    loan: Row | None
    member: Member | None
    book: Row | None

    @property
    def in_catalogue(self) -> bool:
        """Whether the book asked for has not been deleted."""
        return self.book is not None and self.book["deleted_at"] is None


def lending(copy_key: Row, member_key: Row, now: datetime) -> Facts | None:
    """Gather what a loan is decided on; the keys are those of `desk.lending`."""
    return _gather(lambda at, today: desk.lending(copy_key, member_key, at, today), now)


def of_copy(copy_key: Row, now: datetime) -> Facts | None:
    """Gather a copy's title and its loan not yet returned; the key is that of `desk.of_copy`."""
    return _gather(lambda at, today: desk.of_copy(copy_key), now)


def of_loan(loan_id: int, now: datetime) -> Facts | None:
    """Gather a loan's title, copy and member."""
    return _gather(lambda at, today: desk.of_loan(loan_id, at, today), now)


def of_title(book_id: int, now: datetime, user_id: int | None = None) -> Facts | None:
    """Gather a title, with a member if one is named."""
    return _gather(lambda at, today: desk.of_title(book_id, user_id, at, today), now)


def stored_loan(row: Row, now: datetime) -> Loan:
    """A stored loan as decisions see it."""
    status = LoanStatus(loan.status(row, stamp(now)))
    return Loan(row["copy_id"], status, moment(row["due_at"]), row["renewals"])


def _gather(ask: Callable[[str, str], desk.Seen | None], now: datetime) -> Facts | None:
    """Ask with the date that the known calendar gives; if the rules have changed, ask again."""
    version, rules = rulebook.known()
    while True:
        today = rules.calendar.local_date(now)
        seen = ask(stamp(now), today.isoformat())
        if seen is None:
            return None
        if seen.version == version:
            return _facts(seen, rules, now, today)
        version, rules = seen.version, rulebook.at(seen.version)


def _facts(seen: desk.Seen, rules: Rules, now: datetime, today: date) -> Facts:
    copies = tuple(
        Copy(copy_id, loan_type, CopyStatus(status), loan_id, borrower_id)
        for copy_id, loan_type, status, loan_id, borrower_id in seen.copies
    )
    title = Title(copies, tuple(_hold(*row) for row in seen.holds))
    return Facts(rules, now, today, title, seen.copy, seen.loan, _member(seen.member), seen.book)


def _hold(
    hold_id: int,
    user_id: int,
    category: str,
    queue: int,
    status: str,
    copy_id: int | None,
    expires_at: str | None,
    suspended_until: str | None,
    not_needed_after: str | None,
) -> Hold:
    return Hold(
        hold_id,
        user_id,
        category,
        queue,
        HoldStatus(status),
        copy_id,
        moment(expires_at) if expires_at else None,
        _date(suspended_until),
        _date(not_needed_after),
    )


def _member(row: Row | None) -> Member | None:
    if row is None:
        return None
    return Member(
        **{
            **row,
            "is_active": bool(row["is_active"]),
            "blocked": bool(row["blocked"]),
            "expires_on": _date(row["expires_on"]),
            "balance": int(row["balance"]),
        }
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

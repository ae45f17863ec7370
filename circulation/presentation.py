"""Loans, holds and copies as they stand at a moment, by the stored rows and the rules in force."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from circulation import rulebook
from circulation.entities import Rules
from circulation.fines import Fine, overdue_fine
from circulation.policies import FineTerms
from models import hold as holds_table
from models import loan as loans_table
from models.copy import CopyRow
from models.hold import HoldRow
from models.loan import LoanRow
from models.rows import Json
from models.timestamps import moment, stamp
from models.vocabulary import CopyStatus, HoldEnd, HoldStatus, LoanStatus


class LoanState(NamedTuple):
    """A loan as it stands: the stored row, its status, and the fine so far that is not a fee."""

    row: LoanRow
    status: LoanStatus
    fine_accrued: int

    def to_json(self) -> Json:
        """The loan as clients see it."""
        row = self.row
        return {
            "id": row.id,
            "copy_id": row.copy_id,
            "book_id": row.book_id,
            "user_id": row.user_id,
            "status": self.status,
            "borrowed_at": row.borrowed_at,
            "due_at": row.due_at,
            "returned_at": row.returned_at,
            "renewals": row.renewals,
            "fine_accrued": self.fine_accrued,
            "revision": row.revision,
        }


class HoldState(NamedTuple):
    """A hold as it stands: the stored row, its status, its place if it waits, how it has ended."""

    row: HoldRow
    status: HoldStatus
    position: int | None
    ended_at: str | None
    end_reason: HoldEnd | None

    def to_json(self) -> Json:
        """The hold as clients see it."""
        row = self.row
        return {
            "id": row.id,
            "book_id": row.book_id,
            "user_id": row.user_id,
            "status": self.status,
            "position": self.position,
            "copy_id": row.copy_id,
            "requested_copy_id": row.requested_copy_id,
            "placed_at": row.placed_at,
            "ready_at": row.ready_at,
            "expires_at": row.expires_at,
            "ended_at": self.ended_at,
            "end_reason": self.end_reason,
            "not_needed_after": row.not_needed_after,
            "suspended_until": row.suspended_until,
        }


def loan(row: LoanRow, rules: Rules, now: datetime) -> LoanState:
    """A stored loan as it stands; one that is not due yet has no fine."""
    status = row.status_at(stamp(now))
    accrued = 0 if row.ended_at or status is LoanStatus.OPEN else fine(row, rules, now).amount
    return LoanState(row, status, accrued)


def loans(rows: Sequence[LoanRow], now: datetime) -> list[LoanState]:
    """Stored loans as they stand."""
    rules = rulebook.latest()
    return [loan(row, rules, now) for row in rows]


def fine(row: LoanRow, rules: Rules, until: datetime) -> Fine:
    """The fine of a running loan up to a moment, beside what its renewals have charged.

    A claimed return has stopped it (rule 29).
    """
    if row.claimed_returned_at:
        until = min(until, moment(row.claimed_returned_at))
    terms = FineTerms(row.fine_per_day, row.grace_days, row.fine_cap)
    return overdue_fine(rules.calendar, terms, moment(row.due_at), until, row.fined)


def hold(row: HoldRow, rules: Rules, now: datetime) -> HoldState:
    """A stored hold as it stands."""
    return _holds([row], rules, now)[0]


def holds(rows: Sequence[HoldRow], now: datetime) -> list[HoldState]:
    """Stored holds as they stand."""
    return _holds(rows, rulebook.latest(), now)


def copies(rows: Sequence[CopyRow]) -> list[Json]:
    """Stored copies as staff see them; those on loan tell when they are due, whoever has them."""
    lent = [row.id for row in rows if row.status is CopyStatus.ON_LOAN]
    due = loans_table.due_dates(lent) if lent else {}
    return [{**row.to_json(), "due_at": due.get(row.id)} for row in rows]


def _holds(rows: Sequence[HoldRow], rules: Rules, now: datetime) -> list[HoldState]:
    today = rules.calendar.local_date(now)
    waiting = [row.id for row in rows if row.status is HoldStatus.WAITING]
    positions = holds_table.positions(waiting, today) if waiting else {}
    at = stamp(now), today.isoformat()
    return [_hold(row, row.status_at(*at), positions.get(row.id), rules) for row in rows]


def _hold(row: HoldRow, status: HoldStatus, position: int | None, rules: Rules) -> HoldState:
    """One that ran out reads as ended when it did, before an act has ended it (rule 22)."""
    if status is row.status:
        return HoldState(row, status, position, row.ended_at, row.end_reason)
    if status is HoldStatus.EXPIRED:
        return HoldState(row, status, None, row.expires_at, HoldEnd.SHELF_EXPIRED)
    last = date.fromisoformat(row.not_needed_after or "")
    ended_at = stamp(rules.calendar.end_of_day(last))
    return HoldState(row, status, None, ended_at, HoldEnd.NOT_NEEDED)

"""Loans and holds as clients see them, made from stored rows and the moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from circulation import rulebook
from circulation.facts import Rules
from circulation.fines import Fine, overdue_fine
from circulation.policy import FineTerms
from models import copy
from models import hold as stored_hold
from models import loan as stored_loan
from models.clock import moment, stamp

Row = dict[str, Any]


def loan(row: Row, rules: Rules, now: datetime) -> Row:
    """A stored loan as `{id, copy_id, …, status, …, fine_accrued, revision}`."""
    return _loan(row, rules, now, stamp(now))


def loans(rows: Sequence[tuple[Any, ...]], now: datetime) -> list[Row]:
    """Rows of `models.loan.VIEW` as clients see them."""
    rules, at = rulebook.latest(), stamp(now)
    return [_loan(stored_loan.VIEW.read(row), rules, now, at) for row in rows]


def fine(row: Row, rules: Rules, until: datetime) -> Fine:
    """The fine of a stored loan up to a moment; a claimed return has stopped it (rule 29)."""
    if row["claimed_returned_at"]:
        until = min(until, moment(row["claimed_returned_at"]))
    terms = FineTerms(row["fine_per_day"], row["grace_days"], row["fine_cap"])
    return overdue_fine(rules.calendar, terms, moment(row["due_at"]), until)


def hold(row: Row, rules: Rules, now: datetime) -> Row:
    """A stored hold as `{id, book_id, user_id, status, position, copy_id, …}`."""
    return _holds([row], rules, now)[0]


def holds(rows: Sequence[tuple[Any, ...]], now: datetime) -> list[Row]:
    """Rows of `models.hold.VIEW` as clients see them."""
    return _holds([stored_hold.VIEW.read(row) for row in rows], rulebook.latest(), now)


def availability(book_ids: Sequence[int], now: datetime) -> dict[int, Row]:
    """`{copies, available, on_loan, holds}` of each title; a lost copy does not count (rule 36)."""
    today = rulebook.today(now).isoformat()
    counts = copy.counts(book_ids)
    holds = stored_hold.counts(book_ids, stamp(now), today)
    return {
        book_id: dict(
            zip(("copies", "available", "on_loan"), counts.get(book_id, (0, 0, 0)), strict=True),
            holds=holds.get(book_id, 0),
        )
        for book_id in book_ids
    }


def _loan(row: Row, rules: Rules, now: datetime, at: str) -> Row:
    names = ("borrowed_at", "due_at", "returned_at", "renewals")
    return {
        **{name: row[name] for name in ("id", "copy_id", "book_id", "user_id")},
        "status": stored_loan.status(row, at),
        **{name: row[name] for name in names},
        "fine_accrued": 0 if row["ended_at"] else fine(row, rules, now).amount,
        "revision": row["revision"],
    }


def _holds(rows: list[Row], rules: Rules, now: datetime) -> list[Row]:
    today, at = rules.calendar.local_date(now), stamp(now)
    waiting = [row["id"] for row in rows if row["status"] == "waiting"]
    positions = stored_hold.positions(waiting, today) if waiting else {}
    names = ("copy_id", "placed_at", "expires_at", "not_needed_after", "suspended_until")
    return [
        {
            **{name: row[name] for name in ("id", "book_id", "user_id")},
            "status": stored_hold.status(row, at, today.isoformat()),
            "position": positions.get(row["id"]),
            **{name: row[name] for name in names},
        }
        for row in rows
    ]

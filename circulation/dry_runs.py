"""Dry runs: what a renewal or a hold would be answered, changing nothing (rule 9)."""

from collections.abc import Collection
from datetime import datetime

from circulation import blocks, loading, rulebook
from circulation.decisions import Decision, decide_hold, decide_renewal
from circulation.errors import NoOpenDay
from circulation.hold_requests import HoldRequest, look_up
from circulation.overrides import Override, codes_of
from circulation.request_checks import against_hold_dates
from models import circulation_reads, title_reads
from models import loan as loans_table
from models.errors import Missing
from models.rows import Json
from models.timestamps import stamp


def renewal(loan_id: int, now: datetime, override: Override | None = None) -> Json:
    """Say what renewing would do: `{allowed, reasons, due_at}`.

    Raises Missing, NoOpenDay, Unacceptable for the override's codes.
    """
    codes = codes_of(override)
    situation = loading.of_loan(loan_id, now)
    if situation is None or situation.loan is None:
        raise Missing("There is no such loan.")
    asked = loading.loan_to_renew(situation.loan, now)
    if situation.member is None:
        # Only a loan that is over has lost its member.
        policy = situation.rules.policies.for_member("*")
        reasons = [reason.to_json() for reason in blocks.of_loan(asked, policy)][:1]
        return {"allowed": False, "reasons": reasons, "due_at": None}
    return _told(
        decide_renewal(situation.rules, situation.member, situation.title, asked, now, codes)
    )


def renewals(user_id: int, loan_ids: Collection[int], now: datetime) -> dict[int, Json]:
    """Say what renewing each of a member's running loans would do, as `renewal` does, by its id.

    It takes as many statements however many loans there are. Ids of other loans are left out; a
    loan whose due date would find no open day is not allowed, for no reason that rules give.
    """
    rules = rulebook.latest()
    today = rules.calendar.local_date(now)
    stored = circulation_reads.member(user_id, stamp(now), today.isoformat())
    rows = [row for row in loans_table.running_of(user_id) if row.id in loan_ids]
    if stored is None or not rows:
        return {}
    member = loading.member_of(stored)
    titles = {
        book_id: loading.title_of(one.copies, one.holds)
        for book_id, one in title_reads.of_books({row.book_id for row in rows}).items()
    }
    told: dict[int, Json] = {}
    for row in rows:
        asked = loading.loan_to_renew(row, now)
        try:
            told[row.id] = _told(decide_renewal(rules, member, titles[row.book_id], asked, now))
        except NoOpenDay:
            told[row.id] = {"allowed": False, "reasons": [], "due_at": None}
    return told


def hold(request: HoldRequest, now: datetime) -> Json:
    """Say what placing a hold would do: `{allowed, reasons, due_at}`, `due_at` null.

    Raises what placing it raises but Refused.
    """
    today = rulebook.today(now)
    codes = codes_of(request.override, against_hold_dates(None, request.not_needed_after, today))
    asked = look_up(request, now)
    rules, title = asked.situation.rules, asked.situation.title
    return _told(decide_hold(rules, asked.member, title, now, codes, asked.copy_id))


def _told(decision: Decision) -> Json:
    due_at = decision.due_at
    return {
        "allowed": decision.allowed,
        "reasons": [reason.to_json() for reason in decision.reasons],
        "due_at": stamp(due_at) if due_at else None,
    }

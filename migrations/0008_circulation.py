"""What circulation keeps beside its records: fines as they were charged, calendar plans, moments.

Fines charged before this keep their amount and their words; the days they counted are read from
these.
"""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from models.database import database, is_postgresql, run
from models.schema import create

_BOTH = """
ALTER TABLE loan ADD COLUMN fined {int} NOT NULL DEFAULT 0;
ALTER TABLE loan ADD COLUMN fines {text} NOT NULL DEFAULT '[]';
ALTER TABLE hold ADD COLUMN ready_at {text};
DROP INDEX fee_once;
CREATE UNIQUE INDEX fee_lost_once ON fee (loan_id) WHERE kind = 'lost';
CREATE TABLE calendar_plan (
    id {id},
    valid_from {text} NOT NULL UNIQUE,
    open_weekdays {text} NOT NULL
) {strict};
INSERT INTO calendar_plan (valid_from, open_weekdays)
    SELECT '0001-01-01', open_weekdays FROM calendar;
ALTER TABLE calendar DROP COLUMN open_weekdays;
UPDATE hold SET ready_at = (
    SELECT MAX(at) FROM audit
    WHERE action = 'hold.ready' AND record_type = 'hold' AND record_id = hold.id
) WHERE copy_id IS NOT NULL;
"""
_BOOLEANS = (
    "ALTER TABLE policy DROP CONSTRAINT policy_overdue_block_check",
    "ALTER TABLE policy ALTER COLUMN overdue_block TYPE BOOLEAN USING overdue_block = 1",
)
_CHARGED = """
    SELECT loan.id, fee.id, fee.amount, fee.note, loan.due_at,
        COALESCE(loan.claimed_returned_at, loan.lost_at, loan.returned_at),
        loan.grace_days, loan.fine_per_day, loan.fine_cap
    FROM fee JOIN loan ON loan.id = fee.loan_id WHERE fee.kind = 'overdue' ORDER BY fee.id
"""


def up(migrator: object, db: object) -> None:
    """Add the columns and the table, and fill them from what there is."""
    create(_BOTH)
    if is_postgresql():
        for statement in _BOOLEANS:
            database.execute_sql(statement)
    (zone,) = run("SELECT timezone FROM calendar").fetchone()
    for loan_id, *charged in run(_CHARGED).fetchall():
        fine = _fine(ZoneInfo(zone), *charged)
        text = orjson.dumps([fine]).decode()
        run("UPDATE loan SET fined = ?, fines = ? WHERE id = ?", (fine["amount"], text, loan_id))


def _fine(
    zone: ZoneInfo,
    fee_id: int,
    amount: int,
    note: str | None,
    due_at: str,
    until: str,
    grace_days: int | None,
    fine_per_day: int | None,
    fine_cap: int | None,
) -> dict[str, Any]:
    days = re.search(r"open days late: (\d+)", note or "")
    return {
        "amount": amount,
        "due_on": _local(zone, due_at),
        "until": _local(zone, until),
        "days_late": int(days[1]) if days else 0,
        "grace_days": grace_days or 0,
        "fine_per_day": fine_per_day or 0,
        "fine_cap": fine_cap,
        "capped": "limited by the cap" in (note or ""),
        "because": note or "",
        "fee_id": fee_id,
    }


def _local(zone: ZoneInfo, at: str) -> str:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return moment.astimezone(zone).date().isoformat()

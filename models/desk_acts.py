"""What one member of staff has just done at the desk, newest first, from the audit log."""

from collections.abc import Collection
from typing import Any, NamedTuple

import orjson

from models.database import run


class ActRow(NamedTuple):
    """One deed with what it was done to; `changes` as in the audit log.

    `is_latest` says that nothing has been recorded for the record since.
    """

    id: int
    at: str
    action: str
    record_id: int
    request_id: str
    changes: dict[str, Any]
    is_latest: bool
    user_id: int | None
    first_name: str | None
    last_name: str | None
    title: str | None
    barcode: str | None
    fee_kind: str | None
    fee_amount: int | None


_LATEST = """
    SELECT audit.id, audit.at, audit.action, audit.record_id, audit.request_id, audit.changes,
        NOT EXISTS (
            SELECT 1 FROM audit later
            WHERE later.record_type = audit.record_type AND later.record_id = audit.record_id
                AND later.id > audit.id
        ) AND NOT EXISTS (
            SELECT 1 FROM fee_entry paid
            CROSS JOIN audit later  -- SQLite would read every payment voided otherwise
            WHERE audit.record_type = 'fee' AND paid.fee_id = audit.record_id
                AND later.record_type = 'payment' AND later.record_id = paid.id
                AND later.id > audit.id
        ),
        member.id, member.first_name, member.last_name, book.title, copy.barcode,
        fee.kind, fee.amount
    FROM audit
    LEFT JOIN loan ON audit.record_type = 'loan' AND loan.id = audit.record_id
    LEFT JOIN hold ON audit.record_type = 'hold' AND hold.id = audit.record_id
    LEFT JOIN fee_entry ON audit.record_type = 'payment' AND fee_entry.id = audit.record_id
    LEFT JOIN fee ON fee.id = COALESCE(
        fee_entry.fee_id, CASE WHEN audit.record_type = 'fee' THEN audit.record_id END
    )
    LEFT JOIN copy ON copy.id = COALESCE(
        loan.copy_id, CASE WHEN audit.record_type = 'copy' THEN audit.record_id END
    )
    LEFT JOIN book ON book.id = COALESCE(copy.book_id, hold.book_id)
    LEFT JOIN "user" member ON member.id = COALESCE(loan.user_id, hold.user_id, fee.user_id)
    WHERE audit.actor_id = ? AND audit.record_id IS NOT NULL AND {which}
    ORDER BY audit.id DESC
"""


def latest(actor_id: int, actions: Collection[str], most: int) -> list[ActRow]:
    """The latest deeds of these kinds (`noun.verb`) by one account, up to `most` of them."""
    places = ", ".join(["?"] * len(actions))
    sql = _LATEST.format(which=f"audit.action IN ({places})") + " LIMIT ?"
    return [_row(stored) for stored in run(sql, [actor_id, *sorted(actions), most]).fetchall()]


def rest_of(row: ActRow, actor_id: int) -> list[ActRow]:
    """The deeds of one kind that the same account did in one request before this one."""
    sql = _LATEST.format(which="audit.request_id = ? AND audit.action = ? AND audit.id < ?")
    values = [actor_id, row.request_id, row.action, row.id]
    return [_row(stored) for stored in run(sql, values).fetchall()]


def _row(stored: tuple[Any, ...]) -> ActRow:
    act_id, at, action, record_id, request_id, changes, is_latest, *about = stored
    told = orjson.loads(changes) if changes else {}
    return ActRow(act_id, at, action, record_id, request_id, told, bool(is_latest), *about)

"""The order in which circulation holds rows, so that parallel acts queue up and never deadlock.

First members, in the order of their ids; then titles (book rows), in the order of theirs; then
whatever an act writes: copies, loans, holds, fees. The member is the lock of every limit (rule 2),
the title the lock of its queue and of what stands on its shelf (rules 1, 20). On SQLite an act has
the only write lock anyway.

`FOR NO KEY UPDATE` excludes other acts and lets foreign keys be checked meanwhile.
"""

from collections.abc import Iterable
from typing import Any

from models.database import database, is_postgresql

_TARGETS = """
    WITH target AS (
        SELECT id AS copy_id, book_id FROM copy WHERE id = %(copy_id)s
        UNION ALL
        SELECT * FROM (
            SELECT id, book_id FROM copy WHERE barcode_key = %(barcode)s
            ORDER BY status = 'withdrawn', id DESC LIMIT 1) AS scanned
        UNION ALL
        SELECT copy_id, book_id FROM loan WHERE id = %(loan_id)s
        UNION ALL
        SELECT NULL, book_id FROM hold WHERE id = %(hold_id)s
        UNION ALL
        SELECT NULL, id FROM book WHERE id = %(book_id)s
    ), members AS MATERIALIZED (
        SELECT id FROM "user" WHERE id IN (
            SELECT %(user_id)s::bigint
            UNION SELECT id FROM "user" WHERE card_key = %(card)s
            UNION SELECT user_id FROM hold WHERE id = %(hold_id)s
            UNION SELECT user_id FROM loan
                WHERE returned_at IS NULL AND copy_id IN (SELECT copy_id FROM target))
        ORDER BY id FOR NO KEY UPDATE
    )
    SELECT id FROM book
    WHERE id IN (SELECT book_id FROM target) AND (SELECT count(*) FROM members) >= 0
        AND (SELECT pg_advisory_xact_lock_shared(%(opening)s)) IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE
"""
_OPENING = 0x0C7A71
_KEYS = dict.fromkeys(("copy_id", "barcode", "loan_id", "hold_id", "book_id", "user_id", "card"))


def take(**keys: Any) -> None:
    """Hold the members and the title that an act concerns, until its transaction ends.

    The keys are any of `copy_id`, `barcode`, `loan_id`, `hold_id`, `book_id`, `user_id` and `card`,
    barcode and card as they are compared.
    """
    if is_postgresql():
        database.execute_sql(_TARGETS, {**_KEYS, **keys, "opening": _OPENING})


def take_titles(book_ids: Iterable[int]) -> None:
    """Hold several titles; their members, if any, are held already."""
    if is_postgresql():
        database.execute_sql(
            "SELECT id FROM book WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            (list(book_ids),),
        )


def take_opening_days() -> None:
    """Hold the opening days, to change them: wait for the acts under way, and let no other begin.

    Else a loan could be made by the old days while a closure moves the loans there are (rule 14).
    """
    if is_postgresql():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_OPENING,))

"""The order in which circulation locks rows, so that parallel acts queue up and never deadlock.

First members, in the order of their ids; then titles (book rows), in the order of theirs; then
whatever an act writes: copies, loans, holds, fees. The member is the lock of every limit (rule 2),
the title the lock of its queue and of what stands on its shelf (rules 1, 20). On SQLite an act has
the only write lock anyway.

What an act decides on is read by a second statement: in READ COMMITTED a statement sees what was
committed when it began, not when it got its locks.

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
            UNION SELECT user_id FROM loan WHERE id = %(loan_id)s
            UNION SELECT user_id FROM loan
                WHERE returned_at IS NULL AND cancelled_at IS NULL
                AND copy_id IN (SELECT copy_id FROM target))
        ORDER BY id FOR NO KEY UPDATE
    )
    SELECT id FROM book
    WHERE id IN (SELECT book_id FROM target) AND (SELECT count(*) FROM members) >= 0
        AND merged_into_id IS NULL
        AND (SELECT pg_advisory_xact_lock_shared(%(opening)s)) IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE
"""
_OPENING = 0x0C7A71
_OF_TITLES = frozenset(("copy_id", "barcode", "loan_id", "hold_id", "book_id"))
_MOST_TRIES = 3
_KEYS = dict.fromkeys(("copy_id", "barcode", "loan_id", "hold_id", "book_id", "user_id", "card"))


def take(**keys: Any) -> set[int] | None:
    """Lock the members and the title that an act concerns, until its transaction ends.

    The keys are any of `copy_id`, `barcode`, `loan_id`, `hold_id`, `book_id`, `user_id` and `card`,
    barcode and card as they are compared. Gives the ids of the titles locked; None on SQLite, where
    an act has the only write lock.
    """
    if not is_postgresql():
        return None
    locked: list[tuple[int]] = []
    for _ in range(_MOST_TRIES):
        locked = database.execute_sql(_TARGETS, {**_KEYS, **keys, "opening": _OPENING}).fetchall()
        # A title that was merged while this waited for it has no copies any more: ask again for
        # the one that its copies, loans and holds have moved to.
        if locked or not _OF_TITLES & keys.keys():
            break
    return {row[0] for row in locked}


def take_titles(book_ids: Iterable[int]) -> set[int]:
    """Lock several titles, and give those that are in the catalogue; members are locked before."""
    ids = set(book_ids)
    if is_postgresql():
        found = database.execute_sql(
            "SELECT id FROM book WHERE id = ANY(%s) AND deleted_at IS NULL"
            " ORDER BY id FOR NO KEY UPDATE",
            (list(ids),),
        )
        return {row[0] for row in found.fetchall()}
    return ids


def take_opening_days() -> None:
    """Lock the opening days, to change them: wait for the acts under way, and let no other begin.

    Else a loan could be made by the old days while a closure moves the loans there are (rule 14).
    """
    if is_postgresql():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_OPENING,))


def keep_opening_days() -> None:
    """Let nobody change the opening days or the time zone until the transaction ends.

    `take` does so for acts; this is for what copies the ends of days and is no act. Take it first.
    """
    if is_postgresql():
        database.execute_sql("SELECT pg_advisory_xact_lock_shared(%s)", (_OPENING,))

"""What contradicts the rules in a database, however it came about."""

from collections.abc import Iterator
from typing import NamedTuple

from models.database import at_one_moment, database, is_sqlite, run

MOST_NAMED = 10


class Check(NamedTuple):
    """What may be wrong, what to do about it at the desk, and the query that names each case.

    A query names copies by their barcodes and all else by ids, never people.
    """

    what: str
    remedy: str
    query: str


class Found(NamedTuple):
    """What is wrong: how often, the first cases, and what to do."""

    what: str
    number: int
    names: list[str]
    remedy: str


_CHECKS = (
    Check(
        "copies with two running loans (rule 1)",
        "Take the copy back, and lend it again to who has it.",
        """SELECT MIN(c.barcode) FROM loan l JOIN copy c ON c.id = l.copy_id
        WHERE l.ended_at IS NULL GROUP BY l.copy_id HAVING COUNT(*) > 1""",
    ),
    Check(
        "copies that are on_loan without a running loan",
        "Scan the copy as returned.",
        """SELECT c.barcode FROM copy c WHERE c.status = 'on_loan' AND NOT EXISTS
        (SELECT 1 FROM loan l WHERE l.copy_id = c.id AND l.ended_at IS NULL)""",
    ),
    Check(
        "running loans of copies that are not on_loan",
        "Scan the copy as returned, and lend it again if the member still has it.",
        """SELECT c.barcode FROM loan l JOIN copy c ON c.id = l.copy_id
        WHERE l.ended_at IS NULL AND c.status <> 'on_loan'""",
    ),
    Check(
        "ready holds whose copy is not on the hold shelf (rule 21)",
        "Cancel the hold and place it anew.",
        """SELECT h.id FROM hold h LEFT JOIN copy c ON c.id = h.copy_id
        WHERE h.status = 'ready' AND (c.id IS NULL OR c.status <> 'on_hold_shelf')""",
    ),
    Check(
        "copies on the hold shelf for nobody (rule 21)",
        "Scan the copy as returned.",
        """SELECT c.barcode FROM copy c WHERE c.status = 'on_hold_shelf' AND NOT EXISTS
        (SELECT 1 FROM hold h WHERE h.copy_id = c.id AND h.status = 'ready')""",
    ),
    Check(
        "waiting and ready holds without a member",
        "Cancel the hold.",
        "SELECT id FROM hold WHERE ended_at IS NULL AND user_id IS NULL",
    ),
    Check(
        "members who wait twice for one title (rule 20)",
        "Cancel one of the holds.",
        """SELECT MIN(id) FROM hold WHERE ended_at IS NULL AND requested_copy_id IS NULL
        GROUP BY user_id, book_id HAVING COUNT(*) > 1""",
    ),
    Check(
        "holds that share their place in a queue (rule 20)",
        "Give one of the holds another position.",
        """SELECT MIN(id) FROM hold WHERE ended_at IS NULL
        GROUP BY book_id, queue HAVING COUNT(*) > 1""",
    ),
    Check(
        "loans of a copy that is of another title",
        "Report it; the copy was moved while it was out.",
        """SELECT l.id FROM loan l JOIN copy c ON c.id = l.copy_id
        WHERE l.ended_at IS NULL AND c.book_id <> l.book_id""",
    ),
    Check(
        "running loans without a member",
        "Take the copy back.",
        """SELECT c.barcode FROM loan l JOIN copy c ON c.id = l.copy_id
        WHERE l.ended_at IS NULL AND l.user_id IS NULL""",
    ),
    Check(
        "loans that were returned before they were made (rule 15)",
        "Report it.",
        "SELECT id FROM loan WHERE returned_at < borrowed_at",
    ),
    Check(
        "fees whose balance is not what payments and waivers leave (rule 27)",
        "Do not take money for the fee, and report it.",
        """SELECT f.id FROM fee f WHERE f.voided_at IS NULL AND f.balance <> f.amount
        - (CASE WHEN f.amount < 0 THEN -1 ELSE 1 END)
        * (SELECT COALESCE(SUM(e.amount), 0) FROM fee_entry e
           WHERE e.fee_id = f.id AND e.voided_at IS NULL)""",
    ),
    Check(
        "barcodes that two copies in stock have (rule 30)",
        "Give one of the copies a new label.",
        """SELECT MIN(barcode) FROM copy WHERE status <> 'withdrawn'
        GROUP BY barcode_key HAVING COUNT(*) > 1""",
    ),
    Check(
        "copies in stock of a title that is deleted (rule 31)",
        "Withdraw the copy.",
        """SELECT c.barcode FROM copy c JOIN book b ON b.id = c.book_id
        WHERE b.deleted_at IS NOT NULL AND c.status <> 'withdrawn'""",
    ),
    Check(
        "orders of which more came than was ordered (rule 33)",
        "Raise the quantity of the order.",
        "SELECT id FROM purchase_order WHERE received > quantity",
    ),
)


def findings() -> list[Found]:
    """What contradicts the rules, as it was at one moment; writes nothing, and nobody waits."""
    with at_one_moment():
        return list(_found())


def contradictions() -> list[str]:
    """Each kind of contradiction there is in words, with how often."""
    return [f"{one.what}: {one.number:,}" for one in _found()]


def _found() -> Iterator[Found]:
    for what, remedy, query in _CHECKS:
        names = [str(name) for (name,) in run(query).fetchall()]
        if names:
            yield Found(what, len(names), names[:MOST_NAMED], remedy)


def damage() -> str | None:
    """What SQLite says of a damaged file; None for a sound one, and for PostgreSQL."""
    if not is_sqlite():
        return None
    (told,) = database.execute_sql("PRAGMA quick_check(1)").fetchone()
    return None if told == "ok" else str(told)

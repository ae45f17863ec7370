"""An independent reader of a library's database: it names whatever contradicts the rules.

Plain SQL on purpose, and none of the project's own queries, so that it can prove them wrong.
"""

from collections import defaultdict
from typing import Any

# Each names broken rows; an empty answer is what a sound library gives.
_BROKEN = {
    "copy with more than one running loan (rule 1)": """
        SELECT copy_id FROM loan WHERE ended_at IS NULL GROUP BY copy_id HAVING COUNT(*) > 1""",
    "copy that reads on_loan without a running loan": """
        SELECT c.id FROM copy c WHERE c.status = 'on_loan'
        AND NOT EXISTS (SELECT 1 FROM loan l WHERE l.copy_id = c.id AND l.ended_at IS NULL)""",
    "running loan whose copy does not read on_loan": """
        SELECT l.id FROM loan l JOIN copy c ON c.id = l.copy_id
        WHERE l.ended_at IS NULL AND c.status <> 'on_loan'""",
    "loan of a copy of another title": """
        SELECT l.id FROM loan l JOIN copy c ON c.id = l.copy_id WHERE c.book_id <> l.book_id""",
    "running loan without a member": """
        SELECT id FROM loan WHERE ended_at IS NULL AND user_id IS NULL""",
    "loan returned before it was made (rule 15)": """
        SELECT id FROM loan WHERE returned_at < borrowed_at""",
    "loan whose renewals were miscounted (rule 16)": """
        SELECT l.id FROM loan l
        WHERE l.renewals <> (SELECT COUNT(*) FROM renewal r WHERE r.loan_id = l.id)""",
    "lost and unreturned loan whose copy is in circulation (rule 28)": """
        SELECT l.id FROM loan l JOIN copy c ON c.id = l.copy_id
        WHERE l.lost_at IS NOT NULL AND l.returned_at IS NULL
        AND c.status NOT IN ('lost', 'withdrawn')""",
    "member with two active holds on a title (rule 20)": """
        SELECT user_id FROM hold WHERE status IN ('waiting', 'ready')
        GROUP BY user_id, book_id HAVING COUNT(*) > 1""",
    "title with two holds in one place of the queue (rule 20)": """
        SELECT book_id FROM hold WHERE status IN ('waiting', 'ready')
        GROUP BY book_id, queue HAVING COUNT(*) > 1""",
    "active hold that has ended, or an ended one that has not": """
        SELECT id FROM hold WHERE (ended_at IS NULL) <> (status IN ('waiting', 'ready'))""",
    "active hold without a member, or on a book that is gone": """
        SELECT h.id FROM hold h JOIN book b ON b.id = h.book_id
        WHERE h.ended_at IS NULL AND (h.user_id IS NULL OR b.deleted_at IS NOT NULL)""",
    "ready hold without its copy on the shelf (rule 21)": """
        SELECT h.id FROM hold h LEFT JOIN copy c ON c.id = h.copy_id
        WHERE h.status = 'ready'
        AND (c.id IS NULL OR c.status <> 'on_hold_shelf' OR c.book_id <> h.book_id)""",
    "copy on the hold shelf for nobody (rule 21)": """
        SELECT c.id FROM copy c WHERE c.status = 'on_hold_shelf'
        AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.copy_id = c.id AND h.status = 'ready')""",
    "copy on the hold shelf for two (rule 21)": """
        SELECT copy_id FROM hold WHERE status = 'ready' GROUP BY copy_id HAVING COUNT(*) > 1""",
    "member waiting for a title they have on loan": """
        SELECT h.id FROM hold h JOIN loan l ON l.book_id = h.book_id AND l.user_id = h.user_id
        WHERE h.ended_at IS NULL AND l.ended_at IS NULL AND l.borrowed_at > h.placed_at""",
    "fee whose balance does not add up (rule 27)": """
        SELECT f.id FROM fee f WHERE f.balance <> f.amount
        - (CASE WHEN f.amount < 0 THEN -1 ELSE 1 END)
        * (SELECT COALESCE(SUM(e.amount), 0) FROM fee_entry e WHERE e.fee_id = f.id)""",
    "fee whose waivers were miscounted (rule 27)": """
        SELECT f.id FROM fee f WHERE f.waived <> (SELECT COALESCE(SUM(e.amount), 0)
        FROM fee_entry e WHERE e.fee_id = f.id AND e.kind = 'waiver')""",
    "fee charged twice for one loan (rules 26, 28)": """
        SELECT loan_id FROM fee WHERE kind <> 'manual' AND loan_id IS NOT NULL
        GROUP BY loan_id, kind HAVING COUNT(*) > 1""",
    "lost loan found again with its charge unpaid (rule 28)": """
        SELECT f.id FROM fee f JOIN loan l ON l.id = f.loan_id
        WHERE f.kind = 'lost' AND l.returned_at IS NOT NULL AND f.balance <> 0""",
    "barcode of two copies in stock (rule 30)": """
        SELECT barcode_key FROM copy WHERE status <> 'withdrawn'
        GROUP BY barcode_key HAVING COUNT(*) > 1""",
    "copy in stock of a book that is gone (rule 31)": """
        SELECT c.id FROM copy c JOIN book b ON b.id = c.book_id
        WHERE b.deleted_at IS NOT NULL AND c.status <> 'withdrawn'""",
    "order received beyond its quantity, or miscounted (rule 33)": """
        SELECT o.id FROM purchase_order o WHERE o.received > o.quantity
        OR o.received <> (SELECT COUNT(*) FROM receipt r WHERE r.order_id = o.id)""",
}

# Records and the deed each must have in the audit log (rule 34).
_AUDITED = {
    "loan.create": "SELECT id FROM loan",
    "loan.return": "SELECT id FROM loan WHERE returned_at IS NOT NULL",
    "loan.lost": "SELECT id FROM loan WHERE lost_at IS NOT NULL",
    "loan.claim-returned": "SELECT id FROM loan WHERE claimed_returned_at IS NOT NULL",
    "hold.create": "SELECT id FROM hold",
    "hold.fulfill": "SELECT id FROM hold WHERE status = 'fulfilled'",
    "hold.cancel": "SELECT id FROM hold WHERE status = 'cancelled'",
    "hold.expire": "SELECT id FROM hold WHERE status = 'expired'",
    "hold.ready": "SELECT id FROM hold WHERE status = 'ready'",
    "fee.create": "SELECT id FROM fee",
}


def broken(database: Any) -> list[str]:
    """Everything in a database that contradicts the rules, in words; nothing for a sound one."""
    found = [
        f"{what}: {row[0]}"
        for what, query in _BROKEN.items()
        for row in database.execute_sql(query).fetchall()
    ]
    return [*found, *_unaudited(database), *_uncounted(database)]


def _unaudited(database: Any) -> list[str]:
    deeds = defaultdict(set)
    for action, record_id in database.execute_sql("SELECT action, record_id FROM audit"):
        deeds[action].add(record_id)
    return [
        f"{action} not in the audit log (rule 34): {row[0]}"
        for action, query in _AUDITED.items()
        for row in database.execute_sql(query).fetchall()
        if row[0] not in deeds[action]
    ]


def _uncounted(database: Any) -> list[str]:
    """Renewals must each have their own row in the audit log."""
    query = """
        SELECT l.id FROM loan l WHERE l.renewals <> (SELECT COUNT(*) FROM audit a
        WHERE a.action = 'loan.renew' AND a.record_type = 'loan' AND a.record_id = l.id)"""
    return [
        f"renewal not in the audit log (rule 34): loan {row[0]}"
        for row in database.execute_sql(query).fetchall()
    ]

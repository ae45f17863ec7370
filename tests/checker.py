"""An independent reader of a library's database: it names whatever contradicts the rules.

Plain SQL on purpose, and none of the project's own queries, so that it can prove them wrong.
"""

import json
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
    "loan that ended neither returned, lost nor cancelled, or runs though it did": """
        SELECT id FROM loan WHERE (ended_at IS NULL)
        <> (returned_at IS NULL AND lost_at IS NULL AND cancelled_at IS NULL)""",
    "cancelled loan that was also returned or lost (rule 41)": """
        SELECT id FROM loan WHERE cancelled_at IS NOT NULL
        AND (returned_at IS NOT NULL OR lost_at IS NOT NULL)""",
    "running loan without a member": """
        SELECT id FROM loan WHERE ended_at IS NULL AND user_id IS NULL""",
    "loan returned before it was made (rule 15)": """
        SELECT id FROM loan WHERE returned_at < borrowed_at""",
    # Of a record that came from elsewhere only what it is beyond what was told can be counted.
    "loan whose renewals were miscounted (rule 16)": """
        SELECT l.id FROM loan l
        WHERE l.renewals < (SELECT COUNT(*) FROM renewal r WHERE r.loan_id = l.id)
        OR (l.renewals > (SELECT COUNT(*) FROM renewal r WHERE r.loan_id = l.id)
            AND NOT EXISTS (SELECT 1 FROM source_key s
                WHERE s.kind = 'loans' AND s.record_id = l.id))""",
    "lost and unreturned loan whose copy is in circulation (rule 28)": """
        SELECT l.id FROM loan l JOIN copy c ON c.id = l.copy_id
        WHERE l.lost_at IS NOT NULL AND l.returned_at IS NULL
        AND c.status NOT IN ('lost', 'withdrawn')""",
    "member with two active holds on a title (rule 20)": """
        SELECT user_id FROM hold WHERE status IN ('waiting', 'ready')
        AND requested_copy_id IS NULL GROUP BY user_id, book_id HAVING COUNT(*) > 1""",
    "member with two active holds on a copy (rule 46)": """
        SELECT user_id FROM hold WHERE status IN ('waiting', 'ready')
        AND requested_copy_id IS NOT NULL
        GROUP BY user_id, requested_copy_id HAVING COUNT(*) > 1""",
    "hold on one copy that stands in the queue of another title (rule 46)": """
        SELECT h.id FROM hold h JOIN copy c ON c.id = h.requested_copy_id
        WHERE c.book_id <> h.book_id""",
    "hold on one copy that has or had another (rule 46)": """
        SELECT id FROM hold WHERE status IN ('ready', 'fulfilled')
        AND requested_copy_id IS NOT NULL AND copy_id <> requested_copy_id""",
    "hold that has ended without a reason, or has one of another end": """
        SELECT id FROM hold WHERE (ended_at IS NULL) <> (end_reason IS NULL)
        OR (status = 'fulfilled') <> (COALESCE(end_reason, '') = 'fulfilled')
        OR (status = 'expired') <> (COALESCE(end_reason, '') = 'shelf_expired')""",
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
        WHERE h.ended_at IS NULL AND l.ended_at IS NULL AND l.borrowed_at > h.placed_at
        AND (h.requested_copy_id IS NULL OR h.requested_copy_id = l.copy_id)""",
    "fee whose balance does not add up (rule 27)": """
        SELECT f.id FROM fee f WHERE f.voided_at IS NULL AND f.balance <> f.amount
        - (CASE WHEN f.amount < 0 THEN -1 ELSE 1 END)
        * (SELECT COALESCE(SUM(e.amount), 0) FROM fee_entry e
            WHERE e.fee_id = f.id AND e.voided_at IS NULL)""",
    "void fee with something owed, or with a payment that stands (rule 41)": """
        SELECT f.id FROM fee f WHERE f.voided_at IS NOT NULL AND (f.balance <> 0 OR EXISTS
        (SELECT 1 FROM fee_entry e
            WHERE e.fee_id = f.id AND e.kind = 'payment' AND e.voided_at IS NULL))""",
    "charge of which more is refunded than was paid (rule 27)": """
        SELECT f.id FROM fee f JOIN fee r ON r.refund_of = f.id AND r.voided_at IS NULL
        GROUP BY f.id, f.amount, f.balance, f.waived
        HAVING -SUM(r.amount) > f.amount - f.balance - f.waived""",
    "fee whose waivers were miscounted (rule 27)": """
        SELECT f.id FROM fee f WHERE f.waived <> (SELECT COALESCE(SUM(e.amount), 0)
        FROM fee_entry e
        WHERE e.fee_id = f.id AND e.kind = 'waiver' AND e.voided_at IS NULL)""",
    "copy charged twice as lost for one loan (rule 28)": """
        SELECT loan_id FROM fee
        WHERE kind = 'lost' AND loan_id IS NOT NULL AND voided_at IS NULL
        GROUP BY loan_id HAVING COUNT(*) > 1""",
    "ready hold without the moment it became so, or a waiting one with it": """
        SELECT id FROM hold WHERE ended_at IS NULL AND (ready_at IS NULL) = (status = 'ready')""",
    "lost loan found again with its charge unpaid (rule 28)": """
        SELECT f.id FROM fee f JOIN loan l ON l.id = f.loan_id
        WHERE f.kind = 'lost' AND l.returned_at IS NOT NULL AND f.balance <> 0""",
    "copy used last at another moment than its loans and uses tell": """
        SELECT c.id FROM copy c WHERE c.last_used_at <> COALESCE((SELECT MAX(at) FROM (
            SELECT borrowed_at AS at FROM loan WHERE copy_id = c.id AND cancelled_at IS NULL
            UNION ALL SELECT used_at FROM house_use WHERE copy_id = c.id) AS used), '')""",
    "barcode of two copies in stock (rule 30)": """
        SELECT barcode_key FROM copy WHERE status <> 'withdrawn'
        GROUP BY barcode_key HAVING COUNT(*) > 1""",
    "copy in stock of a book that is gone (rule 31)": """
        SELECT c.id FROM copy c JOIN book b ON b.id = c.book_id
        WHERE b.deleted_at IS NOT NULL AND c.status <> 'withdrawn'""",
    "order received beyond its quantity, or miscounted (rule 33)": """
        SELECT o.id FROM purchase_order o WHERE o.received > o.quantity
        OR o.received < (SELECT COUNT(*) FROM receipt r WHERE r.order_id = o.id)
        OR (o.received > (SELECT COUNT(*) FROM receipt r WHERE r.order_id = o.id)
            AND NOT EXISTS (SELECT 1 FROM source_key s
                WHERE s.kind = 'orders' AND s.record_id = o.id))""",
}

# Records and the deed each must have in the audit log (rule 34), with the moment it was done.
_AUDITED = {
    "loan.create": "SELECT id, NULL FROM loan",
    "loan.return": "SELECT id, returned_at FROM loan WHERE returned_at IS NOT NULL",
    "loan.lost": "SELECT id, lost_at FROM loan WHERE lost_at IS NOT NULL",
    "loan.cancel": "SELECT id, cancelled_at FROM loan WHERE cancelled_at IS NOT NULL",
    "loan.claim-returned": """SELECT id, claimed_returned_at FROM loan
        WHERE claimed_returned_at IS NOT NULL""",
    "hold.create": "SELECT id, NULL FROM hold",
    "hold.fulfill": "SELECT id, ended_at FROM hold WHERE status = 'fulfilled'",
    "hold.cancel": "SELECT id, ended_at FROM hold WHERE status = 'cancelled'",
    "hold.expire": "SELECT id, ended_at FROM hold WHERE status = 'expired'",
    "hold.ready": "SELECT id, ready_at FROM hold WHERE status = 'ready'",
    "fee.create": "SELECT id, NULL FROM fee",
    "fee.void": "SELECT id, voided_at FROM fee WHERE voided_at IS NOT NULL",
    "payment.void": """SELECT id, voided_at FROM fee_entry
        WHERE voided_at IS NOT NULL AND kind = 'payment'""",
}
# When records came from elsewhere; what was done to them before, was done there.
_ARRIVED = """
    SELECT s.kind, s.record_id, MIN(a.at) FROM source_key s JOIN audit a
    ON a.record_type || 's' = s.kind AND a.record_id = s.record_id
    AND a.action = a.record_type || '.create'
    WHERE s.kind IN ('loans', 'holds', 'fees') GROUP BY s.kind, s.record_id
    UNION ALL
    SELECT 'payments', e.id, MAX(a.at) FROM source_key s JOIN fee_entry e ON e.id = s.record_id
    JOIN audit a ON a.action = 'fee.pay' AND a.record_id = e.fee_id
    WHERE s.kind = 'payments' GROUP BY e.id
"""


def broken(database: Any) -> list[str]:
    """Everything in a database that contradicts the rules, in words; nothing for a sound one."""
    found = [
        f"{what}: {row[0]}"
        for what, query in _BROKEN.items()
        for row in database.execute_sql(query).fetchall()
    ]
    return [*found, *_unaudited(database), *_uncounted(database), *_misfined(database)]


def _misfined(database: Any) -> list[str]:
    """The sum of a loan's fines is that of each as it was charged; each lowers nobody's account."""
    query = "SELECT id, fined, fines FROM loan WHERE fined <> 0 OR fines <> '[]'"
    return [
        f"loan whose fines do not add up (rule 26): {loan_id}"
        for loan_id, fined, fines in database.execute_sql(query).fetchall()
        if sum(fine["amount"] for fine in json.loads(fines)) != fined
    ]


def _unaudited(database: Any) -> list[str]:
    deeds = defaultdict(set)
    for action, record_id in database.execute_sql("SELECT action, record_id FROM audit"):
        deeds[action].add(record_id)
    arrived = _arrived(database)
    return [
        f"{action} not in the audit log (rule 34): {record_id}"
        for action, query in _AUDITED.items()
        for record_id, moment in database.execute_sql(query).fetchall()
        if record_id not in deeds[action]
        and (
            moment is None or moment > arrived.get((f"{action.partition('.')[0]}s", record_id), "")
        )
    ]


def _arrived(database: Any) -> dict[tuple[str, int], str]:
    """When each record came that was moved in."""
    found = database.execute_sql(_ARRIVED).fetchall()
    return {(kind, record_id): at for kind, record_id, at in found}


def _uncounted(database: Any) -> list[str]:
    """Renewals must each have their own row in the audit log, but for those made elsewhere."""
    arrived = _arrived(database)
    made: dict[int, list[str]] = defaultdict(list)
    for loan_id, at in database.execute_sql("SELECT loan_id, renewed_at FROM renewal"):
        made[loan_id].append(at)
    query = """
        SELECT l.id, l.renewals, (SELECT COUNT(*) FROM audit a
            WHERE a.action = 'loan.renew' AND a.record_type = 'loan' AND a.record_id = l.id)
        FROM loan l"""
    found = []
    for loan_id, renewals, audited in database.execute_sql(query).fetchall():
        came = arrived.get(("loans", loan_id))
        wanted = renewals if came is None else sum(at > came for at in made[loan_id])
        if audited < wanted or (came is None and audited > wanted):
            found.append(f"renewal not in the audit log (rule 34): loan {loan_id}")
    return found

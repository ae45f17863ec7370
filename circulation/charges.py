"""What a loan costs in the end: the overdue fine and the lost copy, as lines of the account."""

from datetime import datetime
from typing import Any

from circulation.facts import Rules
from circulation.showing import fine
from models import audit, fee
from models.audit import Actor
from models.clock import stamp

Row = dict[str, Any]


def overdue(loan: Row, rules: Rules, until: datetime, actor: Actor, now: datetime) -> list[Row]:
    """Make the fine of a loan that ends a fee, if there is one (rule 26); give the new lines."""
    reached = fine(loan, rules, until)
    if not reached.amount:
        return []
    return [_line(loan, "overdue", reached.amount, reached.because, actor, now)]


def lost(loan: Row, price: int | None, actor: Actor, now: datetime) -> list[Row]:
    """Charge a lost copy, at its price or else the replacement fee agreed at lending (rule 28)."""
    amount = loan["replacement_fee"] if price is None else price
    if not amount:
        return []
    return [_line(loan, "lost", amount, "the copy was lost", actor, now)]


def forgive(loan: Row, actor: Actor, now: datetime) -> list[Row]:
    """Take the charge for a lost copy back (rule 28): waive what is unpaid, refund what was paid.

    Gives the lines changed and made.
    """
    charge = fee.of_loan(loan["id"], "lost")
    if charge is None:
        return []
    lines = []
    if charge["balance"]:
        lines.append(_waive(charge, "the copy was found", actor, now))
    paid = charge["amount"] - charge["balance"] - charge["waived"]
    if paid:
        note = f"paid on fee {charge['id']} for a copy that was found"
        lines.append(
            _line({**loan, "user_id": charge["user_id"]}, "refund", -paid, note, actor, now)
        )
    return lines


def _line(loan: Row, kind: str, amount: int, note: str, actor: Actor, now: datetime) -> Row:
    line = fee.insert(
        {
            "user_id": loan["user_id"],
            "loan_id": loan["id"],
            "kind": kind,
            "amount": amount,
            "note": note,
            "created_at": stamp(now),
        }
    )
    audit.record(actor, "fee.create", "fee", line["id"], changes={"amount": [None, amount]})
    return line


def _waive(line: Row, reason: str, actor: Actor, now: datetime) -> Row:
    left = line["balance"]
    audit.record(
        actor, "fee.waive", "fee", line["id"], reason=reason, changes={"balance": [left, 0]}
    )
    return fee.lower(line, "waiver", left, stamp(now), actor.id, reason=reason)

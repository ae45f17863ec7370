"""How a loan's due date and fine came about."""

from datetime import datetime

from circulation import rulebook
from circulation.charges import charged_so_far
from circulation.presentation import fine
from models import loan, policy, renewal
from models.errors import Missing
from models.loan import LoanRow
from models.rows import Json
from models.timestamps import moment


def explain(loan_id: int, now: datetime) -> Json:
    """Explain a loan: `{policy, due, renewals, fine}`. Raises Missing.

    `policy` is the one it was lent under, as it is today, null if it was deleted; `due` the steps
    to the due date from lending on; `renewals` `[{renewed_at, policy_id, due_before, due_after}]`;
    `fine` what it has come to, with the terms agreed at lending (rules 26, 40).
    """
    stored = loan.find(loan_id)
    return {
        "policy": _policy(stored.policy_id),
        "due": loan.due_steps(loan_id),
        "renewals": [row.to_json() for row in renewal.of_loan(loan_id)],
        "fine": _fine(stored, now),
    }


def _fine(row: LoanRow, now: datetime) -> Json:
    """The last fine, charged or running, with the sum of all as `amount` and each in `charges`.

    What was charged is told as it was charged, whatever the calendar has become.
    """
    charges = charged_so_far(row)
    told = [each.to_json() for each in charges.fines]
    if row.ended_at and told:
        return {**charges.fines[-1].fine.to_json(), "amount": charges.total, "charges": told}
    reached = fine(row, rulebook.latest(), moment(row.ended_at) if row.ended_at else now)
    # Nothing was charged where an ended loan keeps no fine.
    amount = 0 if row.ended_at else charges.total + reached.amount
    return {**reached.to_json(), "amount": amount, "charges": told}


def _policy(policy_id: int) -> Json | None:
    try:
        found = policy.find(policy_id)
    except Missing:
        return None
    return found.to_json()

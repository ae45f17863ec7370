"""How a loan's due date and fine came about."""

from datetime import datetime
from typing import Any

from circulation import rulebook, showing
from models import loan, policy
from models.clock import moment
from models.errors import Missing

Row = dict[str, Any]


def explain(loan_id: int, now: datetime) -> Row:
    """Explain a loan: `{policy, due, renewals, fine}`. Raises Missing.

    `policy` is the one it was lent under, as it is today, null if it was deleted; `due` the steps
    to the due date from lending on; `renewals` `[{renewed_at, policy_id, due_before, due_after}]`;
    `fine` what it has come to, with the terms agreed at lending (rule 26).
    """
    stored = loan.find(loan_id)
    rules = rulebook.latest()
    ended = stored["lost_at"] or stored["returned_at"]
    return {
        "policy": _policy(stored["policy_id"]),
        "due": loan.due_steps(loan_id),
        "renewals": [
            {name: row[name] for name in ("renewed_at", "policy_id", "due_before", "due_after")}
            for row in loan.renewals(loan_id)
        ],
        "fine": showing.fine(stored, rules, moment(ended) if ended else now).as_json(),
    }


def _policy(policy_id: int) -> Row | None:
    try:
        found = policy.find(policy_id)
    except Missing:
        return None
    return {name: value for name, value in found.items() if name != "revision"}

"""A librarian's override: which refusals it waves through, and why (rule 10)."""

from validators.base import Rules
from validators.bodies import Schema
from validators.common import nested, required, some_of, text

OVERRIDABLE = (
    "title-on-loan",
    "copy-not-lendable",
    "copy-in-repair",
    "copy-lost",
    "copy-held",
    "held-for-others",
    "loan-limit",
    "renewal-limit",
    "hold-waiting",
    "hold-limit",
    "no-copies",
    "member-blocked",
    "member-expired",
    "fees-owed",
    "loans-overdue",
)

OVERRIDE = Schema(
    "Override",
    {
        "codes": required(
            {**some_of(*OVERRIDABLE), "minlength": 1}, "The codes that shall not refuse."
        ),
        "reason": required(text(1000), "Kept in the audit log.", example="The director agreed."),
    },
)

OVERRIDE_FIELD: Rules = nested(OVERRIDE, role="librarian", description="Waves refusals through.")

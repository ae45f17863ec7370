"""A librarian's override: which reasons for a refusal it overrides, and why (rule 10)."""

from validators.engine.bodies import Schema
from validators.engine.fields import nested, required, some_of, text
from validators.engine.validator import Rules

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
            {**some_of(*OVERRIDABLE), "minlength": 1}, "The reason codes to override."
        ),
        "reason": required(text(1000), "Kept in the audit log.", example="The director agreed."),
    },
)

OVERRIDE_FIELD: Rules = nested(
    OVERRIDE, role="librarian", description="Overrides reasons for a refusal."
)

"""Lending policies (rule 7): 0 forbids, null is no limit."""

from validators.engine.bodies import Schema
from validators.engine.fields import BOOLEAN, MONEY, RECORD_ID, WORD, optional
from validators.engine.queries import Query
from validators.engine.validator import Rules

DAYS: Rules = {"type": "integer", "min": 0, "max": 3650}
MOST: Rules = {"type": "integer", "min": 0, "max": 100_000}

POLICY = Schema(
    "Policy",
    {
        **RECORD_ID,
        "member_category": {
            **WORD,
            "default": "*",
            "meta": {"description": "A member category, or `*` for all.", "example": "child"},
        },
        "loan_type": {
            **WORD,
            "default": "*",
            "meta": {"description": "A copy's loan type, or `*` for all.", "example": "dvd"},
        },
        "loan_days": {
            **DAYS,
            "default": 28,
            "meta": {"description": "How long a loan is; 0 forbids lending."},
        },
        "max_loans": optional(MOST, "How many open loans a member may have."),
        "max_renewals": optional(MOST, "How often a loan may be renewed."),
        "renewal_days": optional(DAYS, "How long a renewal is; null means `loan_days`."),
        "max_holds": optional(MOST, "How many holds a member may have."),
        "hold_shelf_days": {
            **DAYS,
            "default": 7,
            "meta": {"description": "Open days a copy is set aside."},
        },
        "fine_per_day": optional(MONEY, "For each open day late, in minor units."),
        "grace_days": optional(DAYS, "The first days late that are free."),
        "fine_cap": optional(MONEY, "The highest overdue fine, in minor units."),
        "replacement_fee": optional(MONEY, "For a lost copy without a price, in minor units."),
        "fees_block_at": optional(MONEY, "Owing more than this, in minor units, stops borrowing."),
        "overdue_block": {
            **BOOLEAN,
            "default": False,
            "meta": {"description": "Whether an overdue loan stops borrowing."},
        },
    },
)

POLICIES_QUERY = Query(sortable=("id",), fields=tuple(POLICY.fields), paged=True)

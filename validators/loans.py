"""Lending, renewing, taking back: bodies, answers and lists."""

from validators.base import Rules
from validators.bodies import Schema
from validators.common import (
    ANY_OBJECT,
    BOOLEAN,
    COUNT,
    DATE,
    ID,
    LABEL,
    MONEY,
    RECORD_ID,
    REVISION,
    TIMESTAMP,
    listed,
    nested,
    one_of,
    required,
    server,
    some_of,
    text,
)
from validators.copies import BARCODE, COPY
from validators.fees import FEE
from validators.holds import HOLD
from validators.overrides import OVERRIDE_FIELD
from validators.policies import POLICY
from validators.queries import Query

STATUSES = ("open", "overdue", "returned", "lost", "claimed_returned")

LOAN = Schema(
    "Loan",
    {
        **RECORD_ID,
        "copy_id": server(ID, "The copy lent."),
        "book_id": server(ID, "Its book."),
        "user_id": {**server(ID, "The member; null when forgotten."), "nullable": True},
        "status": server(one_of(*STATUSES), "open is not yet due, overdue is past due."),
        "borrowed_at": server(TIMESTAMP, "When it was lent."),
        "due_at": server(TIMESTAMP, "The last second on time."),
        "returned_at": {**server(TIMESTAMP, "When it came back."), "nullable": True},
        "renewals": server(COUNT, "How often it was renewed."),
        "fine_accrued": server(MONEY, "The fine so far that is not yet a fee, in minor units."),
        **REVISION,
    },
)

LENDING = Schema(
    "Lending",
    {
        "barcode": {
            **LABEL,
            "meta": {"description": "The copy, by its barcode.", "example": BARCODE},
        },
        "copy_id": {**ID, "meta": {"description": "Or the copy, by its number."}},
        "user_id": {**ID, "meta": {"description": "The member, by number."}},
        "card_number": {**LABEL, "meta": {"description": "Or the member, by library card."}},
        "due_on": {
            **DATE,
            "nullable": True,
            "default": None,
            "meta": {"role": "librarian", "description": "Due on this day, not by the policy."},
        },
        "override": OVERRIDE_FIELD,
    },
    either=(("barcode", "copy_id"), ("user_id", "card_number")),
)

REASON = Schema(
    "Reason",
    {
        "code": {**text(64), "meta": {"example": "loan-limit"}},
        "detail": text(1000),
        "overridable": BOOLEAN,
        "params": ANY_OBJECT,
    },
)

DECISION = Schema(
    "Decision",
    {
        "allowed": BOOLEAN,
        "reasons": listed(REASON),
        "due_at": {**TIMESTAMP, "nullable": True},
        "policy_id": {**ID, "nullable": True},
    },
)

STEP = Schema(
    "Step",
    {
        "step": {**text(64), "meta": {"example": "closed-day"}},
        "rule": COUNT,
        "from": DATE,
        "to": DATE,
        "because": text(1000),
    },
)

_NAMED_POLICY: Rules = {**nested(POLICY), "nullable": True}

EXPLANATION = Schema(
    "Explanation",
    {
        "policy": _NAMED_POLICY,
        "due": listed(STEP),
        "renewals": listed(ANY_OBJECT),
        "fine": {**ANY_OBJECT, "nullable": True},
    },
)

RENEWAL = Schema("Renewal", {"override": OVERRIDE_FIELD})

RETURN = Schema(
    "Return",
    {
        "barcode": required(LABEL, "The copy.", example=BARCODE),
        "returned_at": {
            **TIMESTAMP,
            "nullable": True,
            "default": None,
            "meta": {"role": "librarian", "description": "When it really came back, if earlier."},
        },
    },
)

RETURNED = Schema(
    "Returned",
    {
        "loan": {**nested(LOAN), "nullable": True},
        "fees": listed(FEE),
        "hold": {**nested(HOLD), "nullable": True},
        "copy": nested(COPY),
    },
)

NOTHING = Schema("Nothing", {})
"""The body of an act that needs none: lost, claims-returned."""


LOANS_QUERY = Query(
    filters={"user_id": ID, "book_id": ID, "copy_id": ID, "status": some_of(*STATUSES)},
    sortable=("id", "borrowed_at", "due_at"),
    fields=tuple(LOAN.fields),
    paged=True,
)

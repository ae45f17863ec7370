"""Lending, renewing, taking back: bodies, answers and lists."""

from models.vocabulary import LoanStatus
from validators.copies import COPY
from validators.embedding import with_embeds
from validators.engine.bodies import Schema
from validators.engine.fields import (
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
    WORD,
    listed,
    nested,
    one_of,
    required,
    server,
    some_of,
    text,
)
from validators.engine.queries import Query
from validators.engine.validator import Rules
from validators.fees import FEE
from validators.holds import HOLD
from validators.overrides import OVERRIDE_FIELD
from validators.policies import POLICY
from validators.reasons import REASON
from validators.references import BY_MEMBER, COPY_NAMED, MEMBER_NAMED

STATUSES = tuple(LoanStatus)
EMBEDS = ("user", "book", "copy")

_LOAN = Schema(
    "Loan",
    {
        **RECORD_ID,
        "copy_id": server(ID, "The copy lent."),
        "book_id": server(ID, "Its book."),
        "user_id": {**server(ID, "The member; null once erased."), "nullable": True},
        "status": server(one_of(*STATUSES), "open is not yet due, overdue is past due."),
        "borrowed_at": server(TIMESTAMP, "When it was lent."),
        "due_at": server(TIMESTAMP, "The last second on time."),
        "returned_at": {**server(TIMESTAMP, "When it came back."), "nullable": True},
        "renewals": server(COUNT, "How often it was renewed."),
        "fine_accrued": server(MONEY, "The fine so far that is not yet a fee, in minor units."),
        **REVISION,
    },
)

LOAN = with_embeds(_LOAN, *EMBEDS)
LOAN_QUERY = Query(embeddable=EMBEDS)

LENDING = Schema(
    "Lending",
    {
        **COPY_NAMED,
        **MEMBER_NAMED,
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

DECISION = Schema(
    "Decision",
    {
        "allowed": BOOLEAN,
        "reasons": listed(REASON),
        "due_at": {**TIMESTAMP, "nullable": True},
        "policy_id": {**ID, "nullable": True},
    },
)

DRY_RUN = Schema(
    "DryRun",
    {
        "allowed": BOOLEAN,
        "reasons": listed(REASON),
        "due_at": {**TIMESTAMP, "nullable": True},
    },
)

_WHY = required(text(1000), "Shown in the explanation, and kept in the audit log.", always=True)

DUE_DATE = Schema(
    "DueDate",
    {
        "due_on": required(DATE, "The new day; a closed one moves on.", always=True),
        "reason": _WHY,
        **LOAN.fields,
    },
)

DUE_DATES = Schema(
    "DueDates",
    {
        "due_from": required(DATE, "All running loans due on this day or later,"),
        "due_to": required(DATE, "and on this day or before,"),
        "to": required(DATE, "are due on this day."),
        "reason": _WHY,
        "category": {
            **WORD,
            "nullable": True,
            "default": None,
            "meta": {"description": "Of members of this category only."},
        },
        "loan_type": {
            **WORD,
            "nullable": True,
            "default": None,
            "meta": {"description": "Of copies of this type only."},
        },
        "dry_run": {
            **BOOLEAN,
            "default": False,
            "meta": {"description": "Only count what would move."},
        },
    },
    in_order=(("due_from", "due_to"),),
)

DUE_DATES_MOVED = Schema(
    "DueDatesMoved",
    {
        "moved": COUNT,
        "batch_id": {
            **ID,
            "nullable": True,
            "meta": {"description": "To move them back; null in a dry run."},
        },
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
        **COPY_NAMED,
        "returned_at": {
            **TIMESTAMP,
            "nullable": True,
            "default": None,
            "meta": {"role": "librarian", "description": "When it really came back, if earlier."},
        },
        "in_house": {
            **BOOLEAN,
            "default": False,
            "meta": {
                "role": "librarian",
                "description": "Count a copy that was used in the library and is not on loan.",
            },
        },
    },
    either=(("barcode", "copy_id"),),
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

UNDOING = Schema(
    "Undoing", {"reason": required(text(1000), "Why it was a mistake; kept in the audit log.")}
)

REVERSAL = Schema(
    "Reversal",
    {
        "reason": {
            **text(1000),
            "meta": {"description": "Why they are moved back; kept in the audit log."},
        }
    },
)

NOTHING = Schema("Nothing", {})
"""The body of an act that needs none: lost, claims-returned."""


LOANS_QUERY = Query(
    filters={
        **BY_MEMBER,
        "book_id": ID,
        "copy_id": ID,
        "barcode": {**LABEL, "meta": {"description": "The copy's barcode."}},
        "status": some_of(*STATUSES),
        **{
            f"{moment}_{end}": {**DATE, "meta": {"description": f"The {where} day of `{moment}`."}}
            for moment in ("due", "borrowed", "returned")
            for end, where in (("from", "first"), ("to", "last"))
        },
    },
    sortable=("id", "borrowed_at", "due_at"),
    embeddable=EMBEDS,
    in_order=(
        ("due_from", "due_to"),
        ("borrowed_from", "borrowed_to"),
        ("returned_from", "returned_to"),
    ),
    fields=tuple(_LOAN.fields),
    paged=True,
)

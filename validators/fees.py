"""Fees, their payments and waivers, and a member's account."""

from validators.base import Rules
from validators.bodies import Schema
from validators.common import (
    CURRENCY,
    ID,
    MONEY,
    RECORD_ID,
    TIMESTAMP,
    listed,
    one_of,
    optional,
    required,
    server,
    some_of,
    text,
)
from validators.queries import Query

KINDS = ("overdue", "lost", "manual", "refund")
STATUSES = ("open", "paid", "waived")
METHODS = ("cash", "card", "transfer", "other")

POSITIVE_MONEY: Rules = {**MONEY, "min": 1}
SIGNED_MONEY: Rules = {"type": "integer"}

FEE = Schema(
    "Fee",
    {
        **RECORD_ID,
        "user_id": {**server(ID, "Whose account; null when forgotten."), "nullable": True},
        "loan_id": {**server(ID, "The loan it came from."), "nullable": True},
        "kind": server(one_of(*KINDS), "What it is for."),
        "amount": server(SIGNED_MONEY, "In minor units; negative in a refund."),
        "balance": server(SIGNED_MONEY, "What is left to pay, or to pay out."),
        "currency": CURRENCY,
        "status": server(one_of(*STATUSES), "waived if any of it was."),
        "note": {**server(text(1000), "What the desk wrote."), "nullable": True},
        "created_at": server(TIMESTAMP, "When it was charged."),
    },
)

NEW_FEE = Schema(
    "NewFee",
    {
        "user_id": required(ID, "Whose account."),
        "amount": required(POSITIVE_MONEY, "In minor units."),
        "note": required(text(1000), "What it is for.", example="Spilt coffee"),
        "loan_id": optional(ID, "The loan it came from."),
    },
)

PAYMENT = Schema(
    "Payment",
    {
        "amount": required(POSITIVE_MONEY, "In minor units; of a refund, what is paid out."),
        "method": required(one_of(*METHODS), "How it is paid."),
    },
)

WAIVER = Schema(
    "Waiver",
    {
        "amount": optional(POSITIVE_MONEY, "In minor units; all that is left unless given."),
        "reason": required(text(1000), "Kept in the audit log."),
    },
)

ACCOUNT = Schema(
    "Account",
    {
        "user_id": ID,
        "balance": {**SIGNED_MONEY, "meta": {"description": "Owed in all, in minor units."}},
        "currency": CURRENCY,
        "fees": listed(FEE, meta={"description": "Those not settled."}),
    },
)

FEES_QUERY = Query(
    filters={"user_id": ID, "status": some_of(*STATUSES)},
    sortable=("id",),
    fields=tuple(FEE.fields),
    paged=True,
)

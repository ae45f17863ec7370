"""Fees, their payments and waivers, and a member's account."""

from models.vocabulary import FeeKind, FeeStatus, PaymentMethod
from validators.embedding import with_embeds
from validators.engine.bodies import Schema
from validators.engine.fields import (
    COUNT,
    CURRENCY,
    DATE,
    ID,
    MONEY,
    RECORD_ID,
    SIGNED_MONEY,
    TIMESTAMP,
    listed,
    one_of,
    optional,
    required,
    server,
    some_of,
    text,
)
from validators.engine.queries import Query
from validators.engine.validator import Rules
from validators.references import BY_MEMBER, MEMBER_NAMED

KINDS = tuple(FeeKind)
STATUSES = tuple(FeeStatus)
METHODS = tuple(PaymentMethod)

POSITIVE_MONEY: Rules = {**MONEY, "min": 1}

_FEE = Schema(
    "Fee",
    {
        **RECORD_ID,
        "user_id": {**server(ID, "Whose account; null once erased."), "nullable": True},
        "loan_id": {**server(ID, "The loan it came from."), "nullable": True},
        "kind": server(one_of(*KINDS), "What it is for."),
        "amount": server(SIGNED_MONEY, "In minor units; negative in a refund."),
        "balance": server(SIGNED_MONEY, "What is left to pay, or to pay out."),
        "currency": CURRENCY,
        "status": server(one_of(*STATUSES), "`waived` if any was; `void`: a mistake."),
        "note": {**server(text(1000), "What the desk wrote."), "nullable": True},
        "created_at": server(TIMESTAMP, "When it was charged."),
    },
)

EMBEDS = ("user", "book", "copy")
FEE = with_embeds(_FEE, *EMBEDS)
FEE_QUERY = Query(embeddable=EMBEDS)

NEW_FEE = Schema(
    "NewFee",
    {
        **MEMBER_NAMED,
        "kind": {
            **one_of(FeeKind.MANUAL, FeeKind.MEMBERSHIP, FeeKind.DAMAGE),
            "default": FeeKind.MANUAL.value,
            "meta": {"description": "What kind of charge it is."},
        },
        "amount": required(POSITIVE_MONEY, "In minor units."),
        "note": required(text(1000), "What it is for.", example="Spilt coffee"),
        "loan_id": optional(ID, "The loan it came from."),
    },
    either=(("user_id", "card_number"),),
)

FEE_PAYMENT = Schema(
    "FeePayment",
    {
        "amount": required(POSITIVE_MONEY, "In minor units; of a refund, what is paid out."),
        "method": required(one_of(*METHODS), "How it is paid."),
    },
)

PAID_FEE = Schema(
    "PaidFee", {**_FEE.fields, "payment_id": server(ID, "The payment that was taken.")}
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
        "accruing": {**COUNT, "meta": {"description": "Fines of running loans, in minor units."}},
        "currency": CURRENCY,
        "fees": listed(FEE, meta={"description": "The fees with something left to pay."}),
    },
)

FEES_QUERY = Query(
    embeddable=EMBEDS,
    filters={
        **BY_MEMBER,
        "status": some_of(*STATUSES),
        "kind": some_of(*KINDS),
        "loan_id": ID,
        "created_from": {**DATE, "meta": {"description": "Charged on this day or later."}},
        "created_to": {**DATE, "meta": {"description": "Charged on this day or before."}},
    },
    in_order=(("created_from", "created_to"),),
    sortable=("id",),
    fields=tuple(_FEE.fields),
    paged=True,
)

"""Payments: what was paid on fees, paid out of refunds, and taken back."""

from models.vocabulary import PaymentMethod
from validators.engine.bodies import Schema
from validators.engine.fields import (
    BOOLEAN,
    CURRENCY,
    DATE,
    ID,
    RECORD_ID,
    TIMESTAMP,
    listed,
    nested,
    one_of,
    required,
    server,
    some_of,
    text,
)
from validators.engine.queries import Query
from validators.fees import ACCOUNT, POSITIVE_MONEY
from validators.references import BY_MEMBER

METHODS = tuple(PaymentMethod)

PAYMENT = Schema(
    "Payment",
    {
        **RECORD_ID,
        "fee_id": server(ID, "The fee it was paid on."),
        "user_id": {**server(ID, "Whose account; null once erased."), "nullable": True},
        "amount": server(POSITIVE_MONEY, "In minor units."),
        "direction": server(one_of("in", "out"), "`out` is a refund that was paid out."),
        "currency": CURRENCY,
        "method": server(one_of(*METHODS), "How it was paid."),
        "paid_at": server(TIMESTAMP, "When it was paid."),
        "actor_id": {**server(ID, "Who took it."), "nullable": True},
        "receipt_id": server(ID, "The first payment of the same note."),
        "voided_at": {**server(TIMESTAMP, "When it was taken back."), "nullable": True},
        "void_reason": {**server(text(1000), "Why it was taken back."), "nullable": True},
    },
)

ACCOUNT_PAYMENT = Schema(
    "AccountPayment",
    {
        "amount": required(POSITIVE_MONEY, "In minor units."),
        "method": required(one_of(*METHODS), "How it is paid."),
    },
)

ACCOUNT_PAID = Schema("AccountPaid", {"payments": listed(PAYMENT), "account": nested(ACCOUNT)})

VOID = Schema("Void", {"reason": required(text(1000), "Kept in the audit log.")})

PAYMENT_VOID = Schema(
    "PaymentVoid",
    {
        **VOID.fields,
        "whole_receipt": {
            **BOOLEAN,
            "default": False,
            "meta": {
                "description": "Whether every other payment of its receipt is taken back with it."
            },
        },
    },
)

PAYMENTS_QUERY = Query(
    filters={
        **BY_MEMBER,
        "fee_id": ID,
        "method": some_of(*METHODS),
        "from": {**DATE, "meta": {"description": "Paid on this day or later."}},
        "to": {**DATE, "meta": {"description": "Paid on this day or before."}},
    },
    sortable=("id", "paid_at"),
    fields=tuple(PAYMENT.fields),
    paged=True,
    in_order=(("from", "to"),),
)

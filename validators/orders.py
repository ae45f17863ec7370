"""Orders: books readers ask the library to buy."""

from validators.base import Rules
from validators.bodies import Schema
from validators.books import ISBN
from validators.common import (
    COUNT,
    CURRENCY,
    ID,
    LABEL,
    LONGEST_NAME,
    LONGEST_TITLE,
    MONEY,
    RECORD_ID,
    STAMPS,
    listed,
    nested,
    one_of,
    optional,
    required,
    server,
    some_of,
    text,
)
from validators.copies import COPY
from validators.queries import Query

STATUSES = ("requested", "approved", "ordered", "received", "declined", "cancelled")

_WANTED: dict[str, Rules] = {
    "title": required(text(LONGEST_TITLE), "What is wanted.", example="The Moonstone"),
    "author": optional(text(LONGEST_NAME), "Who wrote it."),
    "isbn": optional(ISBN, "Given with 10 or 13 digits, kept with 13."),
    "publisher": optional(text(LONGEST_NAME), "Who published it."),
    "quantity": {
        "type": "integer",
        "min": 1,
        "max": 1000,
        "default": 1,
        "meta": {"description": "How many copies."},
    },
    "note": optional(text(5000), "A word to the library."),
}
_BOOK = optional(ID, "The book it is a copy of; else the ISBN finds it, or the receipt makes it.")
_STATUS = one_of(*STATUSES)

ORDER = Schema(
    "Order",
    {
        **RECORD_ID,
        "user_id": {**server(ID, "Who asked; null when forgotten."), "nullable": True},
        **{name: server(rules, rules["meta"]["description"]) for name, rules in _WANTED.items()},
        "status": {**_STATUS, "meta": {"description": "The step; `received` comes by receipts."}},
        "vendor": optional(text(LONGEST_NAME), "Where it is bought.", role="librarian"),
        "unit_price": optional(MONEY, "What one copy costs, in minor units.", role="librarian"),
        "currency": CURRENCY,
        "book_id": {**_BOOK, "meta": {**_BOOK["meta"], "role": "librarian"}},
        "received": server(COUNT, "How many copies have come."),
        "reason": optional(text(1000), "Why it was declined or cancelled."),
        **STAMPS,
    },
)
"""An order, and its next step by PATCH: what is wanted stays as it was asked for."""

NEW_ORDER = Schema(
    "NewOrder",
    {
        **_WANTED,
        "book_id": _BOOK,
        **{
            name: server(ORDER.fields[name], ORDER.fields[name]["meta"]["description"])
            for name in ORDER.fields
            if name not in _WANTED and name != "book_id"
        },
    },
)

RECEIPT = Schema(
    "Receipt",
    {
        "barcodes": required(
            listed(LABEL, minlength=1, maxlength=1000, unique=True), "Of the copies that came."
        )
    },
)

RECEIVED = Schema("Received", {"order": nested(ORDER), "copies": listed(COPY)})

ORDERS_QUERY = Query(
    filters={"user_id": ID, "book_id": ID, "status": some_of(*STATUSES)},
    sortable=("id",),
    fields=tuple(ORDER.fields),
    paged=True,
)

"""Orders: books readers ask the library to buy."""

from models.vocabulary import OrderStatus
from validators.books import ISBN
from validators.copies import COPY
from validators.embedding import with_embeds
from validators.engine.bodies import Schema
from validators.engine.fields import (
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
from validators.engine.queries import Query
from validators.engine.validator import Rules

STATUSES = tuple(OrderStatus)

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
    "note": optional(text(5000), "A note to the library."),
}
_BOOK = optional(
    ID,
    "The book it is a copy of; else the ISBN finds it, or the receipt makes it. Another ISBN sent"
    " without it finds another book, unless the present one lacks the old ISBN or has the new one.",
)
_STATUS = one_of(*STATUSES)


def _by_staff(rules: Rules) -> Rules:
    """What is wanted, which staff may change until it is ordered."""
    return {**rules, "meta": {**rules["meta"], "role": "librarian"}}


_ORDER = Schema(
    "Order",
    {
        **RECORD_ID,
        "user_id": {**server(ID, "Who asked; null once erased."), "nullable": True},
        **{name: _by_staff(rules) for name, rules in _WANTED.items()},
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
"""An order, and its next step by PATCH; what is wanted can be changed until it is ordered."""

EMBEDS = ("user", "book")
ORDER = with_embeds(_ORDER, *EMBEDS)
ORDER_QUERY = Query(embeddable=EMBEDS)

NEW_ORDER = Schema(
    "NewOrder",
    {
        **_WANTED,
        "book_id": _BOOK,
        **{
            name: server(_ORDER.fields[name], _ORDER.fields[name]["meta"]["description"])
            for name in _ORDER.fields
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
    embeddable=EMBEDS,
    filters={"user_id": ID, "book_id": ID, "status": some_of(*STATUSES)},
    sortable=("id",),
    fields=tuple(_ORDER.fields),
    paged=True,
)

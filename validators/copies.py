"""Copies: the things with barcodes."""

from validators.bodies import Schema
from validators.common import (
    DATE,
    ID,
    LABEL,
    MONEY,
    RECORD_ID,
    STAMPS,
    WORD,
    one_of,
    optional,
    required,
    server,
    some_of,
    text,
)
from validators.queries import Query

STATUSES = ("available", "on_loan", "on_hold_shelf", "in_repair", "lost", "withdrawn")
BARCODE = "31234000123456"  # of the copy in all examples
SETTABLE = ("available", "in_repair", "lost", "withdrawn")

COPY = Schema(
    "Copy",
    {
        **RECORD_ID,
        "book_id": server(ID, "The book this is a copy of."),
        "barcode": required(
            LABEL, "Unique among copies not withdrawn, ignoring case.", example=BARCODE
        ),
        "location": optional(text(200), "Where it stands.", example="Main library"),
        "shelfmark": optional(text(200), "The label on its spine.", example="823.8 COL"),
        "loan_type": {
            **WORD,
            "default": "standard",
            "meta": {"description": "Chooses the lending policy."},
        },
        "status": {
            **one_of(*STATUSES),
            "default": "available",
            "meta": {
                "settable": list(SETTABLE),
                "description": "on_loan and on_hold_shelf come about by lending and returning.",
            },
        },
        "price": optional(MONEY, "What is charged when it is lost, in minor units."),
        "acquired_on": optional(DATE, "When the library got it."),
        "note": optional(text(5000), "For staff only.", staff_only=True),
        **STAMPS,
    },
)

SORTABLE = ("id", "barcode", "location", "shelfmark", "created_at", "updated_at")

COPIES_QUERY = Query(
    filters={
        "barcode": {**LABEL, "meta": {"description": "The copy with this barcode."}},
        "status": some_of(*STATUSES),
        "location": text(200),
        "loan_type": WORD,
    },
    sortable=SORTABLE,
    fields=tuple(COPY.fields),
    paged=True,
)

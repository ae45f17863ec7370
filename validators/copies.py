"""Copies: the things with barcodes."""

from models.vocabulary import CopyStatus
from validators.engine.bodies import Schema
from validators.engine.fields import (
    DATE,
    ID,
    LABEL,
    MONEY,
    RECORD_ID,
    STAMPS,
    TIMESTAMP,
    WORD,
    one_of,
    optional,
    required,
    server,
    some_of,
    text,
)
from validators.engine.queries import Query

STATUSES = tuple(CopyStatus)
BARCODE = "31234000123456"  # of the copy in all examples
SETTABLE = (
    CopyStatus.AVAILABLE,
    CopyStatus.IN_REPAIR,
    CopyStatus.LOST,
    CopyStatus.WITHDRAWN,
)

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
                "description": "Lending and returning set on_loan and on_hold_shelf.",
            },
        },
        "price": optional(MONEY, "What is charged when it is lost, in minor units."),
        "acquired_on": optional(DATE, "When the library got it."),
        "note": optional(text(5000), "For staff only.", staff_only=True),
        "due_at": {
            **server(TIMESTAMP, "When it is due, while it is on loan; who has it is not told."),
            "nullable": True,
        },
        "last_seen_at": {
            **server(TIMESTAMP, "When it was last scanned, for whatever reason."),
            "nullable": True,
        },
        **STAMPS,
    },
)

COPY_CHANGES = Schema(
    "CopyChanges",
    {
        **COPY.fields,
        "book_id": {
            **ID,
            "meta": {
                "description": "The book this is a copy of. Another one moves the copy there, with"
                " its past loans and the holds on it alone."
            },
        },
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

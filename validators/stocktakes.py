"""Stocktakings: bodies, answers and lists."""

from models.vocabulary import ScanOutcome, StocktakeStatus
from validators.copies import BARCODE, COPY
from validators.embedding import with_embeds
from validators.engine.bodies import Schema
from validators.engine.fields import (
    COUNT,
    LABEL,
    RECORD_ID,
    REVISION,
    TIMESTAMP,
    listed,
    nested,
    one_of,
    optional,
    required,
    server,
    text,
)
from validators.engine.queries import Query
from validators.engine.validator import Rules

MOST_SCANS = 1_000
_NAME = required(text(200), "What it is called.", example="Main library, summer 2026")
_LOCATION = optional(
    text(200), "Of the copies of this location alone; of all unless given.", example="Main library"
)
_STATUS: Rules = {
    **one_of(*StocktakeStatus),
    "default": StocktakeStatus.OPEN.value,
    "meta": {"description": "A closed one takes no scans and cannot be opened again."},
}

STOCKTAKE = Schema(
    "Stocktake",
    {
        **RECORD_ID,
        "name": _NAME,
        "location": {**server(text(200), "Null for all locations."), "nullable": True},
        "status": _STATUS,
        "scanned": server(COUNT, "How many copies were scanned."),
        "created_at": server(TIMESTAMP, "When it was begun."),
        "closed_at": {**server(TIMESTAMP, "When it was closed."), "nullable": True},
        **REVISION,
    },
)

NEW_STOCKTAKE = Schema("NewStocktake", {"name": _NAME, "location": _LOCATION})

STOCKTAKES_QUERY = Query(
    filters={"status": one_of(*StocktakeStatus)},
    sortable=("id", "created_at"),
    fields=tuple(STOCKTAKE.fields),
    paged=True,
)

SCANS = Schema(
    "Scans",
    {
        "barcodes": {
            **listed(LABEL, minlength=1, maxlength=MOST_SCANS),
            "required": True,
            "meta": {"description": "As they were scanned.", "example": [BARCODE]},
        }
    },
)

_SCANNED_COPY = Schema(
    "ScannedCopy",
    {
        **COPY.fields,
        "take_back": {
            **text(500),
            "meta": {"optional": True, "description": "Of a lost copy, how to take it back."},
        },
    },
)

SCANNED = Schema(
    "Scanned",
    {
        "results": listed(
            Schema(
                "ScanResult",
                {
                    "barcode": {"type": "string"},
                    "outcome": one_of(*ScanOutcome),
                    "copy": nested(_SCANNED_COPY, optional=True),
                },
            )
        )
    },
)

MISSING_COPY = Schema("MissingCopy", with_embeds(COPY, "book").fields)
MISSING_QUERY = Query(
    sortable=("id", "location", "shelfmark"),
    embeddable=("book",),
    fields=tuple(COPY.fields),
    paged=True,
)

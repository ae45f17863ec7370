"""Imports of catalogue records: query string, progress and faults."""

from validators.base import Rules
from validators.bodies import Schema
from validators.books import BOOK
from validators.common import (
    BOOLEAN,
    COUNT,
    RECORD_ID,
    TIMESTAMP,
    one_of,
    server,
    some_of,
    text,
)
from validators.copies import COPY
from validators.queries import Query

STATUSES = ("queued", "running", "done", "failed")
FORMATS = ("marc", "marcxml", "csv", "ndjson")

_NOT_COLUMNS = {*BOOK.marked("readOnly"), *COPY.marked("readOnly"), "status"}
_COLUMN_FIELDS = [name for name in (*BOOK.fields, *COPY.fields) if name not in _NOT_COLUMNS]
# The example is an import that waits.
_TALLY: Rules = {**COUNT, "meta": {**COUNT.get("meta", {}), "example": 0}}
_MOMENT: Rules = {**server(TIMESTAMP, "When all records were read."), "nullable": True}

IMPORT = Schema(
    "Import",
    {
        **RECORD_ID,
        "status": server(one_of(*STATUSES), "How far it has come."),
        "format": server(one_of(*FORMATS), "What the file is."),
        "dry_run": server(BOOLEAN, "Whether nothing is written."),
        "processed": server(_TALLY, "Records read."),
        "created": server(_TALLY, "Books made."),
        "updated": server(_TALLY, "Books changed."),
        "skipped": server(_TALLY, "Records whose book was there already."),
        "failed": server(_TALLY, "Records rejected."),
        "created_at": server(TIMESTAMP, "When the file came."),
        "finished_at": _MOMENT,
    },
)

IMPORT_QUERY = Query(
    filters={
        "match": {
            **one_of("isbn", "none"),
            "default": "isbn",
            "meta": {"description": "What tells that a record's book is there already."},
        },
        "on_match": {
            **one_of("skip", "update"),
            "default": "skip",
            "meta": {"description": "What to do then."},
        },
        "dry_run": {
            **BOOLEAN,
            "default": False,
            "meta": {"description": "Check all records, write nothing."},
        },
        "columns": {
            "type": "dict",
            "keysrules": {"type": "string", "allowed": _COLUMN_FIELDS},
            "default": {},
            "meta": {
                "description": "Which column of a CSV file is which field.",
                "example": "title:Original Title,isbn:ISBN13",
            },
        },
        "copies": {
            **text(40),
            "meta": {
                "description": "The local field of MARC records that has a copy's barcode,"
                " location, loan type, shelfmark and price: its tag and their subfields.",
                "example": "999$i,$l,$t,$a,$p",
            },
        },
    }
)

IMPORT_ERROR = Schema(
    "ImportError",
    {
        "record": {**COUNT, "meta": {"description": "Counted from 1."}},
        "field": {**text(200), "nullable": True},
        "code": text(64),
        "detail": {"type": "string"},
    },
)

IMPORTS_QUERY = Query(
    filters={"status": some_of(*STATUSES)},
    sortable=("id",),
    fields=tuple(IMPORT.fields),
    paged=True,
)

IMPORT_ERRORS_QUERY = Query(paged=True)

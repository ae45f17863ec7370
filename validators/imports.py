"""Imports of catalogue records: query string, progress and faults."""

from collections.abc import Iterable

from models.vocabulary import FileFormat, ImportKind, ImportStatus
from validators.books import BOOK
from validators.copies import COPY
from validators.engine.bodies import Schema
from validators.engine.fields import (
    BOOLEAN,
    COUNT,
    ID,
    RECORD_ID,
    TIMESTAMP,
    listed,
    one_of,
    server,
    some_of,
    text,
)
from validators.engine.queries import Query
from validators.engine.validator import Rules

STATUSES = tuple(ImportStatus)
FORMATS = tuple(FileFormat)
MATCHES = ("isbn", "control_number", "barcode", "title", "none")
MATCHES_OF_MEMBERS = ("card_number", "email", "source_key")
KINDS = tuple(ImportKind)

_NOT_COLUMNS = {*BOOK.marked("readOnly"), *COPY.marked("readOnly"), "status"}
COLUMN_FIELDS = [name for name in (*BOOK.fields, *COPY.fields) if name not in _NOT_COLUMNS]
# The example is an import that waits.
_TALLY: Rules = {**COUNT, "meta": {**COUNT.get("meta", {}), "example": 0}}
_MOMENT: Rules = {**server(TIMESTAMP, "When all records were read."), "nullable": True}

IMPORT = Schema(
    "ImportJob",
    {
        **RECORD_ID,
        "status": server(one_of(*STATUSES), "How far it has come."),
        "kind": server(one_of(*KINDS), "What its records are."),
        "format": server(one_of(*FORMATS), "What the file is."),
        "dry_run": server(BOOLEAN, "Whether nothing is written."),
        "processed": server(
            _TALLY, "Records read: the number of the last, and the sum of the four below."
        ),
        "created": server(_TALLY, "Records made."),
        "updated": server(_TALLY, "Records changed."),
        "skipped": server(_TALLY, "Records that were there already."),
        "failed": server(_TALLY, "Records rejected."),
        "encoding": {
            **server(text(40), "In which encoding the file was read, when it was read."),
            "nullable": True,
        },
        "samples": server(listed(text(200)), "Words of the file beyond ASCII, as they were read."),
        "unused": server(
            listed(text(200)), "Columns, and MARC fields with copies, that were not used."
        ),
        "read_as": server(listed(text(200)), "How columns were read, such as those of dates."),
        "created_at": server(TIMESTAMP, "When the file came."),
        "finished_at": _MOMENT,
    },
)

IMPORT_QUERY = Query(
    filters={
        "format": {
            **one_of(*FORMATS),
            "meta": {
                "description": "What the file is, where its media type does not say: of a file"
                " that is sent as `application/octet-stream`."
            },
        },
        "kind": {
            **one_of(*KINDS),
            "default": "books",
            "meta": {"description": "What the records are."},
        },
        "match": {
            **some_of(*MATCHES, *MATCHES_OF_MEMBERS),
            "meta": {
                "description": "What tells that a record is there already, tried in turn: of books"
                " `isbn,control_number` unless given, of members `card_number,email,source_key`."
                " Others are known by their `source_key`."
            },
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
            "keysrules": {"type": "string", "allowed": COLUMN_FIELDS},
            "default": {},
            "meta": {
                "description": "Which column of a CSV file is which field.",
                "example": "title:Original Title,isbn:ISBN13",
            },
        },
        "encoding": {
            **text(40),
            "meta": {
                "description": "The encoding of a CSV or MARC file, if it is not told rightly or"
                " recognised.",
                "example": "windows-1250",
            },
        },
        "dates": {
            **one_of("dmy", "mdy", "ymd"),
            "meta": {"description": "The order of day, month and year in a column of dates."},
        },
        "money": {
            **one_of("major", "minor"),
            "meta": {
                "description": "What whole amounts of money are: minor units unless told otherwise."
                " Amounts with decimals are major units always."
            },
        },
        "make_barcodes": {
            **BOOLEAN,
            "default": False,
            "meta": {
                "description": "Whether copies of new books that have no barcode get one, as many"
                " as a column `Copies` says, or else one: 14 digits with a check digit."
            },
        },
        "copies": {
            **text(40),
            "meta": {
                "description": "Where MARC records have copies, if not in items of Koha or"
                " Evergreen: `koha`, `evergreen`, `none`, or the tag and subfields of barcode,"
                " location, loan type, shelfmark and price.",
                "example": "999$i,$l,$t,$a,$p",
            },
        },
    }
)


def import_query(fields: Iterable[str]) -> Query:
    """The query of an import whose columns may be these fields, beside those of books."""
    named = list(dict.fromkeys([*COLUMN_FIELDS, *fields]))
    columns = IMPORT_QUERY.filters["columns"]
    chosen = {**columns, "keysrules": {"type": "string", "allowed": named}}
    return Query(filters={**IMPORT_QUERY.filters, "columns": chosen})


IMPORT_ERROR = Schema(
    "ImportError",
    {
        "record": {**COUNT, "meta": {"description": "Counted from 1; in CSV the row."}},
        "field": {**text(200), "nullable": True},
        "code": text(64),
        "detail": {"type": "string"},
        "existing_id": {
            **ID,
            "meta": {"optional": True, "description": "The record that is there already."},
        },
    },
)

IMPORTS_QUERY = Query(
    filters={"status": some_of(*STATUSES), "kind": some_of(*KINDS)},
    sortable=("id",),
    fields=tuple(IMPORT.fields),
    paged=True,
)

EXPORT_QUERY = Query(
    filters={
        "format": {
            **one_of(FileFormat.CSV, FileFormat.NDJSON),
            "default": "ndjson",
            "meta": {"description": "What the file is to be."},
        }
    }
)

IMPORT_ERRORS_QUERY = Query(paged=True)

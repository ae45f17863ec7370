"""MARC 21, MARCXML, CSV and NDJSON: records in and out."""

from formats.files import MEDIA_TYPES, read, write
from formats.holdings import holdings
from formats.records import (
    BOOK_FIELDS,
    COPY_FIELDS,
    Fault,
    Note,
    Options,
    Reader,
    Record,
)

__all__ = [
    "BOOK_FIELDS",
    "COPY_FIELDS",
    "MEDIA_TYPES",
    "Fault",
    "Note",
    "Options",
    "Reader",
    "Record",
    "holdings",
    "read",
    "write",
]

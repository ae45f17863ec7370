"""MARC 21, UNIMARC, MARCXML, CSV and NDJSON: records in and out."""

from formats.files import MEDIA_TYPES, WRITTEN_TYPES, read, write
from formats.marc.items import holdings, move_items, rename_item
from formats.marc.streams import reread
from formats.record import COPY_FIELDS, Fault, Note, Options, Reader, Record

__all__ = [
    "COPY_FIELDS",
    "MEDIA_TYPES",
    "WRITTEN_TYPES",
    "Fault",
    "Note",
    "Options",
    "Reader",
    "Record",
    "holdings",
    "move_items",
    "read",
    "rename_item",
    "reread",
    "write",
]

"""A book as one MARCXML record with its namespace, for OAI-PMH and SRU."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from formats.marc.editing import record_for
from formats.marc.schema import conforming
from formats.marc.xml import encode
from models.book_fields import BookRow

NAMESPACE = "http://www.loc.gov/MARC21/slim"
SCHEMA = "http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd"

_MOST_KEPT = 1024
_LONGEST_KEPT = 4_000
_PLAIN = "<record>"
_ROOT = (
    f'<record xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    f' xsi:schemaLocation="{NAMESPACE} {SCHEMA}">'
)


def as_xml(book: Mapping[str, Any], original: bytes | None) -> str:
    """The record, valid by its schema; `original` is the one that the book was imported from."""
    return encode(conforming(record_for(book, original), [])).decode().replace(_PLAIN, _ROOT, 1)


def of_row(row: BookRow, original: bytes | None, library: str) -> str:
    """The record of a stored book, in the library of this code; short ones made here are kept.

    Making one takes ten times what reading its book does, and searches find the same books often.
    """
    # Only a book without a number of its own is called by the library's.
    code = "" if row.control_number else library
    if original is None and len(row.description or "") + len(row.contents or "") < _LONGEST_KEPT:
        return _kept(row, code)
    return as_xml(_said(row, code), original)


@lru_cache(maxsize=_MOST_KEPT)
def _kept(row: BookRow, library: str) -> str:
    return as_xml(_said(row, library), None)


def _said(row: BookRow, library: str) -> dict[str, Any]:
    return {**row.read(), "library": library}

"""Fields that came later than the records that books were made of: filled from what was kept."""

import secrets
from typing import Any

from formats import reread
from formats.faulty_values import mended
from models import audit, book, marc_record
from models.audit import Actor
from models.book_fields import DEFAULTS, BookRow
from models.database import transaction
from models.errors import Taken
from models.search import upkeep
from validators.books import BOOK
from validators.engine.bodies import compile_body

# The first version of the index that has words of these fields; see migration 0010.
_SINCE = 2
_ADDED = (
    "part",
    "isbns",
    "issn",
    "series",
    "series_volume",
    "material_type",
    "original_title",
    "original_author",
    "alternative_titles",
    "contents",
    "control_number",
)
_AT_ONCE = 100
_read = compile_body(BOOK, "create")


def fill_fields() -> int:
    """Fill the fields that migration 0010 added from the MARC records of books; how many books.

    Once, after the migration: what somebody empties later stays empty. Fields that have a value
    keep it. Can be broken off and begun again.
    """
    if upkeep.version() >= _SINCE:
        return 0
    actor = Actor(None, f"upgrade-{secrets.token_hex(6)}")
    last = filled = 0
    while ids := marc_record.books_after(last, _AT_ONCE):
        last = ids[-1]
        with transaction(), audit.quietly():
            filled += sum(_fill(book_id, actor) for book_id in ids if book.exists(book_id))
    return filled


def _fill(book_id: int, actor: Actor) -> bool:
    present = book.locked(book_id)
    record = reread(marc_record.of_books([book_id])[book_id])
    said = mended(_read, record.book).values
    values = _missing(present, said)
    if said.get("title") == present.title and record.nonfiling is not None:
        values["nonfiling"] = record.nonfiling
    try:
        return book.update(present, values, actor) is not present
    except Taken:
        return False


def _missing(present: BookRow, said: dict[str, Any]) -> dict[str, Any]:
    """What the record says of the fields that the book has no value of."""
    before = present.read()
    found = {
        name: said[name]
        for name in _ADDED
        if before[name] == DEFAULTS[name] and said.get(name, DEFAULTS[name]) != DEFAULTS[name]
    }
    if before["isbns"] == [present.isbn] and present.isbn in said.get("isbns", ()):
        further = [isbn for isbn in said["isbns"] if isbn != present.isbn]
        found["isbns"] = [*before["isbns"], *further]
    return found

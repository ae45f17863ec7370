"""Files to import, and what came of them."""

import io
from dataclasses import dataclass, field
from typing import Any

import orjson

from catalogue.import_outcome import Skipped
from catalogue.import_run import Import, Progress, Rules, Told
from catalogue.record_check import Noted, Rejected
from formats import Fault, Record, read
from models import copy
from models.audit import Actor
from models.search import book_list

WHO = Actor(None, "import-1")


@dataclass
class Heard:
    """What an import told its caller, batch by batch."""

    progress: list[Progress] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    def keep(self, progress: Progress, told: Told) -> None:
        self.progress.append(progress)
        self.rejected += told.rejected
        self.noted += told.noted
        self.skipped += told.skipped

    @property
    def faults(self) -> list[tuple[int, str | None, str]]:
        """The faults, without their sentences."""
        return [(one.number, f.field, f.code) for one in self.rejected for f in one.faults]

    @property
    def notes(self) -> list[tuple[int, str | None, str]]:
        """The notes, without their sentences."""
        return [(one.number, f.field, f.code) for one in self.noted for f in one.notes]


def records(*books: dict[str, Any]) -> list[Record | Fault]:
    """The records of a file that has these books, with their `copies`."""
    return list(read(io.BytesIO(b"\n".join(map(orjson.dumps, books))), "ndjson"))


def bring_in(*books: dict[str, Any], told: Heard | None = None, **rules: Any) -> Progress:
    """Import these books."""
    keep = (told or Heard()).keep
    return Import(Rules(**rules), WHO, keep).run(records(*books))


def catalogue() -> list[dict[str, Any]]:
    """Every book, in the order they came."""
    return [row.read() for row in book_list.LISTING.page({}, ["id"], limit=10_000, offset=0)]


def titles() -> list[str]:
    """The titles of every book."""
    return [book["title"] for book in catalogue()]


def barcodes() -> dict[str, list[str]]:
    """The barcodes of the books that have copies, by title."""
    books = {book["id"]: book["title"] for book in catalogue()}
    found = copy.of_books(books)
    return {books[i]: [one.barcode for one in copies] for i, copies in found.items() if copies}

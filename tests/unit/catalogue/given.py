"""Files to import, and what came of them."""

import io
from dataclasses import dataclass, field
from typing import Any

import orjson

from catalogue.checking import Noted, Rejected
from catalogue.importing import Import, Progress, Rules
from formats import Fault, Record, read
from models import book_search, copy
from models.audit import Actor
from models.book import VIEW

WHO = Actor(None, "import-1")


@dataclass
class Told:
    """What an import told its caller, batch by batch."""

    progress: list[Progress] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)

    def keep(self, progress: Progress, rejected: list[Rejected], noted: list[Noted]) -> None:
        self.progress.append(progress)
        self.rejected += rejected
        self.noted += noted

    @property
    def faults(self) -> list[tuple[int, str | None, str]]:
        """The faults, without their sentences."""
        return [(one.number, f.field, f.code) for one in self.rejected for f in one.faults]


def records(*books: dict[str, Any]) -> list[Record | Fault]:
    """The records of a file that has these books, with their `copies`."""
    return list(read(io.BytesIO(b"\n".join(map(orjson.dumps, books))), "ndjson"))


def bring_in(*books: dict[str, Any], told: Told | None = None, **rules: Any) -> Progress:
    """Import these books."""
    keep = (told or Told()).keep
    return Import(Rules(**rules), WHO, keep).run(records(*books))


def catalogue() -> list[dict[str, Any]]:
    """Every book, in the order they came."""
    rows = book_search.LISTING.page({}, ["id"], limit=10_000, offset=0)
    return [VIEW.read(row) for row in rows]


def titles() -> list[str]:
    """The titles of every book."""
    return [book["title"] for book in catalogue()]


def barcodes() -> dict[str, list[str]]:
    """The barcodes of the books that have copies, by title."""
    books = {book["id"]: book["title"] for book in catalogue()}
    found = copy.of_books(books)
    return {books[i]: [one["barcode"] for one in copies] for i, copies in found.items() if copies}

"""What became of the records of a file, and why some were passed over."""

from dataclasses import dataclass, field
from typing import NamedTuple

from catalogue.record_check import Rejected


class Skipped(NamedTuple):
    """A record that was passed over: its number from 1, why, and which book it is."""

    number: int
    code: str
    existing_id: int | None = None


IN_CATALOGUE = "in-catalogue"
UNCHANGED = "unchanged"
WHY_SKIPPED = {
    IN_CATALOGUE: "The book is in the catalogue already.",
    UNCHANGED: "The record has all this already.",
    "in-library": "The record is in the library already.",
    "twice": "The file has had this record before.",
    "nothing-owed": "There is nothing to bring in: the amount is zero.",
}


@dataclass(slots=True)
class Outcome:
    """What became of the records of a batch."""

    created: int = 0
    updated: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Count another outcome in."""
        self.created += other.created
        self.updated += other.updated
        self.skipped += other.skipped
        self.rejected += other.rejected

"""Copies that are withdrawn, and have barcodes of records of a file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalogue.finders import in_parts
from catalogue.record_check import Candidate, is_withdrawn
from catalogue.remembered import Remembered
from models import copy


class WithdrawnCopies:
    """The `books` by the barcode keys of their withdrawn copies, as far as they were looked up.

    A dry run remembers what it would have withdrawn `before`.
    """

    def __init__(self, before: Remembered | None) -> None:
        self.books: dict[str, list[int]] = {}
        self._before = before
        self._in_stock: Mapping[str, Sequence[int]] = {}

    def look_up(
        self, candidates: Iterable[Candidate], in_stock: Mapping[str, Sequence[int]]
    ) -> set[int]:
        """Find whose withdrawn copies have barcodes of these records; which records have such.

        The books of copies `in_stock` are by barcode keys too, and may become more.
        """
        self._in_stock = in_stock
        asked = [(key, one.number) for one in candidates for key in self._unstocked(one)]
        wanted = {key for key, _ in asked}
        self.books = in_parts(copy.books_by_withdrawn_barcode, wanted)
        if self._before is not None:
            for key in wanted:
                if ids := self._before.get("withdrawn", key):
                    self.books.setdefault(key, []).extend(ids)
        return {number for key, number in asked if key in self.books}

    def missing(self, candidate: Candidate, book_id: int | None) -> list[str]:
        """The barcode keys of the candidate that nobody has, nor this book's withdrawn copies."""
        return [
            key
            for key in candidate.copies
            if not self._has_in_stock(candidate, key, book_id)
            and book_id not in self.books.get(key, ())
        ]

    def weeded(self, candidate: Candidate, book_id: int) -> list[str]:
        """The barcodes of the candidate's copies in stock that are withdrawn copies of the book."""
        return [
            values["barcode"]
            for key, values in candidate.copies.items()
            if book_id in self.books.get(key, ())
            and not is_withdrawn(values)
            and not self._in_stock.get(key)
        ]

    def _unstocked(self, candidate: Candidate) -> Iterator[str]:
        """The barcode keys of the candidate that only a withdrawn copy may have."""
        for key, values in candidate.copies.items():
            if key not in self._in_stock or is_withdrawn(values):
                yield key

    def _has_in_stock(self, candidate: Candidate, key: str, book_id: int | None) -> bool:
        """Whether a copy in stock stands against adding this one, or is this one."""
        owners = self._in_stock.get(key, ())
        return book_id in owners if is_withdrawn(candidate.copies[key]) else bool(owners)

"""Which books have an ISBN or a barcode: in the database, and for a dry run as if it had been."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from catalogue.checking import Candidate
from models import book, copy

_AT_ONCE = 1000


class Known:
    """The books by ISBN and by barcode key, as they are while one batch is decided on.

    A book that is not stored has the number of its record, negative, for an id. What `pretends`
    remembers such books from batch to batch, since it never finds them in the database.
    """

    def __init__(self, *, pretends: bool) -> None:
        self.pretends = pretends
        self._isbns: dict[str, int] = {}
        self._barcodes: dict[str, int] = {}

    def look_up(self, candidates: Sequence[Candidate]) -> None:
        """Find what the database has of what these records name."""
        if not self.pretends:
            self._isbns.clear()
            self._barcodes.clear()
        isbns = {candidate.isbn for candidate in candidates if candidate.isbn}
        keys = {key for candidate in candidates for key in candidate.copies}
        self._isbns |= _found(book.with_isbns, isbns)
        self._barcodes |= _found(copy.with_barcodes, keys)

    def book(self, candidate: Candidate) -> int | None:
        """The book with the candidate's ISBN."""
        return self._isbns.get(candidate.isbn) if candidate.isbn else None

    def foreign_barcode(self, candidate: Candidate, book_id: int | None) -> str | None:
        """A barcode of the candidate that belongs to another book than this one."""
        for key, values in candidate.copies.items():
            if self._barcodes.get(key, book_id) != book_id:
                barcode: str = values["barcode"]
                return barcode
        return None

    def missing_copies(self, candidate: Candidate) -> list[str]:
        """The barcode keys of the candidate that nobody has."""
        return [key for key in candidate.copies if key not in self._barcodes]

    def add(self, candidate: Candidate, book_id: int) -> None:
        """The candidate's book is, or will be, this one."""
        if candidate.isbn:
            self._isbns[candidate.isbn] = book_id
        self._barcodes.update(dict.fromkeys(candidate.copies, book_id))


def _found(
    find: Callable[[Iterable[str]], dict[str, int]], wanted: Iterable[str]
) -> dict[str, int]:
    """What the query finds, asked in parts: a statement takes only so many values."""
    found: dict[str, int] = {}
    for part in _parts(iter(wanted)):
        found |= find(part)
    return found


def _parts(values: Iterator[str]) -> Iterator[list[str]]:
    while part := list(islice(values, _AT_ONCE)):
        yield part
